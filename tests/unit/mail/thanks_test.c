/* SPDX-License-Identifier: MIT */
/*
 * Mere thanks, at their edges; each word of the list is shown by a mail of
 * tests/mail/thanks.
 */
#include "mail/thanks.h"
#include "tests/lib/test.h"

static bool
is_thanks(const char *reply, const char *name, const char *address)
{
	Rec__Mail mail = REC__MAIL__INIT;
	Rec__Addr from = REC__ADDR__INIT;

	from.name = (char *)(uintptr_t)name;
	from.address = (char *)(uintptr_t)address;
	mail.from = &from;
	mail.reply = (char *)(uintptr_t)reply;
	thanks_read(&mail);
	CHECK(mail.has_thanks == mail.thanks);
	return mail.thanks;
}

TEST(mere_thanks_are_told_from_answers)
{
	static const struct {
		const char *reply;
		bool is;
	} row[] = {
	    {"Thanks!",							true },
	    {"THANK YOU",						      true },
	    {"Danke,\nTom",						    true },
	    {"Danke,\nBob",						    false},
	    {"Danke,\nMiller, Tom",					    true },
	    {"Hi\nthanks",						     true },
	    {"Hi, thanks",						     true },
	    {"thanks, tom",						    false},
	    {"Thanks but no",						  false},
	    {"It works, but slowly",					   false},
	    {"Danke, noch nicht",					      false},
	    {"thanks?",							false},
	    {"thanks 1",						       false},
	    {"thanks <http://a.example>",                                      false},
	    {"thanks www.a.example",					   false},
	    {"Viele Gr\xC3\xBC\xC3\x9F"
	     "e",						 false},
	    {":-)",							    false},
	    {"\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD",                               true },
	    {"\xF0\x9F\x91\x8E",					       false},
	    {"great great great great great great great great great great",
             true								   },
	    {"great great great great great great great great great great g",
             false								  },
	    {"great great great great great great great great great great ok",
             false								  },
	    {"",							       false},
	    {"Hi Tom,",							false},
	};

	for (size_t i = 0; i < COUNT(row); i++)
		CHECK_EQ(i,
		    is_thanks(row[i].reply, "Tom Miller", "tm@shop.example"),
		    row[i].is);
}

TEST(a_sender_may_have_no_name)
{
	CHECK(is_thanks("Thanks, Tom", NULL, "tom.miller@shop.example"));
	CHECK(!is_thanks("Thanks, Tom", NULL, "info@shop.example"));
	CHECK(!is_thanks("Thanks, Tom", NULL, NULL));
}

TEST(a_long_text_is_no_mere_thanks)
{
	g_autofree char *blanks = g_strnfill(1000, ' ');
	g_autofree char *text = g_strconcat("Thanks", blanks, "!", NULL);
	g_autofree char *word = g_strnfill(250, 'a');

	CHECK(!is_thanks(text, NULL, NULL));
	CHECK(!is_thanks(word, NULL, NULL));
}
