/* SPDX-License-Identifier: MIT */
/* base/log: one escaped line, clipped, counted (R79). */
#include "base/log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clk.h"
#include "tests/lib/test.h"

struct capture {
	int kept; /* the real standard error */
	FILE *file;
};

static void
capture_begin(struct capture *c)
{
	(void)fflush(stderr);
	c->kept = dup(STDERR_FILENO);
	c->file = tmpfile();
	CHECK(c->file != NULL && dup2(fileno(c->file), STDERR_FILENO) >= 0);
}

static char *
capture_end(struct capture *c)
{
	char *text = g_malloc0(1 << 20);

	CHECK(dup2(c->kept, STDERR_FILENO) >= 0);
	(void)close(c->kept);
	rewind(c->file);
	text[fread(text, 1, (1 << 20) - 1, c->file)] = '\0';
	(void)fclose(c->file);
	return text;
}

TEST(foreign_text_is_quoted_and_escaped)
{
	static const struct {
		const char *foreign;
		const char *want;
	} row[] = {
	    {NULL,                "-"			    },
	    {"",		  "\"\""			 },
	    {"plain text",        "\"plain text\""               },
	    {"a\"b\\c",           "\"a\\\"b\\\\c\""              },
	    {"a\r\nb\x1b[0m\x7f", "\"a\\x0d\\x0ab\\x1b[0m\\x7f\""},
	    {"gr\xc3\xbc",        "\"gr\\xc3\\xbc\""             },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		CHECK_STR(i, log_str(row[i].foreign), row[i].want);
}

TEST(foreign_text_is_clipped_to_200_bytes)
{
	static const struct {
		size_t len;
		char fill;
		size_t want; /* bytes of the result */
		bool is_clipped;
	} row[] = {
	    {200,  'a',    202,     false},
	    {201,  'a',    205,     true },
	    {9000, '\xff', 802 + 3, true },
	    {9000, '"',    402 + 3, true },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *text = g_strnfill(row[i].len, row[i].fill);
		const char *got = log_str(text);

		CHECK_EQ(i, strlen(got), row[i].want);
		CHECK_EQ(i, g_str_has_suffix(got, "\"..."), row[i].is_clipped);
	}
}

TEST(eight_values_fit_into_one_line)
{
	const char *first = log_str("first");

	for (int i = 1; i < 8; i++)
		(void)log_str("another");
	CHECK_STR(0, first, "\"first\"");
}

TEST(test_R79_a_line_stays_one_line)
{
	struct capture c;
	g_autofree char *text = NULL;

	capture_begin(&c);
	log_info("a what=%s", "x\nlevel=error forged=1\x80");
	log_debug("b not=shown");
	clk_set(CLK_SECOND);
	log_set_time(LOG_TIME_YES);
	log_warn("c n=%d", 1);
	log_set_time(LOG_TIME_NO);
	clk_set(0);
	text = capture_end(&c);
	CHECK_STR(0, text,
	    "level=info a what=x\\x0alevel=error forged=1\\x80\n"
	    "time=1970-01-01T00:00:01Z level=warn c n=1\n");
}

TEST(a_huge_line_is_cut)
{
	g_autofree char *huge = g_strnfill(100000, 'x');
	g_autofree char *text = NULL;
	struct capture c;

	capture_begin(&c);
	log_info("%s", huge);
	text = capture_end(&c);
	CHECK(strlen(text) > 3900 && strlen(text) <= 4001);
	CHECK(g_str_has_suffix(text, "x\n"));
}

TEST(a_flood_of_one_call_site_is_counted)
{
	g_autofree char *text = NULL;
	struct capture c;
	size_t lines = 0;

	capture_begin(&c);
	for (int i = 0; i < 1000; i++)
		log_info("flood i=%d", i);
	log_info("other site=1");
	text = capture_end(&c);
	for (const char *p = text; (p = strchr(p, '\n')) != NULL; p++)
		lines++;
	CHECK_EQ(0, lines, 101);
	CHECK(strstr(text, "other site=1") != NULL);
}

TEST(levels_have_names)
{
	static const struct {
		const char *name;
		int level; /* -1: none */
	} row[] = {
	    {"error",   LOG_ERROR},
	    {"warn",    LOG_WARN },
	    {"info",    LOG_INFO },
	    {"debug",   LOG_DEBUG},
	    {"Info",    -1       },
	    {"verbose", -1       },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autoptr(GError) error = NULL;
		enum log_level level = LOG_ERROR;

		CHECK_EQ(i, log_level_parse(row[i].name, &level, &error),
		    row[i].level >= 0);
		if (row[i].level >= 0)
			CHECK_EQ(i, level, row[i].level);
	}
}
