/* SPDX-License-Identifier: MIT */
/* base/pattern: what patterns mean, and whose domain it is. */
#include "base/pattern.h"

#include <string.h>

#include "tests/lib/test.h"

#define U_DOTS "\xc3\xbc" /* u with two dots */

static struct pattern_list *
parsed(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct pattern_list *list = pattern_list_parse(text, &error);

	CHECK_OK(list != NULL, error);
	return list;
}

struct matching {
	const char *patterns;
	const char *address;
	const char *item; /* NULL: none */
};

static void
check_matching(const struct matching *row, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		AUTO(pattern_list_free)
		struct pattern_list *list = parsed(row[i].patterns);

		CHECK_STR(i, pattern_list_match(list, row[i].address),
		    row[i].item);
	}
}

TEST(an_address_is_exactly_that_address)
{
	static const struct matching row[] = {
	    {"a@b.example",               "a@b.example",             "a@b.example"      },
	    {"a@b.example",               "A@B.Example",             "a@b.example"      },
	    {"A@B.Example",               "a@b.example",             "A@B.Example"      },
	    {"a@b.example",               "a+x@b.example",           NULL               },
	    {"a@b.example",               "ba@b.example",            NULL               },
	    {"a@b.example",               "a@c.b.example",           NULL               },
	    {"a+x@b.example",             "a+x@b.example",           "a+x@b.example"    },
	    {"a@m" U_DOTS "ller.example", "a@xn--mller-kva.example",
             "a@m" U_DOTS "ller.example"						},
	    {"a@xn--mller-kva.example",   "a@M\xc3\x9cLLER.example",
             "a@xn--mller-kva.example"						  },
	    {"m" U_DOTS "@b.example",     "M\xc3\x9c@b.example",
             "m" U_DOTS "@b.example"						    },
	    {"a@localhost",               "a@localhost",             "a@localhost"      },
	    {"a@[192.0.2.1]",             "a@[192.0.2.1]",           "a@[192.0.2.1]"    },
	    {"\"a b\"@b.example",         "\"a b\"@b.example",       "\"a b\"@b.example"},
	};

	check_matching(row, COUNT(row));
}

TEST(a_domain_is_exactly_that_domain)
{
	static const struct matching row[] = {
	    {"b.example",               "a@b.example",               "b.example"  },
	    {"@b.example",              "a@B.EXAMPLE",               "@b.example" },
	    {"*@b.example",             "a@b.example",               "*@b.example"},
	    {"b.example",               "a@c.b.example",             NULL         },
	    {"b.example",               "a@xb.example",              NULL         },
	    {"b.example",               "a@b.example.org",           NULL         },
	    {"b.example",               "b.example",                 NULL         },
	    {"b.example",               "",                          NULL         },
	    {"b.example",               NULL,                        NULL         },
	    {"b.example",               "Ann <a@b.example>",         NULL         },
	    {"b.example",               "\"x@b.example\"@c.example", NULL         },
	    {"@localhost",              "root@localhost",            "@localhost" },
	    {"m" U_DOTS "ller.example", "a@xn--mller-kva.example",
             "m" U_DOTS "ller.example"					    },
 /* a wide @ in a host, which folding would make a real one */
	    {"b.example",
             "a@c\xef\xbc\xa0"
		"b.example",					 NULL         },
	    {"192.0.2.1",               "a@[192.0.2.1]",             NULL         },
	};

	check_matching(row, COUNT(row));
}

TEST(a_leading_wildcard_is_one_label_or_more)
{
	static const struct matching row[] = {
	    {"*.b.example",   "a@c.b.example",   "*.b.example"  },
	    {"*.b.example",   "a@d.c.b.example", "*.b.example"  },
	    {"@*.b.example",  "a@c.b.example",   "@*.b.example" },
	    {"*@*.b.example", "a@C.b.example",   "*@*.b.example"},
	    {"*.b.example",   "a@b.example",     NULL           },
	    {"*.b.example",   "a@cb.example",    NULL           },
	    {"*.de",          "a@b.de",          "*.de"         },
	    {"a@*.b.example", "a@c.b.example",   "a@*.b.example"},
	    {"a@*.b.example", "x@c.b.example",   NULL           },
	    {"*.b.example",   "a@[192.0.2.1]",   NULL           },
	};

	check_matching(row, COUNT(row));
}

#define MARKET "marketplace.example.*"

