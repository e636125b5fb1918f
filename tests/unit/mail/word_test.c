/* SPDX-License-Identifier: MIT */
/*
 * Text of header fields, and parameters: rows of what mailers write and what
 * they meant.
 */
#include <string.h>

#include "mail/word.h"
#include "tests/lib/test.h"

#define UMLAUT "\xC3\xBC"

TEST(encoded_words_are_read_however_they_are_written)
{
	static const struct {
		const char *text, *want;
	} row[] = {
	    {"plain",				   "plain"			       },
	    {"=?utf-8?q?=C3=BC?=",                      UMLAUT                                },
	    {"=?UTF-8?B?w7w=?=",                        UMLAUT                                },
	    {"=?utf-8?b?w7w?=",                         UMLAUT                                },
	    {"=?iso-8859-1*de?Q?=FC_x?=",               UMLAUT " x"                           },
	    {"a =?utf-8?q?b?= c",                       "a b c"                               },
	    {"=?utf-8?q?a?= =?utf-8?q?b?=",             "ab"                                  },
	    {"=?utf-8?q?a?=\r\n =?iso-8859-1?q?=FC?=",  "a" UMLAUT                            },
	    {"=?utf-8?q?a?==?utf-8?q?b?=",              "ab"                                  },
	    {"x=?utf-8?q?=C3=BC?=y",                    "x" UMLAUT "y"                        },
	    {"=?utf-8?q?=C3?= =?utf-8?q?=BC?=",         UMLAUT                                },
	    {"=?utf-8?q?=C3?= =?UTF8?b?vA==?=",         UMLAUT                                },
	    {"=?utf-8?b?w7zDvMO8w?= =?utf-8?b?7w=?=",
             UMLAUT UMLAUT UMLAUT UMLAUT						      },
	    {"=?utf-8?b?w7w=w7w=?=",                    UMLAUT UMLAUT                         },
	    {"=?utf-8?q?a b =C3=BC?=",                  "a b " UMLAUT                         },
	    {"=?utf-8?q?Why?=20=C3=BC?=",               "Why? " UMLAUT                        },
	    {"=?utf-8?q?=C3=BC",                        UMLAUT                                },
	    {"=?utf-8?q?=C3=BC more",                   UMLAUT " more"                        },
	    {"=?utf-8?q?a =?utf-8?q?b?=",               "ab"                                  },
	    {"=?utf-8?q?"
	     "?= x",		       "x"				   },
	    {"=?utf-8?q?=c3=bc=?=",                     UMLAUT "="                            },
	    {"=?unknown-8bit?q?=FC?=",                  UMLAUT                                },
	    {"=?x-unknown?q?=C3=BC?=",                  UMLAUT                                },
	    {"=?"
	     "?q?=C3=BC?=",		UMLAUT				},
	    {"=?us-ascii?q?=FCber?=",                   UMLAUT "ber"                          },
	    {"=?iso-8859-1?q?=C3=BC?=",                 UMLAUT                                },
	    {"=?utf-8?q?=FC?=",                         UMLAUT                                },
	    {"=?utf-8?q?=C3=83=C2=BC_=C3=83=C2=A4?=",   UMLAUT " \xC3\xA4"                    },
	    {"=?utf-8?q?=C3=83=C2=BC?=",                "\xC3\x83\xC2\xBC"                    },
	    {"=?gb2312?B?0KHC6A==?=",                   "\xE5\xB0\x8F\xE5\xA6\x88"            },
	    {"=?iso-2022-jp?B?GyRCJUYlOSVIGyhC?=",
             "\xE3\x83\x86\xE3\x82\xB9\xE3\x83\x88"                                           },
	    {"=?iso-2022-jp?B?GyRCLWIbKEI=?=",          "\xE2\x84\x96"                        },
	    {"=?ISO-2022-KR?B?GyQpQw4wIQ8=?=",          "\xEA\xB0\x80"                        },
	    {"=?utf-8?x?a?=",                           "=?utf-8?x?a?="                       },
	    {"=?=",				     "=?="				 },
	    {"a =? b",				  "a =? b"                              },
	    {"\xC3\xBC",				UMLAUT				},
	    {"\xFC",				    UMLAUT				},
	    {"\x1b$B%F%9%H\x1b(B",                      "\xE3\x83\x86\xE3\x82\xB9\xE3\x83\x88"},
	    {"=?utf-8?q?=3D=3Futf-8=3Fq=3Fabc=3F=3D?=", "abc"                                 },
	    {"=?utf-8?q?a=0D=0AB=3A_c?=",               "a B: c"                              },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *got = word_decode(row[i].text,
		    strlen(row[i].text), NULL);

		CHECK_STR(i, got, row[i].want);
	}
}

