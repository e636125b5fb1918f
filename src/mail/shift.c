/* SPDX-License-Identifier: MIT */
/*
 * Shifts undone. We do it ourselves, because glibc's ISO-2022-JP knows none
 * of the characters Microsoft's mailers put there (NEC's row 13, half-width
 * katakana) and it has no HZ at all. A shifted byte gets its upper bit, which
 * gives the EUC form of the same character set. A line end shifts back, as
 * the RFCs want it (1468, 1557, 1843): a lost escape costs one line.
 */
#include "mail/shift.h"

#include <string.h>

#define ESC '\x1b'
#define SO  '\x0e'
#define SI  '\x0f'

/* What the bytes are after an escape; `before` stands before each character
 * of EUC-JP's third and fourth set. */
struct shift {
	const char *charset;
	const char *escape;
	unsigned width; /* bytes a character; 0: ASCII */
	char before;
};

static const struct shift shifts[] = {
    {"ISO-2022-JP", "\x1b$B",  2, '\0'  },
    {"ISO-2022-JP", "\x1b$@",  2, '\0'  },
    {"ISO-2022-JP", "\x1b$(B", 2, '\0'  },
    {"ISO-2022-JP", "\x1b$(O", 2, '\0'  },
    {"ISO-2022-JP", "\x1b$(Q", 2, '\0'  },
    {"ISO-2022-JP", "\x1b$(D", 2, '\x8f'},
    {"ISO-2022-JP", "\x1b(I",  1, '\x8e'},
    {"ISO-2022-JP", "\x1b(B",  0, '\0'  },
    {"ISO-2022-JP", "\x1b(J",  0, '\0'  },
    {"ISO-2022-JP", "\x1b(H",  0, '\0'  },
    {"ISO-2022-JP", "\x1b&@",  0, '\0'  },
    {"ISO-2022-JP", "\x0e",    1, '\x8e'},
    {"ISO-2022-JP", "\x0f",    0, '\0'  },
    {"ISO-2022-KR", "\x1b$)C", 0, '\0'  },
    {"ISO-2022-KR", "\x0e",    2, '\0'  },
    {"ISO-2022-KR", "\x0f",    0, '\0'  },
    {"HZ",          "~{",      2, '\0'  },
    {"HZ",          "~}",      0, '\0'  },
    {"HZ",          "~\n",     0, '\0'  },
};

/* The escape at `at`, of that charset; NULL if there is none. */
static const struct shift *
find_shift(const char *charset, const char *at, size_t left)
{
	if (*at != ESC && *at != SO && *at != SI && *at != '~')
		return NULL;
	for (size_t i = 0; i < COUNT(shifts); i++) {
		const size_t n = strlen(shifts[i].escape);

		if (n <= left && memcmp(at, shifts[i].escape, n) == 0 &&
		    g_str_equal(shifts[i].charset, charset))
			return &shifts[i];
	}
	return NULL;
}

/* One character under a shift; returns its bytes. */
static size_t
put_shifted(GString *out, const struct shift *now, const char *at, size_t left)
{
	const size_t width = MIN(now->width, left);

	if ((uint8_t)*at <= ' ') {
		g_string_append_c(out, *at);
		return 1;
	}
	if (now->before != '\0')
		g_string_append_c(out, now->before);
	for (size_t i = 0; i < width; i++)
		g_string_append_c(out, (char)(at[i] | 0x80));
	return width;
}

/* Of these bytes, which the charset cannot have, EUC-JP would make controls,
 * which are not shown; of 0xFF it makes nothing, and that is seen. */
static char
mark_stray(char byte)
{
	const uint8_t c = (uint8_t)byte;

	return c >= 0x80 && c <= 0x9f && c != 0x8e && c != 0x8f ? '\xff' : byte;
}

GString *
shift_undo(const char *charset, const char *bytes, size_t len)
{
	static const struct shift ascii = {.width = 0};
	const bool is_hz = g_str_equal(charset, "HZ");
	const bool is_jp = g_str_equal(charset, "ISO-2022-JP");
	GString *out = g_string_sized_new(len);
	const struct shift *now = &ascii;

	for (size_t i = 0; i < len;) {
		const struct shift *next = find_shift(charset, bytes + i,
		    len - i);

		if (next != NULL) {
			now = next;
			i += strlen(next->escape);
		} else if (now->width == 0 || bytes[i] == '\n') {
			i += is_hz && len - i > 1 && bytes[i] == '~' &&
			    bytes[i + 1] == '~';
			g_string_append_c(out,
			    is_jp ? mark_stray(bytes[i]) : bytes[i]);
			now = bytes[i++] == '\n' ? &ascii : now;
		} else {
			i += put_shifted(out, now, bytes + i, len - i);
		}
	}
	return out;
}

const char *
shift_find(const char *bytes, size_t len)
{
	static const struct {
		const char *charset, *escape;
	} rows[] = {
	    {"ISO-2022-JP-2", "\x1b$A" },
	    {"ISO-2022-JP-2", "\x1b$(C"},
	    {"ISO-2022-KR",   "\x1b$)C"},
	    {"ISO-2022-CN",   "\x1b$)A"},
	    {"ISO-2022-CN",   "\x1b$)G"},
	    {"ISO-2022-JP",   "\x1b$B" },
	    {"ISO-2022-JP",   "\x1b$@" },
	    {"ISO-2022-JP",   "\x1b(I" },
	};

	if (memchr(bytes, ESC, len) == NULL)
		return NULL;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (memmem(bytes, len, rows[i].escape,
			strlen(rows[i].escape)) != NULL)
			return rows[i].charset;
	return NULL;
}
