/* SPDX-License-Identifier: MIT */
/* base/text: cleaning (R38), folding, cutting, addresses (R25). */
#include "base/text.h"

#include <string.h>

#include "tests/lib/test.h"

#define BYTES(literal) literal, sizeof(literal) - 1
#define FFFD           "\xef\xbf\xbd"

TEST(stored_text_is_utf8_without_controls)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *text;
		const char *line;
	} row[] = {
	    {BYTES(""),				 "",                   ""                    },
	    {BYTES("plain"),                            "plain",              "plain"               },
	    {BYTES("a\r\nb\rc\nd\r"),                   "a\nb\nc\nd\n",       "a b c d"             },
	    {BYTES("a\r\r\nb"),                         "a\n\nb",             "a b"                 },
	    {BYTES("a\tb\x01\x7f\x1b[0m"),              "a\tb[0m",            "a b[0m"              },
	    {BYTES("a\0b"),			     "ab",                 "ab"                  },
	    {BYTES("gr\xc3\xbc\xc3\x9f"),               "gr\xc3\xbc\xc3\x9f",
             "gr\xc3\xbc\xc3\x9f"								   },
	    {BYTES("\xff"),			     FFFD,                 FFFD                  },
	    {BYTES("a\xc3"),                            "a" FFFD,             "a" FFFD              },
	    {BYTES("\xc0\xaf!"),                        FFFD "!",             FFFD "!"              },
	    {BYTES("\xed\xa0\x80z"),                    FFFD "z",             FFFD "z"              },
	    {BYTES("a\xc2\x85"
		   "b"),
             "ab",							    "ab"                  },
	    {BYTES("a\xe2\x80\xae"
		   "b\xe2\x81\xa6"
		   "c"),
             "abc",							   "abc"                 },
	    {BYTES("  two  blanks \r\n\t and more \n"),
             "  two  blanks \n\t and more \n",                                "two  blanks and more"},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *text = text_clean(row[i].bytes, row[i].len);
		g_autofree char *line = text_clean_line(row[i].bytes,
		    row[i].len);

		CHECK_STR(i, text, row[i].text);
		CHECK_STR(i, line, row[i].line);
	}
}

TEST(equal_words_fold_alike)
{
	static const struct {
		const char *one;
		const char *other;
	} row[] = {
	    {"Hello",                    "hELLO"                   },
	    {"Stra\xc3\x9f"
	     "e",           "STRASSE"                 },
	    {"\xc3\x84rger",             "A\xcc\x88RGER"           },
	    {"\xef\xac\x81sh",           "FISH"                    },
	    {"\xef\xbc\xa1",             "a"                       },
	    {"\xce\xa3\xce\x91\xce\xa3", "\xcf\x83\xce\xb1\xcf\x82"},
	    {"bad\xff",                  "BAD\xff"                 },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *one = text_fold(row[i].one);
		g_autofree char *other = text_fold(row[i].other);

		CHECK_STR(i, one, other);
	}
}

TEST(an_address_has_one_key)
{
	static const struct {
		const char *address;
		const char *key;
	} row[] = {
	    {"Ann@Example.ORG",           "ann@example.org"          },
	    {"ann@example.org.",          "ann@example.org"          },
	    {"ann@B\xc3\xbc"
	     "cher.example", "ann@xn--bcher-kva.example"},
	    {"ann@XN--BCHER-KVA.example", "ann@xn--bcher-kva.example"},
	    {"J\xc3\x96RG@example.org",   "j\xc3\xb6rg@example.org"  },
	    {"\"a@b\"@Example.org",       "\"a@b\"@example.org"      },
	    {"a\xef\xbc\xa0"
	     "b@c.org",      "a\xef\xbc\xa0"
		"b@c.org"        },
	    {"Nobody",                    "nobody"                   },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *key = text_fold_address(row[i].address);

		CHECK_STR(i, key, row[i].key);
	}
}

