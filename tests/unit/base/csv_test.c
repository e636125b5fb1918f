/* SPDX-License-Identifier: MIT */
/* Tables as text: separators, quotes, lines, charsets, and back. */
#include "base/csv.h"

#include <string.h>

#include "tests/lib/test.h"

/* "2:a|b 4:c|d", a malformed record as "5:!". */
static char *
read_all(const char *text)
{
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
	GString *out = g_string_new(NULL);
	struct csv csv;

	csv_begin(&csv, text);
	for (;;) {
		g_autoptr(GError) error = NULL;
		enum found found = csv_next(&csv, cells, &error);

		CHECK_EQ(0, found == FOUND_ERROR, error != NULL);
		if (found == FOUND_NO)
			return g_string_free(out, FALSE);
		g_string_append_printf(out, "%s%zu:", out->len > 0 ? " " : "",
		    csv.line);
		if (found == FOUND_ERROR)
			g_string_append_c(out, '!');
		for (guint i = 0; found == FOUND_YES && i < cells->len; i++)
			g_string_append_printf(out, "%s%s", i > 0 ? "|" : "",
			    (const char *)g_ptr_array_index(cells, i));
	}
}

TEST(records_are_read_with_their_lines)
{
	static const struct {
		const char *text, *want;
	} row[] = {
	    {"",		       ""                 },
	    {"\n\r\n\n",               ""                 },
	    {"a;b",		    "1:a|b"            },
	    {"a;b\n",                  "1:a|b"            },
	    {"a;b\r\nc;d\r\n",         "1:a|b 2:c|d"      },
	    {"a,b\n\nc,d;e\n",         "1:a|b 3:c|d;e"    },
	    {"a\tb\nc\t\n",            "1:a|b 2:c|"       },
	    {"a;b,c;d\n;;\n",          "1:a|b,c|d 2:||"   },
	    {"\"a;\"\"x\"\"\";b\nc;d", "1:a;\"x\"|b 2:c|d"},
	    {"\"a\nb\";c\nd;e",        "1:a\nb|c 3:d|e"   },
	    {"a;b\"c\n",               "1:a|b\"c"         },
	    {"\"\";\"\"\n",            "1:|"              },
	    {"a;\"b\"c\nd;e",          "1:! 2:d|e"        },
	    {"a;\"b\nd;e\n",           "1:!"              },
	    {"a;\"",                   "1:!"              },
	    {"a\rb;c",                 "1:a\rb|c"         },
	    {"one",		    "1:one"            },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *got = read_all(row[i].text);

		CHECK_STR(i, got, row[i].want);
	}
}

TEST(bytes_become_utf8)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *want; /* NULL: refused */
		enum csv_charset charset;
	} row[] = {
	    {"M\xc3\xbcller",             7,  "M\xc3\xbcller",  CSV_UTF8        },
	    {"\xef\xbb\xbfM\xc3\xbcller", 10, "M\xc3\xbcller",  CSV_UTF8        },
	    {"M\xfcller",                 6,  "M\xc3\xbcller",  CSV_WINDOWS_1252},
	    {"5 \x80",                    3,  "5 \xe2\x82\xac", CSV_WINDOWS_1252},
	    {"\xef\xbb\xbf",              3,  "",               CSV_UTF8        },
	    {"",			  0,  "",               CSV_UTF8        },
	    {"\xff\xfe"
	     "a\0",          4,  NULL,             CSV_UTF8        },
	    {"a\0b",		      3,  NULL,             CSV_UTF8        },
	    {"\x81",		      1,  NULL,             CSV_UTF8        },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		enum csv_charset charset = CSV_UTF8;
		g_autoptr(GError) error = NULL;
		g_autofree char *text = csv_decode(row[i].bytes, row[i].len,
		    &charset, &error);

		CHECK_STR(i, text, row[i].want);
		CHECK_EQ(i, err_is(error, ERR_INVALID), row[i].want == NULL);
		CHECK_EQ(i, row[i].want != NULL ? charset : CSV_UTF8,
		    row[i].charset);
	}
}

TEST(what_is_written_is_read_again)
{
	static const char *const cells[] = {"", "a", "", " b ", "c;d", "e,f",
	    "g\th", "say \"i\"", "two\nlines", "=1+1", "\""};
	g_autoptr(GString) line = g_string_new("head\n");
	g_autoptr(GPtrArray) got = g_ptr_array_new_with_free_func(g_free);
	struct csv csv;

	csv_put(line, ';', cells, COUNT(cells));
	csv_begin(&csv, line->str);
	CHECK(csv_next(&csv, got, NULL) == FOUND_YES);
	CHECK(csv_next(&csv, got, NULL) == FOUND_YES);
	CHECK_EQ(0, got->len, COUNT(cells));
	for (guint i = 0; i < got->len; i++)
		CHECK_STR(i, g_ptr_array_index(got, i), cells[i]);
}
