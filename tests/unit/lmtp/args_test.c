/* SPDX-License-Identifier: MIT */
/* Parameters of MAIL and RCPT, XFORWARD's attributes, xtext. */
#include "lmtp/args.h"

#include "tests/lib/test.h"

TEST(parameters_are_known_unknown_or_bad)
{
	static const struct {
		enum args_of of;
		const char *text;
		enum args_verdict verdict;
		size_t size;
		const char *orcpt;
	} row[] = {
	    {ARGS_MAIL, "",                          ARGS_OK,      0,        NULL          },
	    {ARGS_MAIL, "  ",                        ARGS_OK,      0,        NULL          },
	    {ARGS_MAIL, " SIZE=1234",                ARGS_OK,      1234,     NULL          },
	    {ARGS_MAIL, " size=7 body=8bitmime",     ARGS_OK,      7,        NULL          },
	    {ARGS_MAIL, " SMTPUTF8 BODY=7BIT",       ARGS_OK,      0,        NULL          },
	    {ARGS_MAIL, " RET=HDRS ENVID=x",         ARGS_OK,      0,        NULL          },
	    {ARGS_MAIL, " SIZE=9999999999999999999", ARGS_OK,      SIZE_MAX, NULL          },
	    {ARGS_MAIL, " SIZE=",                    ARGS_BAD,     0,        NULL          },
	    {ARGS_MAIL, " SIZE",                     ARGS_BAD,     0,        NULL          },
	    {ARGS_MAIL, " SIZE=-1",                  ARGS_BAD,     0,        NULL          },
	    {ARGS_MAIL, " SIZE=0x5",                 ARGS_BAD,     0,        NULL          },
	    {ARGS_MAIL, " SIZE=1 SIZE=2",            ARGS_BAD,     1,        NULL          },
	    {ARGS_MAIL, " BODY=BINARYMIME",          ARGS_BAD,     0,        NULL          },
	    {ARGS_MAIL, " SMTPUTF8=1",               ARGS_BAD,     0,        NULL          },
	    {ARGS_MAIL, " SIZES=1",                  ARGS_UNKNOWN, 0,        NULL          },
	    {ARGS_MAIL, " ORCPT=rfc822;a",           ARGS_UNKNOWN, 0,        NULL          },
	    {ARGS_MAIL, " =1",                       ARGS_UNKNOWN, 0,        NULL          },
	    {ARGS_RCPT, " ORCPT=rfc822;a+2Bb@c",     ARGS_OK,      0,        "rfc822;a+b@c"},
	    {ARGS_RCPT, " ORCPT=rfc822;a+2",         ARGS_OK,      0,        NULL          },
	    {ARGS_RCPT, " ORCPT=rfc822;a+0Ab",       ARGS_OK,      0,        NULL          },
	    {ARGS_RCPT, " NOTIFY=NEVER",             ARGS_OK,      0,        NULL          },
	    {ARGS_RCPT, " SIZE=1",                   ARGS_UNKNOWN, 0,        NULL          },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		AUTO(args_clear) struct args args = {0};

		CHECK_EQ(i, args_parse(row[i].of, row[i].text, &args),
		    row[i].verdict);
		CHECK_EQ(i, args.size, row[i].size);
		CHECK_STR(i, args.orcpt, row[i].orcpt);
	}
}

TEST(xforward_says_who_the_client_was)
{
	static const struct {
		const char *text;
		bool ok;
		const char *client;
		const char *ident;
	} row[] = {
	    {"NAME=mx ADDR=192.0.2.1",        true,  "mx [192.0.2.1]", NULL  },
	    {"NAME=[UNAVAILABLE] ADDR=::1",   true,  "[::1]",          NULL  },
	    {"name=a+2Db PROTO=ESMTP HELO=x", true,  "a-b",            NULL  },
	    {"IDENT=4XyZ",                    true,  NULL,             "4XyZ"},
	    {"IDENT=a IDENT=b",               true,  NULL,             "b"   },
	    {"",			      false, NULL,             NULL  },
	    {"NAME",			  false, NULL,             NULL  },
	    {"NAME=",			 false, NULL,             NULL  },
	    {"NAME=+0A",                      false, NULL,             NULL  },
	    {"NAME=+00",                      false, NULL,             NULL  },
	    {"NAME=+FF",                      false, NULL,             NULL  },
	    {"SOURCE=LOCAL",                  false, NULL,             NULL  },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		AUTO(xforward_clear) struct xforward xforward = {0};

		CHECK_EQ(i, xforward_parse(row[i].text, &xforward), row[i].ok);
		g_autofree char *client = xforward_client(&xforward);

		CHECK_STR(i, client, row[i].client);
		CHECK_STR(i, xforward.ident, row[i].ident);
	}
}
