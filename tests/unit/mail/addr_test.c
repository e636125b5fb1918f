/* SPDX-License-Identifier: MIT */
/*
 * Address fields as mailers write them: a row is a field and what is read of
 * it, "name|address" of each mailbox. And long hostile ones, which must take
 * no time.
 */
#include <string.h>

#include "mail/addr.h"
#include "mail/parse.h"
#include "tests/lib/test.h"

static void
list_drop(struct addr_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		rec__addr__free_unpacked(list->at[i], NULL);
	g_free(list->at);
}

/* "Anna|anna@example.org; |bob@example.org" */
static char *
read_all(const char *text, size_t len)
{
	struct addr_list list = {.max = MAIL_ADDRS_MAX};
	GString *out = g_string_new(NULL);

	addr_parse(&list, text, len, NULL);
	for (size_t i = 0; i < list.count; i++) {
		const Rec__Addr *a = list.at[i];

		g_string_append_printf(out, "%s%s|%s", i > 0 ? "; " : "",
		    a->name != NULL ? a->name : "",
		    a->address != NULL ? a->address : "");
	}
	list_drop(&list);
	return g_string_free(out, FALSE);
}

struct row {
	const char *text, *want;
};

static void
check_rows(const struct row *row, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		g_autofree char *got = read_all(row[i].text,
		    strlen(row[i].text));

		CHECK_STR(i, got, row[i].want);
	}
}

TEST(addresses_of_the_grammar_are_read)
{
	static const struct row row[] = {
	    {"a@b.example",						    "|a@b.example"                 },
	    {"<a@b.example>",						  "|a@b.example"                 },
	    {"Anna <a@b.example>",					     "Anna|a@b.example"             },
	    {"\"Doe, John\" <j@x.example>",                                    "Doe, John|j@x.example"        },
	    {"\"A \\\"B\\\" C\" <a@b.example>",                                "A \"B\" C|a@b.example"        },
	    {"a@b.example (Anna)",					     "Anna|a@b.example"             },
	    {"Anna (at work) Doe <a@b.example>",                               "Anna Doe|a@b.example"         },
	    {"Pete(A wonderful \\) chap) <pete(his account)@silly.example"
	     "(his host)>",				       "Pete|pete@silly.example"      },
	    {"a@b.example, Bob <c@d.example>",                                 "|a@b.example; Bob|c@d.example"},
	    {"Mary <@m.example,@n.example:mary@x.example>, , j@t   . example",
             "Mary|mary@x.example; |j@t.example"							      },
	    {"A Group:Chris <c@d.example>,joe@x.example;, z@x.example",
             "Chris|c@d.example; |joe@x.example; |z@x.example"                                                },
	    {"undisclosed-recipients:;",                                       ""                             },
	    {"Undisclosed recipients:",					""                             },
	    {"\"john doe\"@x.example",					 "|\"john doe\"@x.example"      },
	    {"<\"a>b\"@x.example>",					    "|\"a>b\"@x.example"           },
	    {"a@[192.0.2.1], b@[IPv6:2001:db8::1]",
             "|a@[192.0.2.1]; |b@[IPv6:2001:db8::1]"							  },
	    {"Anna\r\n <a@b.example>,\r\n\tb@c.example",
             "Anna|a@b.example; |b@c.example"								 },
	    {"root, postmaster",					       "|root; |postmaster"           },
	    {"MAILER-DAEMON (Mail Delivery System)",                           "|MAILER-DAEMON"               },
	    {"Mail Delivery System <MAILER-DAEMON>",
             "Mail Delivery System|MAILER-DAEMON"							     },
	};

	check_rows(row, COUNT(row));
}

