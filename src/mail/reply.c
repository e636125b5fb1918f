/* SPDX-License-Identifier: MIT */
/*
 * One pass over the lines. Lines with ">" are history wherever they stand;
 * answers between and below them stay. At a separator ("Original Message"),
 * a block of header lines, an attribution that is certain, the rest of the
 * text is history. What HTML knows comes as marks. In doubt all is kept, and
 * a mail that has nothing new is all new.
 */
#include "mail/reply.h"

#include <string.h>

#include "mail/mark.h"
#include "mail/reply_head.h"
#include "mail/reply_line.h"
#include "mail/reply_tail.h"
#include "mail/reply_words.h"
#include "mail/reply_wrote.h"

#define INITIALS_MAX 4

struct pass {
	struct lines lines;
	bool has_text;      /* something is kept that is not blank */
	const char *prefix; /* of quotes without ">"; NULL: none known */
	size_t prefix_len;
};

static bool
is_bar(const struct line *line)
{
	return line->len > 0 && *line->at == '|';
}

/* The bytes of "AB>" at the start of a line; 0: none. */
static size_t
initials_len(const struct line *line)
{
	size_t n = 0;

	while (
	    n < line->len && n < INITIALS_MAX && g_ascii_isupper(line->at[n]))
		n++;
	return n > 0 && n < line->len && line->at[n] == '>' ? n + 1 : 0;
}

/* Below an attribution "|" or "AB>" quotes as well as ">". */
static void
learn_prefix(struct pass *p, const struct line *line)
{
	if (is_bar(line))
		p->prefix_len = 1;
	else if (initials_len(line) > 0)
		p->prefix_len = initials_len(line);
	else
		return;
	p->prefix = line->at;
}

static bool
is_quoted(const struct pass *p, const struct line *line)
{
	if (line->flags & (LINE_QUOTED | LINE_HISTORY | LINE_SIGNATURE))
		return true;
	return p->prefix != NULL && line->len >= p->prefix_len &&
	    memcmp(line->at, p->prefix, p->prefix_len) == 0;
}

/* Is what follows line i quoted, or nothing? */
static bool
quotes_follow(const struct pass *p, size_t i)
{
	const size_t next = lines_next(&p->lines, i);
	const struct line *line = &p->lines.at[next];

	return next == p->lines.count || is_quoted(p, line) || is_bar(line) ||
	    initials_len(line) > 0;
}

/* What stands below "Sent from my iPhone" the program wrote as well. */
static bool
is_below_footer(const struct pass *p, size_t i)
{
	while (i > 0 && p->lines.at[i - 1].len == 0)
		i--;
	return i > 0 && tail_is_program(&p->lines.at[i - 1]);
}

/* Lines of an attribution at line i that are passed over; `*end_out` is set
 * when the rest is history. */
static size_t
pass_attribution(struct pass *p, size_t i, bool *end_out)
{
	size_t count = 0;
	const enum wrote wrote = wrote_at(&p->lines, i, &count);

	if (wrote == WROTE_NOT)
		return 0;
	if (quotes_follow(p, i + count)) {
		const size_t next = lines_next(&p->lines, i + count);

		if (next < p->lines.count)
			learn_prefix(p, &p->lines.at[next]);
		return count;
	}
	if (wrote == WROTE_MAYBE && !is_below_footer(p, i))
		return 0;
	/* With nothing above, the answer is below: quotes lost their ">". */
	*end_out = p->has_text;
	return count;
}

/* "Begin forwarded message:" above quoted lines: Apple's Mail quotes what it
 * passes on, and people write below it as well. */
static bool
leads_to_quotes(const struct pass *p, size_t i)
{
	const size_t next = lines_next(&p->lines, i + 1);

	return next < p->lines.count &&
	    (p->lines.at[next].flags & LINE_QUOTED) &&
	    (line_separator(&p->lines.at[i]) & WORD_FORWARDED);
}

