/* SPDX-License-Identifier: MIT */
/* mail/claim: Authentication-Results as verifiers write it (RFC 8601). */
#include "mail/claim.h"

#include <string.h>

#include "mail/parse.h"
#include "tests/lib/test.h"

/* "server method=result domain, ..." */
static char *
read_value(const char *value, size_t len)
{
	AUTO(mail_free) Rec__Mail *mail = g_new(Rec__Mail, 1);
	const struct field field = {.value = value, .value_len = (uint32_t)len};
	GString *out = g_string_new(NULL);

	rec__mail__init(mail);
	claim_read(mail, &field);
	for (size_t i = 0; i < mail->n_claims; i++) {
		const Rec__AuthClaim *c = mail->claims[i];

		g_string_append_printf(out, "%s%s %s=%s", i > 0 ? ", " : "",
		    c->authserv, c->method, c->result);
		if (c->domain != NULL)
			g_string_append_printf(out, " %s", c->domain);
	}
	return g_string_free(out, FALSE);
}

struct row {
	const char *value;
	const char *claims;
};

static void
check_rows(const struct row *row, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		g_autofree char *got = read_value(row[i].value,
		    strlen(row[i].value));

		CHECK_STR(i, got, row[i].claims);
	}
}

TEST(examples_of_rfc_8601_are_read)
{
	static const struct row row[] = {
	    {" example.org 1; none",					   ""						},
	    {" example.com; spf=pass smtp.mailfrom=example.net",
             "example.com spf=pass example.net"										  },
	    {" example.com;\r\n\tauth=pass (cram-md5) "
	     "smtp.auth=sender@example.net;\r\n\tspf=pass "
	     "smtp.mailfrom=example.net",			 "example.com auth=pass sender@example.net, "
		"example.com spf=pass example.net"                         },
	    {" example.com; dkim=pass (good signature) header.d=mail.example",
             "example.com dkim=pass mail.example"										},
	    {" example.com; dkim=pass reason=\"good signature\" "
	     "header.i=@mail-router.example.net; dkim=fail reason=\"bad "
	     "signature\" header.i=@newyork.example.com",         "example.com dkim=pass mail-router.example.net, "
		"example.com dkim=fail newyork.example.com"},
	    {" foo.example.net (foobar) 1 (baz);\r\n dkim (Because I like it) "
	     "/ 1 (One yay) = (wait for it) fail\r\n policy (A dot can go "
	     "here) . (like that) expired\r\n (this surprised me) = (as I "
	     "wasn't expecting it) 1362471462",		   "foo.example.net dkim=fail"                       },
	};

	check_rows(row, COUNT(row));
}

TEST(fields_of_milters_are_read)
{
	static const struct row row[] = {
  /* OpenDKIM */
	    {" mx.site.example;\n\tdkim=pass (2048-bit key; unprotected) "
	     "header.d=example.org header.i=@lists.example.org "
	     "header.a=rsa-sha256 header.s=s1 header.b=Ab/Cd+e=;\n"
	     "\tdkim-atps=neutral",				  "mx.site.example dkim=pass example.org, "
		"mx.site.example dkim-atps=neutral"                                    },
 /* OpenDMARC */
	    {" OpenDMARC; dmarc=pass (p=none dis=none) "
	     "header.from=example.org",			      "opendmarc dmarc=pass example.org"                   },
	    {" mx.site.example; dmarc=fail (p=reject dis=reject) "
	     "header.from=Bank.Example",			     "mx.site.example dmarc=fail bank.example"            },
 /* policyd-spf */
	    {" mx.site.example; spf=pass (mailfrom) "
	     "smtp.mailfrom=example.org (client-ip=192.0.2.1; "
	     "helo=mail.example.org; envelope-from=a@example.org; "
	     "receiver=<UNKNOWN>)",				  "mx.site.example spf=pass example.org"               },
	    {" mx.site.example; spf=none (no SPF record) "
	     "smtp.helo=mail.example.org",			   "mx.site.example spf=none mail.example.org"          },
 /* rspamd */
	    {" mx.site.example;\r\n\tdkim=pass header.d=example.org "
	     "header.s=mail header.b=\"Ab c=/\";\r\n\tspf=pass "
	     "(mx.site.example: domain of a@example.org designates 192.0.2.1 "
	     "as permitted sender) smtp.mailfrom=a@example.org;\r\n\t"
	     "dmarc=pass (policy=reject) header.from=example.org",   "mx.site.example dkim=pass example.org, "
		"mx.site.example spf=pass example.org, "
		"mx.site.example dmarc=pass example.org"},
	    {" mx.site.example; auth=pass smtp.auth=Tom "
	     "smtp.mailfrom=tom@site.example",		       "mx.site.example auth=pass tom"                      },
	    {" mx.site.example; dkim=none; dmarc=fail reason=\"SPF not "
	     "aligned (relaxed), No valid DKIM\" header.from=example.org "
	     "(policy=quarantine); spf=softfail smtp.mailfrom=\"\"", "mx.site.example dkim=none, "
		"mx.site.example dmarc=fail example.org, "
		"mx.site.example spf=softfail"        },
	};

	check_rows(row, COUNT(row));
}

