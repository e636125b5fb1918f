/* SPDX-License-Identifier: MIT */
/*
 * mail/trace and mail/site: which fields are the site's, and what they say.
 * R35: decisions are made on our own list of fields.
 */
#include "mail/site.h"

#include <string.h>

#include "mail/parse.h"
#include "mail/trace.h"
#include "tests/lib/test.h"

#define POSTFIX(host)                                                          \
	"Received: from x.example (x.example [192.0.2.1])\n\tby " host         \
	" (Postfix) with ESMTPS id 4XyZ\n\tfor <help@site.example>; "          \
	"Tue,  1 Dec 2026 02:00:00 +0000 (UTC)\n"
#define AMAVIS                                                                 \
	"Received: from mx.site.example ([127.0.0.1])\n by localhost "         \
	"(mx.site.example [127.0.0.1]) (amavisd-new, port 10024)\n with "      \
	"ESMTP id Ab; Tue,  1 Dec 2026 02:00:00 +0000 (UTC)\n"
#define OTHER "X-Other: 1\n"

static size_t
own_of(const char *header)
{
	AUTO(fields_drop) struct fields f = {0};

	fields_init(&f, (const uint8_t *)header, strlen(header), 1000);
	return trace_own(&f);
}

TEST(what_stands_above_the_first_foreign_received_is_the_sites)
{
	static const struct {
		const char *header;
		size_t own;
	} row[] = {
	    {"",										 0},
	    {OTHER OTHER,									2},
	    {OTHER POSTFIX("mx.site.example") OTHER,                                             3},
	    {POSTFIX("mx.site.example") OTHER POSTFIX("a.example") OTHER,                        2},
	    {POSTFIX("mx.site.example") POSTFIX("mx.site.example")
		    POSTFIX("a.example"),
             2										    },
	    {POSTFIX("mx.site.example") AMAVIS POSTFIX("MX.Site.Example.")
		    POSTFIX("a.example"),
             3										    },
	    {POSTFIX("mx.site.example") AMAVIS POSTFIX("a.example"),                             2},
	    {AMAVIS POSTFIX("mx.site.example") POSTFIX("a.example"),                             2},
	    {"Received: (qmail 1 invoked by uid 0); date\n" POSTFIX(
		 "mx.site.example") POSTFIX("a.example"),
             2										    },
	    {POSTFIX(
		 "mx.site.example") "Received: (qmail 1 invoked by uid 0); date\n",
             1										    },
	    {POSTFIX("mx.site.example") "Received: nonsense\n",                                  1},
	    {POSTFIX("mx.site.example") "Received:\n",                                           1},
	};

	for (size_t i = 0; i < COUNT(row); i++)
		CHECK_EQ(i, own_of(row[i].header), row[i].own);
}

TEST(servers_of_one_domain_are_one_site)
{
	static const struct {
		const char *top, *below;
		bool is_own;
	} row[] = {
	    {"mx.site.example",      "mx.site.example",        true },
	    {"mx.site.example",      "MX.SITE.EXAMPLE",        true },
	    {"mx.site.example",      "relay.site.example",     true },
	    {"mx.site.example",      "site.example",           true },
	    {"site.example",         "mx.site.example",        true },
	    {"mx.site.example",      "a.b.site.example",       true },
	    {"a.b.site.example",     "mx.site.example",        true },
	    {"mx.site.example",      "mx.asite.example",       false},
	    {"mx.site.example",      "site.example.evil.test", false},
	    {"site.example",         "other.example",          false},
	    {"mx.site.co.uk",        "relay.site.co.uk",       true },
	    {"site.co.uk",           "other.co.uk",            false},
	    {"site.co.uk",           "mx.site.co.uk",          true },
	    {"mx.firma.de",          "in.firma.de",            true },
	    {"mx",		   "mx",                     true },
	    {"mx",		   "mx.evil.example",        false},
	    {"example",              "evil.example",           false},
	    {"10.0.0.1",             "10.0.0.1",               true },
	    {"10.0.0.1",             "11.0.0.1",               false},
	    {"[10.0.0.1]",           "[11.0.0.1]",             false},
	    {"mx.site.example",      "127.0.0.1",              true },
	    {"mx.site.example",      "[::1]",                  true },
	    {"mx.site.example",      "localhost.localdomain",  true },
	    {"mx.site.example",      "localhost.evil.example", false},
	    {"mx.site.example",      "x(by mx.site.example)",  false},
	    {"mx.site.example",      "x; by mx.site.example",  false},
	    {"mx.site.example",      "\"by mx.site.example\"", false},
	    {"x by mx.site.example", "mx.site.example",        true },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *header = g_strdup_printf(
		    "Received: from a by %s with LMTP; date\n"
		    "Received: from by (by by by) by %s id 1; by mx\n",
		    row[i].top, row[i].below);

		CHECK_EQ(i, own_of(header), row[i].is_own ? 2 : 1);
	}
}

