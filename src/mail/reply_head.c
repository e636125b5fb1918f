/* SPDX-License-Identifier: MIT */
/*
 * The desk's own server warns of mails from outside, above their text. A
 * warning is a sentence or two that begin as we know; where HTML has a table
 * around it, the text of the mail follows on the next line. So a line more is
 * taken only while the sentence goes on.
 */
#include "mail/reply_head.h"

#include <string.h>

#define WARNINGS_MAX  3
#define WARNING_LINES 5

static const struct warning {
	const char *begin;
} warnings[] = {
#include "mail/reply_head.def"
};

static bool
is_warning(const struct line *line)
{
	const struct span s = line_bare(line);

	for (size_t i = 0; i < COUNT(warnings); i++)
		if (RULE_ON(&warnings[i]) && span_begins(&s, warnings[i].begin))
			return true;
	return false;
}

static bool
ends_sentence(const struct line *line)
{
	return line->len == 0 ||
	    strchr(".!]>)*", line->at[line->len - 1]) != NULL;
}

/* The first kept line that has text; count if none. */
static size_t
first_kept(const struct lines *lines)
{
	size_t i = 0;

	while (i < lines->count &&
	    (!(lines->at[i].flags & LINE_KEPT) || lines->at[i].len == 0 ||
		line_is_rule(&lines->at[i])))
		i++;
	return i;
}

/* Behind the warning that begins at line i. */
static size_t
warning_end(const struct lines *lines, size_t i)
{
	const size_t stop = MIN(lines->count, i + WARNING_LINES);

	while (i < stop && !ends_sentence(&lines->at[i]))
		i++;
	return MIN(i + 1, lines->count);
}

void
head_trim(struct lines *lines)
{
	for (unsigned n = 0; n < WARNINGS_MAX; n++) {
		const size_t i = first_kept(lines);
		size_t end;

		if (i == lines->count || !is_warning(&lines->at[i]))
			return;
		end = warning_end(lines, i);
		for (size_t k = 0; k < end; k++)
			lines->at[k].flags &= (uint16_t)~LINE_KEPT;
	}
}

bool
head_rules(size_t i, struct rule_table *out)
{
	static const struct rule_table table = RULE_TABLE("reply", warnings);

	if (i > 0)
		return false;
	*out = table;
	return true;
}
