/* SPDX-License-Identifier: MIT */
/* The bytes of a mail: kept as they came, and what tells two mails apart. */
#include "intake/apply.h"

#include "store/blob.h"
#include "tests/unit/intake/letters.h"

#define MIB (1024 * 1024)

static void
check_raw(const struct desk *desk, size_t row, uint64_t id,
    const GByteArray *want)
{
	AUTO(view_end) struct view *view = desk_view(desk);
	AUTO_RECORD(Rec__Entry) e = desk_entry(desk, id);
	AUTO_RECORD(Rec__Mail) mail = NULL;
	g_autoptr(GByteArray) raw = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	const struct entry_id entry = {id};
	const struct range all = {0, UINT64_MAX / 2};

	CHECK_OK(entry_raw(view, entry, e, all, raw, &error), error);
	CHECK_EQ(row, raw->len, want->len);
	CHECK_EQ(row,
	    raw->len == want->len &&
		(raw->len == 0 || memcmp(raw->data, want->data, raw->len) == 0),
	    true);
	CHECK_OK(entry_mail(view, entry, e, &mail, &error), error);
	if (mail != NULL)
		CHECK_STR(row, mail->from->address, "ann@a.example");
}

static GByteArray *
bytes_of(size_t len, bool noise, GRand *rand)
{
	GByteArray *raw = g_byte_array_new();

	g_byte_array_set_size(raw, (guint)len);
	for (size_t at = 0; at < len; at++) {
		if (noise)
			raw->data[at] = (uint8_t)g_rand_int(rand);
		else
			raw->data[at] = (uint8_t) "\r\n.a"[at % 4];
	}
	return raw;
}

TEST(raw_mail_is_kept_byte_for_byte)
{
	static const struct {
		size_t len;
		bool noise;
	} row[] = {
	    {0,		false},
	    {1,		true },
	    {1300,             true },
	    {11900,            true },
	    {12100,            true },
	    {BLOB_PIECE - 200, false},
	    {BLOB_PIECE,       true },
	    {BLOB_PIECE + 1,   true },
	    {MIB,              true },
	    {MIB,              false},
	};
	g_autoptr(GRand) rand = g_rand_new_with_seed(1);
	AUTO(desk_close) struct desk desk = desk_open();

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autoptr(GByteArray)
		    raw = bytes_of(row[i].len, row[i].noise, rand);
		struct letter l = {"ann@a.example", "support@desk.example",
		    .raw = raw};
		g_autofree char *id = g_strdup_printf("%zu@a", i);
		struct outcome out;

		l.id = id;
		out = desk_receive(&desk, &l);
		CHECK_EQ(i, out.action, REC__ACTION__CREATE);
		check_raw(&desk, i, out.entry, raw);
	}
	CHECK_EQ(0, desk_clean(&desk).mails, COUNT(row));
}

/* The hashes that tell one mail from another. */
TEST(the_body_begins_behind_the_first_empty_line)
{
	static const struct {
		const char *one, *two;
		bool equal;
	} row[] = {
	    {"A: 1\r\n\r\nbody",       "B: 2\r\n\r\nbody",       true },
	    {"A: 1\n\nbody",           "B: 2\r\n\r\nbody",       true },
	    {"A: 1\r\n\r\nbody",       "A: 1\r\n\r\nbody2",      false},
	    {"A: 1\r\n\r\na\r\n\r\nb", "A: 1\r\n\r\nc\r\n\r\nb", false},
	    {"A: 1\r\n",               "B: 1",                   true },
	    {"",		       "A",		      true },
	    {"A: 1\r\n\r\n",           "A: 1",                   true },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		Rec__Mail mail = REC__MAIL__INIT;
		struct intake_mail a, b;

		a.hashes = mail_hashes_of(&mail, (const uint8_t *)row[i].one,
		    strlen(row[i].one));
		b.hashes = mail_hashes_of(&mail, (const uint8_t *)row[i].two,
		    strlen(row[i].two));
		CHECK_EQ(i,
		    memcmp(&a.hashes.body, &b.hashes.body,
			sizeof(a.hashes.body)) == 0,
		    row[i].equal);
		CHECK_EQ(i,
		    memcmp(&a.hashes.id, &b.hashes.id, sizeof(a.hashes.id)) ==
			0,
		    false);
	}
}
