/* SPDX-License-Identifier: MIT */
/* Paths as honest and as hostile peers write them. R25. */
#include "lmtp/path.h"

#include <string.h>

#include "tests/lib/test.h"

TEST(paths_are_read_or_refused)
{
	static const struct {
		const char *text;
		const char *address; /* NULL: refused */
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
	    {"",				  NULL,                    NULL        },
	    {"a@b",			       NULL,                    NULL        },
	    {"<a@b",			      NULL,                    NULL        },
	    {"<a@b>x",			    NULL,                    NULL        },
	    {"<a@b>>",			    NULL,                    NULL        },
	    {"<<a@b>>",			   NULL,                    NULL        },
	    {"<a>",			       NULL,                    NULL        },
	    {"<a@>",			      NULL,                    NULL        },
	    {"<@b>",			      NULL,                    NULL        },
	    {"<@b:>",			     NULL,                    NULL        },
	    {"<@b,a@c>",			  NULL,                    NULL        },
	    {"<@:a@c>",			   NULL,                    NULL        },
	    {"<a@b@c>",			   NULL,                    NULL        },
	    {"<a b@c>",			   NULL,                    NULL        },
	    {"<a@b c>",			   NULL,                    NULL        },
	    {"< a@b>",			    NULL,                    NULL        },
	    {"<a,b@c>",			   NULL,                    NULL        },
	    {"<a(x)@c>",			  NULL,                    NULL        },
	    {"<a@b;x>",			   NULL,                    NULL        },
	    {"<a@b/../x>",                        NULL,                    NULL        },
	    {"<a\\b@c>",			  NULL,                    NULL        },
	    {"<\"a@c>",			   NULL,                    NULL        },
	    {"<\"a\\",			    NULL,                    NULL        },
	    {"<\"a\"b@c>",                        NULL,                    NULL        },
	    {"<\"a\tb\"@c>",                      NULL,                    NULL        },
	    {"<a\x01@c>",                         NULL,                    NULL        },
	    {"<a\x7f@c>",                         NULL,                    NULL        },
	    {"<a\r\n@c>",                         NULL,                    NULL        },
	    {"<a\xc2\x85@c>",                     NULL,                    NULL        },
	    {"<a\xff@c>",                         NULL,                    NULL        },
	    {"<a@\xc3>",			  NULL,                    NULL        },
	    {"<a@[192.0.2.1>",                    NULL,                    NULL        },
	    {"<a@[]>",			    NULL,                    NULL        },
	    {"<a@[$(x)]>",                        NULL,                    NULL        },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		const char *rest = row[i].text;
		g_autofree char *address = NULL;
		g_autoptr(GError) error = NULL;
		const bool ok = path_parse(&rest, &address, &error);

		CHECK_EQ(i, ok, row[i].address != NULL);
		CHECK_EQ(i, ok, error == NULL);
		CHECK_STR(i, address, row[i].address);
		if (ok)
			CHECK_STR(i, rest, row[i].rest);
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
