// SPDX-License-Identifier: GPL-2.0-only
/* ethtool: NVM, memory of a pluggable module, self-test, lamps. */
#include <linux/ethtool.h>
#include <linux/sfp.h>

#include "ethtool.h"

/* Between two pieces the service has its turn: writing takes the NVM milliseconds a word. */
#define NAX_EEPROM_PIECE	256u

/*
 * Where the command takes no messages, the reason is for the log; that there is nothing of the kind
 * is what -EOPNOTSUPP says by itself.
 */
static int nax_told(struct nax_device *d, int ret, const struct nax_error *err)
{
	if (ret && ret != -EOPNOTSUPP)
		netdev_err(d->net, "%s\n", err->text);
	return ret;
}

/* ---- NVM ---- */

/* Who writes must know which device it is: the number that in-tree drivers of Intel's ask for. */
static u32 nax_eeprom_magic(const struct nax_device *d)
{
	return d->pdev->vendor | (u32)d->pdev->device << 16;
}

int nax_get_eeprom_len(struct net_device *dev)
{
	return 2 * nax_netdev_device(dev)->adapter->caps.nvm_words;
}

static int nax_eeprom_piece(struct nax_device *d, u32 offset, u32 len, u8 *data, bool write,
			    struct nax_error *err)
{
	int ret;

	mutex_lock(&d->control);
	if (write)
		ret = nax_adapter_nvm_write(d->adapter, offset, len, data, err);
	else
		ret = nax_adapter_nvm_read(d->adapter, offset, len, data, err);
	mutex_unlock(&d->control);
	return ret;
}

static int nax_eeprom(struct nax_device *d, const struct ethtool_eeprom *e, u8 *data, bool write)
{
	struct nax_error err;
	u32 done, n;
	int ret = 0;

	for (done = 0; !ret && done < e->len; done += n) {
		n = min(e->len - done, NAX_EEPROM_PIECE);
		ret = nax_eeprom_piece(d, e->offset + done, n, data + done, write, &err);
	}
	return nax_told(d, ret, &err);
}

int nax_get_eeprom(struct net_device *dev, struct ethtool_eeprom *e, u8 *data)
{
	struct nax_device *d = nax_netdev_device(dev);

	e->magic = nax_eeprom_magic(d);
	return nax_eeprom(d, e, data, false);
}

int nax_set_eeprom(struct net_device *dev, struct ethtool_eeprom *e, u8 *data)
{
	struct nax_device *d = nax_netdev_device(dev);

	if (e->magic != nax_eeprom_magic(d)) {
		netdev_err(dev, "EEPROM magic is 0x%08x: must be 0x%08x, device and vendor id\n",
			   e->magic, nax_eeprom_magic(d));
		return -EINVAL;
	}
	return nax_eeprom(d, e, data, true);
}

/* ---- module ---- */

static int nax_module_read(struct nax_device *d, const struct nax_module_page *page, u8 *data,
			   struct nax_error *err)
{
	int ret;

	mutex_lock(&d->control);
	ret = nax_adapter_module_read(d->adapter, page, data, err);
	mutex_unlock(&d->control);
	return ret;
}

int nax_get_module_eeprom_by_page(struct net_device *dev, const struct ethtool_module_eeprom *m,
				  struct netlink_ext_ack *extack)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_module_page page = {
		.i2c_address = m->i2c_address,
		.bank = m->bank,
		.page = m->page,
		.offset = m->offset,
		.len = m->length,
	};
	struct nax_error err;
	int ret;

	if (m->offset >= NAX_MODULE_BYTES || m->length > NAX_MODULE_BYTES - m->offset) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "%u bytes from %u: must end within %u", m->length,
				       m->offset, NAX_MODULE_BYTES);
		return -EINVAL;
	}
	ret = nax_module_read(d, &page, m->data, &err);
	if (ret) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "%s", err.text);
		return ret;
	}
	return m->length;
}

