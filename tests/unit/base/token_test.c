/* SPDX-License-Identifier: MIT */
/* base/token: reply tokens (R53), keys that rotate, base32, hashes. */
#include "base/token.h"

#include <string.h>

#include "tests/lib/test.h"

/* A ring with fixed keys 1..count, so that its tokens are constants. */
static void
ring_fill(struct token_keyring *ring, size_t count)
{
	memset(ring, 0, sizeof(*ring));
	for (size_t i = 0; i < count; i++) {
		ring->key[i].id = (uint32_t)i + 1;
		memset(ring->key[i].bytes, (int)i + 1, TOKEN_KEY_LEN);
	}
	ring->count = count;
}

TEST(a_token_says_purpose_and_id)
{
	static const struct {
		char purpose;
		uint64_t id;
		const char *start;
	} row[] = {
	    {'t', 1,          "t1.2."                   },
	    {'a', 7,          "a7.2."                   },
	    {'t', UINT64_MAX, "t18446744073709551615.2."},
	};
	struct token_keyring ring;

	ring_fill(&ring, 2);
	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *token = token_reply_format(&ring,
		    row[i].purpose, row[i].id);
		g_autofree char *upper = g_ascii_strup(token, -1);
		uint64_t id = 0;
		char purpose = 0;

		CHECK(g_str_has_prefix(token, row[i].start));
		CHECK_EQ(i, strlen(token), strlen(row[i].start) + 16);
		CHECK_EQ(i, strlen(token) <= 64, true);
		CHECK_EQ(i, token_reply_check(&ring, token, &purpose, &id),
		    TOKEN_VALID);
		CHECK_EQ(i, purpose, row[i].purpose);
		CHECK_EQ(i, id == row[i].id, true);
		CHECK_EQ(i, token_reply_check(&ring, upper, &purpose, &id),
		    TOKEN_VALID);
	}
}

TEST(what_has_no_form_of_a_token_is_none)
{
	static const char *const row[] = {
	    "",
	    "t",
	    "t1",
	    "t1.1",
	    "t1.1.",
	    "sales",
	    "x1.1.aaaaaaaaaaaaaaaa",
	    "t.1.aaaaaaaaaaaaaaaa",
	    "t1..aaaaaaaaaaaaaaaa",
	    "t1.1.aaaaaaaaaaaaaaa",
	    "t1.1.aaaaaaaaaaaaaaaaa",
	    "t1.1.aaaaaaaaaaaaaaa1",
	    "t-1.1.aaaaaaaaaaaaaaaa",
	    "t 1.1.aaaaaaaaaaaaaaaa",
	    "t111111111111111111111.1.aaaaaaaaaaaaaaaa",
	};
	struct token_keyring ring;

	ring_fill(&ring, 1);
	for (size_t i = 0; i < COUNT(row); i++) {
		uint64_t id = 99;
		char purpose = '-';

		CHECK_EQ(i, token_reply_check(&ring, row[i], &purpose, &id),
		    TOKEN_NONE);
		CHECK_EQ(i, id, 99);
	}
}

TEST(test_R53_a_changed_token_is_wrong)
{
	static const char *const start[] = {
	    "t18.2.",
	    "a17.2.",
	    "t17.1.",
	    "t17.3.",
	    "t017.2.",
	    "t17.02.",
	    "t17.4294967298.",
	    "t18446744073709551633.2.",
	};
	struct token_keyring ring;
	g_autofree char *token = NULL;
	const char *mac;
	uint64_t id = 99;
	char purpose = '-';

	ring_fill(&ring, 2);
	token = token_reply_format(&ring, 't', 17);
	mac = strrchr(token, '.') + 1;
	for (size_t i = 0; i < COUNT(start); i++) {
		g_autofree char *wrong = g_strconcat(start[i], mac, NULL);

		CHECK_EQ(i, token_reply_check(&ring, wrong, &purpose, &id),
		    TOKEN_WRONG);
	}
	for (size_t i = 0; i < strlen(mac); i++) {
		g_autofree char *wrong = g_strdup(token);
		char *c = wrong + (mac - token) + i;

		*c = *c == 'a' ? 'b' : 'a';
		CHECK_EQ(i, token_reply_check(&ring, wrong, &purpose, &id),
		    TOKEN_WRONG);
	}
	CHECK_EQ(0, id, 99);
}