TEST(fields_of_mail_servers_are_read)
{
	static const struct row row[] = {
  /* Exim */
	    {" mx.site.example; iprev=pass (mail.example.org) "
	     "smtp.remote-ip=192.0.2.1; auth=pass (PLAIN) "
	     "smtp.auth=Tom@Example.ORG; dkim=pass header.d=example.org "
	     "header.s=20240101 header.a=rsa-sha256; dmarc=pass "
	     "header.from=example.org; arc=none",		"mx.site.example iprev=pass, "
		"mx.site.example auth=pass tom@example.org, "
		"mx.site.example dkim=pass example.org, "
		"mx.site.example dmarc=pass example.org, "
		"mx.site.example arc=none"                                         },
 /* amavis */
	    {" mx.site.example (amavisd-new);\n dkim=pass (1024-bit key)\n "
	     "header.d=example.org",			     "mx.site.example dkim=pass example.org"                            },
 /* Gmail */
	    {" mx.google.com;\r\n       dkim=pass header.i=@example.org "
	     "header.s=s1 header.b=hT3b9;\r\n       spf=pass (google.com: "
	     "domain of a+b=c@bounce.example.org designates 192.0.2.1 as "
	     "permitted sender) smtp.mailfrom=\"a+b=c@bounce.example.org\";"
	     "\r\n       dmarc=pass (p=REJECT sp=REJECT dis=NONE) "
	     "header.from=example.org",			  "mx.google.com dkim=pass example.org, "
		"mx.google.com spf=pass bounce.example.org, "
		"mx.google.com dmarc=pass example.org"                                       },
	    {" mx.google.com; spf=neutral (google.com: 192.0.2.1 is neither "
	     "permitted nor denied) smtp.mail=a@example.org",    "mx.google.com spf=neutral example.org"                            },
 /* Yahoo */
	    {" atlas1.free.mail.example; dkim=pass header.i=@example.org "
	     "header.s=a; spf=pass smtp.mailfrom=b.example; "
	     "dmarc=success(p=REJECT) header.from=example.org;", "atlas1.free.mail.example dkim=pass example.org, "
		"atlas1.free.mail.example spf=pass b.example, "
		"atlas1.free.mail.example dmarc=success example.org"},
	};

	check_rows(row, COUNT(row));
}

TEST(fields_of_large_providers_are_read)
{
	static const struct row row[] = {
  /* Microsoft, with a server and without */
	    {" mx.microsoft.com 1; spf=pass (sender ip is 192.0.2.1) "
	     "smtp.rcpttodomain=site.example smtp.mailfrom=example.org; "
	     "dmarc=pass (p=none sp=none pct=100) action=none "
	     "header.from=example.org; dkim=pass (signature was verified) "
	     "header.d=example.org; arc=none (0)",			       "mx.microsoft.com spf=pass example.org, "
		"mx.microsoft.com dmarc=pass example.org, "
		"mx.microsoft.com dkim=pass example.org, "
		"mx.microsoft.com arc=none"                                },
	    {" spf=pass (sender IP is 192.0.2.1)\r\n "
	     "smtp.mailfrom=example.org; site.example; dkim=pass (signature "
	     "was verified)\r\n header.d=example.org;site.example; dmarc=pass "
	     "action=none\r\n header.from=example.org;compauth=pass reason=100", ""					  },
	    {" protection.example; dkim=none (message not signed) "
	     "header.d=none;protection.example; dmarc=none action=none "
	     "header.from=example.org;compauth=fail reason=001",		 "protection.example dkim=none none, "
		"protection.example dmarc=none example.org, "
		"protection.example compauth=fail"           },
 /* Fastmail */
	    {" mx1.mail.example;\n bimi=skipped (DMARC Policy is not at "
	     "enforcement);\n dkim=pass (1024-bit rsa key sha256) "
	     "header.d=example.org header.i=@example.org header.b=Ab1;\n "
	     "dmarc=pass policy.published-domain-policy=none "
	     "policy.applied-disposition=none\n header.from=example.org;\n "
	     "x-aligned-from=pass (Address match);\n spf=pass "
	     "smtp.mailfrom=a@example.org smtp.helo=mail.example.org",           "mx1.mail.example bimi=skipped, "
		"mx1.mail.example dkim=pass example.org, "
		"mx1.mail.example dmarc=pass example.org, "
		"mx1.mail.example x-aligned-from=pass, "
		"mx1.mail.example spf=pass example.org"},
	};

	check_rows(row, COUNT(row));
}

