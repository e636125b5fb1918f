/* SPDX-License-Identifier: MIT */
/* Is it UTF-8, and how well; see utf8.h. */
#include "mail/utf8.h"

#include <string.h>

#define ASCII_END 0x80

static const char *
next_high(const char *at, const char *end)
{
	while (at < end && (uint8_t)*at < ASCII_END)
		at++;
	return at;
}

bool
utf8_is_damaged(const char *bytes, size_t len)
{
	const char *const end = bytes + len;
	const char *at = next_high(bytes, end);
	size_t good = 0, bad = 0;

	while (at < end) {
		const gunichar c = g_utf8_get_char_validated(at, end - at);
		const bool is_cut = c == (gunichar)-2;

		if (is_cut && good == 0 && bad == 0)
			good = end - at > 1; /* one character, cut */
		if (c == (gunichar)-1 || is_cut) {
			bad += !is_cut;
			at++;
		} else {
			good++;
			at += g_utf8_skip[(uint8_t)*at];
		}
		at = next_high(at, end);
	}
	return good > 0 && 2 * good >= bad;
}

bool
utf8_has_wide(const char *bytes, size_t len)
{
	unsigned wide = 0;

	for (size_t i = 0; i < len && wide < 2; i++)
		wide += (uint8_t)bytes[i] >= 0xE0;
	return wide >= 2;
}

/* Windows-1252 from 0x80 to 0x9F. Bytes that it leaves free stand for the
 * control of that number. */
static const uint16_t western[] = {0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026,
    0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F,
    0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC,
    0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178};

/* The byte of windows-1252 that shows `c`; 0 if there is none. */
static uint8_t
western_byte(gunichar c)
{
	if (c >= ASCII_END && c <= 0xFF)
		return (uint8_t)c;
	for (size_t i = 0; i < COUNT(western); i++)
		if (western[i] == c)
			return (uint8_t)(ASCII_END + i);
	return 0;
}

static bool
is_continuation(char c)
{
	return ((uint8_t)c & 0xC0) == 0x80;
}

/* A byte that starts no character: one of windows-1252, or the start of one
 * that was cut, which is copied with what is left of it. */
static const char *
mend_one(GString *out, const char *at, const char *end)
{
	const uint8_t c = (uint8_t)*at;
	const char *next = at + 1;
	const bool starts = c >= 0xC2 && c <= 0xF4;

	if (starts && (next == end || is_continuation(*next))) {
		while (next < end && is_continuation(*next))
			next++;
		g_string_append_len(out, at, next - at);
	} else {
		g_string_append_unichar(out,
		    c < ASCII_END + COUNT(western) ? western[c - ASCII_END]
						   : c);
	}
	return next;
}

GString *
utf8_mend(const char *bytes, size_t len)
{
	GString *out = g_string_sized_new(len + 16);
	const char *const end = bytes + len;
	const char *bad = bytes;

	while (!g_utf8_validate_len(bytes, (size_t)(end - bytes), &bad)) {
		g_string_append_len(out, bytes, bad - bytes);
		if (*bad == '\0') {
			bytes = bad + 1;
			continue;
		}
		bytes = mend_one(out, bad, end);
	}
	g_string_append_len(out, bytes, end - bytes);
	return out;
}

/* The byte that the character at `*at` stands for; 0 if for none. */
static uint8_t
read_byte(const char **at, const char *end)
{
	const gunichar c = *at < end ? g_utf8_get_char_validated(*at, end - *at)
				     : 0;
	const uint8_t byte = c < ASCII_END ? 0 : western_byte(c);

	if (byte != 0)
		*at += g_utf8_skip[(uint8_t) * *at];
	return byte;
}

static size_t
length_by(uint8_t first)
{
	if (first >= 0xF0)
		return 4;
	return first >= 0xE0 ? 3 : 2;
}

/* The UTF-8 character that the windows-1252 characters at `at` spell, which
 * moves behind them; false if they spell none. */
static bool
read_double(const char **at, const char *end, GString *out)
{
	char bytes[4];
	size_t n = 0, want = 1;

	while (n < want) {
		const uint8_t byte = read_byte(at, end);

		if (byte == 0)
			return false;
		if (n == 0)
			want = length_by(byte);
		bytes[n++] = (char)byte;
	}
	g_string_append_len(out, bytes, (gssize)n);
	return g_utf8_validate_len(bytes, n, NULL);
}

GString *
utf8_undouble(const char *bytes, size_t len)
{
	const char *const end = bytes + len;
	const char *at = bytes, *high = next_high(bytes, end);
	g_autoptr(GString) once = NULL;
	unsigned count = 0;

	if (high == end || (uint8_t)*high > 0xCB)
		return NULL; /* above U+02FF: no byte of windows-1252 */
	once = g_string_new(NULL);
	while (high < end) {
		g_string_append_len(once, at, high - at);
		at = high;
		if (!read_double(&at, end, once))
			return NULL;
		count++;
		high = next_high(at, end);
	}
	g_string_append_len(once, at, end - at);
	return count >= 2 ? g_steal_pointer(&once) : NULL;
}

/* Half of a character at `at`: ED, a second byte of `kind` up to 15 more, a
 * third. Its ten bits, -1 if it is none. */
static int
read_half(const char *at, const char *end, uint8_t kind)
{
	const uint8_t *byte = (const uint8_t *)at;

	if (end - at < 3 || byte[0] != 0xED || (byte[1] & 0xF0) != kind ||
	    !is_continuation(at[2]))
		return -1;
	return (byte[1] & 0x0F) << 6 | (byte[2] & 0x3F);
}

GString *
utf8_join_pairs(const char *bytes, size_t len)
{
	const char *const end = bytes + len;
	const char *from = bytes, *at = bytes;
	GString *out = NULL;

	while ((at = memchr(at, 0xED, (size_t)(end - at))) != NULL) {
		const int high = read_half(at, end, 0xA0);
		const int low = high < 0 ? -1 : read_half(at + 3, end, 0xB0);

		if (low < 0) {
			at++;
			continue;
		}
		if (out == NULL)
			out = g_string_sized_new(len);
		g_string_append_len(out, from, at - from);
		g_string_append_unichar(out,
		    0x10000 + ((gunichar)high << 10 | (gunichar)low));
		at += 6;
		from = at;
	}
	if (out != NULL)
		g_string_append_len(out, from, end - from);
	return out;
}