TEST(a_trailing_wildcard_is_one_public_suffix)
{
	static const struct matching row[] = {
	    {MARKET,             "info@marketplace.example.com",       MARKET            },
	    {MARKET,             "spam@marketplace.example.de",        MARKET            },
	    {MARKET,             "a@Marketplace.Example.co.uk",        MARKET            },
	    {MARKET,             "x@marketplace.example.com.evil.org", NULL              },
	    {MARKET,             "x@marketplace.example.evil.org",     NULL              },
	    {MARKET,             "x@evil.marketplace.example.com",     NULL              },
	    {MARKET,             "x@marketplace.example",              NULL              },
	    {"@" MARKET,         "a@marketplace.example.com",          "@" MARKET        },
	    {"*@" MARKET,        "a@marketplace.example.com",          "*@" MARKET       },
	    {"info@" MARKET,     "info@marketplace.example.fr",        "info@" MARKET    },
	    {"info@" MARKET,     "x@marketplace.example.fr",           NULL              },
 /* of the registries, not of those who rent out names */
	    {"shop.*",           "a@shop.com",                         "shop.*"          },
	    {"shop.*",           "a@shop.github.io",                   NULL              },
	    {"shop.github.*",    "a@shop.github.io",                   "shop.github.*"   },
	    {"shop.*",           "a@shop.co.uk",                       "shop.*"          },
	    {"shop.co.*",        "a@shop.co.uk",                       NULL              },
 /* a top level that no list knows */
	    {"shop.*",           "a@shop.nosuchtld",                   "shop.*"          },
	    {"shop.*",           "a@shop.co.nosuchtld",                NULL              },
 /* suffixes with a rule for what is below, and the exception */
	    {"shop.*",           "a@shop.any.ck",                      "shop.*"          },
	    {"www.*",            "a@www.ck",                           "www.*"           },
	    {"shop.*",           "a@shop.\xe5\x85\xac\xe5\x8f\xb8.cn", "shop.*"          },
	    {"shop.*",           "a@com",                              NULL              },
	    {"shop.*",           "a@co.uk",                            NULL              },
	    {"*.shop.example.*", "a@de.shop.example.com",              "*.shop.example.*"},
	    {"*.shop.example.*", "a@x.de.shop.example.co.uk",
             "*.shop.example.*"							  },
	    {"*.shop.example.*", "a@shop.example.com",                 NULL              },
	    {"*.shop.example.*", "a@de.shop.example.com.evil.org",     NULL              },
	};

	check_matching(row, COUNT(row));
}

TEST(items_are_separated_by_commas_and_the_most_exact_is_named)
{
	static const struct matching row[] = {
	    {"",				"a@b.example",     NULL           },
	    {" , ,,\t\n",                       "a@b.example",     NULL           },
	    {",a@x.example ,\n b.example\t,",   "a@b.example",     "b.example"    },
	    {"*.example,b.example,a@b.example", "a@b.example",     "a@b.example"  },
	    {"*.example,b.*,b.example",         "a@b.example",     "b.example"    },
	    {"*.example,b.*",                   "a@b.example",     "b.*"          },
	    {"*.d.example,*.c.d.example",       "a@b.c.d.example", "*.c.d.example"},
	    {"b.example,@B.example",            "a@b.example",     "b.example"    },
	};

	check_matching(row, COUNT(row));
}

TEST(anything_else_is_refused_by_name)
{
	static const char *const row[] = {"*", "@", "*@", "*@*", "*.*", "@*",
	    "@*.*", "*.", ".*", "*..*", "a*@b", "a@", "a@b@c", "b.*.c",
	    "*.b.*.c", "b..c", ".b.c", "b.c.", "*b.c", "b.c*", "b.**",
	    "b.example.*.*", "*.*.b", "localhost", "de", "a b.example", "a@b c",
	    "b.ex\x01mple", "b.example\x7f", "a\n@b.example", "b.exa\xffmple",
	    "Ann <a@b.example>", "mailto:a@b.example", "https://b.example",
	    "a@b.example;c.example", "b.example/x", "[192.0.2.1]",
	    "*.[192.0.2.1]", "a@[192.0.2.1].*",
	    "a@c\xef\xbc\xa0"
	    "b.example",
	    "\"a,b\"@c.example",
	    "b\xe3\x80\x82"
	    "*"};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *text = g_strconcat("x.example, ", row[i],
		    NULL);
		AUTO(pattern_list_free)
		struct pattern_list *list = pattern_list_parse(text, &error);

		CHECK_EQ(i, list == NULL, true);
		CHECK_EQ(i, err_is(error, ERR_INVALID), true);
	}
}

static char *
repeat(const char *piece, size_t count)
{
	GString *text = g_string_new(NULL);

	while (count-- > 0)
		g_string_append(text, piece);
	return g_string_free(text, FALSE);
}