TEST(parameters_are_read_however_they_are_written)
{
	static const struct {
		const char *value, *want;
	} row[] = {
	    {"text/plain; name=a.txt",                                  "a.txt"         },
	    {"text/plain; name=\"a b.txt\"; charset=utf-8",             "a b.txt"       },
	    {"text/plain;name = a.txt ; x=y",                           "a.txt"         },
	    {"text/plain; NAME=a.txt",                                  "a.txt"         },
	    {"text/plain; name=my file.txt; size=3",                    "my file.txt"   },
	    {"text/plain name=a.txt charset=utf-8",                     "a.txt"         },
	    {"text/plain; name=\"a.txt\" charset=\"x\"",                "a.txt"         },
	    {"text/plain; name='a b.txt'",                              "a b.txt"       },
	    {"text/plain; name=\"a \"b\" c.txt\"; x=y",                 "a \"b\" c.txt" },
	    {"text/plain; name=\"a.txt",                                "a.txt"         },
	    {"text/plain; name=\"a.txt; charset=utf-8",                 "a.txt"         },
	    {"text/plain; name=\"a;b.txt\"",                            "a;b.txt"       },
	    {"text/plain; name=\"C:\\dir\\a.txt\"",                     "C:\\dir\\a.txt"},
	    {"text/plain; name=\"a\\\"b.txt\"",                         "a\"b.txt"      },
	    {"text/plain;\r\n name=\"a\r\n b.txt\"",                    "a b.txt"       },
	    {"text/plain; name=a; name=b",                              "a"             },
	    {"text/plain; name*=utf-8''%C3%BC.txt",                     UMLAUT ".txt"   },
	    {"text/plain; name*=utf-8'de'%C3%BC.txt",                   UMLAUT ".txt"   },
	    {"text/plain; name*=\"utf-8''%C3%BC.txt\"",                 UMLAUT ".txt"   },
	    {"text/plain; name*=%C3%BC.txt",                            UMLAUT ".txt"   },
	    {"text/plain; name*=iso-8859-1''%FC",                       UMLAUT          },
	    {"text/plain; name*=utf-8'%C3%BC",                          UMLAUT          },
	    {"text/plain; name=u; name*=utf-8''%C3%BC",                 UMLAUT          },
	    {"text/plain; name*=; name=u",                              "u"             },
	    {"text/plain; name*0=a; name*1=\"b c\"; name*2=d",          "ab cd"         },
	    {"text/plain; name*1=b; name*0=a",                          "ab"            },
	    {"text/plain; name*0=a; name*2=c",                          "ac"            },
	    {"text/plain; name*0=a; name*0=x; name*1=b",                "ab"            },
	    {"text/plain; name*0*=utf-8''%C3; name*1*=%BC; name*2=%41",
             UMLAUT "%41"							       },
	    {"text/plain; name*0=a; name*1*=%C3%BC",                    "a" UMLAUT      },
	    {"text/plain; name*10=k; name*9=j; name*0=a",               "ajk"           },
	    {"text/plain; name=\"=?utf-8?q?=C3=BC=2Etxt?=\"",           UMLAUT ".txt"   },
	    {"text/plain; name==?utf-8?q?=C3=BC=2Etxt?=",               UMLAUT ".txt"   },
	    {"text/plain; name*0=\"=?utf-8?q?=C3\"; name*1=\"=BC?=\"",  UMLAUT          },
	    {"text/plain; name=\"\xC3\xBC.txt\"",                       UMLAUT ".txt"   },
	    {"text/plain; name=\"\xFC.txt\"",                           UMLAUT ".txt"   },
	    {"text/plain; filename=a",                                  NULL            },
	    {"text/plain",					      NULL            },
	    {"",							NULL            },
	    {"name=a",						  "a"             },
	    {"; ; ;name=a;;",					   "a"             },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *got = word_parameter(row[i].value, "name");

		CHECK_STR(i, got, row[i].want);
	}
}

TEST(hostile_words_and_parameters_are_read)
{
	static const char *const pieces[] = {"=?", "=?a?q?", "=?a?q? ",
	    "=?utf-8?q?a?= ", "=?a?q?a?=20", "?",
	    "?=", "=?a?b?YQ==?=", "name=\"", "name*0=a;", "\" ", ";", "name",
	    "a ", "name=a b ", "\\\"", "name*=x'"};

	for (size_t i = 0; i < COUNT(pieces); i++) {
		g_autoptr(GString) text = g_string_new("x; name=\"");
		g_autofree char *got = NULL, *value = NULL;

		while (text->len < 1000000)
			g_string_append(text, pieces[i]);
		got = word_decode(text->str, text->len, NULL);
		value = word_parameter(text->str, "name");
		CHECK(got != NULL && strlen(got) <= text->len);
		CHECK(value == NULL || strlen(value) <= text->len);
	}
}
