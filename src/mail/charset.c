/* SPDX-License-Identifier: MIT */
/*
 * The table of charsets. Names follow the labels mailers write; where a label
 * is known to lie (iso-8859-1 holding windows-1252, gb2312 holding gbk, the
 * Korean and Japanese ones holding Microsoft's supersets) the superset
 * decodes it, as browsers do. GMime opens its own handles by iconv_open for
 * header words; ours keep the modules loaded for them.
 */
#include "mail/charset.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/text.h"
#include "mail/gm.h"

#define BAD_MAX 1000 /* replaced bytes, then the rest is left out */

struct charset {
	const char *label;
	const char *iconv; /* NULL: the label itself */
};

static const struct charset table[] = {
    {"iso-8859-1",     "CP1252"      },
    {"iso-8859-2",     NULL          },
    {"iso-8859-3",     NULL          },
    {"iso-8859-4",     NULL          },
    {"iso-8859-5",     NULL          },
    {"iso-8859-6",     NULL          },
    {"iso-8859-7",     NULL          },
    {"iso-8859-8",     NULL          },
    {"iso-8859-8-i",   "ISO-8859-8"  },
    {"iso-8859-9",     "CP1254"      },
    {"iso-8859-10",    NULL          },
    {"iso-8859-11",    "CP874"       },
    {"iso-8859-13",    NULL          },
    {"iso-8859-14",    NULL          },
    {"iso-8859-15",    NULL          },
    {"iso-8859-16",    NULL          },
    {"latin1",         "CP1252"      },
    {"windows-1250",   "CP1250"      },
    {"windows-1251",   "CP1251"      },
    {"windows-1252",   "CP1252"      },
    {"windows-1253",   "CP1253"      },
    {"windows-1254",   "CP1254"      },
    {"windows-1255",   "CP1255"      },
    {"windows-1256",   "CP1256"      },
    {"windows-1257",   "CP1257"      },
    {"windows-1258",   "CP1258"      },
    {"windows-874",    "CP874"       },
    {"tis-620",        "CP874"       },
    {"cp1250",         NULL          },
    {"cp1251",         NULL          },
    {"cp1252",         NULL          },
    {"koi8-r",         NULL          },
    {"koi8-u",         NULL          },
    {"gb2312",         "GB18030"     },
    {"gbk",	    "GB18030"     },
    {"gb18030",        NULL          },
    {"hz-gb-2312",     "GB18030"     },
    {"big5",           "BIG5-HKSCS"  },
    {"big5-hkscs",     NULL          },
    {"shift_jis",      "CP932"       },
    {"shift-jis",      "CP932"       },
    {"windows-31j",    "CP932"       },
    {"euc-jp",         NULL          },
    {"iso-2022-jp",    NULL          },
    {"iso-2022-jp-2",  NULL          },
    {"euc-kr",         "UHC"         },
    {"ks_c_5601-1987", "UHC"         },
    {"iso-2022-kr",    NULL          },
    {"iso-2022-cn",    NULL          },
    {"euc-tw",         NULL          },
    {"utf-7",          NULL          },
    {"utf-16",         NULL          },
    {"utf-16le",       NULL          },
    {"utf-16be",       NULL          },
    {"utf-32",         NULL          },
    {"macintosh",      NULL          },
    {"x-mac-cyrillic", "MAC-CYRILLIC"},
    {"cp437",          NULL          },
    {"cp850",          NULL          },
    {"cp852",          NULL          },
    {"cp866",          NULL          },
    {"ibm866",         NULL          },
    {"viscii",         NULL          },
    {"armscii-8",      NULL          },
    {"georgian-ps",    NULL          },
};

/* What only GMime asks for by these names, kept open for it. */
static const char *const kept[] = {"ISO-8859-1", "GB2312", "GBK", "BIG5",
    "SJIS", "EUC-KR", "CP949", "US-ASCII", "UCS-2", "UCS-4", "CP936", "CP950"};

/* owner: the one thread of a mail process, or of a test */
static iconv_t handles[COUNT(table)];
static bool is_open;

static const char *
iconv_name(size_t i)
{
	return table[i].iconv != NULL ? table[i].iconv : table[i].label;
}

