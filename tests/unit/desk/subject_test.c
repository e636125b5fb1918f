/* SPDX-License-Identifier: MIT */
/* desk/subject: one matter folds to one text (IN-9). */
#include "desk/subject.h"

#include <string.h>

#include "base/text.h"
#include "tests/lib/test.h"

#define HOSTILE_LEN 300000

static const char *const prefixes[] = {
#define PREFIX(word) word,
#include "desk/subject_prefixes.def"
#undef PREFIX
};

static char *
folded(const char *subject)
{
	g_autoptr(GPtrArray) forms = g_ptr_array_new();

	g_ptr_array_add(forms, "[#%]");
	g_ptr_array_add(forms, "Ticket %.");
	return subject_fold(forms, subject);
}

struct folding {
	const char *subject;
	const char *text;
};

static void
check_folding(const struct folding *row, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		g_autofree char *text = folded(row[i].subject);

		CHECK_STR(i, text, row[i].text);
	}
}

TEST(letters_and_blanks_are_folded)
{
	static const struct folding row[] = {
	    {NULL,				    ""                 },
	    {"",				      ""                 },
	    {" \t ",				  ""                 },
	    {"  Printer \t is\n broken ",             "printer is broken"},
	    {"STRASSE",			       "strasse"          },
	    {"Stra\xc3\x9f"
	     "e",			"strasse"          },
	    {"a\xcc\x88",			     "\xc3\xa4"         },
	    {"\xef\xbc\xb2\xef\xbd\x85 \xef\xbc\x91", "re 1"             },
	    {"a\xc2\xa0 b\xe3\x80\x80"
	     "c",			"a b c"            },
 /* a mark alone folds to a blank and the mark */
	    {"a \xc2\xa8",			    "a \xcc\x88"       },
 /* not to be seen: direction marks, soft hyphen, joiners, BOM */
	    {"\xe2\x80\x8f\xef\xbb\xbf"
	     "a\xc2\xad"
	     "b\xe2\x80\x8b",            "ab"               },
	    {"a\x01"
	     "b",			"a b"              },
	    {"a\xff"
	     "b",			"a\xef\xbf\xbd"
		"b"			},
	};

	check_folding(row, COUNT(row));
}

TEST(tags_go_wherever_they_stand)
{
	static const struct folding row[] = {
	    {"[#17] printer",			       "printer"       },
	    {"Re: [#17] printer",                           "printer"       },
	    {"[#17] Re: printer",                           "printer"       },
	    {"Re: [#17] AW: [#17] printer [#18]",           "printer"       },
	    {"printer[#17]broken",                          "printer broken"},
	    {"printer [ # 1 7 ] broken",                    "printer broken"},
	    {"printer TICKET 17. broken",                   "printer broken"},
	    {"printer [#17",				"printer"       },
	    {"[#1][#2][#3][#4][#5][#6][#7][#8][#9][#10] a", "a"             },
	    {"printer [17]",				"printer [17]"  },
	};

	check_folding(row, COUNT(row));
}

TEST(prefixes_go_with_their_colons)
{
	static const struct folding row[] = {
	    {"Re: printer",				  "printer"           },
	    {"RE:printer",				   "printer"           },
	    {"re : printer",				 "printer"           },
	    {"Re: AW: Fwd: SV: printer",                     "printer"           },
	    {"Re:",					  ""                  },
	    {"Re",					   "re"                },
	    {"Re printer",				   "re printer"        },
	    {"printer Re: broken",                           "printer re: broken"},
	    {": printer",				    ": printer"         },
	    {"Re:: printer",				 ": printer"         },
 /* counts */
	    {"Re[2]: printer",			       "printer"           },
	    {"Re [2]: printer",                              "printer"           },
	    {"Re(3): printer",			       "printer"           },
	    {"Re^2: Re*12: printer",                         "printer"           },
	    {"AW2: printer",				 "printer"           },
	    {"Re\xc2\xb2: printer",                          "printer"           },
	    {"R[2]: printer",				"printer"           },
	    {"R2: printer",				  "r2: printer"       },
	    {"R 2: printer",				 "r 2: printer"      },
	    {"Re[x]: printer",			       "re[x]: printer"    },
	    {"Re[]: printer",				"re[]: printer"     },
	    {"Re(2]: printer",			       "re(2]: printer"    },
	    {"Re2]: printer",				"re2]: printer"     },
	    {"2: printer",				   "2: printer"        },
	    {"[2]: printer",				 "[2]: printer"      },
 /* dots, blanks, other colons */
	    {"R\xc3\xa9p. : TR : printer",                   "printer"           },
	    {"Antw.: printer",			       "printer"           },
	    {"\xe5\x9b\x9e\xe5\xa4\x8d\xef\xbc\x9a printer", "printer"           },
	    {"\xe5\x9b\x9e\xe8\xa6\x86\xef\xb8\xb0 printer", "printer"           },
	    {"\xe5\x9b\x9e\xe5\xa4\x8d[2]:printer",          "printer"           },
	    {"\xe2\x80\x8f\xe2\x80\x8f\xd7\xaa\xd7\xa9\xd7\x95\xd7\x91\xd7"
	     "\x94: printer",		   "printer"           },
	    {"\xc4\xb0LT: YNT: printer",                     "printer"           },
	    {"V\xc3\x81: printer",                           "printer"           },
	    {"va\xcc\x81: printer",                          "printer"           },
	    {"\xd0\x9d\xd0\x90: printer",                    "printer"           },
 /* no prefixes */
	    {"FYI: printer",				 "fyi: printer"      },
	    {"Reservation: table",                           "reservation: table"},
	    {"Rechnung: 17",				 "rechnung: 17"      },
	    {"Ref 12345: printer",                           "ref 12345: printer"},
	    {"https://a.example",                            "https://a.example" },
	};

	check_folding(row, COUNT(row));
}

