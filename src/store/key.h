/* SPDX-License-Identifier: MIT */
/*
 * Keys: order-preserving tuples. A key begins with its table's prefix, then
 * its fields in order; comparing bytes compares tuples. Plain values.
 *
 *	struct key k = key_of(TABLE_TICKET);
 *	key_u64(&k, ticket.n);
 *	key_u64(&k, 0);
 */
#ifndef STORE_KEY_H
#define STORE_KEY_H

#include "base/base.h"

#define KEY_MAX      400 /* bytes; LMDB allows 511 */
#define KEY_TEXT_MAX 340 /* longer: its first bytes and a hash */

enum table {
#define T(id, prefix, db, key, record, grows) TABLE_##id,
#include "store/tables.def"
#undef T
	TABLE_COUNT
};

struct key {
	enum table table;
	uint16_t len;
	uint8_t bytes[KEY_MAX];
};

struct key key_of(enum table table);
void key_u8(struct key *k, uint8_t n);
void key_u16(struct key *k, uint16_t n);
void key_u64(struct key *k, uint64_t n);
void key_i64(struct key *k, int64_t n); /* not negative */
void key_bytes(struct key *k, const void *bytes, size_t len);
/* NUL-terminated in the key, so that a prefix sorts before what it begins. */
void key_text(struct key *k, const char *text);

/* One- and two-number keys, the usual case. */
struct key key_1(enum table table, uint64_t a);
struct key key_2(enum table table, uint64_t a, uint64_t b);
struct key key_name(enum table table, const char *name);

/* Reads a key from its front; `at` starts at key_start(table). A key that is
 * too short gives 0: the caller's check of the record finds it. */
size_t key_start(enum table table);
uint64_t key_get_u64(const struct key *k, size_t *at);
uint8_t key_get_u8(const struct key *k, size_t *at);
uint16_t key_get_u16(const struct key *k, size_t *at);
/* Borrowed from `k`; NULL if no text ends there. */
const char *key_get_text(const struct key *k, size_t *at);

const char *table_name(enum table table);

#endif