TEST(what_mailers_break_is_mended)
{
	static const struct row row[] = {
	    {"Doe, John <j@x.example>, Roe, Jane <r@x.example>",
             "Doe, John|j@x.example; Roe, Jane|r@x.example"                                      },
	    {"Joe Q. Public <joe@x.example>",                    "Joe Q. Public|joe@x.example"   },
	    {"Support: Team <s@x.example>",                      "Support: Team|s@x.example"     },
	    {"Anna <a@b.example",                                "Anna|a@b.example"              },
	    {"Anna <a@b.example, Bob <c@d.example>",
             "Anna|a@b.example; Bob|c@d.example"                                                 },
	    {"Anna a@b.example>",                                "Anna|a@b.example"              },
	    {"Anna a@b.example",				 "Anna|a@b.example"              },
	    {"a@b.example Anna",				 "Anna|a@b.example"              },
	    {"a@b.example <Anna>",                               "Anna|a@b.example"              },
	    {"a@b.example <>",				   "|a@b.example"                  },
	    {"\"a@b.example\"",				  "|a@b.example"                  },
	    {"'a@b.example'",				    "|a@b.example"                  },
	    {"<'a@b.example'>",				  "|a@b.example"                  },
	    {"<\"a@b.example\">",                                "|a@b.example"                  },
	    {"\"'a@b.example'\" <a@b.example>",                  "'a@b.example'|a@b.example"     },
	    {"\"Anna <a@b.example>\"",                           "Anna|a@b.example"              },
	    {"\"\"Anna\" <a@b.example>, \"Bob\" <c@d.example>",
             "Anna|a@b.example; Bob|c@d.example"                                                 },
	    {"\"Anna <a@b.example>",                             "Anna|a@b.example"              },
	    {"<<a@b.example>>",				  "|a@b.example"                  },
	    {"Anna <anna> <a@b.example>",                        "Anna|a@b.example"              },
	    {"<a@b.example> <c@d.example>",                      "|a@b.example"                  },
	    {"a@b.example; c@d.example;",                        "|a@b.example; |c@d.example"    },
	    {"Anna <a@b.example.>",                              "Anna|a@b.example"              },
	    {"Anna <a@b.example>.",                              "Anna|a@b.example"              },
	    {"Anna <a @ b.example>",                             "Anna|a@b.example"              },
	    {"a @ b.example",				    "|a@b.example"                  },
	    {"<mailto:a@b.example>",                             "|a@b.example"                  },
	    {"mailto:a@b.example",                               "|a@b.example"                  },
	    {"Anna [mailto:a@b.example]",                        "Anna|a@b.example"              },
	    {"[Team] Anna <a@b.example>",                        "[Team] Anna|a@b.example"       },
	    {"Anna (home <a@b.example>",                         "Anna (home|a@b.example"        },
	    {"a..b@c.example, .d@e.example",                     "|a..b@c.example; |.d@e.example"},
	    {"Anna Miller",				      ""			      },
	    {"a@b.example c@d.example",                          "|a@b.example; |c@d.example"    },
	    {"Anna (a@b.example)",                               "Anna|a@b.example"              },
	    {"<Undisclosed-Recipient:@b.example;>",              ""                              },
	    {"Anna <SMTP:a@b.example>",                          "Anna|a@b.example"              },
	    {"\"Anna\" <>",				      ""			      },
	    {"@",						""			      },
	    {"",						 ""			      },
	    {" , ;, ",					   ""			      },
	};

	check_rows(row, COUNT(row));
}

TEST(names_and_addresses_are_decoded)
{
	static const struct row row[] = {
	    {"=?utf-8?q?J=C3=B6rg?= <j@x.example>",         "J\xC3\xB6rg|j@x.example"},
	    {"\"=?iso-8859-1?q?J=F6rg?=\" <j@x.example>",
             "J\xC3\xB6rg|j@x.example"					       },
	    {"=?utf-8?Q?Doe, J=C3=B6rg?= <j@x.example>",
             "Doe, J\xC3\xB6rg|j@x.example"                                          },
	    {"=?utf-8?q?J=C3=B6rg_=3Cj=40x=2Eexample=3E?=",
             "J\xC3\xB6rg|j@x.example"					       },
	    {"=?utf-8?q?j=40x=2Eexample?=",                 "|j@x.example"           },
	    {"J\xC3\xB6rg <j@m\xC3\xA4il.example>",
             "J\xC3\xB6rg|j@m\xC3\xA4il.example"                                     },
	    {"J\xF6rg <j@x.example>",                       "J\xC3\xB6rg|j@x.example"},
	    {"j@xn--mil-qla.example",                       "|j@xn--mil-qla.example" },
	    {"=?utf-8?q?J=C3=B6rg <j@x.example>",           "J\xC3\xB6rg|j@x.example"},
	    {"(=?utf-8?q?J=C3=B6rg?=) j@x.example",         "J\xC3\xB6rg|j@x.example"},
	};

	check_rows(row, COUNT(row));
}

TEST(hostile_fields_are_read)
{
	static const char *const pieces[] = {"(", "<", "\"", "=?", "=?a?q?",
	    "a:", "[", "\\", "<\"\\", "a@", "\"\\\"", "((", "()", ",", ";",
	    "=?a?q? ?", "a b ", "<a@b>", "\"<", "@", "a@ ", "@ ", "a@a ", "\"@",
	    "[@]", ":@"};

	for (size_t i = 0; i < COUNT(pieces); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		g_autofree char *got = NULL;

		while (text->len < 1000000)
			g_string_append(text, pieces[i]);
		got = read_all(text->str, text->len);
		CHECK(got != NULL);
	}
}
