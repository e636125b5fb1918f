/* SPDX-License-Identifier: MIT */
/* desk/message_id: our own Message-IDs prove that we wrote them (IN-14). */
#include "desk/message_id.h"

#include <string.h>

#include "tests/lib/test.h"

/* A ring with fixed keys 1..count, so that its ids are constants. */
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

TEST(our_ids_come_back_as_their_entry)
{
	static const struct {
		uint64_t entry;
		const char *start;
	} row[] = {
	    {1,          "m1.2."                   },
	    {17,         "m17.2."                  },
	    {UINT64_MAX, "m18446744073709551615.2."},
	};
	struct token_keyring ring;

	ring_fill(&ring, 2);
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct entry_id id = {row[i].entry};
		g_autofree char *text = message_id_format(&ring, id,
		    "desk.example.org");
		g_autofree char *upper = g_ascii_strup(text, -1);
		struct entry_id entry = {0};

		CHECK(g_str_has_prefix(text, row[i].start));
		CHECK(g_str_has_suffix(text, "@desk.example.org"));
		CHECK_EQ(i, strlen(text), strlen(row[i].start) + 16 + 17);
		CHECK_EQ(i, message_id_own(&ring, text, &entry), TOKEN_VALID);
		CHECK(entry.n == row[i].entry);
		entry.n = 0;
		CHECK_EQ(i, message_id_own(&ring, upper, &entry), TOKEN_VALID);
		CHECK(entry.n == row[i].entry);
	}
}

TEST(ids_of_others_are_none)
{
	static const char *const row[] = {
	    "",
	    "@",
	    "@example.org",
	    "m1.1.aaaaaaaaaaaaaaaa",
	    "m1.1.aaaaaaaaaaaaaaaa@",
	    "m1.1.aaaaaaaaaaaaaaa@example.org",
	    "m1.1.aaaaaaaaaaaaaaaaa@example.org",
	    "m1.1.aaaaaaaaaaaaaaa1@example.org",
	    "m1.aaaaaaaaaaaaaaaa@example.org",
	    "m.1.aaaaaaaaaaaaaaaa@example.org",
	    "m-1.1.aaaaaaaaaaaaaaaa@example.org",
	    "m111111111111111111111.1.aaaaaaaaaaaaaaaa@example.org",
	    "t1.1.aaaaaaaaaaaaaaaa@example.org",
	    "1.1.aaaaaaaaaaaaaaaa@example.org",
	    "\"m1.1.aaaaaaaaaaaaaaaa\"@example.org",
	    " m1.1.aaaaaaaaaaaaaaaa@example.org",
	    "CAJ8xQ0pJ5v=m17.1@mail.gmail.com",
	    "20260102030405.ABCDEF0123@mail.example.org",
	};
	g_autofree char *longest = g_strnfill(1 << 20, 'm');
	struct token_keyring ring;
	struct entry_id entry = {99};

	ring_fill(&ring, 1);
	for (size_t i = 0; i < COUNT(row); i++)
		CHECK_EQ(i, message_id_own(&ring, row[i], &entry), TOKEN_NONE);
	CHECK_EQ(99, message_id_own(&ring, longest, &entry), TOKEN_NONE);
	CHECK_EQ(0, entry.n, 99);
}

/* Whoever gets a mail of ours sees both: neither may serve as the other. */
TEST(a_reply_token_is_no_message_id)
{
	struct token_keyring ring;
	g_autofree char *reply = NULL;
	g_autofree char *id = NULL;
	g_autofree char *moved = NULL;
	struct entry_id entry = {99};
	uint64_t ticket = 99;
	char purpose = '-';

	ring_fill(&ring, 1);
	reply = token_reply_format(&ring, 't', 17);
	id = g_strdup_printf("m%s@example.org", reply + 1);
	CHECK_EQ(0, message_id_own(&ring, id, &entry), TOKEN_WRONG);
	moved = message_id_format(&ring, (struct entry_id){17}, "example.org");
	*strchr(moved, '@') = '\0';
	CHECK_EQ(1, token_reply_check(&ring, moved, &purpose, &ticket),
	    TOKEN_NONE);
	moved[0] = 't';
	CHECK_EQ(2, token_reply_check(&ring, moved, &purpose, &ticket),
	    TOKEN_WRONG);
	CHECK_EQ(3, entry.n, 99);
	CHECK_EQ(4, ticket, 99);
}

TEST(a_changed_id_is_wrong)
{
	static const char *const start[] = {
	    "m18.2.",
	    "m17.1.",
	    "m17.3.",
	    "m017.2.",
	    "m17.02.",
	    "m17.4294967298.",
	    "m18446744073709551633.2.",
	    "m99999999999999999999.2.",
	};
	struct token_keyring ring;
	g_autofree char *id = NULL;
	struct entry_id entry = {99};
	size_t mac;

	ring_fill(&ring, 2);
	id = message_id_format(&ring, (struct entry_id){17}, "example.org");
	mac = strlen("m17.2.");
	for (size_t i = 0; i < COUNT(start); i++) {
		g_autofree char *wrong = g_strconcat(start[i], id + mac, NULL);

		CHECK_EQ(i, message_id_own(&ring, wrong, &entry), TOKEN_WRONG);
	}
	for (size_t i = 0; i < 16; i++) {
		g_autofree char *wrong = g_strdup(id);
		char *c = wrong + mac + i;

		*c = *c == 'a' ? 'b' : 'a';
		CHECK_EQ(i, message_id_own(&ring, wrong, &entry), TOKEN_WRONG);
	}
	CHECK_EQ(0, entry.n, 99);
}

TEST(an_old_id_is_valid_while_its_key_is_kept)
{
	struct token_keyring ring;
	g_autoptr(GError) error = NULL;
	g_autofree char *old = NULL;
	g_autofree char *fresh = NULL;
	struct entry_id entry = {0};

	ring_fill(&ring, 1);
	old = message_id_format(&ring, (struct entry_id){5}, "a.example");
	CHECK_OK(token_keyring_rotate(&ring, &error), error);
	fresh = message_id_format(&ring, (struct entry_id){6}, "b.example");
	CHECK_EQ(0, message_id_own(&ring, old, &entry), TOKEN_VALID);
	CHECK_EQ(0, entry.n, 5);
	CHECK_EQ(1, message_id_own(&ring, fresh, &entry), TOKEN_VALID);
	CHECK_EQ(1, entry.n, 6);
	memmove(&ring.key[0], &ring.key[1], sizeof(ring.key[0]));
	ring.count = 1;
	CHECK_EQ(2, message_id_own(&ring, old, &entry), TOKEN_WRONG);
	CHECK_EQ(3, message_id_own(&ring, fresh, &entry), TOKEN_VALID);
}
