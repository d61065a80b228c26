// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Access to the bytes of a packet that lies in several pieces. */

#include "pieces.h"

u8 *nax_cursor_read(struct nax_cursor *c, u32 want, u32 *len)
{
	u8 *at;

	while (c->i < c->n && c->at >= c->p[c->i].len) {
		c->at -= c->p[c->i].len;
		c->i++;
	}
	if (c->i >= c->n)
		return NULL;
	at = c->p[c->i].data + c->at;
	*len = min_t(u32, want, c->p[c->i].len - c->at);
	c->at += *len;
	return at;
}

bool nax_cursor_write(struct nax_cursor *c, const u8 *from, u32 len)
{
	u32 part;
	u8 *to;

	while (len) {
		to = nax_cursor_read(c, len, &part);
		if (!to)
			return false;
		memcpy(to, from, part);
		from += part;
		len -= part;
	}
	return true;
}

bool nax_cursor_move(struct nax_cursor *to, struct nax_cursor *from, u32 len)
{
	const u8 *at;
	u32 part;

	while (len) {
		at = nax_cursor_read(from, len, &part);
		if (!at || !nax_cursor_write(to, at, part))
			return false;
		len -= part;
	}
	return true;
}

void nax_cursor_zero(struct nax_cursor *c)
{
	u32 part;
	u8 *at;

	while ((at = nax_cursor_read(c, ~0u, &part)))
		memset(at, 0, part);
}

bool nax_pieces_copy(const struct nax_piece *p, u32 n, u32 offset, void *to, u32 len)
{
	struct nax_cursor c = { .p = p, .n = n, .at = offset };
	u8 *out = to;
	const u8 *at;
	u32 part;

	while (len) {
		at = nax_cursor_read(&c, len, &part);
		if (!at)
			return false;
		memcpy(out, at, part);
		out += part;
		len -= part;
	}
	return true;
}

bool nax_pieces_store(const struct nax_piece *p, u32 n, u32 offset, const void *from, u32 len)
{
	struct nax_cursor c = { .p = p, .n = n, .at = offset };

	return nax_cursor_write(&c, from, len);
}
