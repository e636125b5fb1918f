/* SPDX-License-Identifier: MIT */
/*
 * What mails of tests/mail/html cannot say: the marks, that the text is clean
 * whatever entities say, and that hostile HTML costs no more than its size.
 */
#include "mail/html.h"

#include <string.h>

#include "base/text.h"
#include "mail/mark.h"
#include "tests/lib/test.h"

#define MIB ((size_t)1024 * 1024)

static char *
convert(const char *html)
{
	bool cut = false;

	return html_to_text(html, strlen(html), &cut);
}

TEST(structure_becomes_marks)
{
	static const struct {
		const char *html, *want;
	} row[] = {
	    {"a<div class=moz-cite-prefix>b</div>c",
             "a\n" MARK_HISTORY "b\n" MARK_END "c"                                   },
	    {"a<div class=gmail_signature>b</div>",
             "a\n" MARK_SIGNATURE "b" MARK_END                                       },
	    {"a<div class=gmail_signature> </div>b",                           "a\nb"},
	    {"a<div id=appendonsend></div><div class=gmail_signature>b</div>",
             "a\n" MARK_HISTORY "b" MARK_END                                         },
	    {"<div class=moz-forward-container>b</div>",
             MARK_FORWARD "b" MARK_END					       },
	    {"<blockquote><div class=gmail_attr>b</div></blockquote>c",
             MARK_HISTORY "> b\n" MARK_END "c"                                       },
	    {"a<div hidden><div class=gmail_attr>b</div></div>c",              "ac"  },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *text = convert(row[i].html);

		CHECK_STR(i, text, row[i].want);
	}
}

TEST(the_text_is_clean_whatever_entities_say)
{
	static const struct {
		const char *html, *want;
	} row[] = {
	    {"a&#xFDD0;b&#xFDD3;c&#xFDEF;",                "abc"          },
	    {"a&#1;&#x7f;&#x202e;&#x2066;b",               "ab"           },
	    {"&#150;&#129;x",			      "\xE2\x80\x93x"},
	    {"<img alt='a&#xFDD1;b'>",                     "ab"           },
	    {"a&#xD800;&#x110000;b",                       "ab"           },
	    {"a\xEF\xB7\x90"
	     "b",			     "ab"           },
	    {"<pre>a&#xFDD0;\tb</pre>",                    "a\tb"         },
	    {"<a href='http://x.example/&#xFDD2;y'>z</a>",
             "z <http://x.example/y>"                                     },
	    {"a&zwnj;b",				   "ab"           },
	    {"a&#8205;b",
             "a\xE2\x80\x8D"
		"b"						       },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *text = convert(row[i].html);
		g_autofree char *clean = text_clean(text, strlen(text));

		CHECK_STR(i, text, row[i].want);
		CHECK_STR(i, clean, row[i].want);
	}
}

/* (That it takes linear work: tests/linear.) */
TEST(hostile_html_is_read_and_cut)
{
	static const char *const words[] = {"<div>", "<a href=x>",
	    "<table><tr>", "<td>", "<td><p>x", "<ul><li>", "</div>", "<", "<![",
	    "<![if x]>x", "<!--", "&", "&#1;", "&nbsp;", "<blockquote>x",
	    "<font><p>x", "<p class=MsoNormal>&nbsp;",
	    "<div style='display:none'>", "<div class=gmail_attr>x</div>",
	    "<div class=gmail_attr></div>", "<a href='http://x.example'>x</a>",
	    "<br>", "<pre>\n\n", "<q ", "<b a=", "<div class='a b c d e f'>",
	    "<p id=\"", "x ", "&zwnj;", "\xC2\xA0"};

	for (size_t i = 0; i < COUNT(words); i++) {
		GString *html = g_string_sized_new(2 * MIB + 64);
		g_autofree char *text = NULL;
		bool cut = false;

		while (html->len < 2 * MIB)
			g_string_append(html, words[i]);
		text = html_to_text(html->str, html->len, &cut);
		CHECK(text != NULL && cut);
		(void)g_string_free(html, TRUE);
	}
}