static Rec__Mail *
read_header(const char *header)
{
	AUTO(fields_drop) struct fields f = {0};
	Rec__Mail *mail = g_new(Rec__Mail, 1);

	rec__mail__init(mail);
	fields_init(&f, (const uint8_t *)header, strlen(header), 100000);
	site_read(mail, &f);
	return mail;
}

static char *
join_fields(const Rec__Mail *mail)
{
	GString *out = g_string_new(NULL);

	for (size_t i = 0; i < mail->n_site_fields; i++)
		g_string_append_printf(out, "%s%s", i > 0 ? "|" : "",
		    mail->site_fields[i]);
	return g_string_free(out, FALSE);
}

TEST(fields_of_filters_are_kept)
{
	static const struct {
		const char *header, *fields;
	} row[] = {
	    {"X-Spam-Flag: YES\n",						   "X-Spam-Flag: YES"                                       },
	    {"X-Spam: Yes\nx-spam-status: No, score=1.0\n",
             "X-Spam: Yes|x-spam-status: No, score=1.0"										       },
	    {"X-SPAM-FLAG: NO\nX-Spam-Flag: YES\n",                                  "X-SPAM-FLAG: NO"                                        },
	    {"X-Spam: a\nX-Spamd-Bar: ++\nX-Spam: b\n",
             "X-Spam: a|X-Spamd-Bar: ++"												      },
	    {"X-Rspamd-Action: add header\n",                                        "X-Rspamd-Action: add header"                            },
	    {"X-Amavis-Alert: BAD HEADER\n",                                         "X-Amavis-Alert: BAD HEADER"                             },
	    {"X-Virus-Scanned: amavis\n",					    "X-Virus-Scanned: amavis"                                },
	    {"X-MS-Exchange-Organization-SCL: 9\n",                                  ""						       },
	    {"X-Junkmail: 1\nX-Antiphishing: 2\nBulk: 3\n",
             "X-Junkmail: 1|X-Antiphishing: 2|Bulk: 3"											},
	    {"Subject: spam\nPrecedence: bulk\nMy-X-Amavis-A: 1\n",                  ""                                                       },
	    {"X-Spam-Report:\n\t* 1.0 A\n\t* 2.0 B\n",
             "X-Spam-Report: * 1.0 A * 2.0 B"												 },
	    {"X-Spam-Empty:\n",						      "X-Spam-Empty: "                                         },
	    {POSTFIX("mx.site.example") "X-Spam-Flag: NO\n" POSTFIX(
		 "a.example") "X-Spam-Status: Yes\nX-Spam-Flag: YES\n",
             "X-Spam-Flag: NO"														},
	    {"X-S1Spam:1\nX-S2Spam:2\nX-S3Spam:3\nX-S4Spam:4\nX-S5Spam:5\n"
	     "X-S6Spam:6\nX-S7Spam:7\nX-S8Spam:8\nX-S9Spam:9\n",        "X-S1Spam: 1|X-S2Spam: 2|X-S3Spam: 3|X-S4Spam: 4|"
		"X-S5Spam: 5|X-S6Spam: 6|X-S7Spam: 7|X-S8Spam: 8"},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		AUTO(mail_free) Rec__Mail *mail = read_header(row[i].header);
		g_autofree char *got = join_fields(mail);

		CHECK_STR(i, got, row[i].fields);
	}
}

