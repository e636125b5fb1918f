/* SPDX-License-Identifier: MIT */
/*
 * The result is clean as text_clean makes it, though entities can name any
 * character: controls, bidi overrides and the characters of mail/mark.h go;
 * so does what has no width and only hides text or fills previews. A
 * non-joiner stays between letters of scripts that join.
 */
#include "mail/html_write.h"

#include <string.h>

#include "base/text.h"
#include "mail/mark.h"

#define QUOTE_MAX       10
#define INDENT_MAX      10
#define OWED_MAX        3
#define CELL_GAP        2
#define FIRST_NON_ASCII 0x80
#define DELETE_CHAR     0x7f
#define NBSP            0xa0
#define C1_FIRST        0x80
#define C1_LAST         0x9f

/* What numbers of entities from 128 to 159 mean to browsers. */
static const gunichar windows_1252[] = {0x20ac, 0, 0x201a, 0x0192, 0x201e,
    0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d,
    0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc,
    0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178};

/* Characters that are left out, first and last. */
static const struct range {
	gunichar first, last;
} dropped[] = {
    {0x00ad, 0x00ad}, /* soft hyphen */
    {0x034f, 0x034f}, /* grapheme joiner: fills previews */
    {0x180e, 0x180e},
    {0x200b, 0x200b},
    {0x202a, 0x202e}, /* bidi overrides */
    {0x2060, 0x2064},
    {0x2066, 0x2069},
    {0xfdd0, 0xfdef},
    {0xfeff, 0xfeff},
};

void
writer_init(struct writer *w, size_t len, size_t max)
{
	*w = (struct writer){.out = g_string_sized_new(len / 4 + 64),
	    .max = max};
}

static void
write_quotes(struct writer *w)
{
	for (unsigned i = 0; i < MIN(w->quote, QUOTE_MAX); i++)
		g_string_append(w->out, "> ");
	w->at_line = w->out->len;
}

static void
write_owed_marks(struct writer *w)
{
	if (w->owes_end)
		g_string_append(w->out, MARK_END);
	if (w->owed_mark != NULL)
		g_string_append(w->out, w->owed_mark);
	w->owes_end = false;
	w->owed_mark = NULL;
}

static void
begin_text_line(struct writer *w)
{
	w->lines++;
	write_owed_marks(w);
	write_quotes(w);
	for (unsigned i = 0; i < MIN(w->indent, INDENT_MAX); i++)
		g_string_append(w->out, "  ");
}

/* Writes what is owed before text. */
static void
settle(struct writer *w)
{
	if (w->out->len == 0) {
		begin_text_line(w);
	} else if (w->owed > 0) {
		for (unsigned i = 1; i < w->owed; i++) {
			g_string_append_c(w->out, '\n');
			write_quotes(w);
			/* No blank at the end of an empty line. */
			g_string_truncate(w->out, w->out->len - (w->quote > 0));
		}
		g_string_append_c(w->out, '\n');
		begin_text_line(w);
	} else if (w->out->len > w->at_line) {
		for (unsigned i = 0; i < w->gap; i++)
			g_string_append_c(w->out, ' ');
	}
	w->owed = w->gap = 0;
	w->is_joined = w->is_void = false;
	if (w->is_row_fresh)
		w->row_line = w->lines;
	w->is_row_fresh = false;
}

void
write_lines_owed(struct writer *w, unsigned count)
{
	if (w->is_joined)
		return;
	if (w->is_void && w->owed > 0)
		count = MAX(count, 2);
	w->is_void = false;
	w->owed = MAX(w->owed, count);
	w->gap = 0;
}

void
write_break(struct writer *w)
{
	w->is_joined = w->is_void = false;
	w->owed = MIN(w->owed + 1, 2);
	w->gap = 0;
}

void
write_gap(struct writer *w, unsigned blanks)
{
	if (w->owed == 0 && w->out->len > 0)
		w->gap = MAX(w->gap, blanks);
}

static void
append_bytes(struct writer *w, const char *text, size_t len)
{
	settle(w);
	g_string_append_len(w->out, text, (gssize)len);
	if (w->out->len > w->max)
		w->is_full = true;
}

/* Letters of scripts that join, before and behind a non-joiner. */
static bool
may_join(gunichar c)
{
	return (c >= 0x0600 && c <= 0x08ff) || (c >= 0x0900 && c <= 0x0dff);
}

static bool
is_dropped(gunichar c, gunichar last)
{
	if (c == 0x200c)
		return !may_join(last);
	if (c < ' ' || c == DELETE_CHAR)
		return true;
	for (size_t i = 0; i < COUNT(dropped); i++)
		if (c >= dropped[i].first && c <= dropped[i].last)
			return true;
	return false;
}