TEST(an_old_token_is_valid_while_its_key_is_kept)
{
	struct token_keyring ring;
	g_autoptr(GError) error = NULL;
	g_autofree char *old = NULL;
	g_autofree char *fresh = NULL;
	uint64_t id = 0;
	char purpose = 0;

	ring_fill(&ring, 1);
	old = token_reply_format(&ring, 't', 5);
	CHECK_OK(token_keyring_rotate(&ring, &error), error);
	CHECK_EQ(0, token_keyring_newest(&ring)->id, 2);
	fresh = token_reply_format(&ring, 't', 5);
	CHECK(g_str_has_prefix(fresh, "t5.2."));
	CHECK_EQ(0, token_reply_check(&ring, old, &purpose, &id), TOKEN_VALID);
	CHECK_EQ(1, token_reply_check(&ring, fresh, &purpose, &id),
	    TOKEN_VALID);
	memmove(&ring.key[0], &ring.key[1], sizeof(ring.key[0]));
	ring.count = 1;
	CHECK_EQ(2, token_reply_check(&ring, old, &purpose, &id), TOKEN_WRONG);
	CHECK_EQ(3, token_reply_check(&ring, fresh, &purpose, &id),
	    TOKEN_VALID);
}

TEST(a_ring_holds_64_keys)
{
	struct token_keyring ring = {0};
	g_autoptr(GError) error = NULL;

	CHECK(token_keyring_newest(&ring) == NULL);
	for (int i = 0; i < TOKEN_KEYS_MAX; i++)
		CHECK_OK(token_keyring_rotate(&ring, &error), error);
	CHECK(!token_keyring_rotate(&ring, &error));
	CHECK(err_is(error, ERR_FULL));
	CHECK(token_keyring_find(&ring, 65) == NULL);
	CHECK_EQ(0, token_keyring_find(&ring, 64)->id, 64);
	token_keyring_wipe(&ring);
	CHECK_EQ(0, ring.count, 0);
	CHECK_EQ(0, ring.key[3].bytes[0], 0);
}

TEST(a_mac_is_of_one_purpose_and_key)
{
	struct token_keyring ring;
	uint8_t mac[4][TOKEN_MAC_LEN];

	ring_fill(&ring, 2);
	memcpy(ring.key[1].bytes, ring.key[0].bytes, TOKEN_KEY_LEN);
	token_mac(&ring.key[0], 't', "data", 4, mac[0]);
	token_mac(&ring.key[0], 'a', "data", 4, mac[1]);
	token_mac(&ring.key[1], 't', "data", 4, mac[2]);
	token_mac(&ring.key[0], 't', "datb", 4, mac[3]);
	for (int i = 1; i < 4; i++)
		CHECK_EQ(i, memcmp(mac[0], mac[i], TOKEN_MAC_LEN) != 0, true);
}

TEST(base32_is_that_of_rfc_4648)
{
	static const struct {
		const char *bytes;
		const char *digits;
	} row[] = {
	    {"",       ""          },
	    {"f",      "my"        },
	    {"fo",     "mzxq"      },
	    {"foo",    "mzxw6"     },
	    {"foob",   "mzxw6yq"   },
	    {"fooba",  "mzxw6ytb"  },
	    {"foobar", "mzxw6ytboi"},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		const size_t len = strlen(row[i].bytes);
		const size_t digits = strlen(row[i].digits);
		g_autofree char *upper = g_ascii_strup(row[i].digits, -1);
		uint8_t back[8] = {0};
		char text[16];

		token_base32((const uint8_t *)row[i].bytes, len, text);
		CHECK_STR(i, text, row[i].digits);
		CHECK_EQ(i, token_base32_parse(upper, digits, back, len), true);
		CHECK_STR(i, (const char *)back, row[i].bytes);
	}
}

TEST(base32_refuses_what_it_does_not_write)
{
	static const struct {
		const char *digits;
		size_t len;
	} row[] = {
	    {"mz", 1}, /* bits beyond the byte */
	    {"m1", 1},
	    {"m=", 1},
	    {"m",  1},
	    {"my", 2},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		uint8_t out[8];

		CHECK_EQ(i,
		    token_base32_parse(row[i].digits, strlen(row[i].digits),
			out, row[i].len),
		    false);
	}
}

TEST(pieces_hash_like_the_whole)
{
	g_autofree struct token_hasher *h = g_new0(struct token_hasher, 1);
	uint8_t whole[TOKEN_HASH_LEN];
	uint8_t pieces[TOKEN_HASH_LEN];

	token_hash("message-id", 10, whole);
	token_hasher_init(h);
	token_hasher_update(h, "message", 7);
	token_hasher_update(h, "-id", 3);
	token_hasher_final(h, pieces);
	CHECK_EQ(0, memcmp(whole, pieces, sizeof(whole)), 0);
	CHECK(token_checksum("a", 1) != token_checksum("b", 1));
	CHECK(token_checksum("a", 1) == token_checksum("a", 1));
}