TEST(fields_of_filters_are_clean_and_short)
{
	g_autofree char *long_name = g_strnfill(200, 's');
	g_autofree char *header = g_strdup_printf(
	    "X-Spam-%s: 1\nX-Spam-A: a\tb\x01%s\xC3\xA4\xC3\xA4\nX-Spam-\xFF: 1\n",
	    long_name,
	    "01234567890123456789012345678901234567890123456789"
	    "012345678901234567890123456");
	AUTO(mail_free) Rec__Mail *mail = read_header(header);
	g_autofree char *got = join_fields(mail);

	CHECK_STR(0, got,
	    "X-Spam-A: a b01234567890123456789012345678901234567890123456789"
	    "012345678901234567890123456|X-Spam-\xEF\xBF\xBD: 1");
}

TEST(claims_are_those_of_the_sites_fields)
{
	static const char header[] =
	    "Authentication-Results: mx.site.example; dmarc=fail\n"
	    "ARC-Authentication-Results: i=1; mx.site.example; spf=pass\n" POSTFIX(
		"mx.site.example") "Authentication-Results: filter.site.example; dkim=none\n" POSTFIX("a.example") "Authentication-Results: mx.site.example; dmarc=pass\n";
	AUTO(mail_free) Rec__Mail *mail = read_header(header);

	CHECK_EQ(0, mail->n_claims, 2);
	CHECK_STR(0, mail->claims[0]->authserv, "mx.site.example");
	CHECK_STR(0, mail->claims[0]->method, "dmarc");
	CHECK_STR(0, mail->claims[0]->result, "fail");
	CHECK_STR(1, mail->claims[1]->authserv, "filter.site.example");
	CHECK_STR(1, mail->claims[1]->method, "dkim");
	CHECK_STR(1, mail->claims[1]->result, "none");
}

TEST(the_address_of_a_list_is_read)
{
	static const struct {
		const char *value, *address;
	} row[] = {
	    {"<mailto:Users@Lists.Example.org>",           "users@lists.example.org"},
	    {"<MAILTO:a@b.example?subject=x>",             "a@b.example"            },
	    {"<mailto:a%2Bb@c.example> (Postings)",        "a+b@c.example"          },
	    {"<https://a.example/>, <mailto:a@b.example>", "a@b.example"            },
	    {"<mailto: a@b.example >",                     "a@b.example"            },
	    {"<mailto:a@m\xC3\xA4il.example>",             "a@xn--mil-qla.example"  },
	    {"<mailto:a@b.example",                        "a@b.example"            },
	    {"NO (posting not allowed)",                   NULL                     },
	    {"a@b.example",				NULL                     },
	    {"<mailto:>",				  NULL                     },
	    {"<mailto:a>",				 NULL                     },
	    {"<mailto:a%00@b.example>",                    NULL                     },
	    {"<mailto:a%zz@b.example>",                    NULL                     },
	    {"<mailto:a%0A@b.example>",                    NULL                     },
	    {"<mailto:\xFF@b.example>",                    NULL                     },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *raw =
		    g_strdup_printf("From: a@b.example\nList-Post: %s\n\nx",
			row[i].value);
		AUTO(mail_free)
		Rec__Mail *mail = mail_parse((const uint8_t *)raw, strlen(raw));

		CHECK_STR(i, mail->list_post, row[i].address);
	}
}