static bool
is_wide_blank(gunichar c)
{
	return c == NBSP || (c >= 0x2000 && c <= 0x200a) || c == 0x202f ||
	    c == 0x2028 || c == 0x2029 || c == 0x205f;
}

/* A blank that counts: it holds a line open that has nothing else. */
static void
write_blank(struct writer *w)
{
	if (w->owed > 0 || w->out->len == 0)
		w->is_void = true;
	else
		write_gap(w, 1);
}

static void
write_character(struct writer *w, gunichar c, gunichar last)
{
	char bytes[6];

	if (c >= C1_FIRST && c <= C1_LAST)
		c = windows_1252[c - C1_FIRST];
	if (is_wide_blank(c))
		write_blank(w);
	else if (!is_dropped(c, last))
		append_bytes(w, bytes, (size_t)g_unichar_to_utf8(c, bytes));
}

/* The byte run of plain ASCII at the start. */
static size_t
plain_len(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && (uint8_t)text[n] >= ' ' &&
	    (uint8_t)text[n] < DELETE_CHAR)
		n++;
	return n;
}

void
write_word(struct writer *w, const char *text, size_t len)
{
	const char *const end = text + len;
	gunichar last = 0;

	while (text < end && !w->is_full) {
		const size_t plain = plain_len(text, (size_t)(end - text));
		gunichar c;

		if (plain > 0) {
			append_bytes(w, text, plain);
			text += plain;
			last = 0;
			continue;
		}
		c = g_utf8_get_char_validated(text, end - text);
		if (c == (gunichar)-1 || c == (gunichar)-2) {
			text++;
			continue;
		}
		write_character(w, c, last);
		last = c;
		text = text_next_char(text);
	}
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

void
write_flow(struct writer *w, const char *text, size_t len)
{
	size_t at = 0;

	while (at < len && !w->is_full) {
		const size_t from = at;

		if (is_blank(text[at])) {
			write_gap(w, 1);
			at++;
			continue;
		}
		while (at < len && !is_blank(text[at]))
			at++;
		write_word(w, text + from, at - from);
	}
}

/* Tabs stay, blanks at the start of a line too. */
static void
write_pre_line(struct writer *w, const char *text, size_t len)
{
	size_t at = 0;

	while (at < len && !w->is_full) {
		size_t n = 0;

		while (at + n < len && text[at + n] != '\t')
			n++;
		write_word(w, text + at, n);
		at += n;
		if (at < len && at++ < len)
			append_bytes(w, "\t", 1);
	}
}

void
write_pre(struct writer *w, const char *text, size_t len)
{
	size_t at = 0;

	while (at < len && !w->is_full) {
		const char *lf = memchr(text + at, '\n', len - at);
		const size_t end = lf == NULL ? len : (size_t)(lf - text);

		write_pre_line(w, text + at, end - at);
		if (lf == NULL)
			return;
		w->is_joined = false;
		w->owed = MIN(w->owed + 1, OWED_MAX);
		at = end + 1;
	}
}

bool
write_mark(struct writer *w, const char *mark)
{
	if (w->is_marked)
		return false;
	w->is_marked = true;
	w->owed_mark = mark;
	w->is_joined = false;
	write_lines_owed(w, 1);
	return true;
}

/* An end right behind its begin takes that back: nothing was between. */
void
write_mark_end(struct writer *w)
{
	w->is_marked = false;
	if (w->owed_mark == NULL)
		w->owes_end = true;
	w->owed_mark = NULL;
	w->is_joined = false;
	write_lines_owed(w, 1);
}

void
write_row(struct writer *w)
{
	write_lines_owed(w, 1);
	w->is_row_fresh = true;
}

void
write_cell(struct writer *w)
{
	if (w->is_row_fresh || w->row_line != w->lines) {
		write_lines_owed(w, 1);
		return;
	}
	w->owed = 0;
	w->gap = CELL_GAP;
	w->is_joined = true;
}

/* What comes next in a row around this one stands below it. */
void
write_row_end(struct writer *w)
{
	w->is_row_fresh = false;
	w->row_line = 0;
}

void
write_cell_end(struct writer *w)
{
	if (!w->is_row_fresh && w->row_line == w->lines) {
		w->owed = MIN(w->owed, 1);
		w->is_void = false;
	}
}

bool
writer_has_text(const struct writer *w, size_t from)
{
	return w->out->len > from;
}

/* What is open ends with the text: others may follow it. */
char *
writer_finish(struct writer *w)
{
	const bool is_open = w->is_marked && w->owed_mark == NULL;

	if (w->out->len > 0 && (is_open || w->owes_end))
		g_string_append(w->out, MARK_END);
	return g_string_free(g_steal_pointer(&w->out), FALSE);
}
