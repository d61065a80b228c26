// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The port's lamps: LEDCTL, datasheet section 8.2.3.1.8. */
#include <nax/nax.h>

#include "ixgbe.h"
#include "regs.h"

/* LEDCTL has a byte per lamp. Which of the four a board has is not known: all of them are used. */
#define ALL_LAMPS(mode)		((mode) * 0x01010101u)
#define MODE_ON			0x0eu
#define MODE_OFF		0x0fu

/** ixgbe_identify() - switch the lamps; nax_driver_ops.identify. */
void ixgbe_identify(struct nax_adapter *a, enum nax_led led)
{
	const struct ixgbe *x = a->priv;

	if (led == NAX_LED_NORMAL)
		nax_reg_write(a, IXGBE_LEDCTL, x->ledctl);
	else
		nax_reg_write(a, IXGBE_LEDCTL,
			      ALL_LAMPS(led == NAX_LED_ON ? MODE_ON : MODE_OFF));
}
