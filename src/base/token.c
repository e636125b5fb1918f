/* SPDX-License-Identifier: MIT */
/*
 * libsodium, walled in: random bytes, keyed MACs (BLAKE2b) with purpose and
 * key id in their input, reply tokens, plain hashes, checksums and base32.
 * A MAC's input is one byte of purpose, four of key id (low byte first) and
 * the data, so no two inputs can be taken for one another. Any thread.
 */
#include "base/token.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/err.h"
#include "base/log.h"

#define HASH_PIECE     ((size_t)64 * 1024)
#define STATE_ALIGN    64
#define BASE32_BITS    5
#define MAC_DIGITS     16
#define ID_DIGITS_MAX  20
#define KEY_DIGITS_MAX 10
#define REPLY_PURPOSES "ta"
#define FULL_HASH_LEN  32

_Static_assert(TOKEN_MAC_LEN * 8 == MAC_DIGITS * BASE32_BITS, "even digits");
_Static_assert(sizeof(crypto_generichash_state) + STATE_ALIGN <=
	sizeof(struct token_hasher),
    "room for the state");

static const char base32_digit[] = "abcdefghijklmnopqrstuvwxyz234567";

void
token_init_or_die(void)
{
	if (sodium_init() >= 0)
		return;
	log_error("token what=\"no source of random bytes\"");
	exit(EXIT_FAILURE);
}

void
token_random(void *out, size_t len)
{
	randombytes_buf(out, len);
}

bool
token_keyring_rotate(struct token_keyring *ring, GError **error)
{
	const struct token_key *newest = token_keyring_newest(ring);
	const uint32_t last = newest != NULL ? newest->id : 0;

	if (ring->count >= TOKEN_KEYS_MAX || last == UINT32_MAX)
		return fail(error, ERR_FULL, "the ring of keys is full");
	ring->key[ring->count].id = last + 1;
	token_random(ring->key[ring->count].bytes, TOKEN_KEY_LEN);
	ring->count++;
	return true;
}

void
token_keyring_wipe(struct token_keyring *ring)
{
	sodium_memzero(ring, sizeof(*ring));
}

const struct token_key *
token_keyring_newest(const struct token_keyring *ring)
{
	assert(ring->count <= TOKEN_KEYS_MAX);
	return ring->count > 0 ? &ring->key[ring->count - 1] : NULL;
}

const struct token_key *
token_keyring_find(const struct token_keyring *ring, uint32_t id)
{
	for (size_t i = ring->count; i > 0; i--)
		if (ring->key[i - 1].id == id)
			return &ring->key[i - 1];
	return NULL;
}

void
token_mac(const struct token_key *key, char purpose, const void *data,
    size_t len, uint8_t out[TOKEN_MAC_LEN])
{
	const uint32_t id = GUINT32_TO_LE(key->id);
	uint8_t full[FULL_HASH_LEN];
	crypto_generichash_state state;

	crypto_generichash_init(&state, key->bytes, TOKEN_KEY_LEN,
	    sizeof(full));
	crypto_generichash_update(&state, (const uint8_t *)&purpose, 1);
	crypto_generichash_update(&state, (const uint8_t *)&id, sizeof(id));
	crypto_generichash_update(&state, data, len);
	crypto_generichash_final(&state, full, sizeof(full));
	memcpy(out, full, TOKEN_MAC_LEN);
	sodium_memzero(full, sizeof(full));
	sodium_memzero(&state, sizeof(state));
}

static void
mac_of_id(const struct token_key *key, char purpose, uint64_t id,
    uint8_t out[TOKEN_MAC_LEN])
{
	const uint64_t little = GUINT64_TO_LE(id);

	token_mac(key, purpose, &little, sizeof(little), out);
}

char *
token_id_format(const struct token_keyring *ring, char purpose, uint64_t id)
{
	const struct token_key *key = token_keyring_newest(ring);
	uint8_t mac[TOKEN_MAC_LEN];
	char digits[MAC_DIGITS + 1];

	assert(key != NULL && g_ascii_islower(purpose));
	mac_of_id(key, purpose, id, mac);
	token_base32(mac, sizeof(mac), digits);
	return g_strdup_printf("%c%" PRIu64 ".%" PRIu32 ".%s", purpose, id,
	    key->id, digits);
}

char *
token_reply_format(const struct token_keyring *ring, char purpose, uint64_t id)
{
	assert(strchr(REPLY_PURPOSES, purpose) != NULL);
	return token_id_format(ring, purpose, id);
}

/* The length of the digits before `end`; 0 if there are none or too many. */
static size_t
count_digits(const char *text, char end, size_t max)
{
	size_t n = 0;

	while (n <= max && g_ascii_isdigit(text[n]))
		n++;
	return n <= max && text[n] == end ? n : 0;
}

/* Canonical decimal only: one number, one token. */
static bool
parse_number(const char *digits, uint64_t max, uint64_t *number_out)
{
	const size_t len = strspn(digits, "0123456789");
	g_autofree char *text = g_strndup(digits, len);

	if (len > 1 && digits[0] == '0')
		return false;
	return g_ascii_string_to_unsigned(text, 10, 0, max, number_out, NULL);
}