TEST(names_of_lists_stay_and_what_programs_put_around_goes)
{
	static const struct folding row[] = {
	    {"[list] printer",                      "[list] printer"         },
	    {"Re: [list] printer",                  "[list] printer"         },
	    {"[list] Re: printer",                  "[list] printer"         },
	    {"AW: [EXTERN] Re: [list] AW: printer", "[extern] [list] printer"},
	    {"[list]printer",                       "[list]printer"          },
	    {"[list] ",			     "[list]"                 },
	    {"[list",			       "[list"                  },
	    {"[Fwd: printer]",                      "printer"                },
	    {"Re: [Fwd: Re: printer]",              "printer"                },
	    {"[Fwd: [Fwd: printer]]",               "printer"                },
	    {"[Fwd: printer] broken",               "[fwd: printer] broken"  },
	    {"[Fwd: printer",                       "[fwd: printer"          },
	    {"printer (fwd)",                       "printer"                },
	    {"Re: printer (fwd) (Fwd)",             "printer"                },
	    {"(fwd)",			       ""                       },
	};

	check_folding(row, COUNT(row));
}

TEST(every_prefix_of_the_table_is_folded_and_taken_off)
{
	for (size_t i = 0; i < COUNT(prefixes); i++) {
		g_autofree char *word = text_fold(prefixes[i]);
		g_autofree char *large = g_utf8_strup(prefixes[i], -1);
		g_autofree char *subject = g_strconcat(prefixes[i], ": ", large,
		    ".: X", NULL);
		g_autofree char *text = folded(subject);

		CHECK_STR(i, prefixes[i], word);
		CHECK_STR(i, text, "x");
		for (size_t k = 0; k < i; k++)
			CHECK_EQ(i, strcmp(prefixes[i], prefixes[k]) != 0,
			    true);
	}
}

TEST(at_most_200_code_points_are_returned)
{
	g_autofree char *letters = g_strnfill(5000, 'a');
	g_autofree char *subject = g_strconcat("Re: \xc3\xa4 ", letters, NULL);
	g_autofree char *text = folded(subject);
	g_autofree char *gap = NULL;
	g_autofree char *gap_text = NULL;

	CHECK_EQ(0, g_utf8_strlen(text, -1), SUBJECT_POINTS_MAX);
	CHECK_EQ(0, strlen(text), SUBJECT_POINTS_MAX + 1);
	letters[SUBJECT_POINTS_MAX - 1] = '\0';
	gap = g_strconcat(letters, " b", NULL);
	gap_text = folded(gap);
	CHECK_STR(1, gap_text, letters);
}

static char *
repeat(const char *piece, size_t len)
{
	GString *text = g_string_sized_new(len + strlen(piece));

	while (text->len < len)
		g_string_append(text, piece);
	return g_string_free(text, FALSE);
}

/* Only a start of them is looked at, and no run of marks is sorted. */
TEST(hostile_subjects_are_folded_in_no_time)
{
	static const char *const piece[] = {" ", "re:", "[", "[a]",
	    "[fwd:", "(fwd)", "[#1", "[#1]", "a:", ":", "]", "\xff", "\x80",
	    "\xcc\x81\xcc\x96", "a\xcc\x81\xcc\x96\xcc\x81\xcc\x96",
	    "\xef\xb7\xba", "\xe2\x80\x8f", "re[1]:", "\xc4\xb0"};

	for (size_t i = 0; i < COUNT(piece); i++) {
		g_autofree char *subject = repeat(piece[i], HOSTILE_LEN);
		g_autofree char *text = folded(subject);

		CHECK_EQ(i, g_utf8_strlen(text, -1) <= SUBJECT_POINTS_MAX,
		    true);
	}
}

TEST(a_run_of_marks_is_cut)
{
	g_autofree char *marks = repeat("\xcc\x96", 2 * 40);
	g_autofree char *few = repeat("\xcc\x96", 2 * 30);
	g_autofree char *subject = g_strconcat("a", marks, "b", marks, NULL);
	g_autofree char *want = g_strconcat("a", few, "b", few, NULL);
	g_autofree char *text = folded(subject);

	CHECK_STR(0, text, want);
}
