/* SPDX-License-Identifier: MIT */
/* base/similar: the rule's words, and the bit vectors against the table. */
#include "base/similar.h"

#include <string.h>

#include "tests/lib/test.h"

#define RANDOM_PAIRS 2000

TEST(likeness_is_the_share_that_stays)
{
	static const struct {
		const char *a;
		const char *b;
		unsigned percent;
	} row[] = {
	    {"printer",                  "printer",                  100},
	    {"a",			"b",			0  },
	    {"abc",		      "abd",                      66 },
	    {"abcd",		     "abcx",                     75 },
	    {"kitten",                   "sitting",                  57 },
	    {"ab",		       "ba",                       0  },
	    {"printer broken",           "printer",                  50 },
	    {"abcde",                    "abcdex",                   83 },
 /* code points, not bytes */
	    {"stra\xc3\x9f"
	     "e",           "strase",                   83 },
	    {"\xe8\xbf\x94\xe4\xbf\xa1", "\xe8\xbf\x94\xe4\xbf\xa2", 50 },
	    {"\xf0\x9f\x98\x80"
	     "a",           "\xf0\x9f\x98\x81"
		"a",		   50 },
 /* empty is like nothing */
	    {"",			 "",			 0  },
	    {"",			 "a",			0  },
	    {"a",			"",			 0  },
 /* broken */
	    {"a\xff"
	     "b",           "a\xfe"
		"b",		   100},
	    {"a\xe2\x82",                "a",                        33 },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		CHECK_EQ(i, similar_percent(row[i].a, row[i].b),
		    row[i].percent);
		CHECK_EQ(i, similar_percent(row[i].b, row[i].a),
		    row[i].percent);
	}
}

TEST(other_numbers_are_other_matters)
{
	static const struct {
		const char *a;
		const char *b;
		unsigned percent;
	} row[] = {
	    {"order 12345",                        "order 12346", 0  },
	    {"order 12345",                        "order 12345", 100},
	    {"order 123",			  "order 124",   88 },
	    {"order 1234",                         "order 1235",  0  },
	    {"order 1234",                         "order 123",   90 },
	    {"order 1234",                         "order",       50 },
	    {"1234 5678",			  "5678 9999",   11 },
	    {"1234-5678",			  "1234-9999",   55 },
	    {"1234",			       "01234",       0  },
	    {"1234",			       "12345",       0  },
	    {"a1234",			      "b1234",       80 },
	    {"12.34",			      "12.35",       80 },
 /* digits of other scripts say the same */
	    {"\xd9\xa1\xd9\xa2\xd9\xa3\xd9\xa4 x", "1234 x",      33 },
	    {"\xd9\xa1\xd9\xa2\xd9\xa3\xd9\xa4 x", "1235 x",      0  },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		CHECK_EQ(i, similar_percent(row[i].a, row[i].b),
		    row[i].percent);
		CHECK_EQ(i, similar_percent(row[i].b, row[i].a),
		    row[i].percent);
	}
}

TEST(only_the_first_200_code_points_count)
{
	g_autofree char *a = g_strnfill(200, 'a');
	g_autofree char *b = g_strnfill(5000000, 'a');
	g_autofree char *c = g_strconcat(a, " 12345", NULL);
	g_autofree char *d = g_strconcat(a, " 54321", NULL);
	g_autofree char *e = g_strconcat(a + 1, "b", NULL);

	CHECK_EQ(0, similar_percent(a, b), 100);
	CHECK_EQ(1, similar_percent(b, a), 100);
	CHECK_EQ(2, similar_percent(c, d), 100);
	CHECK_EQ(3, similar_percent(a, e), 99);
	CHECK_EQ(4, similar_percent(a, "a"), 0);
	CHECK_EQ(5, similar_percent(a, "aaaa"), 2);
}

/* The definition, row by row. */
static size_t
plain_distance(const gunichar *a, size_t a_len, const gunichar *b, size_t b_len)
{
	size_t line[SIMILAR_POINTS_MAX + 1] = {0};

	for (size_t k = 0; k <= b_len; k++)
		line[k] = k;
	for (size_t i = 1; i <= a_len; i++) {
		size_t corner = line[0];

		line[0] = i;
		for (size_t k = 1; k <= b_len; k++) {
			const size_t above = line[k];
			const size_t change = corner + (a[i - 1] != b[k - 1]);

			line[k] = MIN(MIN(above, line[k - 1]) + 1, change);
			corner = above;
		}
	}
	return line[b_len];
}

/* Letters of one to four bytes. Of few kinds, so that they meet often, or of
 * many, so that all rows of a prepared text are used. */
static size_t
random_points(gunichar points_out[SIMILAR_POINTS_MAX])
{
	static const gunichar base[] = {'a', 0xe0, 0x4e00, 0x1f600};
	const int kinds = g_test_rand_bit() ? 2 : 70;
	const size_t len = (size_t)g_test_rand_int_range(0,
	    SIMILAR_POINTS_MAX + 1);

	for (size_t i = 0; i < len; i++)
		points_out[i] = base[g_test_rand_int_range(0, COUNT(base))] +
		    (gunichar)g_test_rand_int_range(0, kinds) * 37;
	return len;
}

/* A text as people change it: a piece is moved, some letters are others. */
static size_t
changed_points(const gunichar *points, size_t len, gunichar *out)
{
	const size_t by = len > 1 ? (size_t)g_test_rand_int_range(0, (int)len)
				  : 0;

	for (size_t i = 0; i < len; i++)
		out[i] = g_test_rand_int_range(0, 10) == 0
		    ? 'x'
		    : points[(i + by) % len];
	return len;
}

static size_t
plain_percent(const gunichar *a, size_t a_len, const gunichar *b, size_t b_len)
{
	const size_t distance = plain_distance(a, a_len, b, b_len);

	if (a_len == 0 || b_len == 0)
		return 0;
	if (a_len < b_len)
		return 100 * (b_len - distance) / b_len;
	return 100 * (a_len - distance) / a_len;
}

static void
check_pair(unsigned row, const gunichar *a, size_t a_len, const gunichar *b,
    size_t b_len)
{
	g_autofree char *one = g_ucs4_to_utf8(a, (glong)a_len, NULL, NULL,
	    NULL);
	g_autofree char *other = g_ucs4_to_utf8(b, (glong)b_len, NULL, NULL,
	    NULL);

	CHECK_EQ(row, similar_percent(one, other),
	    plain_percent(a, a_len, b, b_len));
}

TEST(the_bit_vectors_say_what_the_table_says)
{
	for (unsigned i = 0; i < RANDOM_PAIRS; i++) {
		gunichar a[SIMILAR_POINTS_MAX];
		gunichar b[SIMILAR_POINTS_MAX];
		const size_t a_len = random_points(a);
		size_t b_len = random_points(b);

		check_pair(i, a, a_len, b, b_len);
		b_len = changed_points(a, a_len, b);
		check_pair(i, a, a_len, b, b_len);
	}
}

TEST(a_prepared_text_is_compared_with_many)
{
	struct similar_text text;

	similar_text_init(&text, "the printer does not print");
	CHECK_EQ(0, similar_text_percent(&text, "the printer does not print"),
	    100);
	CHECK_EQ(1, similar_text_percent(&text, "printer does not print"), 84);
	CHECK_EQ(2, similar_text_percent(&text, ""), 0);
	CHECK_EQ(3, similar_text_percent(&text, "the printer does not print"),
	    100);
	similar_text_init(&text, "");
	CHECK_EQ(4, similar_text_percent(&text, "the printer"), 0);
}
