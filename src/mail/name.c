/* SPDX-License-Identifier: MIT */
/*
 * A file name from a mail may hold "../", line ends, characters that turn the
 * direction of what follows ("gpj.exe" shown as "exe.jpg") or that are not
 * seen at all. What is left here may be shown and offered for saving; it is
 * never used to find anything.
 */
#include "mail/name.h"

#include <string.h>

#include "base/text.h"

#define NAME_MAX_BYTES 200
#define EXTENSION_MAX  16

static bool
is_unseen(gunichar c)
{
	return (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
	    (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || c == 0x00AD ||
	    c == 0x061C || c == 0x180E || (c >= 0xFE00 && c <= 0xFE0F) ||
	    (c >= 0xE0000 && c <= 0xE0FFF) || g_unichar_iscntrl(c);
}

static void
drop_unseen(char *text)
{
	char *to = text;

	for (char *p = text; *p != '\0';) {
		char *next = g_utf8_next_char(p);
		const size_t n = (size_t)(next - p);

		if (!is_unseen(g_utf8_get_char(p))) {
			memmove(to, p, n);
			to += n;
		}
		p = next;
	}
	*to = '\0';
}

static char *
cut_keeping_extension(char *text)
{
	const char *dot = strrchr(text, '.');
	g_autofree char *tail = NULL;

	if (strlen(text) <= NAME_MAX_BYTES)
		return text;
	if (dot == NULL || strlen(dot) > EXTENSION_MAX)
		return text_cut(text, NAME_MAX_BYTES);
	tail = g_strdup(dot);
	(void)text_cut(text, NAME_MAX_BYTES - strlen(tail));
	(void)g_strlcat(text, tail, NAME_MAX_BYTES + 1);
	return text;
}

char *
name_clean(const char *name)
{
	g_autofree char *line = NULL;
	char *base;

	if (name == NULL)
		return NULL;
	line = text_clean_line(name, strnlen(name, 64 * 1024));
	drop_unseen(line);
	base = line;
	for (char *p = line; *p != '\0'; p++)
		if (*p == '/' || *p == '\\')
			base = p + 1;
	base = g_strstrip(base);
	if (*base == '\0' || strspn(base, ".") == strlen(base))
		return NULL;
	return cut_keeping_extension(g_strdup(base));
}
