/* SPDX-License-Identifier: MIT */
/* Order-preserving tuples; see key.h. Any thread, no state. */
#include "store/key.h"

#include <string.h>

#include "base/checksum.h"

static const struct {
	const char *name;
	uint8_t prefix; /* 0: none, the table has its database for itself */
} tables[TABLE_COUNT] = {
#define T(id, prefix, db, key, record, grows) [TABLE_##id] = {#id, prefix},
#include "store/tables.def"
#undef T
};

const char *
table_name(enum table table)
{
	return tables[table].name;
}

size_t
key_start(enum table table)
{
	return tables[table].prefix != 0 ? 1 : 0;
}

void
key_bytes(struct key *k, const void *bytes, size_t len)
{
	assert(len <= sizeof(k->bytes) - k->len);
	memcpy(k->bytes + k->len, bytes, len);
	k->len = (uint16_t)(k->len + len);
}

void
key_u8(struct key *k, uint8_t n)
{
	key_bytes(k, &n, sizeof(n));
}

struct key
key_of(enum table table)
{
	struct key k;

	k.table = table;
	k.len = 0;
	if (tables[table].prefix != 0)
		key_u8(&k, tables[table].prefix);
	return k;
}

void
key_u16(struct key *k, uint16_t n)
{
	n = GUINT16_TO_BE(n);
	key_bytes(k, &n, sizeof(n));
}

void
key_u64(struct key *k, uint64_t n)
{
	n = GUINT64_TO_BE(n);
	key_bytes(k, &n, sizeof(n));
}

void
key_i64(struct key *k, int64_t n)
{
	assert(n >= 0);
	key_u64(k, (uint64_t)n);
}

void
key_text(struct key *k, const char *text)
{
	size_t len = strlen(text);
	uint64_t sum;

	if (len <= KEY_TEXT_MAX) {
		key_bytes(k, text, len + 1);
		return;
	}
	sum = GUINT64_TO_BE(checksum(0, text, len));
	key_bytes(k, text, KEY_TEXT_MAX - sizeof(sum));
	key_bytes(k, &sum, sizeof(sum));
	key_u8(k, 0);
}

struct key
key_1(enum table table, uint64_t a)
{
	struct key k = key_of(table);

	key_u64(&k, a);
	return k;
}

struct key
key_2(enum table table, uint64_t a, uint64_t b)
{
	struct key k = key_1(table, a);

	key_u64(&k, b);
	return k;
}

struct key
key_name(enum table table, const char *name)
{
	struct key k = key_of(table);

	key_text(&k, name);
	return k;
}

static void
get(const struct key *k, size_t *at, void *out, size_t len)
{
	memset(out, 0, len);
	if (*at + len <= k->len)
		memcpy(out, k->bytes + *at, len);
	*at += len;
}

uint64_t
key_get_u64(const struct key *k, size_t *at)
{
	uint64_t n;

	get(k, at, &n, sizeof(n));
	return GUINT64_FROM_BE(n);
}

uint8_t
key_get_u8(const struct key *k, size_t *at)
{
	uint8_t n;

	get(k, at, &n, sizeof(n));
	return n;
}

uint16_t
key_get_u16(const struct key *k, size_t *at)
{
	uint16_t n;

	get(k, at, &n, sizeof(n));
	return GUINT16_FROM_BE(n);
}

const char *
key_get_text(const struct key *k, size_t *at)
{
	const uint8_t *from = k->bytes + MIN(*at, k->len);
	const uint8_t *end = memchr(from, 0,
	    (size_t)(k->bytes + k->len - from));

	if (end == NULL)
		return NULL;
	*at = (size_t)(end - k->bytes) + 1;
	return (const char *)from;
}
