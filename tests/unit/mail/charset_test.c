/* SPDX-License-Identifier: MIT */
/*
 * Charsets: labels with whatever mailers put around them, and texts that are
 * in another charset than they say, or say nothing.
 */
#include <string.h>

#include "mail/charset.h"
#include "tests/lib/test.h"

static char *
decode(const char *label, const char *bytes)
{
	bool bad = false;

	return charset_decode(label, bytes, strlen(bytes), &bad);
}

TEST(labels_are_known_with_what_stands_around_them)
{
	static const struct {
		const char *label, *want;
	} row[] = {
	    {"utf-8",						  "UTF-8"      },
	    {"UTF8",						   "UTF-8"      },
	    {"utf-8;",						 "UTF-8"      },
	    {"'utf-8'",						"UTF-8"      },
	    {"\"utf-8\"",					      "UTF-8"      },
	    {"charset=utf-8",					  "UTF-8"      },
	    {" utf_8 ",						"UTF-8"      },
	    {"cp-850",						 "CP850"      },
	    {"x-sjis",						 "CP932"      },
	    {"ISO8859-1",					      "CP1252"     },
	    {"latin-1",						"CP1252"     },
	    {"iso_8859-1:1987",					"CP1252"     },
	    {"windows1252",					    "CP1252"     },
	    {"x-windows-1251",					 "CP1251"     },
	    {"win-1251",					       "CP1251"     },
	    {"x-gbk",						  "GB18030"    },
	    {"ms936",						  "GB18030"    },
	    {"euc_kr",						 "UHC"        },
	    {"csISO2022JP",					    "ISO-2022-JP"},
	    {"ibm-866",						"CP866"      },
	    {"8859-15",						"ISO-8859-15"},
	    {"csISOLatin2",					    "ISO-8859-2" },
	    {"unknown-8bit",					   NULL         },
	    {"x-user-defined",					 NULL         },
	    {"_autodetect",					    NULL         },
	    {"ansi",						   NULL         },
	    {"us-ascii",					       NULL         },
	    {"",						       NULL         },
	    {"x",						      NULL         },
	    {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", NULL         },
	};

	charset_setup();
	for (size_t i = 0; i < COUNT(row); i++)
		CHECK_STR(i, charset_canonical(row[i].label), row[i].want);
}

TEST(each_name_of_the_table_has_a_decoder)
{
	const char *name;

	charset_setup();
	for (size_t i = 0; (name = charset_name(i)) != NULL; i++) {
		if (!charset_is_known(name) && strcmp(name, "UTF-8") != 0)
			test_failed(__FILE__, __LINE__, "no decoder of %s",
			    name);
		CHECK_STR(i, charset_canonical(name), name);
	}
}

/* Text of a language in a charset. */
struct sample {
	const char *charset, *text;
};

static const struct sample samples[] = {
    {"CP1251",     "Здравствуйте, у меня не работает принтер. Помогите."},
    {"KOI8-R",     "Здравствуйте, у меня не работает принтер. Помогите."},
    {"CP1253",     "Καλημέρα, ο εκτυπωτής μου δεν λειτουργεί."                  },
    {"CP1255",     "שלום, המדפסת שלי לא עובדת"						},
    {"CP1256",     "مرحبا، الطابعة لا تعمل ولا يمكنني الطباعة"                 },
    {"GB18030",    "您好，我的打印机不能工作，请帮助我。谢谢"                                 },
    {"BIG5-HKSCS", "您好，我的印表機不能工作，請幫助我。謝謝"                                 },
    {"CP932",      "こんにちは、プリンタが動きません。助けてください。"                  },
    {"EUC-JP-MS",  "こんにちは、プリンタが動きません。助けてください。"                  },
    {"UHC",        "안녕하세요. 프린터가 작동하지 않습니다. 도와주세요."                    },
    {"CP1250",     "Dzień dobry, drukarka się zepsuła, proszę o pomoc, żółć"                              },
    {"ISO-8859-2",
     "Dzień dobry, drukarka się zepsuła, proszę o pomoc, "
	"śliwki i źrebak"										       },
    {"CP1250",     "Dobrý den, tiskárna přestala fungovat, můžete pomoci, žluť"                            },
    {"CP1254",     "Yazıcım çalışmıyor, yardımcı olur musunuz, değil"                                    },
    {"CP1252",
     "Der Drucker geht nicht, k\xC3\xB6nnen Sie bitte pr\xC3\xBC"
	"fen, gr\xC3\xB6\xC3\x9F"
	"ere"												     },
    {"CP1252",     "L’imprimante ne marche plus, déjà essayé à côté, «été»"                           },
    {"CP1252",     "La impresora no funciona, mañana está aquí el técnico, ¿sí?"                            },
    {"CP1252",     "A impressora não funciona, já não é possível, atenção"                                 },
    {"CP1252",     "Skrivaren är trasig, går det att åtgärda på måndag"                                     },
};

static char *
to_charset(const struct sample *s)
{
	g_autoptr(GError) error = NULL;
	char *bytes = g_convert(s->text, -1, s->charset, "UTF-8", NULL, NULL,
	    &error);

	CHECK_OK(bytes != NULL, error);
	return bytes;
}

TEST(a_text_without_a_label_is_told_by_its_letters)
{
	static const char *const labels[] = {NULL, "us-ascii", "unknown-8bit",
	    "utf-8"};

	for (size_t i = 0; i < COUNT(samples); i++) {
		g_autofree char *bytes = to_charset(&samples[i]);

		for (size_t k = 0; k < COUNT(labels); k++) {
			g_autofree char *got = decode(labels[k], bytes);

			CHECK_STR(i, got, samples[i].text);
		}
	}
}

TEST(a_label_is_believed_where_it_may_be_right)
{
	for (size_t i = 0; i < COUNT(samples); i++) {
		g_autofree char *bytes = to_charset(&samples[i]);
		g_autofree char *got = decode(samples[i].charset, bytes);

		CHECK_STR(i, got, samples[i].text);
	}
}

TEST(utf8_is_utf8_whatever_the_label)
{
	static const char *const labels[] = {NULL, "iso-8859-1", "us-ascii",
	    "windows-1251", "gb2312", "shift_jis", "utf-16", "iso-2022-jp",
	    "utf-7", "koi8-r", "big5"};

	for (size_t i = 0; i < COUNT(samples); i++)
		for (size_t k = 0; k < COUNT(labels); k++) {
			g_autofree char *got = decode(labels[k],
			    samples[i].text);

			/* Four western letters may be two Chinese ones. */
			if (strcmp(samples[i].charset, "CP1252") == 0 ||
			    i == 3 || (k == 4 && i < 14) || k == 5)
				continue;
			CHECK_STR(k, got, samples[i].text);
		}
}

TEST(another_alphabet_overrules_iso_8859_1)
{
	for (size_t i = 0; i < 10; i++) {
		g_autofree char *bytes = to_charset(&samples[i]);
		g_autofree char *got = decode("iso-8859-1", bytes);

		CHECK_STR(i, got, samples[i].text);
	}
}

TEST(shifts_marks_and_damage)
{
	static const struct {
		const char *label, *bytes;
		size_t len;
		const char *want;
	} row[] = {
	    {"hz-gb-2312",   "~{VPND~} a~~",    12, "\xE4\xB8\xAD\xE6\x96\x87 a~"},
	    {"iso-2022-kr",
             "\x1b$)C\x0e"
		"0!\x0f.",		      9,  "\xEA\xB0\x80."              },
	    {"iso-2022-jp",  "\x1b$B%F\x1b(B.", 9,  "\xE3\x83\x86."              },
	    {NULL,           "\x1b$B%F\x1b(B.", 9,  "\xE3\x83\x86."              },
	    {"us-ascii",     "\x1b$B%F\x1b(B.", 9,  "\xE3\x83\x86."              },
	    {"iso-2022-jp",  "\x1b(I1\x1b(B",   7,  "\xEF\xBD\xB1"               },
	    {"utf-7",        "+AOA-b",          6,
             "\xC3\xA0"
		"b"							      },
	    {NULL,
             "\xEF\xBB\xBF"
		"a",			    4,  "a"			  },
	    {NULL,
             "\xFF\xFE"
		"a\0b\0",		       6,  "ab"			 },
	    {"utf-8",        "\xFE\xFF\0a\0b",  6,  "ab"                         },
	    {"utf-16",       "a\0b\0",          4,  "ab"                         },
	    {"utf-16",       "\0a\0b",          4,  "ab"                         },
	    {"utf-16",       "ab",              2,  "ab"                         },
	    {NULL,           "a\0b\0c\0d\0",    8,  "abcd"                       },
	    {"utf-8",        "\xC3\xBC \xFC",   4,  "\xC3\xBC \xC3\xBC"          },
	    {"utf-8",        "fr\xFCher",       6,  "fr\xC3\xBCher"              },
	    {"utf-8",        "\xC3\xBC\xC3",    3,  "\xC3\xBC\xEF\xBF\xBD"       },
	    {"windows-1252", "\x80",            1,  "\xE2\x82\xAC"               },
	    {"gb2312",       "\xC3\xBC",        2,  "\xE7\x9C\x89"               },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		bool bad = false;
		g_autofree char *got = charset_decode(row[i].label,
		    row[i].bytes, row[i].len, &bad);

		CHECK_STR(i, got, row[i].want);
	}
}
