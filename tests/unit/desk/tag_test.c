/* SPDX-License-Identifier: MIT */
/* Tags in subjects, however the mail programs on the way have treated them. */
#include "desk/tag.h"

#include <string.h>

#include "tests/lib/test.h"

#define HOSTILE_LEN 300000

static GPtrArray *
forms_of(const char *list)
{
	GPtrArray *forms = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) words = g_strsplit(list, ",", -1);

	for (size_t i = 0; words[i] != NULL; i++)
		g_ptr_array_add(forms, g_strdup(words[i]));
	return forms;
}

/* "17", in a former form "17/1", cut off "17~". */
static char *
hits_text(const struct tag_hit *hits, size_t count)
{
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < count; i++) {
		g_string_append_printf(text, "%s%" PRIu64, i > 0 ? " " : "",
		    hits[i].number);
		if (hits[i].form != 0)
			g_string_append_printf(text, "/%u", hits[i].form);
		if (hits[i].is_cut)
			g_string_append_c(text, '~');
	}
	return g_string_free(text, FALSE);
}

struct tags {
	const char *forms;
	const char *subject;
	const char *numbers;
};

static void
check_tags(const struct tags *row, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		g_autoptr(GPtrArray) forms = forms_of(row[i].forms);
		struct tag_hit hits[TAGS_MAX];
		const size_t found = tag_find(forms, row[i].subject, hits);
		g_autofree char *text = hits_text(hits, found);

		CHECK_STR(i, text, row[i].numbers);
	}
}

TEST(tags_are_found_however_the_subject_was_treated)
{
	static const struct tags row[] = {
	    {"[#%]",         "Re: [#1017] printer",                  "1017"           },
	    {"[#%]",         "[#1017]",                              "1017"           },
	    {"[#%]",         "printer",                              ""               },
	    {"[#%]",         "",				     ""               },
	    {"[#%]",         NULL,				   ""               },
 /* folded: white space anywhere inside */
	    {"[#%]",         "[# 1017]",                             "1017"           },
	    {"[#%]",         "[#10 17 ]",                            "1017"           },
	    {"[#%]",         "[ #\t10\t17]",                         "1017"           },
	    {"[Ticket #%]",  "[Ticket#1017]",                        "1017"           },
	    {"[Ticket #%]",  "[ticket  #1017]",                      "1017"           },
	    {"[Ticket #%]",  "[TICKET #1017]",                       "1017"           },
 /* cut: where the number goes on nobody knows */
	    {"[#%]",         "a long subject [#1017",                "1017~"          },
	    {"[#%]",         "a long subject [#10...",               ""               },
	    {"[#%]",         "a long subject [#",                    ""               },
 /* what stands behind it does not matter, nor what is cut there */
	    {"[#%]",         "[#1017] a long subj",                  "1017"           },
 /* decoded from encoded words */
	    {"[#%]",         "R\xc3\xa9: [#1017] \xe2\x82\xac",      "1017"           },
	    {"[\xc3\xa4#%]", "x [\xc3\xa4#1017]",                    "1017"           },
 /* several, in their order */
	    {"[#%]",         "[#7] was [#5], [#7]",                  "7 5 7"          },
	    {"[#%]",         "[#1][#2][#3][#4][#5][#6][#7][#8][#9]", "1 2 3 4 5 6 7 8"},
	};

	check_tags(row, COUNT(row));
}