TEST(forms_are_read_as_they_come)
{
	static const struct row row[] = {
	    {"",							    ""		   },
	    {" ",							   ""                   },
	    {";",							   ""                   },
	    {";dkim=pass",						  ""                   },
	    {"a.example",						   ""                   },
	    {"a.example;",						  ""                   },
	    {"a.example;;;",						""                   },
	    {"a.example; =pass",					    ""                   },
	    {"a.example; dkim=",					    ""                   },
	    {"a.example; dkim",					     ""                   },
	    {"a.example; dkim=pass",					"a.example dkim=pass"},
	    {"a.example;dkim=pass;",					"a.example dkim=pass"},
	    {"\"A.Example\";dkim=pass",                                     "a.example dkim=pass"},
	    {"a.example 1;dkim=pass",				       "a.example dkim=pass"},
	    {"a.example 2;dkim=pass",				       ""                   },
	    {"a.example 11;dkim=pass",                                      ""                   },
	    {"a.example b;dkim=pass",				       ""                   },
	    {"a.example 1 1;dkim=pass",                                     ""                   },
	    {"i=1; a.example; dkim=pass",                                   ""                   },
	    {"a.example; DKIM/1=Pass",                                      "a.example dkim=pass"},
	    {"a.example; dkim=pass HEADER.D=B.Example",
             "a.example dkim=pass b.example"						     },
	    {"a.example; dkim=pass header.i=@i.example header.d=d.example",
             "a.example dkim=pass d.example"						     },
	    {"a.example; dkim=pass header.d=d.example header.i=@i.example",
             "a.example dkim=pass d.example"						     },
	    {"a.example; dkim=pass header.d=d.example header.d=e.example",
             "a.example dkim=pass d.example"						     },
	    {"a.example; dkim=pass header.from=f.example",
             "a.example dkim=pass"							       },
	    {"a.example; spf=pass smtp.mailfrom=<x@b.example>",
             "a.example spf=pass b.example"						      },
	    {"a.example; spf=pass smtp.mailfrom=<> smtp.helo=h.example",
             "a.example spf=pass h.example"						      },
	    {"a.example; spf=pass smtp.mailfrom=; dkim=none",
             "a.example spf=pass, a.example dkim=none"                                           },
	    {"a.example; spf=pass smtp.mailfrom=b.example.",
             "a.example spf=pass b.example"						      },
	    {"a.example; spf=pass smtp.mailfrom=xn--mil-qla.example",
             "a.example spf=pass xn--mil-qla.example"                                            },
	    {"a.example; spf=pass smtp.mailfrom=j@m\xC3\xA4il.example",
             "a.example spf=pass m\xC3\xA4il.example"                                            },
	    {"a.example; spf=pass smtp.mailfrom=b..",                       "a.example spf=pass" },
	    {"a.example; spf=pass smtp.mailfrom=b/c",                       "a.example spf=pass" },
	    {"a.example; d\xC3\xA4=pass",                                   ""                   },
	    {"a.example; dkim=p\xC3\xA4ss",                                 ""                   },
	};

	check_rows(row, COUNT(row));
}