static bool
ends_text(const struct pass *p, size_t i)
{
	const struct line *line = &p->lines.at[i];

	return (line_separator(line) & (WORD_ORIGINAL | WORD_FORWARDED)) ||
	    (line->flags & LINE_FORWARD) || line_is_above(line) ||
	    lines_header(&p->lines, i) > 0;
}

/* Gmail marks what stands above a forward as it does an attribution. */
static bool
begins_marked_forward(const struct pass *p, size_t i)
{
	const struct line *line = &p->lines.at[i];

	return (line->flags & LINE_HISTORY) &&
	    (i == 0 || !(line[-1].flags & LINE_HISTORY)) &&
	    (line_separator(line) & WORD_FORWARDED);
}

/* Takes the attribution of the quote below off the end of line i; false if
 * there is none. */
static bool
cut_attribution(struct pass *p, size_t i)
{
	const size_t next = lines_next(&p->lines, i + 1);
	size_t len;

	if (next == p->lines.count || !is_quoted(p, &p->lines.at[next]))
		return false;
	len = wrote_behind(&p->lines, i);
	if (len > 0)
		p->lines.at[i].len = (uint32_t)len;
	return len > 0;
}

static void
keep(struct pass *p, struct line *line)
{
	line->flags |= LINE_KEPT;
	p->has_text |= line->len > 0;
}

/* Reads line i; returns how many lines that took, 0 at the end. */
static size_t
step(struct pass *p, size_t i)
{
	struct line *line = &p->lines.at[i];
	bool end = false;
	size_t count;

	if (begins_marked_forward(p, i) ||
	    (p->has_text && line_is_arrows(line)))
		return 0;
	if (is_quoted(p, line))
		return 1;
	if (line->len == 0) {
		keep(p, line);
		return 1;
	}
	if (leads_to_quotes(p, i))
		return 1;
	if (ends_text(p, i))
		return 0;
	count = tail_signature(&p->lines, i);
	if (count > 0)
		return count;
	if (cut_attribution(p, i)) {
		keep(p, line);
		return 1;
	}
	count = pass_attribution(p, i, &end);
	if (end)
		return 0;
	if (count > 0)
		return count;
	keep(p, line);
	return 1;
}

/* The kept lines; blank ones that what was dropped leaves behind are one. */
static char *
write_kept(const struct lines *lines)
{
	GString *out = g_string_sized_new(256);
	bool dropped = true, blank = true;

	for (size_t i = 0; i < lines->count; i++) {
		const struct line *line = &lines->at[i];

		if (!(line->flags & LINE_KEPT)) {
			dropped = true;
			continue;
		}
		if (line->len == 0 && dropped && blank)
			continue;
		g_string_append_len(out, line->at, (gssize)line->len);
		g_string_append_c(out, '\n');
		blank = line->len == 0;
		dropped = dropped && blank;
	}
	while (out->len > 0 && out->str[out->len - 1] == '\n')
		g_string_truncate(out, out->len - 1);
	return g_string_free(out, FALSE);
}

/* Was anything dropped but blank lines? */
static bool
is_whole(const struct lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		if (!(lines->at[i].flags & LINE_KEPT) && lines->at[i].len > 0)
			return false;
	return true;
}

static bool
has_kept(const struct lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		if ((lines->at[i].flags & LINE_KEPT) && lines->at[i].len > 0)
			return true;
	return false;
}

char *
reply_of(const char *text)
{
	struct pass p = {0};
	char *reply;

	lines_init(&p.lines, text);
	for (size_t i = 0, n; i < p.lines.count; i += n) {
		n = step(&p, i);
		if (n == 0)
			break;
	}
	tail_trim(&p.lines);
	head_trim(&p.lines);
	if (is_whole(&p.lines) || !has_kept(&p.lines))
		reply = mark_strip(g_strdup(text));
	else
		reply = write_kept(&p.lines);
	lines_drop(&p.lines);
	return reply;
}

bool
reply_rules(size_t i, struct rule_table *out)
{
	switch (i) {
	case 0:
		return words_rules(0, out);
	case 1:
		return head_rules(0, out);
	default:
		return tail_rules(i - 2, out);
	}
}
