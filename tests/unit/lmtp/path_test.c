/* SPDX-License-Identifier: MIT */
/* Paths as honest and as hostile peers write them. R25. */
#include "lmtp/path.h"

#include <string.h>

#include "tests/lib/test.h"

TEST(a_path_is_read_and_what_follows_is_left)
{
	static const struct {
		const char *text;
		const char *address;
		const char *rest;
	} row[] = {
	    {"<>",				"",                      ""          },
	    {"<> SIZE=1",                         "",                      " SIZE=1"   },
	    {"<a@b>",			     "a@b",                   ""          },
	    {" <a@b>",			    "a@b",                   ""          },
	    {"<a@b.example> BODY=7BIT",           "a@b.example",           " BODY=7BIT"},
	    {"<A.b+t1.2.x@b>",                    "A.b+t1.2.x@b",          ""          },
	    {"<a..b@docomo.example>",             "a..b@docomo.example",   ""          },
	    {"<.a.@b>",			   ".a.@b",                 ""          },
	    {"<!#$%&'*+-/=?^_`{|}~@b>",           "!#$%&'*+-/=?^_`{|}~@b", ""          },
	    {"<\"a b\"@c>",                       "\"a b\"@c",             ""          },
	    {"<\"a@b\"@c>",                       "\"a@b\"@c",             ""          },
	    {"<\"a\\\"b\"@c>",                    "\"a\\\"b\"@c",          ""          },
	    {"<\"a>b\"@c>",                       "\"a>b\"@c",             ""          },
	    {"<\"\"@c>",			  "\"\"@c",                ""          },
	    {"<@x:a@b>",			  "a@b",                   ""          },
	    {"<@x,@y.z:a@b>",                     "a@b",                   ""          },
	    {"<a@[192.0.2.1]>",                   "a@[192.0.2.1]",         ""          },
	    {"<a@[IPv6:2001:db8::1]>",            "a@[IPv6:2001:db8::1]",  ""          },
	    {"<j\xc3\xbcrgen@b\xc3\xbc.example>",
             "j\xc3\xbcrgen@b\xc3\xbc.example",                            ""          },
	    {"<postmaster>",                      "postmaster",            ""          },
	    {"<PostMaster>",                      "PostMaster",            ""          },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		const char *rest = row[i].text;
		g_autofree char *address = NULL;
		g_autoptr(GError) error = NULL;

		CHECK_OK(path_parse(&rest, &address, &error), error);
		CHECK_STR(i, address, row[i].address);
		CHECK_STR(i, rest, row[i].rest);
	}
}

TEST(what_is_no_path_is_refused)
{
	static const char *const row[] = {
	    "",
	    "a@b",
	    "<a@b",
	    "<a@b>x",
	    "<a@b>>",
	    "<<a@b>>",
	    "<a>",
	    "<a@>",
	    "<@b>",
	    "<@b:>",
	    "<@b,a@c>",
	    "<@:a@c>",
	    "<a@b@c>",
	    "<a b@c>",
	    "<a@b c>",
	    "< a@b>",
	    "<a,b@c>",
	    "<a(x)@c>",
	    "<a@b;x>",
	    "<a@b/../x>",
	    "<a\\b@c>",
	    "<\"a@c>",
	    "<\"a\\",
	    "<\"a\"b@c>",
	    "<\"a\tb\"@c>",
	    "<a\x01@c>",
	    "<a\x7f@c>",
	    "<a\r\n@c>",
	    "<a\xc2\x85@c>",
	    "<a\xff@c>",
	    "<a@\xc3>",
	    "<a@[192.0.2.1>",
	    "<a@[]>",
	    "<a@[$(x)]>",
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		const char *rest = row[i];
		g_autofree char *address = NULL;
		g_autoptr(GError) error = NULL;

		CHECK_EQ(i, path_parse(&rest, &address, &error), false);
		CHECK_EQ(i, error != NULL, true);
		CHECK_STR(i, address, NULL);
	}
}

TEST(an_address_has_at_most_320_bytes)
{
	static const struct {
		size_t len;
		bool ok;
	} row[] = {
	    {PATH_MAX_LEN,     true },
	    {PATH_MAX_LEN + 1, false},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *local = g_strnfill(row[i].len - 2, 'a');
		g_autofree char *text = g_strdup_printf("<%s@b>", local);
		g_autofree char *address = NULL;
		const char *rest = text;

		CHECK_EQ(i, path_parse(&rest, &address, NULL), row[i].ok);
	}
}
