/* SPDX-License-Identifier: MIT */
/*
 * A walk down the few elements above the content, in DER or in BER with
 * lengths that are not told (OpenSSL writes those, and the content in pieces).
 * An element never reaches beyond the one around it. Depth is the fixed one of
 * the structure: nothing here recurses.
 */
#include "mail/pkcs7.h"

#include <string.h>

enum {
	TAG_INTEGER = 0x02,
	TAG_OCTETS = 0x04,
	TAG_OID = 0x06,
	TAG_SEQUENCE = 0x30,
	TAG_SET = 0x31,
	TAG_OCTETS_MANY = 0x24,
	TAG_CONTENT = 0xa0,
};

struct element {
	unsigned tag;
	const uint8_t *at; /* its content */
	size_t len;        /* to the end of what is around, if not told */
	bool told;
};

/* Bytes not read yet. */
struct rest {
	const uint8_t *at;
	size_t len;
};

/* 1.2.840.113549.1.7.n, n being the last byte, and 1.9.16.1.23. */
static const uint8_t pkcs7_arc[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
    0x07};
static const uint8_t auth_enveloped[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
    0x01, 0x09, 0x10, 0x01, 0x17};

/* The length behind the tag at `rest`; false if there is none. */
static bool
read_length(struct rest *rest, struct element *e)
{
	size_t n = 0, bytes;

	if (rest->len == 0)
		return false;
	bytes = *rest->at++;
	rest->len--;
	e->told = bytes != 0x80;
	if (bytes < 0x80) {
		n = bytes;
	} else {
		bytes &= 0x7f;
		if (bytes > 4 || bytes > rest->len)
			return false;
		for (size_t i = 0; i < bytes; i++)
			n = n << 8 | rest->at[i];
		rest->at += bytes;
		rest->len -= bytes;
	}
	e->at = rest->at;
	e->len = e->told ? MIN(n, rest->len) : rest->len;
	return true;
}

/* The next element; moves behind it, or into it if its length is not told. */
static bool
next(struct rest *rest, struct element *e, unsigned tag)
{
	if (rest->len == 0 || *rest->at != tag)
		return false;
	e->tag = *rest->at++;
	rest->len--;
	if (!read_length(rest, e))
		return false;
	if (e->told) {
		rest->at += e->len;
		rest->len -= e->len;
	}
	return true;
}

static bool
enter(struct rest *rest, unsigned tag)
{
	struct element e;

	if (!next(rest, &e, tag))
		return false;
	*rest = (struct rest){e.at, e.len};
	return true;
}

static enum pkcs7_kind
kind_of(const struct element *oid)
{
	if (oid->len == sizeof(auth_enveloped) &&
	    memcmp(oid->at, auth_enveloped, oid->len) == 0)
		return PKCS7_ENCRYPTED;
	if (oid->len != sizeof(pkcs7_arc) + 1 ||
	    memcmp(oid->at, pkcs7_arc, sizeof(pkcs7_arc)) != 0)
		return PKCS7_OTHER;
	switch (oid->at[sizeof(pkcs7_arc)]) {
	case 2:
		return PKCS7_SIGNED;
	case 3:
	case 6:
		return PKCS7_ENCRYPTED;
	default:
		return PKCS7_OTHER;
	}
}

/* The pieces of a constructed string, put together. */
static GBytes *
join_pieces(struct rest rest)
{
	GByteArray *out = g_byte_array_new();
	struct element piece;

	while (next(&rest, &piece, TAG_OCTETS) && piece.told)
		g_byte_array_append(out, piece.at, (guint)piece.len);
	return g_byte_array_free_to_bytes(out);
}

static void
read_content(struct pkcs7 *p, const uint8_t *bytes, struct rest rest)
{
	struct element e;

	if (next(&rest, &e, TAG_OCTETS) && e.told) {
		p->content = g_bytes_new(e.at, e.len);
		p->offset = (size_t)(e.at - bytes);
		p->in_one_piece = true;
	} else if (enter(&rest, TAG_OCTETS_MANY)) {
		p->content = join_pieces(rest);
	}
}

void
pkcs7_read(struct pkcs7 *p, const uint8_t *bytes, size_t len)
{
	struct rest rest = {bytes, MIN(len, G_MAXINT)};
	struct element e;

	if (!enter(&rest, TAG_SEQUENCE) || !next(&rest, &e, TAG_OID))
		return;
	p->kind = kind_of(&e);
	/* SignedData: version, digest algorithms, then the content. */
	if (p->kind != PKCS7_SIGNED || !enter(&rest, TAG_CONTENT) ||
	    !enter(&rest, TAG_SEQUENCE) || !next(&rest, &e, TAG_INTEGER) ||
	    !next(&rest, &e, TAG_SET) || !e.told ||
	    !enter(&rest, TAG_SEQUENCE) || !next(&rest, &e, TAG_OID) ||
	    !enter(&rest, TAG_CONTENT))
		return;
	read_content(p, bytes, rest);
	if (p->content != NULL && g_bytes_get_size(p->content) == 0)
		g_clear_pointer(&p->content, g_bytes_unref);
}

void
pkcs7_drop(struct pkcs7 *p)
{
	g_clear_pointer(&p->content, g_bytes_unref);
}
