/* SPDX-License-Identifier: MIT */
/*
 * The order of the rules that tell robots, and how subjects are folded; each
 * rule by itself is shown by a mail of tests/mail/auto and auto_subject.
 */
#include <string.h>

#include "mail/auto_fold.h"
#include "mail/parse.h"
#include "tests/lib/test.h"

#define BOUNCE    REC__MAIL__AUTO__BOUNCE
#define REPLY     REC__MAIL__AUTO__REPLY
#define GENERATED REC__MAIL__AUTO__GENERATED
#define BULK      REC__MAIL__AUTO__BULK
#define LIST      REC__MAIL__AUTO__LIST
#define NONE      REC__MAIL__AUTO__NONE

static Rec__Mail *
read_header(const char *header)
{
	g_autofree char *raw = g_strdup_printf("%s\n\nx", header);

	return mail_parse((const uint8_t *)raw, strlen(raw));
}

TEST(the_surest_sign_of_a_robot_decides)
{
	static const struct {
		const char *header;
		Rec__Mail__Auto kind;
		const char *because;
	} row[] = {
	    {"Precedence: bulk\nAuto-Submitted: auto-replied",            REPLY,
             "Auto-Submitted: auto-replied"									},
	    {"Auto-Submitted: auto-generated\nList-Id: <a.b.example>",    LIST,
             "List-Id"											     },
	    {"Precedence: bulk\nList-Unsubscribe: <x>",                   BULK,
             "List-Unsubscribe"										    },
	    {"Auto-Submitted: auto-generated\nSubject: Out of Office: x", REPLY,
             "subject begins with Out of office"								   },
	    {"Auto-Submitted: auto-generated\nSubject: Away",             REPLY,
             "subject begins with Away"									    },
	    {"List-Id: <a.b.example>\nSubject: Away",                     LIST,      "List-Id"                     },
	    {"Return-Path: <>\nFrom: mailer-daemon@a.example\n"
	     "Auto-Submitted: auto-replied",		 BOUNCE,    "from a mailer-daemon"        },
	    {"Return-Path: <>\nFrom: postmaster@a.example\n"
	     "Auto-Submitted: auto-replied",		 REPLY,     "Auto-Submitted: auto-replied"},
	    {"Return-Path: <>\nX-Loop: a",                                GENERATED, "Return-Path: <>"             },
	    {"From: noreply@a.example\nReply-To: b@a.example",            NONE,      NULL                          },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		AUTO(mail_free) Rec__Mail *m = read_header(row[i].header);

		CHECK_EQ(i, m->auto_kind, row[i].kind);
		CHECK_STR(i, m->auto_because, row[i].because);
	}
}

TEST(values_of_fields_are_read_with_care)
{
	static const struct {
		const char *header;
		Rec__Mail__Auto kind;
	} row[] = {
	    {"Auto-Submitted: no",                       NONE     },
	    {"Auto-Submitted: No; x=y",                  NONE     },
	    {"Auto-Submitted: (a) no",                   NONE     },
	    {"Auto-Submitted: nobody",                   GENERATED},
	    {"Auto-Submitted: (a) auto-replied",         REPLY    },
	    {"Auto-Submitted:\n auto-replied",           REPLY    },
	    {"auto-submitted:auto-replied; x=y",         REPLY    },
	    {"Auto-Submitted: (auto-replied",            GENERATED},
	    {"Precedence: first-class",                  NONE     },
	    {"X-Auto-Response-Suppress: DR, OOF",        NONE     },
	    {"X-Auto-Response-Suppress: ALL",            GENERATED},
	    {"Auto-Submitted: auto-notified; o=\"a@b\"", GENERATED},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		AUTO(mail_free) Rec__Mail *m = read_header(row[i].header);

		CHECK_EQ(i, m->auto_kind, row[i].kind);
	}
}

TEST(subjects_are_folded_to_what_rows_say)
{
	static const struct {
		const char *subject, *want;
	} row[] = {
	    {"Auto-Reply: x",                    "auto reply: x"},
	    {"  a   b  ",                        "a b"          },
	    {"D\xC3\xA9lai\xC2\xA0:",            "delai:"       },
	    {"de\xCC\x81lai",                    "delai"        },
	    {"A - B",			    "a - b"        },
	    {"d\xE2\x80\x99"
	     "absence",             "d'absence"    },
	    {"\xEF\xBC\x9A",                     ":"            },
	    {"\xD0\x90\xD0\x92\xD0\xA2\xD0\x9E",
             "\xD0\xB0\xD0\xB2\xD1\x82\xD0\xBE"                 },
	    {"",				 ""             },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		char out[64];

		CHECK_EQ(i, auto_fold(row[i].subject, out, sizeof(out)),
		    strlen(row[i].want));
		CHECK_STR(i, out, row[i].want);
	}
}

TEST(a_subject_that_does_not_fit_is_cut_at_a_character)
{
	for (size_t size = 8; size < 40; size++) {
		char out[40];
		const size_t len = auto_fold(
		    "\xE8\x87\xAA\xE5\x8B\x95\xE8\xBF\x94\xE4\xBF\xA1 "
		    "\xE8\x87\xAA\xE5\x8B\x95\xE8\xBF\x94\xE4\xBF\xA1",
		    out, size);

		CHECK(len < size && out[len] == '\0');
		CHECK(g_utf8_validate(out, (gssize)len, NULL));
	}
}
