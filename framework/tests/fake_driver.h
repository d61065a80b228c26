/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Between the two halves of the fake. */
#ifndef FAKE_DRIVER_H
#define FAKE_DRIVER_H

#include "fake.h"

struct fake *fake_of(const struct nax_adapter *a);
void fake_note(struct fake *f, u32 kind, const char *fmt, ...) __printf(3, 4);
int fake_fails(struct fake *f, const char *op);
void fake_driver_init(struct fake *f);

#endif /* FAKE_DRIVER_H */
