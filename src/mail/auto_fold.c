/* SPDX-License-Identifier: MIT */
/*
 * Folding of subjects: mailers write "Réponse automatique : …", gateways
 * take accents away, keyboards have three apostrophes. Not text_fold: that
 * keeps accents, and takes longer than all else that is done with a subject.
 */
#include "mail/auto_fold.h"

#include <string.h>

#include "base/text.h"

/* Characters that mean one of ASCII here, ascending; 0: nothing. */
static const struct same {
	gunichar from;
	char to;
} same[] = {
    {0x00A0, ' ' },
    {0x00AD, '\0'}, /* soft hyphen */
    {0x00B4, '\''},
    {0x0131, 'i' }, /* dotless, Turkish */
    {0x2009, ' ' },
    {0x200B, '\0'}, /* zero-width: space, joiners, marks of direction */
    {0x200C, '\0'},
    {0x200D, '\0'},
    {0x200E, '\0'},
    {0x200F, '\0'},
    {0x2010, '-' },
    {0x2011, '-' },
    {0x2013, '-' },
    {0x2014, '-' },
    {0x2018, '\''},
    {0x2019, '\''},
    {0x202F, ' ' },
    {0x3000, ' ' },
    {0x3010, '[' }, /* lenticular brackets */
    {0x3011, ']' },
    {0xFF08, '(' }, /* full width */
    {0xFF09, ')' },
    {0xFF1A, ':' },
    {0xFF3B, '[' },
    {0xFF3D, ']' },
};

/* Scripts whose accents are taken off. */
#define ACCENTS_END   0x0500u
#define VIETNAMESE    0x1E00u
#define GREEK_EXT_END 0x2000u

static gunichar
without_accents(gunichar c)
{
	gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];

	if (c >= ACCENTS_END && (c < VIETNAMESE || c >= GREEK_EXT_END))
		return c;
	return g_unichar_fully_decompose(c, FALSE, parts, COUNT(parts)) > 0
	    ? parts[0]
	    : c;
}

/* 0: the character says nothing. */
static gunichar
fold_char(gunichar c)
{
	if (c < 0x80)
		return (gunichar)g_ascii_tolower((char)c);
	for (size_t i = 0; i < COUNT(same) && same[i].from <= c; i++)
		if (same[i].from == c)
			return (gunichar)same[i].to;
	c = without_accents(c);
	return g_unichar_ismark(c) && c < ACCENTS_END ? 0
						      : g_unichar_tolower(c);
}

size_t
auto_fold(const char *utf8, char *out, size_t size)
{
	size_t n = 0;

	for (; *utf8 != '\0' && n + 7 < size; utf8 = text_next_char(utf8)) {
		gunichar c = fold_char(g_utf8_get_char(utf8));
		const bool after_blank = n == 0 || out[n - 1] == ' ';

		if (c == '-' && !after_blank && utf8[1] != ' ')
			c = ' ';
		if (c == 0 || (c == ' ' && after_blank))
			continue;
		if (c == ':' && n > 0 && after_blank)
			n--;
		n += (size_t)g_unichar_to_utf8(c, &out[n]);
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
	return n;
}
