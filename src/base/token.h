/* SPDX-License-Identifier: MIT */
/*
 * Random, hashes, MACs and the keys they use. Keys rotate: new MACs are made
 * with the newest key, old ones stay valid as long as their key is kept.
 * MAC input holds purpose and key id, so that a MAC of one purpose is none of
 * another (R53). Comparison is constant-time. Call
 * token_init_or_die() first.
 */
#ifndef BASE_TOKEN_H
#define BASE_TOKEN_H

#include "base/base.h"

#define TOKEN_KEY_LEN  32
#define TOKEN_MAC_LEN  10 /* 80 bits: 16 base32 digits */
#define TOKEN_HASH_LEN 16
#define TOKEN_TEXT_LEN 16
#define TOKEN_KEYS_MAX 64

struct token_key {
	uint32_t id; /* rises with each rotation, from 1 */
	uint8_t bytes[TOKEN_KEY_LEN];
};

/* Newest last. A plain value; wipe with token_keyring_wipe. */
struct token_keyring {
	struct token_key key[TOKEN_KEYS_MAX];
	size_t count;
};

/* sodium_init; dies if there is no random source. Once, before threads. */
void token_init_or_die(void);

void token_random(void *out, size_t len);

/* Appends a fresh key; ERR_FULL when all places are taken. */
bool token_keyring_rotate(struct token_keyring *ring, GError **error)
    MUST_CHECK;
void token_keyring_wipe(struct token_keyring *ring);
/* The newest key; NULL for an empty ring. */
const struct token_key *token_keyring_newest(const struct token_keyring *ring);
const struct token_key *token_keyring_find(const struct token_keyring *ring,
    uint32_t id);

/* MAC over purpose (one letter), key id and data. */
void token_mac(const struct token_key *key, char purpose, const void *data,
    size_t len, uint8_t out[TOKEN_MAC_LEN]);

/* A number that proves we gave it out: "m<id>.<key>.<16 base32>", at most 64
 * bytes, the letter its purpose. Made with the newest key, of which there is
 * one; g_free the result. */
char *token_id_format(const struct token_keyring *ring, char purpose,
    uint64_t id);
enum token_verdict { TOKEN_NONE, TOKEN_VALID, TOKEN_WRONG };
/* TOKEN_NONE: `text` has not the form, or is of none of the `purposes`. Case
 * of the letters does not matter (some MTAs fold local parts). */
enum token_verdict token_id_check(const struct token_keyring *ring,
    const char *text, const char *purposes, char *purpose_out,
    uint64_t *id_out);

/* The reply token, an address's detail: `id` is a ticket with purpose 't', a
 * user with 'a'. */
char *token_reply_format(const struct token_keyring *ring, char purpose,
    uint64_t id);
enum token_verdict token_reply_check(const struct token_keyring *ring,
    const char *detail, char *purpose_out, uint64_t *id_out);

/* BLAKE2b-128 of data: message-ids, bodies. Not keyed: an equal input gives
 * an equal hash in each store. Gives way in between (thread_give_way). */
void token_hash(const void *data, size_t len, uint8_t out[TOKEN_HASH_LEN]);

/* The same piece by piece: init, update…, final. May be part of any object
 * (the state is aligned inside), but is not to be copied after init. */
struct token_hasher {
	uint8_t opaque[384 + 64];
};
void token_hasher_init(struct token_hasher *h);
void token_hasher_update(struct token_hasher *h, const void *data, size_t len);
void token_hasher_final(struct token_hasher *h, uint8_t out[TOKEN_HASH_LEN]);

/* 64-bit checksum (crypto_shorthash, fixed key): damage, not tampering. */
uint64_t token_checksum(const void *data, size_t len);

/* RFC 4648 base32, lower case, no padding. `out` has room for the digits
 * (len × 8 ÷ 5 rounded up) and the NUL. */
void token_base32(const uint8_t *data, size_t len, char *out);
bool token_base32_parse(const char *text, size_t digits, uint8_t *out,
    size_t len) MUST_CHECK;

#endif
