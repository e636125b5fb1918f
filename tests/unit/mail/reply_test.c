/* SPDX-License-Identifier: MIT */
/*
 * What mails of tests/mail/reply cannot say: marks, dates above forwards, and
 * that time grows with the text and no faster.
 */
#include "mail/reply.h"

#include <string.h>

#include "mail/html.h"
#include "mail/mark.h"
#include "mail/reply_line.h"
#include "mail/reply_wrote.h"
#include "tests/lib/test.h"

#define MIB ((size_t)1024 * 1024)

TEST(marks_fold_what_they_are_around)
{
	static const struct {
		const char *text, *want;
	} row[] = {
	    {MARK_HISTORY "old\n" MARK_END "new",            "new"        },
	    {"new\n" MARK_SIGNATURE "Ann\nRed House\n",      "new"        },
	    {"new\n" MARK_HISTORY "old" MARK_END "\n\nmore", "new\n\nmore"},
	    {"new\n" MARK_FORWARD "old\n" MARK_END "older",  "new"        },
	    {MARK_HISTORY "old" MARK_END,                    "old"        },
	    {MARK_END "\n" MARK_END "new",                   "\nnew"      },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *reply = reply_of(row[i].text);

		CHECK_STR(i, reply, row[i].want);
	}
}

TEST(attributions_are_told_from_sentences)
{
	static const struct {
		const char *text;
		enum wrote want;
		size_t lines;
	} row[] = {
	    {"On 5 Jan 2024 at 10:00, Ann wrote:",            WROTE_SURE,  1},
	    {"On Monday, Ann wrote:",                         WROTE_MAYBE, 1},
	    {"On Monday, Ann <ann@example.org> wrote:",       WROTE_SURE,  1},
	    {"Ann wrote:",				    WROTE_MAYBE, 1},
	    {"On Monday Ann wrote: call me",                  WROTE_NOT,   0},
	    {"I wrote this.\n\nOn it goes:",                  WROTE_NOT,   0},
	    {"What? Ann wrote:",                              WROTE_NOT,   0},
	    {"5.1.2024 10:00 Ann <ann@example.org>:",         WROTE_SURE,  1},
	    {"On 5 Jan 2024\nat 10:00\nAnn\nwrote:",          WROTE_SURE,  4},
	    {"On 5 Jan 2024\nat\n10:00\nAnn\nMiller\nwrote:", WROTE_NOT,   0},
	    {"Rewrote:",				      WROTE_NOT,   0},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		AUTO(lines_drop) struct lines lines = {0};
		size_t count = 0;

		lines_init(&lines, row[i].text);
		CHECK_EQ(i, wrote_at(&lines, 0, &count), row[i].want);
		CHECK_EQ(i, count, row[i].lines);
	}
}

/* The word again and again, to `len` bytes. */
static char *
repeat(const char *word, size_t len)
{
	GString *out = g_string_sized_new(len + strlen(word));

	while (out->len < len)
		g_string_append(out, word);
	return g_string_free(out, FALSE);
}

/* (That it takes linear work: tests/linear.) */
TEST(a_mebibyte_of_anything_is_read)
{
	static const char *const words[] = {"\n", "> ", ">\n", "--\n", "a:\n",
	    "On 5 Jan 2024 at 10:00 <a@b>\n", "Ann wrote:\n", "wrote:\n\n\n",
	    "On 1 1 2024 @\n\n", "From: a\n", "From: a\nx\n\n", "From:\nTo:\n",
	    "-----Original x", "-\n", "Sent from my x\n", "1@:\n", "<<<<<\n",
	    "On 5 Jan 2024 wrote:\n|\n", "\xC2\xA0", "a\n\n-Ann\n\n", "x",
	    MARK_HISTORY, MARK_SIGNATURE "\n", MARK_END "x\n", "____\n",
	    "-- - - Forwarded message", "De la De la:\n"};

	for (size_t i = 0; i < COUNT(words); i++) {
		g_autofree char *text = repeat(words[i], MIB);
		g_autofree char *reply = reply_of(text);

		CHECK(reply != NULL);
	}
}