/* SFF-8472: identifier, and whether diagnostics are there at their own address. */
static int nax_module_type(const u8 *base, struct ethtool_modinfo *info)
{
	switch (base[SFP_PHYS_ID]) {
	case SFF8024_ID_SFP:
		if (!base[SFP_SFF8472_COMPLIANCE] || base[SFP_DIAGMON] & SFP_DIAGMON_ADDRMODE ||
		    !(base[SFP_DIAGMON] & SFP_DIAGMON_DDM)) {
			info->type = ETH_MODULE_SFF_8079;
			info->eeprom_len = ETH_MODULE_SFF_8079_LEN;
		} else {
			info->type = ETH_MODULE_SFF_8472;
			info->eeprom_len = ETH_MODULE_SFF_8472_LEN;
		}
		return 0;
	case SFF8024_ID_QSFP_8436_8636:
		info->type = ETH_MODULE_SFF_8436;
		info->eeprom_len = ETH_MODULE_SFF_8436_LEN;
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

int nax_get_module_info(struct net_device *dev, struct ethtool_modinfo *info)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_module_page page = { .i2c_address = 0x50, .len = SFP_CC_EXT + 1 };
	u8 base[SFP_CC_EXT + 1];
	struct nax_error err;
	int ret;

	ret = nax_module_read(d, &page, base, &err);
	if (ret)
		return nax_told(d, ret, &err);
	ret = nax_module_type(base, info);
	if (ret)
		netdev_err(dev, "module: identifier is 0x%02x: must be 0x03 or 0x0d\n", base[0]);
	return ret;
}

/* Bytes from 256 on are those of the second address. */
int nax_get_module_eeprom(struct net_device *dev, struct ethtool_eeprom *e, u8 *data)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_module_page page;
	struct nax_error err;
	u32 at, done;
	int ret = 0;

	memset(&page, 0, sizeof(page));
	for (done = 0; !ret && done < e->len; done += page.len) {
		at = e->offset + done;
		page.i2c_address = at < NAX_MODULE_BYTES ? 0x50 : 0x51;
		page.offset = at % NAX_MODULE_BYTES;
		page.len = min(e->len - done, NAX_MODULE_BYTES - page.offset);
		ret = nax_module_read(d, &page, data + done, &err);
	}
	return nax_told(d, ret, &err);
}

/* ---- self-test, lamps ---- */

/* By enum nax_selftest, in the words of the drivers that people know. */
static const char nax_test_strings[NAX_TESTS][ETH_GSTRING_LEN] = {
	[NAX_TEST_REGISTERS] = "Register test  (offline)",
	[NAX_TEST_NVM] = "Eeprom test    (offline)",
	[NAX_TEST_INTERRUPT] = "Interrupt test (offline)",
	[NAX_TEST_LOOPBACK] = "Loopback test  (offline)",
	[NAX_TEST_LINK] = "Link test   (on/offline)",
};

int nax_selftest_count(const struct nax_device *d)
{
	return d->adapter->driver->ops->selftest ? NAX_TESTS : -EOPNOTSUPP;
}

void nax_selftest_strings(u8 *data)
{
	memcpy(data, nax_test_strings, sizeof(nax_test_strings));
}

void nax_self_test(struct net_device *dev, struct ethtool_test *test, u64 *data)
{
	struct nax_device *d = nax_netdev_device(dev);
	bool offline = test->flags & ETH_TEST_FL_OFFLINE;
	struct nax_error *result, err;
	u32 i;
	int ret;

	memset(data, 0, NAX_TESTS * sizeof(*data));
	result = kvcalloc(NAX_TESTS, sizeof(*result), GFP_KERNEL);
	if (!result) {
		test->flags |= ETH_TEST_FL_FAILED;
		return;
	}
	if (offline)
		netif_carrier_off(dev);
	mutex_lock(&d->control);
	ret = nax_adapter_selftest(d->adapter, offline, result, &err);
	mutex_unlock(&d->control);
	if (nax_told(d, ret, &err))
		test->flags |= ETH_TEST_FL_FAILED;
	for (i = 0; i < NAX_TESTS; i++) {
		data[i] = !!result[i].code;
		if (data[i])
			test->flags |= ETH_TEST_FL_FAILED;
	}
	kvfree(result);
}

int nax_set_phys_id(struct net_device *dev, enum ethtool_phys_id_state state)
{
	static const enum nax_led leds[] = {
		[ETHTOOL_ID_INACTIVE] = NAX_LED_NORMAL,
		[ETHTOOL_ID_ACTIVE] = NAX_LED_ON,
		[ETHTOOL_ID_ON] = NAX_LED_ON,
		[ETHTOOL_ID_OFF] = NAX_LED_OFF,
	};
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_error err;
	int ret;

	if ((u32)state >= ARRAY_SIZE(leds))
		return -EINVAL;
	mutex_lock(&d->control);
	ret = nax_adapter_identify(d->adapter, leds[state], &err);
	mutex_unlock(&d->control);
	if (nax_told(d, ret, &err))
		return ret;
	/* The kernel blinks, twice a second. */
	return state == ETHTOOL_ID_ACTIVE ? 2 : 0;
}

int nax_nway_reset(struct net_device *dev)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_error err;
	int ret = 0;

	mutex_lock(&d->control);
	if (test_bit(NAX_DEV_OPEN, &d->flags))
		ret = nax_adapter_reset(d->adapter, "link restart by ethtool", &err);
	mutex_unlock(&d->control);
	return nax_told(d, ret, &err);
}