TEST(a_refusal_says_which_item_and_what_is_allowed)
{
	g_autofree char *long_label = repeat("a", 64);
	g_autofree char *long_item = repeat("a.", 200);
	g_autofree char *many = repeat("b.example,", PATTERN_ITEMS_MAX + 1);
	const struct {
		const char *text;
		const char *sentence;
	} row[] = {
	    {"b.example,a*@b",
             "\"a*@b\" is no pattern: it is a@b.example, b.example, "
		"*.b.example, or b.example.*"                     },
	    {"De",
             "\"De\" is one word: @De is exactly that domain, *.De all "
		"below it"					},
	    {long_label,
             "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"\" is no pattern: it is a@b.example, b.example, "
		"*.b.example, or b.example.*"                     },
	    {long_item,
             "the pattern \"a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a."
		"a.a.a.a.a.a.…\" is longer than 320 bytes"      },
	    {many,             "there are more than 1000 patterns"},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autoptr(GError) error = NULL;
		AUTO(pattern_list_free)
		struct pattern_list *list = pattern_list_parse(row[i].text,
		    &error);

		CHECK_EQ(i, list == NULL, true);
		CHECK_STR(i, error->message, row[i].sentence);
	}
}

/* The work is that of the address's labels, and of the text's bytes. */
TEST(many_patterns_and_hostile_texts_take_no_time)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *dots = repeat("a.", 140);
	g_autofree char *hostile = g_strconcat("x@", dots, "b", NULL);
	g_autofree char *commas = repeat(" ,", 1000000);
	AUTO(pattern_list_free) struct pattern_list *list = NULL;
	AUTO(pattern_list_free) struct pattern_list *empty = parsed(commas);

	for (unsigned i = 0; i < PATTERN_ITEMS_MAX / 4; i++)
		g_string_append_printf(text,
		    "a@b%u.example,b%u.example,*.b%u.example,b%u.*,", i, i, i,
		    i);
	list = parsed(text->str);
	for (unsigned i = 0; i < 1000; i++) {
		CHECK_STR(i, pattern_list_match(list, "x@c.b249.example"),
		    "*.b249.example");
		CHECK_STR(i, pattern_list_match(list, hostile), NULL);
	}
	CHECK_STR(0, pattern_list_match(empty, "a@b.example"), NULL);
}

TEST(domains_of_one_organisation_align)
{
	static const struct {
		const char *a;
		const char *b;
		bool aligned;
	} row[] = {
	    {"b.example",               "b.example",               true },
	    {"mail.b.example",          "b.example",               true },
	    {"x.y.b.co.uk",             "b.co.uk.",                true },
	    {"B.Example",               "mail.b.EXAMPLE",          true },
	    {"m" U_DOTS "ller.example", "a.xn--mller-kva.example", true },
	    {"b.co.uk",                 "c.co.uk",                 false},
	    {"b.example",               "c.example",               false},
	    {"b.example",               "b.example.org",           false},
 /* what has no organisation */
	    {"co.uk",                   "b.co.uk",                 false},
	    {"co.uk",                   "co.uk",                   true },
	    {"localhost",               "localhost",               true },
	    {"com",		     "org",                     false},
	    {"192.0.2.1",               "198.51.2.1",              false},
	    {"192.0.2.1",               "192.0.2.1",               true },
	    {"",			"",			false},
	    {"b.example",               "",                        false},
	    {".",		       "b.example",               false},
	    {"x@mail.b.example",        "b.example",               false},
	    {"..b.example",             "b.example",               false},
 /* who rents below a name does not speak for the others */
	    {"ann.github.io",           "bob.github.io",           false},
	    {"www.ann.github.io",       "ann.github.io",           true },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		CHECK_EQ(i, pattern_domains_align(row[i].a, row[i].b),
		    row[i].aligned);
		CHECK_EQ(i, pattern_domains_align(row[i].b, row[i].a),
		    row[i].aligned);
	}
}

TEST(an_organisation_is_named_by_its_domain)
{
	g_autofree char *marks = repeat("a\xcc\x81\xcc\x96", 100000);
	static const struct {
		const char *domain;
		const char *organisation;
	} row[] = {
	    {"Mail.B.co.uk.",           "b.co.uk"              },
	    {"a.b.nosuchtld",           "b.nosuchtld"          },
	    {"co.uk",                   "co.uk"                },
	    {"M" U_DOTS "ller.example", "xn--mller-kva.example"},
	    {"192.0.2.1",               "192.0.2.1"            },
	    {"[192.0.2.1]",             "[192.0.2.1]"          },
	    {"x@A.b.example",           "x@a.b.example"        },
	    {"",			""		     },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *got = pattern_organisation(row[i].domain);

		CHECK_STR(i, got, row[i].organisation);
	}
	CHECK(!pattern_domains_align(marks, "b.example"));
}
