/* SPDX-License-Identifier: MIT */
/* Transfer encodings, sound and broken, and what parts hold. */
#include <string.h>

#include "mail/decode.h"
#include "mail/parse.h"
#include "tests/lib/test.h"

static char *
decoded(const char *in, size_t len, Rec__Part__Encoding encoding)
{
	const size_t n = decode_bytes(NULL, (const uint8_t *)in, len, encoding);
	char *out = g_malloc0(n + 1);

	CHECK_EQ(n,
	    decode_bytes((uint8_t *)out, (const uint8_t *)in, len, encoding),
	    n);
	return out;
}

TEST(broken_encodings_give_what_can_be_read)
{
	static const struct {
		Rec__Part__Encoding encoding;
		const char *in, *want;
	} row[] = {
	    {REC__PART__ENCODING__BASE64,           "QUJD",                         "ABC"   },
	    {REC__PART__ENCODING__BASE64,           "QUI=",                         "AB"    },
	    {REC__PART__ENCODING__BASE64,           "QUI",                          "AB"    },
	    {REC__PART__ENCODING__BASE64,           "QQ",                           "A"     },
	    {REC__PART__ENCODING__BASE64,           "Q",                            ""      },
	    {REC__PART__ENCODING__BASE64,           "Q\nU\r\nJ*D",                  "ABC"   },
	    {REC__PART__ENCODING__BASE64,           "QUI=\nQUJD\n",                 "ABABC" },
	    {REC__PART__ENCODING__BASE64,           "QUI=\nfooter\n",               "AB"    },
	    {REC__PART__ENCODING__BASE64,           "QUJD\n-- \nA list\n",          "ABC"   },
	    {REC__PART__ENCODING__QUOTED_PRINTABLE, "a=3D=3d=\nb",                  "a==b"  },
	    {REC__PART__ENCODING__QUOTED_PRINTABLE, "a= \t\r\nb",                   "ab"    },
	    {REC__PART__ENCODING__QUOTED_PRINTABLE, "a=XY=1",                       "a=XY=1"},
	    {REC__PART__ENCODING__QUOTED_PRINTABLE, "a=",                           "a"     },
	    {REC__PART__ENCODING__UUENCODE,         "begin 644 x\n#04)#\n`\nend\n",
             "ABC"									  },
	    {REC__PART__ENCODING__UUENCODE,         "#04)#\ntext\n",                "ABC"   },
	    {REC__PART__ENCODING__LZFU,             "too short",                    ""      },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *out = decoded(row[i].in, strlen(row[i].in),
		    row[i].encoding);

		CHECK_STR(i, out, row[i].want);
	}
}

TEST(compressed_rtf_is_expanded)
{
	static const uint8_t in[] = {0x2d, 0, 0, 0, 0x2b, 0, 0, 0, 0x4c, 0x5a,
	    0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03, 0x00, 0x0a, 0x00, 0x72,
	    0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20,
	    0x68, 0x65, 0x6c, 0x09, 0x00, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c,
	    0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0};
	g_autofree char *out = decoded((const char *)in, sizeof(in),
	    REC__PART__ENCODING__LZFU);

	CHECK_STR(0, out, "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
}

TEST(plain_text_is_told_from_base64)
{
	CHECK(decode_is_no_base64((const uint8_t *)"\nDear all,\n", 11));
	CHECK(!decode_is_no_base64((const uint8_t *)"\nRGVhciBhbGw=\n", 14));
}

/* A part's size is that of its content, wherever it lies. */
static void
check_parts(const char *path)
{
	g_autofree char *raw = NULL;
	AUTO(mail_free) Rec__Mail *m = NULL;
	gsize len;

	CHECK(g_file_get_contents(path, &raw, &len, NULL));
	m = mail_parse((const uint8_t *)raw, len);
	for (size_t i = 0; i < m->n_parts; i++) {
		const Rec__Part *part = m->parts[i];
		g_autoptr(GBytes) content = mail_part_content(m, part,
		    (const uint8_t *)raw, SIZE_MAX);

		if (g_bytes_get_size(content) != part->size)
			test_failed(__FILE__, __LINE__,
			    "%s: part %zu: %zu bytes, not %" PRIu64, path, i,
			    g_bytes_get_size(content), part->size);
		CHECK(part->inside == 0 ||
		    m->parts[part->inside - 1]->inside == 0);
	}
}

TEST(the_size_of_a_part_is_that_of_its_content)
{
	g_autoptr(GDir) dir = g_dir_open("tests/mail/mime", 0, NULL);
	const char *name;

	CHECK(dir != NULL);
	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename("tests/mail/mime",
		    name, NULL);

		if (g_str_has_suffix(name, ".eml"))
			check_parts(path);
	}
}