/* The sender chooses the envelope sender, the host name, the domains. */
TEST(foreign_text_in_a_field_makes_no_claim)
{
	static const struct row row[] = {
	    {"a.example; spf=fail smtp.mailfrom=\"x; dmarc=pass "
	     "header.from=bank.example\"@evil.example; dmarc=fail",		"a.example spf=fail evil.example, a.example dmarc=fail"},
	    {"a.example; spf=fail smtp.mailfrom=\"x\\\"; dmarc=pass\"@b.example",
             "a.example spf=fail b.example"													    },
	    {"a.example; spf=fail smtp.mailfrom=\"x@bank.example\"@b.example",
             "a.example spf=fail b.example"													    },
	    {"a.example; spf=fail (helo=x; dmarc=pass) smtp.helo=b.example",
             "a.example spf=fail b.example"													    },
	    {"a.example; spf=fail (\\); dmarc=pass) smtp.helo=b.example",
             "a.example spf=fail b.example"													    },
 /* What is never closed hides nothing. */
	    {"a.example; spf=fail (domain of \"x(\"@b.example) "
	     "smtp.mailfrom=b.example; dmarc=fail (p=none) header.from=c.example",
             "a.example spf=fail b.example, "
		"a.example dmarc=fail c.example"												       },
	    {"a.example; spf=fail smtp.mailfrom=\"x@b.example; dmarc=fail",
             "a.example spf=fail b.example, a.example dmarc=fail"										      },
	    {"a.example; dkim=pass (never closed; dmarc=pass",
             "a.example dkim=pass"														     },
	};

	check_rows(row, COUNT(row));
}

TEST(what_is_too_long_is_not_cut)
{
	static const struct {
		const char *format;
		size_t len; /* of what is put in */
		bool is_read;
		bool has_domain;
	} row[] = {
	    {"%s.example; dkim=pass header.d=b.example",       247, true,  true },
	    {"%s.example; dkim=pass header.d=b.example",       248, false, false},
	    {"a.example; %s=pass",                             255, true,  false},
	    {"a.example; %s=pass",                             256, false, false},
	    {"a.example; dkim=%s",                             255, true,  false},
	    {"a.example; dkim=%s",                             256, false, false},
	    {"a.example; dkim=pass header.d=%s.example",       247, true,  true },
	    {"a.example; dkim=pass header.d=%s.bank.exam.ple", 248, true,
             false							      },
	    {"a.example; dkim=pass header.d=%s",               999, true,  false},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *fill = g_strnfill(row[i].len, 'x');
		g_auto(GStrv) parts = g_strsplit(row[i].format, "%s", 2);
		g_autofree char *value = g_strjoinv(fill, parts);
		g_autofree char *got = read_value(value, strlen(value));

		CHECK_EQ(i, *got != '\0', row[i].is_read);
		CHECK_EQ(i, strrchr(got, ' ') != strchr(got, ' '),
		    row[i].has_domain);
	}
}

TEST(a_mail_has_24_claims)
{
	g_autoptr(GString) value = g_string_new("a.example");
	g_autofree char *got = NULL;
	g_auto(GStrv) claims = NULL;

	for (unsigned i = 0; i < 100; i++)
		g_string_append_printf(value, "; m%u=pass", i);
	got = read_value(value->str, value->len);
	claims = g_strsplit(got, ", ", 0);
	CHECK_EQ(0, g_strv_length(claims), CLAIMS_MAX);
	CHECK_STR(0, claims[CLAIMS_MAX - 1], "a.example m23=pass");
}

TEST(hostile_fields_are_read_once)
{
	static const char *const pieces[] = {"(", ")", "() ", "(a) (", "\"",
	    "\\", "\"\\", "\"a\"", "=", ";", "; =", "; a=(", "; dkim=pass",
	    " header.d=", ".", "/ ", "a.", " a", "(\\", "@", "\" (", "\" )"};

	for (size_t i = 0; i < COUNT(pieces); i++) {
		g_autoptr(GString) text = g_string_new("a.example; dkim=pass ");
		g_autofree char *got = NULL;

		while (text->len < 1000000)
			g_string_append(text, pieces[i]);
		got = read_value(text->str, text->len);
		CHECK(g_str_has_prefix(got, "a.example dkim=pass"));
	}
}

TEST(bytes_beyond_the_field_are_not_read)
{
	static const char whole[] = "a.example; dkim=pass (a) header.d=b.c "
				    "x=\"q\\\"\"; spf=fail";

	for (size_t len = 0; len < sizeof(whole); len++) {
		g_autofree char *part = g_memdup2(whole, len);
		g_autofree char *got = read_value(part, len);

		CHECK_EQ(len, g_str_has_prefix(got, "a.example dkim="),
		    len > strlen("a.example; dkim="));
	}
}