TEST(a_tag_may_end_with_the_subject)
{
	static const struct tags row[] = {
	    {"[#%]",          "a long subject [#1017",    "1017~"  },
	    {"[#%]",          "a long subject [# 10 17 ", "1017~"  },
	    {"[#%]",          "a long subject [#1017x",   ""       },
	    {"[#%]",          "a long subject [#1017 x",  ""       },
	    {"[#%]",          "[#5] and [#1017",          "5 1017~"},
	    {"(No. % of us)", "a (no. 17 of u",           "17~"    },
	    {"(No. % of us)", "a (no. 17 of u ",          "17~"    },
	    {"(No. % of us)", "a (no. 17",                "17~"    },
	    {"(No. % of us)", "a (no. 17 of x",           ""       },
	    {"(No. % of us)", "a (no. 17 of us",          "17~"    },
	    {"(No. % of us)", "a (no.",                   ""       },
	    {"[#%]",          "[#0",                      ""       },
 /* a whole one in another form says more */
	    {"[#%],[#%",      "[#17",                     "17/1"   },
	    {"[#%],<%>",      "<17",                      "17/1~"  },
	};

	check_tags(row, COUNT(row));
}

TEST(a_tag_has_a_place)
{
	static const struct {
		const char *subject;
		size_t start;
		size_t end;
	} row[] = {
	    {"Re: [#17] x",      4, 9 },
	    {"Re:  [ # 17 ]  x", 5, 13},
	    {"[#17",             0, 4 },
	    {"[#17  ",           0, 6 },
	};
	g_autoptr(GPtrArray) forms = forms_of("[#%]");

	for (size_t i = 0; i < COUNT(row); i++) {
		struct tag_hit hit = {0};

		CHECK_EQ(i, tag_next(forms, row[i].subject, 0, &hit), true);
		CHECK_EQ(i, hit.start, row[i].start);
		CHECK_EQ(i, hit.end, row[i].end);
		CHECK_EQ(i, tag_next(forms, row[i].subject, hit.end, &hit),
		    false);
	}
}

TEST(former_forms_are_found_and_no_other_numbers)
{
	static const struct tags row[] = {
	    {"[#%],T-%.",   "was T-12. [#1017]",       "12/1 1017"         },
	    {"[#%],desk:%", "desk: 12",                "12/1"              },
	    {"[#%],desk:%", "desk:12x",                "12/1"              },
	    {"[#%],[#%/a]", "[#12/a]",                 "12/1"              },
 /* no numbers */
	    {"[#%]",        "[#0]",                    ""                  },
	    {"[#%]",        "[#-5]",                   ""                  },
	    {"[#%]",        "[#12a]",                  ""                  },
	    {"[#%]",        "[##12]",                  ""                  },
	    {"[#%]",        "[[#12]",                  "12"                },
	    {"[#%]",        "[#[#12]",                 "12"                },
	    {"[#%]",        "[#00012]",                "12"                },
	    {"[#%]",        "[#999999999999999999]",   "999999999999999999"},
	    {"[#%]",        "[#1000000000000000000]",  ""                  },
	    {"[#%]",        "[#18446744073709551633]", ""                  },
 /* forms that a store should not hold */
	    {"%",           "12",                      ""                  },
	    {"[#]",         "[#12]",                   ""                  },
	    {"",            "[#12]",                   ""                  },
	};

	check_tags(row, COUNT(row));
}

static char *
repeat(const char *piece, size_t len)
{
	GString *text = g_string_sized_new(len + strlen(piece));

	while (text->len < len)
		g_string_append(text, piece);
	return g_string_free(text, FALSE);
}

/* Takes hours, not a blink, if a run is read again from each place in it. */
TEST(hostile_subjects_are_read_once)
{
	static const char *const piece[] = {" ", "[", "[ ", "[#", "[# ", "[#1",
	    "[#1 ", "1", "[#1111111111111111", "\t "};
	g_autoptr(GPtrArray) forms = forms_of("[#%],[%],T %.,# %");

	for (size_t i = 0; i < COUNT(piece); i++) {
		g_autofree char *run = repeat(piece[i], HOSTILE_LEN);
		g_autofree char *subject = g_strconcat("a", run, "z [#17]",
		    NULL);
		struct tag_hit hits[TAGS_MAX];
		const size_t count = tag_find(forms, subject, hits);

		CHECK_EQ(i, count > 0, true);
	}
}
