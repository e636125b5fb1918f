/* SPDX-License-Identifier: MIT */
/*
 * The look before the parser: what it counts, and that each bomb is refused
 * while a mail just under a limit is not.
 */
#include <string.h>

#include "mail/parse.h"
#include "mail/prescan.h"
#include "tests/lib/test.h"

static struct prescan
scan_text(const char *text, size_t len)
{
	struct prescan scan;

	prescan((const uint8_t *)text, len, &scan);
	return scan;
}

TEST(header_and_body_are_told_apart)
{
	static const struct {
		const char *mail;
		size_t header_len, body_offset;
		unsigned headers;
	} row[] = {
	    {"A: b\r\n\r\nx",        6,  8,  1},
	    {"A: b\n c\nB: d\n\nx",  13, 14, 2},
	    {"A: b",                 4,  4,  1},
	    {"\nx",                  2,  2,  1},
	    {"",		     0,  0,  0},
	    {"From x\nA: b\n\nbody", 12, 13, 1},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		const struct prescan s = scan_text(row[i].mail,
		    strlen(row[i].mail));

		CHECK_EQ(i, s.header_len, row[i].header_len);
		CHECK_EQ(i, s.body_offset, row[i].body_offset);
		CHECK_EQ(i, s.headers, row[i].headers);
		CHECK(s.refused == NULL);
	}
}

TEST(odd_line_ends_and_nul_are_marked)
{
	static const struct {
		const char *mail;
		size_t len;
		unsigned marks;
	} row[] = {
	    {"A: b\r\n\r\nx\r\n",        11, 0           },
	    {"A: b\n\nx\n",              8,  0           },
	    {"A: b\r\n\r\nx\n",          10, MARK_BARE_LF},
	    {"A: b\r\n\r\nx\ry",         11, MARK_BARE_CR},
	    {"A: b\r\n\r\n\r",           9,  MARK_BARE_CR},
	    {"A: bcd\r\n\r\nxxxx\r\n\n", 17, MARK_BARE_LF},
	    {"A: bcde\r\n\r\n",          11, 0           },
	    {"A: bcde\rx\n\n",           11, MARK_BARE_CR},
	    {"\r\n\r\n\r\n\r\r",         8,  MARK_BARE_CR},
	    {"A: b\n\nx\0y",             9,  MARK_NUL    },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		CHECK_EQ(i, scan_text(row[i].mail, row[i].len).marks,
		    row[i].marks);
}

static void
append_times(GString *mail, const char *text, unsigned times)
{
	for (unsigned i = 0; i < times; i++)
		g_string_append(mail, text);
}

static GString *
nested(unsigned depth)
{
	GString *mail = g_string_new("From: a@b\n");

	for (unsigned i = 0; i < depth; i++) {
		if (i > 0)
			g_string_append_printf(mail, "--b%u\n", i - 1);
		g_string_append_printf(mail,
		    "Content-Type: multipart/mixed; boundary=b%u\n\n", i);
	}
	return mail;
}

static GString *
digest(unsigned messages)
{
	GString *mail = g_string_new(
	    "Content-Type: multipart/digest; boundary=\"x y\"\n\n");

	append_times(mail,
	    "--x y\nContent-Type: message/rfc822\n\nSubject: s\n\nbody\n",
	    messages);
	return mail;
}

static GString *
repeated(const char *head, const char *text, unsigned times)
{
	GString *mail = g_string_new(head);

	append_times(mail, text, times);
	return mail;
}

static void
check_bomb(size_t row, GString *mail, bool refused)
{
	CHECK_EQ(row, scan_text(mail->str, mail->len).refused != NULL, refused);
	(void)g_string_free(mail, TRUE);
}

TEST(bombs_are_refused_and_what_is_just_under_a_limit_is_not)
{
	static const char multi[] =
	    "Content-Type: multipart/mixed; boundary=b\n\n";
	static const char part[] =
	    "Content-Type: multipart/mixed; boundary=b\n\n--b\n";
	static const char message[] = "Content-Type: message/rfc822\n\n";
	static const struct {
		const char *head, *text;
		unsigned times;
		bool refused;
	} row[] = {
	    {multi,      "--b\n\n",       5000,  false},
	    {multi,      "--b\n\n",       5001,  true },
	    {multi,      "--other\n",     5001,  true },
	    {"A: b\n\n", "-- a dump\n",   9000,  false},
	    {message,    "\n-- a dump\n", 9000,  false},
	    {message,    part,            5001,  true },
	    {"",         "a:\n",          2000,  false},
	    {"",         "a:\n",          2001,  true },
	    {"A: b\n",   " cccccccccc\n", 90000, true },
	    {part,       "a:\n",          30000, true },
	    {"",         message,         40,    false},
	    {"",         message,         60,    true },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		check_bomb(i, repeated(row[i].head, row[i].text, row[i].times),
		    row[i].refused);
	check_bomb(100, digest(200), false);
	check_bomb(101, nested(PRESCAN_DEPTH_MAX), false);
	check_bomb(102, nested(PRESCAN_DEPTH_MAX + 1), true);
	check_bomb(103, nested(10000), true);
}

TEST(the_header_scan_reads_what_a_person_needs)
{
	static const char mail[] =
	    "From: Anna <anna@example.org>\r\nTo: a@b.example, c@d.example\r\n"
	    "Subject: Help\r\n me\r\nDate: Tue, 1 Jul 2003 10:52:37 +0200\r\n"
	    "Message-ID: <1@example.org>\r\nReferences: <2@x> <3@x>\r\n\r\nx";
	AUTO(mail_free)
	Rec__Mail *m = prescan_headers((const uint8_t *)mail, sizeof(mail) - 1,
	    "too odd");

	CHECK_STR(0, m->unreadable, "too odd");
	CHECK_STR(0, m->from->name, "Anna");
	CHECK_STR(0, m->from->address, "anna@example.org");
	CHECK_EQ(0, m->n_to, 2);
	CHECK_STR(0, m->subject, "Help me");
	CHECK_EQ(0, m->date_at, INT64_C(1057049557000000));
	CHECK_STR(0, m->message_id, "1@example.org");
	CHECK_EQ(0, m->n_references, 2);
}
