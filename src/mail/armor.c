/* SPDX-License-Identifier: MIT */
/*
 * Clear-signed text is for people: its frame, the header under that, the
 * signature and the "- " before lines with a dash go. Only frames in column
 * one count; what stands before and after them stays. One pass, in place.
 */
#include "mail/armor.h"

#include <string.h>

#define FRAME "-----BEGIN PGP "

enum state { OUTSIDE, IN_HEADER, IN_TEXT, IN_SIGNATURE };

static const struct frame {
	const char *line;
	enum state from, to;
} frames[] = {
    {"-----BEGIN PGP SIGNED MESSAGE-----", OUTSIDE,      IN_HEADER   },
    {"-----BEGIN PGP SIGNATURE-----",      IN_TEXT,      IN_SIGNATURE},
    {"-----END PGP SIGNATURE-----",        IN_SIGNATURE, OUTSIDE     },
};

static bool
line_is(const char *line, size_t len, const char *word)
{
	while (len > 0 && (line[len - 1] == ' ' || line[len - 1] == '\t'))
		len--;
	return len == strlen(word) && memcmp(line, word, len) == 0;
}

/* Is this line a frame that stands where it may? It is not part of the text
 * then. */
static bool
take_frame(enum state *state, const char *line, size_t len)
{
	for (size_t i = 0; i < COUNT(frames); i++)
		if (frames[i].from == *state &&
		    line_is(line, len, frames[i].line)) {
			*state = frames[i].to;
			return true;
		}
	return false;
}

static char *
keep(char *to, const char *line, size_t len)
{
	memmove(to, line, len);
	return to + len;
}

static char *
take_line(enum state *state, char *to, const char *line, size_t len)
{
	const bool ends = line[len] == '\n';

	if (*line == '-' && take_frame(state, line, len))
		return to;
	switch (*state) {
	case IN_HEADER:
		if (line_is(line, len, ""))
			*state = IN_TEXT;
		return to;
	case IN_SIGNATURE:
		return to;
	case IN_TEXT:
		if (len >= 2 && line[0] == '-' && line[1] == ' ')
			return keep(to, line + 2, len - 2 + ends);
		return keep(to, line, len + ends);
	case OUTSIDE:
	default:
		return keep(to, line, len + ends);
	}
}

static bool
starts_line(const char *text, const char *at)
{
	return at == text || at[-1] == '\n';
}

enum armor
armor_open(char *text)
{
	static const char encrypted[] = FRAME "MESSAGE-----";
	static const char signed_text[] = FRAME "SIGNED MESSAGE-----";
	const char *hit = strstr(text, FRAME);
	enum state state = OUTSIDE;
	char *to = text;

	while (hit != NULL && !starts_line(text, hit))
		hit = strstr(hit + 1, FRAME);
	if (hit == NULL)
		return ARMOR_NONE;
	if (g_str_has_prefix(hit, encrypted))
		return ARMOR_ENCRYPTED;
	if (!g_str_has_prefix(hit, signed_text))
		return ARMOR_NONE;
	for (const char *line = text; *line != '\0';) {
		const size_t len = strcspn(line, "\n");
		const bool ends = line[len] == '\n';

		to = take_line(&state, to, line, len);
		line += len + ends;
	}
	*to = '\0';
	return ARMOR_SIGNED;
}
