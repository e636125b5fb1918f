/* SPDX-License-Identifier: MIT */
/* Tags in subjects, however the mail programs on the way have treated them. */
#include "intake/tag.h"

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

static char *
numbers_text(const uint64_t *numbers, size_t count)
{
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < count; i++)
		g_string_append_printf(text, "%s%" PRIu64, i > 0 ? " " : "",
		    numbers[i]);
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
		uint64_t numbers[TAGS_MAX];
		const size_t found = tag_find(forms, row[i].subject, numbers);
		g_autofree char *text = numbers_text(numbers, found);

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
 /* cut: a number that has no end may be the start of another */
	    {"[#%]",         "a long subject [#1017",                ""               },
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

TEST(former_forms_are_found_and_no_other_numbers)
{
	static const struct tags row[] = {
	    {"[#%],T-%.",   "was T-12. [#1017]",       "12 1017"           },
	    {"[#%],desk:%", "desk: 12",                "12"                },
	    {"[#%],desk:%", "desk:12x",                "12"                },
	    {"[#%],[#%/a]", "[#12/a]",                 "12"                },
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
		uint64_t numbers[TAGS_MAX];
		const size_t count = tag_find(forms, subject, numbers);

		CHECK_EQ(i, count > 0, true);
	}
}
