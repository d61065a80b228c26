// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What is asked of a device beside its traffic: NVM, the memory of a module, the lamps. */
#include "internal.h"

int nax_access_check(struct nax_core *c, const char *what, bool there, struct nax_error *err)
{
	if (nax_is_gone(c))
		return nax_refuse_gone(c, err);
	if (c->a.state != NAX_STATE_ATTACHED && c->a.state != NAX_STATE_UP)
		return nax_error_set(err, -EBUSY, "%s: adapter is %s: must be attached or up", what,
				     nax_state_name(c->a.state));
	if (!there)
		return nax_error_set(err, -EOPNOTSUPP, "%s: driver %s has none for this device",
				     what, c->a.driver->name);
	return 0;
}

static int nax_nvm_check(struct nax_core *c, u32 offset, u32 len, struct nax_error *err)
{
	u32 size = 2 * c->a.caps.nvm_words;
	int ret = nax_access_check(c, "NVM", c->a.driver->ops->nvm, err);

	if (!ret && (offset > size || len > size - offset))
		ret = nax_error_set(err, -EINVAL,
				    "NVM: %u bytes from %u: must end within %u bytes", len, offset,
				    size);
	return ret;
}

/** struct nax_nvm_piece - the words that hold the next bytes of a range */
struct nax_nvm_piece {
	u32 word;
	u32 n;
	u32 skip;	/* bytes of the first word that lie before the range */
	u32 len;	/* bytes of the range */
};

static void nax_nvm_piece(u32 offset, u32 len, struct nax_nvm_piece *p)
{
	p->word = offset / 2;
	p->skip = offset % 2;
	p->len = min_t(u32, len, 2 * NAX_NVM_CHUNK - p->skip);
	p->n = DIV_ROUND_UP(p->skip + p->len, 2);
}

static int nax_nvm_read(struct nax_core *c, u32 word, u32 n, u16 *data, struct nax_error *err)
{
	int ret;

	c->fail.code = 0;
	nax_enter(c, NAX_OP_ACCESS, NULL);
	ret = c->a.driver->ops->nvm->read(&c->a, word, n, data);
	nax_leave(c, NAX_OP_ACCESS, NULL);
	return nax_fail_take(c, ret, "nvm.read", err);
}

static int nax_nvm_write(struct nax_core *c, u32 word, u32 n, const u16 *data,
			 struct nax_error *err)
{
	int ret;

	c->fail.code = 0;
	nax_enter(c, NAX_OP_ACCESS, NULL);
	ret = c->a.driver->ops->nvm->write(&c->a, word, n, data);
	nax_leave(c, NAX_OP_ACCESS, NULL);
	return nax_fail_take(c, ret, "nvm.write", err);
}

static u8 nax_nvm_get_byte(const u16 *words, u32 i)
{
	return (u8)(words[i / 2] >> (i % 2 ? 8 : 0));
}

static void nax_nvm_put_byte(u16 *words, u32 i, u8 byte)
{
	u16 *w = &words[i / 2];

	*w = (u16)(i % 2 ? (*w & 0x00ff) | byte << 8 : (*w & 0xff00) | byte);
}

int nax_adapter_nvm_read(struct nax_adapter *a, u32 offset, u32 len, u8 *data,
			 struct nax_error *err)
{
	struct nax_core *c = nax_core_of(a);
	u16 words[NAX_NVM_CHUNK];
	struct nax_nvm_piece p;
	int ret = nax_nvm_check(c, offset, len, err);
	u32 i;

	for (; !ret && len; offset += p.len, data += p.len, len -= p.len) {
		nax_nvm_piece(offset, len, &p);
		ret = nax_nvm_read(c, p.word, p.n, words, err);
		for (i = 0; !ret && i < p.len; i++)
			data[i] = nax_nvm_get_byte(words, p.skip + i);
	}
	return ret;
}

/* Words of which the range has but one byte keep the other one. */
static int nax_nvm_fill(struct nax_core *c, const struct nax_nvm_piece *p, const u8 *data,
			u16 *words, struct nax_error *err)
{
	int ret = 0;
	u32 i;

	if (p->skip)
		ret = nax_nvm_read(c, p->word, 1, words, err);
	if (!ret && (p->skip + p->len) % 2)
		ret = nax_nvm_read(c, p->word + p->n - 1, 1, &words[p->n - 1], err);
	for (i = 0; !ret && i < p->len; i++)
		nax_nvm_put_byte(words, p->skip + i, data[i]);
	return ret;
}

int nax_adapter_nvm_write(struct nax_adapter *a, u32 offset, u32 len, const u8 *data,
			  struct nax_error *err)
{
	struct nax_core *c = nax_core_of(a);
	u16 words[NAX_NVM_CHUNK];
	struct nax_nvm_piece p;
	int ret = nax_nvm_check(c, offset, len, err);

	for (; !ret && len; offset += p.len, data += p.len, len -= p.len) {
		nax_nvm_piece(offset, len, &p);
		memset(words, 0, sizeof(words));
		ret = nax_nvm_fill(c, &p, data, words, err);
		if (!ret)
			ret = nax_nvm_write(c, p.word, p.n, words, err);
	}
	return ret;
}

int nax_adapter_module_read(struct nax_adapter *a, const struct nax_module_page *page, u8 *data,
			    struct nax_error *err)
{
	struct nax_core *c = nax_core_of(a);
	int ret = nax_access_check(c, "module", a->driver->ops->module_read, err);

	if (ret)
		return ret;
	if (page->i2c_address != 0x50 && page->i2c_address != 0x51)
		return nax_error_set(err, -EINVAL,
				     "module: I2C address is 0x%02x: must be 0x50 or 0x51",
				     page->i2c_address);
	if (page->len > NAX_MODULE_BYTES - page->offset)
		return nax_error_set(err, -EINVAL,
				     "module: %u bytes from %u: must end within %u bytes",
				     page->len, page->offset, NAX_MODULE_BYTES);
	c->fail.code = 0;
	nax_enter(c, NAX_OP_ACCESS, NULL);
	ret = a->driver->ops->module_read(a, page, data);
	nax_leave(c, NAX_OP_ACCESS, NULL);
	return nax_fail_take(c, ret, "module_read", err);
}

int nax_adapter_identify(struct nax_adapter *a, enum nax_led led, struct nax_error *err)
{
	struct nax_core *c = nax_core_of(a);
	int ret = nax_access_check(c, "identify", a->driver->ops->identify, err);

	if (ret)
		return ret;
	if ((u32)led >= NAX_LEDS)
		return nax_error_set(err, -EINVAL, "identify: is %u: must be below %u", (u32)led,
				     NAX_LEDS);
	nax_enter(c, NAX_OP_ACCESS, NULL);
	a->driver->ops->identify(a, led);
	nax_leave(c, NAX_OP_ACCESS, NULL);
	return nax_is_gone(c) ? nax_refuse_gone(c, err) : 0;
}
