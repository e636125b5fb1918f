/* SPDX-License-Identifier: MIT */
/*
 * Rows for what mails as files (tests/mail/mail_test.c) show badly.
 */
#include <string.h>

#include "mail/html.h"
#include "mail/name.h"
#include "mail/parse.h"
#include "mail/reply.h"
#include "tests/lib/test.h"

TEST(odd_headers_are_marked)
{
	static const struct {
		const char *mail;
		unsigned marks;
	} row[] = {
	    {"From: a@b\nDate: x\nMessage-ID: <1>\n\n",                  0                                },
	    {"From: a@b\nFrom: c@d\nDate: x\nMessage-ID: <1>\n\n",
             MARK_DUPLICATE_FROM									  },
	    {"From: a@b\nDate: x\nMessage-ID: <1>\nMessage-Id: <2>\n\n",
             MARK_DUPLICATE_MESSAGE_ID								    },
	    {"Date: x\nMessage-ID: <1>\n\n",                             MARK_NO_FROM                     },
	    {"From: a@b\n\n",					    MARK_NO_DATE | MARK_NO_MESSAGE_ID},
	    {"From: a@b\nDate: x\nDate: y\nMessage-ID: <1>\n\n",
             MARK_DUPLICATE_DATE									  },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		AUTO(mail_free)
		Rec__Mail *m = mail_parse((const uint8_t *)row[i].mail,
		    strlen(row[i].mail));

		CHECK_EQ(i, m->marks, row[i].marks);
	}
}

TEST(machines_are_told_from_people)
{
	static const struct {
		const char *header;
		Rec__Mail__Auto kind;
	} row[] = {
	    {"Auto-Submitted: auto-replied (vacation)", REC__MAIL__AUTO__REPLY    },
	    {"Auto-Submitted: no",                      REC__MAIL__AUTO__NONE     },
	    {"Auto-Submitted: auto-generated",          REC__MAIL__AUTO__GENERATED},
	    {"Precedence: bulk",                        REC__MAIL__AUTO__BULK     },
	    {"List-Id: Users <users.example.org>",      REC__MAIL__AUTO__LIST     },
	    {"X-Failed-Recipients: a@b.example",        REC__MAIL__AUTO__BOUNCE   },
	    {"X-Other: auto-replied",                   REC__MAIL__AUTO__NONE     },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *raw =
		    g_strdup_printf("From: a@b.example\n%s\n\nx",
			row[i].header);
		AUTO(mail_free)
		Rec__Mail *m = mail_parse((const uint8_t *)raw, strlen(raw));

		CHECK_EQ(i, m->auto_kind, row[i].kind);
	}
}

TEST(names_of_files_are_safe_to_show)
{
	static const struct {
		const char *name, *want;
	} row[] = {
	    {"../../etc/passwd",    "passwd" },
	    {"C:\\temp\\a.txt",     "a.txt"  },
	    {"a\r\nb\x01.txt",      "a b.txt"},
	    {"\xE2\x80\xAEgpj.exe", "gpj.exe"},
	    {"a\xE2\x80\x8B.pdf",   "a.pdf"  },
	    {"..",                  NULL     },
	    {"",		    NULL     },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *name = name_clean(row[i].name);

		CHECK_STR(i, name, row[i].want);
	}
}

TEST(a_long_name_keeps_its_extension)
{
	g_autofree char *longer = g_strnfill(300, 'x');
	g_autofree char *full = g_strconcat(longer, ".pdf", NULL);
	g_autofree char *name = name_clean(full);

	CHECK_EQ(0, strlen(name), 200);
	CHECK(g_str_has_suffix(name, "x.pdf"));
}

