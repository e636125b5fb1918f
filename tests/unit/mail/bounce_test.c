/* SPDX-License-Identifier: MIT */
/*
 * What words of a delivery report mean: codes are found where they are codes,
 * and not in addresses, versions and sizes. Whole reports are mails of
 * tests/mail/bounce*.
 */
#include <string.h>

#include "mail/bounce_list.h"
#include "mail/bounce_reason.h"
#include "mail/parse.h"
#include "tests/lib/test.h"

TEST(a_status_is_found_where_it_is_one)
{
	static const struct {
		const char *words;
		const char *status;
	} row[] = {
	    {"550 5.1.1 no",             "5.1.1"  },
	    {"550-5.7.26 no",            "5.7.26" },
	    {"(#5.4.4)",                 "5.4.4"  },
	    {"host 192.5.1.1 is silent", ""       },
	    {"Exim 4.86.2 here",         ""       },
	    {"Exim 4.4.2.1 here",        ""       },
	    {"v5.1.1",                   ""       },
	    {"554 5.0.0 then 5.2.2",     "5.2.2"  },
	    {"450 mailbox full",         "4.2.2"  },
	    {"550 mailbox full",         "5.2.2"  },
	    {"550 5.0.0 user unknown",   "5.1.1"  },
	    {"said: 556 go",             "5.1.10" },
	    {"15550 users",              ""       },
	    {"192.0.2.550 x",            ""       },
	    {"550x",		     ""       },
	    {"500.5",                    ""       },
	    {"550",		      "5.0.0"  },
	    {"5.1.",		     ""       },
	    {"5.1.1234",                 ""       },
	    {"550 5.1.351 unknown",      "5.1.351"},
	    {"",			 ""       },
	    {"4",			""       },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		const struct reason r = reason_read(row[i].words);

		CHECK_STR(i, r.status, row[i].status);
	}
}

TEST(an_address_is_found_where_it_is_one)
{
	static const struct {
		const char *text;
		const char *address; /* NULL: none */
	} row[] = {
	    {"to bob@example.org.",                      "bob@example.org"  },
	    {"<bob+1@example.org>",                      "bob+1@example.org"},
	    {"mailto:bob@example.org",                   "bob@example.org"  },
	    {"'bob@example.org'",                        "bob@example.org"  },
	    {"bob@[192.0.2.1]",                          "bob@[192.0.2.1]"  },
	    {"\xE5\xAE\x9B\xE5\x85\x88\xEF\xBC\x9A"
	     "bob@example.org\xE3\x81\xAF", "bob@example.org"  },
	    {"j\xC3\xB6rg@b\xC3\xBC"
	     "cher.example",		"j\xC3\xB6rg@b\xC3\xBC"
		"cher.example"     },
	    {"@ @@ a@ @b",			       NULL               },
	    {"",					 NULL               },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct span span;
		const bool is = address_in(row[i].text, &span);

		CHECK_EQ(i, is, row[i].address != NULL);
		if (is && row[i].address != NULL)
			CHECK_EQ(i, span_is(&span, row[i].address), true);
	}
}