TEST(a_cut_never_splits_a_character)
{
	static const struct {
		const char *text;
		size_t max;
		const char *want;
	} row[] = {
	    {"abc",              3, "abc"      },
	    {"abcd",             3, "abc"      },
	    {"a\xc3\xbc"
	     "b",   2, "a"        },
	    {"a\xc3\xbc"
	     "b",   3, "a\xc3\xbc"},
	    {"\xf0\x9f\x98\x80", 3, ""         },
	    {"abc",              0, ""         },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *text = g_strdup(row[i].text);

		CHECK_STR(i, text_cut(text, row[i].max), row[i].want);
	}
}

TEST(only_what_is_one_address_enters_an_envelope)
{
	static const struct {
		const char *address;
		bool is_address;
	} row[] = {
	    {"a@b.example",                  true },
	    {"a+b_c=d@b.example",            true },
	    {"a..b@docomo.example",          true },
	    {"\"a b\"@b.example",            true },
	    {"\"a\\\"b\"@b.example",         true },
	    {"a@[192.0.2.1]",                true },
	    {"a@[IPv6:2001:db8::1]",         true },
	    {"j\xc3\xb6rg@b\xc3\xbc"
	     "cher.example",    true },
	    {"root@localhost",               true },
	    {"",			     false},
	    {"a",			    false},
	    {"@b.example",                   false},
	    {"a@",			   false},
	    {"a@b@c.example",                false},
	    {"a b@c.example",                false},
	    {"a@b.example c",                false},
	    {"a@b.example\r\nRCPT TO:<x@y>", false},
	    {"a\x01@b.example",              false},
	    {"\"a\r\n\"@b.example",          false},
	    {"\"a@b.example",                false},
	    {"\"a\\",			false},
	    {"<a@b.example>",                false},
	    {"a@b.example>",                 false},
	    {"a,c@b.example",                false},
	    {"a@b..example",                 false},
	    {"a@.example",                   false},
	    {"a@b.example.",                 false},
	    {"a@[]",			 false},
	    {"a@[1.2.3.4",                   false},
	    {"a\xff@b.example",              false},
	    {"a\xc2\xa0"
	     "b@c.example",     false},
	    {"a\xe2\x80\xae"
	     "b@c.example",     false},
	    {"x@c\uff20b.example",           false},
	    {"x@c\ufe6b\u00fc.example",      false},
	};

	for (size_t i = 0; i < COUNT(row); i++)
		CHECK_EQ(i, text_is_address(row[i].address), row[i].is_address);
}

TEST(an_address_may_have_320_bytes)
{
	g_autofree char *local = g_strnfill(320 - 10, 'a');
	g_autofree char *fits = g_strconcat(local, "@b.example", NULL);
	g_autofree char *over = g_strconcat("a", fits, NULL);

	CHECK_EQ(0, strlen(fits), 320);
	CHECK(text_is_address(fits));
	CHECK(!text_is_address(over));
}

TEST(an_address_splits_at_the_first_delimiter)
{
	static const struct {
		const char *address;
		const char *delimiters;
		const char *user;
		const char *detail;
		const char *domain;
	} row[] = {
	    {"s+t1.2.x@b.c",   "+",  "s",       "t1.2.x", "b.c"},
	    {"s+a+b@b.c",      "+",  "s",       "a+b",    "b.c"},
	    {"s-a+b@b.c",      "+-", "s",       "a+b",    "b.c"},
	    {"s@b.c",          "+",  "s",       NULL,     "b.c"},
	    {"s+@b.c",         "+",  "s",       "",       "b.c"},
	    {"+s@b.c",         "+",  "+s",      NULL,     "b.c"},
	    {"s+a@b.c",        "",   "s+a",     NULL,     "b.c"},
	    {"\"s+a\"@b.c",    "+",  "\"s+a\"", NULL,     "b.c"},
	    {"not an address", "+",  NULL,      NULL,     NULL },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *user = NULL;
		g_autofree char *detail = NULL;
		g_autofree char *domain = NULL;

		CHECK_EQ(i,
		    text_split_address(row[i].address, row[i].delimiters, &user,
			&detail, &domain),
		    row[i].user != NULL);
		CHECK_STR(i, user, row[i].user);
		CHECK_STR(i, detail, row[i].detail);
		CHECK_STR(i, domain, row[i].domain);
	}
}