TEST(html_becomes_text)
{
	static const struct {
		const char *html, *want;
	} row[] = {
	    {"<p>a</p><p>b</p>",                                "a\n\nb"      },
	    {"a<br>b",					  "a\nb"        },
	    {"<ul><li>a<li>b</ul>",                             "* a\n* b"    },
	    {"<ol><li>a<li>b</ol>",                             "1. a\n2. b"  },
	    {"<a href='http://x.example/'>here</a>",
             "here <http://x.example/>"                                       },
	    {"<a href='http://x.example'>http://x.example</a>",
             "http://x.example"					       },
	    {"<a href='javascript:x'>y</a>",                    "y"           },
	    {"<style>b{}</style>a<script>c</script>",           "a"           },
	    {"a<span style='display: none'>b</span>c",          "ac"          },
	    {"<pre>a\n  b</pre>",                               "a\n  b"      },
	    {"<table><tr><td>a<td>b<tr><td>c</table>",          "a  b\nc"     },
	    {"<blockquote>a<br>b</blockquote>c",                "> a\n> b\nc" },
	    {"a &amp; &auml;",				  "a & \xC3\xA4"},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		bool cut = false;
		g_autofree char *text = html_to_text(row[i].html,
		    strlen(row[i].html), &cut);

		CHECK_STR(i, text, row[i].want);
		CHECK(!cut);
	}
}

TEST(history_and_signature_are_left_out_of_a_reply)
{
	static const struct {
		const char *text, *want;
	} row[] = {
	    {"Yes.\n\nOn Monday, Bob <b@x> wrote:\n> Well?\n",   "Yes."                  },
	    {"Ja.\n\nAm 1.2.2020 schrieb Bob <b@x>:\n> Nun?\n",  "Ja."                   },
	    {"Yes.\n\nOn Monday,\nBob <b@x>\nwrote:\n\nWell?\n", "Yes."                  },
	    {"Yes.\n-- \nAnna\n",                                "Yes."                  },
	    {"Yes.\n\nFrom: Bob\nSent: Monday\nTo: Anna\n\nx",   "Yes."                  },
	    {"Yes.\n\n-----Original Message-----\nx",            "Yes."                  },
	    {"> Well?\nYes.\n> And?\nNo.\n",                     "Yes.\nNo."             },
	    {"On we go.\nIt works.\n",                           "On we go.\nIt works.\n"},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *reply = reply_of(row[i].text);

		CHECK_STR(i, reply, row[i].want);
	}
}

TEST(parts_lie_where_their_bytes_are)
{
	static const char raw[] =
	    "From: a@b.example\r\n"
	    "Content-Type: multipart/mixed; boundary=x\r\n\r\n"
	    "--x\r\n\r\ntext\r\n"
	    "--x\r\nContent-Type: message/rfc822\r\n\r\n"
	    "From: evil@b.example\r\nSubject: inner\r\n\r\nbody\r\n"
	    "--x\r\nContent-Type: a/b\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\nQUJD\r\n--x--\r\n";
	static const char *const want[] = {"text",
	    "From: evil@b.example\r\nSubject: inner\r\n\r\nbody", "QUJD"};
	AUTO(mail_free)
	Rec__Mail *m = mail_parse((const uint8_t *)raw, sizeof(raw) - 1);

	CHECK_EQ(0, m->n_parts, COUNT(want));
	for (size_t i = 0; i < MIN(m->n_parts, COUNT(want)); i++) {
		g_autofree char *got = g_strndup(raw + m->parts[i]->offset,
		    m->parts[i]->length);

		CHECK_STR(i, g_strchomp(got), want[i]);
	}
	CHECK_EQ(2, m->parts[2]->size, 3);
	CHECK_STR(0, m->from->address, "a@b.example");
}

TEST(groups_in_groups_do_not_exhaust_the_stack)
{
	g_autoptr(GString) raw = g_string_new("From: x@y.example\nTo: ");
	AUTO(mail_free) Rec__Mail *m = NULL;

	for (size_t i = 0; i < 400000; i++)
		g_string_append(raw, "a:");
	g_string_append(raw, "\n\nx");
	m = mail_parse((const uint8_t *)raw->str, raw->len);
	CHECK_STR(0, m->from->address, "x@y.example");
}
