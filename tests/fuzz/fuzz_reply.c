/* SPDX-License-Identifier: MIT */
/*
 * Any text as what an answer says: what is new in it. Bytes 1 to 4 at the
 * start of a line stand for the marks that HTML leaves there. The reply is
 * clean, has no marks, says something if the text does, and is made of lines
 * of the text, in order; at the end of one an attribution may be cut off.
 */
#include "base/text.h"
#include "mail/reply.h"
#include "tests/fuzz/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NBSP "\xC2\xA0"

/* The marks at the start of a line; returns the bytes they took. */
static size_t
add_marks(GString *out, const uint8_t *line, size_t len)
{
	static const char *const marks[] = {MARK_HISTORY, MARK_SIGNATURE,
	    MARK_FORWARD, MARK_END};
	size_t n = 0;

	for (; n < len && line[n] >= 1 && line[n] <= COUNT(marks); n++)
		g_string_append(out, marks[line[n] - 1]);
	return n;
}

static char *
text_of(const uint8_t *data, size_t size)
{
	GString *out = g_string_sized_new(size + 1);

	for (size_t at = 0; at < size;) {
		const uint8_t *lf = memchr(data + at, '\n', size - at);
		const size_t len = lf == NULL ? size - at
					      : (size_t)(lf - data) - at;
		const size_t marks = add_marks(out, data + at, len);
		g_autofree char *line = text_clean_line((const char *)data +
			at + marks,
		    len - marks);

		g_string_append(out, mark_strip(line));
		g_string_append_c(out, '\n');
		at += len + 1;
	}
	return g_string_free(out, FALSE);
}

/* Looks for a line that begins so from *at on, and steps behind it. */
static bool
find_line(gchar **lines, size_t *at, const char *wanted)
{
	for (; lines[*at] != NULL; (*at)++)
		if (g_str_has_prefix(lines[*at], wanted))
			return lines[(*at)++] != NULL;
	return false;
}

/* Also of blanks that do not break. */
static void
strip(char *line)
{
	(void)g_strstrip(line);
	while (g_str_has_suffix(line, NBSP)) {
		line[strlen(line) - strlen(NBSP)] = '\0';
		(void)g_strchomp(line);
	}
}

static gchar **
lines_of(char *text)
{
	gchar **lines = g_strsplit(text, "\n", -1);

	for (size_t i = 0; lines[i] != NULL; i++)
		strip(lines[i]);
	return lines;
}

static void
check_lines(char *text, char *reply)
{
	g_auto(GStrv) all = lines_of(text);
	g_auto(GStrv) kept = lines_of(reply);
	size_t at = 0;

	for (size_t i = 0; kept[i] != NULL; i++)
		CHECK_OR_ABORT(
		    *kept[i] == '\0' || find_line(all, &at, kept[i]));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = text_of(data, size);
	g_autofree char *reply = reply_of(text);

	(void)mark_strip(text);
	check_text(text);
	check_no_marks(text);
	check_text(reply);
	check_no_marks(reply);
	CHECK_OR_ABORT(says_something(reply) == says_something(text));
	check_lines(text, reply);
	return 0;
}