static void
keep(const char *to, const char *from)
{
	/* Never closed: the module stays loaded with its handle. */
	static GPtrArray *held;
	iconv_t handle = iconv_open(to, from);

	if (held == NULL)
		held = g_ptr_array_new();
	if (handle != (iconv_t)-1)
		g_ptr_array_add(held, handle);
}

void
charset_setup(void)
{
	if (is_open)
		return;
	is_open = true;
	g_mime_init(); /* knows what it calls each label */
	for (size_t i = 0; i < COUNT(table); i++) {
		handles[i] = iconv_open("UTF-8", iconv_name(i));
		keep("UTF-8", g_mime_charset_iconv_name(table[i].label));
	}
	for (size_t i = 0; i < COUNT(kept); i++)
		keep("UTF-8", kept[i]);
	keep("ISO-8859-1", "UTF-8");
	keep("US-ASCII", "UTF-8");
}

const char *
charset_name(size_t i)
{
	return i < COUNT(table) ? table[i].label : NULL;
}

static iconv_t
find_handle(const char *charset)
{
	charset_setup();
	for (size_t i = 0; i < COUNT(table); i++)
		if (g_ascii_strcasecmp(table[i].label, charset) == 0)
			return handles[i];
	return (iconv_t)-1;
}

bool
charset_is_known(const char *charset)
{
	return find_handle(charset) != (iconv_t)-1;
}

/* What a stateful charset holds back for a combining character to come. */
static void
append_held(iconv_t handle, GString *out)
{
	char buffer[64], *to = buffer;
	size_t room = sizeof(buffer);

	(void)iconv(handle, NULL, NULL, &to, &room);
	g_string_append_len(out, buffer, to - buffer);
}

/* Converts all; a byte that does not fit becomes U+FFFD. */
static GString *
convert(iconv_t handle, const char *bytes, size_t len, bool *bad_out)
{
	GString *out = g_string_sized_new(len + len / 2 + 16);
	char *in = (char *)(uintptr_t)bytes; /* iconv does not write there */
	unsigned bad = 0;

	(void)iconv(handle, NULL, NULL, NULL, NULL);
	while (len > 0 && bad < BAD_MAX) {
		char buffer[8192], *to = buffer;
		size_t room = sizeof(buffer);
		const size_t n = iconv(handle, &in, &len, &to, &room);
		const int why = n == (size_t)-1 ? errno : 0;

		g_string_append_len(out, buffer, to - buffer);
		if (why == EILSEQ || why == EINVAL) {
			g_string_append(out, "\xEF\xBF\xBD");
			in++;
			len--;
			bad++;
		} else if (why != E2BIG && why != 0) {
			break;
		}
	}
	append_held(handle, out);
	*bad_out |= bad > 0;
	return out;
}

static char *
decode_by(iconv_t handle, const char *bytes, size_t len, bool *bad_out)
{
	g_autoptr(GString) utf8 = convert(handle, bytes, len, bad_out);

	return text_clean(utf8->str, utf8->len);
}

static bool
is_utf8_label(const char *charset)
{
	static const char *const labels[] = {"utf-8", "utf8", "us-ascii",
	    "ascii", "unicode-1-1-utf-8", "utf-8-unicode", "ansi_x3.4-1968"};

	for (size_t i = 0; i < COUNT(labels); i++)
		if (g_ascii_strcasecmp(labels[i], charset) == 0)
			return true;
	return false;
}

static bool
is_mostly_utf8(const char *bytes, size_t len)
{
	const char *end;

	/* Cut or slightly damaged text is still UTF-8. */
	return g_utf8_validate_len(bytes, len, &end) ||
	    (size_t)(end - bytes) + 3 >= len;
}

char *
charset_decode(const char *charset, const char *bytes, size_t len,
    bool *bad_out)
{
	iconv_t handle;

	if (charset != NULL && !is_utf8_label(charset)) {
		handle = find_handle(charset);
		if (handle != (iconv_t)-1)
			return decode_by(handle, bytes, len, bad_out);
	}
	if (g_utf8_validate_len(bytes, len, NULL))
		return text_clean(bytes, len);
	if (charset != NULL && g_ascii_strncasecmp(charset, "utf", 3) == 0) {
		*bad_out = true;
		return text_clean(bytes, len);
	}
	if (is_mostly_utf8(bytes, len))
		return text_clean(bytes, len);
	*bad_out = true;
	handle = find_handle("windows-1252");
	return decode_by(handle, bytes, len, bad_out);
}