/* Number, key and MAC behind the letter, if `text` has the form of a token. */
static bool
split_id(const char *text, const char *part[3])
{
	size_t n = count_digits(text + 1, '.', ID_DIGITS_MAX);

	if (n == 0)
		return false;
	part[0] = text + 1;
	part[1] = part[0] + n + 1;
	n = count_digits(part[1], '.', KEY_DIGITS_MAX);
	if (n == 0)
		return false;
	part[2] = part[1] + n + 1;
	return strlen(part[2]) == MAC_DIGITS;
}

enum token_verdict
token_id_check(const struct token_keyring *ring, const char *text,
    const char *purposes, char *purpose_out, uint64_t *id_out)
{
	const char purpose = g_ascii_tolower(text[0]);
	const char *part[3];
	const struct token_key *key;
	uint8_t got[TOKEN_MAC_LEN];
	uint8_t want[TOKEN_MAC_LEN];
	uint64_t id;
	uint64_t key_id;

	if (purpose == '\0' || strchr(purposes, purpose) == NULL ||
	    !split_id(text, part) ||
	    !token_base32_parse(part[2], MAC_DIGITS, got, sizeof(got)))
		return TOKEN_NONE;
	if (!parse_number(part[0], UINT64_MAX, &id) ||
	    !parse_number(part[1], UINT32_MAX, &key_id))
		return TOKEN_WRONG;
	key = token_keyring_find(ring, (uint32_t)key_id);
	if (key == NULL)
		return TOKEN_WRONG;
	mac_of_id(key, purpose, id, want);
	if (sodium_memcmp(got, want, sizeof(want)) != 0)
		return TOKEN_WRONG;
	*purpose_out = purpose;
	*id_out = id;
	return TOKEN_VALID;
}

enum token_verdict
token_reply_check(const struct token_keyring *ring, const char *detail,
    char *purpose_out, uint64_t *id_out)
{
	return token_id_check(ring, detail, REPLY_PURPOSES, purpose_out,
	    id_out);
}

void
token_hash(const void *data, size_t len, uint8_t out[TOKEN_HASH_LEN])
{
	struct token_hasher h;

	if (len <= HASH_PIECE) {
		crypto_generichash(out, TOKEN_HASH_LEN, data, len, NULL, 0);
		return;
	}
	token_hasher_init(&h);
	for (const uint8_t *from = data; len > 0;) {
		const size_t n = MIN(len, HASH_PIECE);

		token_hasher_update(&h, from, n);
		from += n;
		len -= n;
		thread_give_way();
	}
	token_hasher_final(&h, out);
}

/* libsodium wants 64 bytes of alignment, g_malloc gives 16. */
static crypto_generichash_state *
hasher_state(struct token_hasher *h)
{
	const size_t off = (uintptr_t)h->opaque % STATE_ALIGN;
	const size_t skip = off == 0 ? 0 : STATE_ALIGN - off;

	return (crypto_generichash_state *)(void *)(h->opaque + skip);
}

void
token_hasher_init(struct token_hasher *h)
{
	crypto_generichash_init(hasher_state(h), NULL, 0, TOKEN_HASH_LEN);
}

void
token_hasher_update(struct token_hasher *h, const void *data, size_t len)
{
	crypto_generichash_update(hasher_state(h), data, len);
}

void
token_hasher_final(struct token_hasher *h, uint8_t out[TOKEN_HASH_LEN])
{
	crypto_generichash_final(hasher_state(h), out, TOKEN_HASH_LEN);
}

uint64_t
token_checksum(const void *data, size_t len)
{
	static const uint8_t key[crypto_shorthash_KEYBYTES] =
	    "maildesk.record"; /* fixed: part of the store's format */
	uint64_t sum;

	_Static_assert(sizeof(sum) == crypto_shorthash_BYTES, "64 bits");
	crypto_shorthash((uint8_t *)&sum, data, len, key);
	return GUINT64_FROM_LE(sum);
}

void
token_base32(const uint8_t *data, size_t len, char *out)
{
	uint32_t bits = 0;
	unsigned count = 0;

	for (size_t i = 0; i < len; i++) {
		bits = bits << 8 | data[i];
		for (count += 8; count >= BASE32_BITS; count -= BASE32_BITS)
			*out++ =
			    base32_digit[bits >> (count - BASE32_BITS) & 0x1f];
	}
	if (count > 0)
		*out++ = base32_digit[bits << (BASE32_BITS - count) & 0x1f];
	*out = '\0';
}

static bool
base32_value(char digit, uint32_t *value_out)
{
	const char c = g_ascii_tolower(digit);
	const char *at = c != '\0' ? strchr(base32_digit, c) : NULL;

	if (at == NULL)
		return false;
	*value_out = (uint32_t)(at - base32_digit);
	return true;
}

bool
token_base32_parse(const char *text, size_t digits, uint8_t *out, size_t len)
{
	uint32_t bits = 0;
	unsigned count = 0;
	size_t n = 0;

	if (digits != (len * 8 + BASE32_BITS - 1) / BASE32_BITS)
		return false;
	for (size_t i = 0; i < digits; i++) {
		uint32_t value;

		if (!base32_value(text[i], &value))
			return false;
		bits = bits << BASE32_BITS | value;
		count += BASE32_BITS;
		if (count >= 8) {
			count -= 8;
			out[n++] = (uint8_t)(bits >> count);
		}
	}
	return (bits & ((1u << count) - 1)) == 0;
}
