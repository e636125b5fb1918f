/* SPDX-License-Identifier: MIT */
/*
 * Points for what only mail programs write: who sends it, under which
 * subject, with which return path and first words. One sign alone is not enough
 * where a person may show it too: a subject can be written by anybody, a
 * postmaster is somebody's desk, a vacation reply has the null sender. What
 * says that it is a reply, a forward or a receipt is no report.
 */
#include "mail/bounce_sign.h"

#include <string.h>

#include "base/text.h"
#include "mail/bounce_reason.h"

#define FIELD_MAX 400
#define TEXT_MAX  100
#define ENOUGH    3
#define DAEMON    5
#define SURE      100
#define PERSONAL  2 /* off for a return path of a person */

enum where { FROM, SUBJECT, PATH, TYPE, TEXT, FIELD, WHERES };

static const struct sign_row {
	enum where where;
	unsigned points;
	const char *words;
} rows[] = {
#define SIGN(where_, words_, points_)                                          \
	{.where = (where_), .points = (points_), .words = (words_)},
#include "mail/bounce_sign.def"
#undef SIGN
};

const struct rule_table sign_table = RULE_TABLE("bounce-sign", rows);

/* Lower case; NULL: not there. */
struct clues {
	char *of[FIELD]; /* by enum where */
};

static char *
lower_field(const struct fields *f, const char *name)
{
	g_autofree char *text = fields_text(f, name, FIELD_MAX);

	return text == NULL ? NULL : words_lower(text);
}

/* The address, or what stands there instead; the name is found behind it. */
static char *
from_clue(const Rec__Mail *mail, const struct fields *f)
{
	g_autofree char *raw = fields_text(f, "From", FIELD_MAX);
	g_autofree char *all = NULL;
	const char *address = mail->from == NULL ? NULL : mail->from->address;
	const char *name = mail->from == NULL ? NULL : mail->from->name;

	if (raw != NULL && (address == NULL || strchr(address, '@') == NULL) &&
	    strstr(raw, "<>") != NULL)
		address = "<>";
	all = g_strconcat(address == NULL ? "" : address, " ",
	    name == NULL ? "" : name, NULL);
	return words_lower(g_strstrip(all));
}

/* Without blanks and quotes, so that `report-type = "x"` is one word. */
static char *
type_clue(const struct fields *f)
{
	char *type = lower_field(f, "Content-Type");
	char *to = type;

	for (const char *p = type; p != NULL && *p != '\0'; p++)
		if (strchr(" \t\"", *p) == NULL)
			*to++ = *p;
	if (to != NULL)
		*to = '\0';
	return type;
}

/* The first words of the text, frames taken off. */
static char *
text_clue(const Rec__Mail *mail)
{
	const char *text = mail->text == NULL ? "" : mail->text;
	g_autofree char *start = g_strndup(text + strspn(text, " \t\n-=*"),
	    TEXT_MAX);

	start = text_cut(g_steal_pointer(&start), TEXT_MAX - 4);
	return words_fold(start);
}

static void
clues_init(struct clues *c, const Rec__Mail *mail, const struct fields *f)
{
	c->of[FROM] = from_clue(mail, f);
	c->of[SUBJECT] = mail->subject == NULL ? NULL
					       : words_fold(mail->subject);
	c->of[PATH] = lower_field(f, "Return-Path");
	c->of[TYPE] = type_clue(f);
	c->of[TEXT] = text_clue(mail);
}

static void
clues_drop(struct clues *c)
{
	for (size_t i = 0; i < COUNT(c->of); i++)
		g_clear_pointer(&c->of[i], g_free);
}

static bool
text_fits(const char *text, const char *words)
{
	if (text == NULL)
		return false;
	return *words == '*' ? strstr(text, words + 1) != NULL
			     : g_str_has_prefix(text, words);
}

static bool
row_fits(const struct sign_row *row, const struct clues *c,
    const struct fields *f)
{
	if (row->where == FIELD)
		return fields_find(f, row->words) != NULL;
	return text_fits(c->of[row->where], row->words);
}

static void
points_of(const struct clues *c, const struct fields *f, unsigned best[WHERES])
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].points > best[rows[i].where] && RULE_ON(&rows[i]) &&
		    row_fits(&rows[i], c, f))
			best[rows[i].where] = rows[i].points;
}

/* Feedback of RFC 5965, and what Hotmail sends instead. */
static bool
is_complaint(const struct clues *c)
{
	return text_fits(c->of[TYPE], "*report-type=feedback-report") ||
	    (text_fits(c->of[SUBJECT], "complaint about message from") &&
		text_fits(c->of[FROM], "staff@"));
}

/* Is the domain after one "@" that after the other, or around it? */
static bool
is_within(const char *inner, const char *outer)
{
	const size_t inner_len = strcspn(inner, "> \t");
	const size_t outer_len = strcspn(outer, "> \t");
	const char *tail = inner + inner_len - MIN(inner_len, outer_len);

	return inner_len >= outer_len &&
	    strncmp(tail + 1, outer + 1, outer_len - 1) == 0 &&
	    (tail == inner || *tail == '.');
}

/* A return path that is somebody's at the place that wrote. One of another
 * place is that of whoever passed the mail on: a list, a forward. */
static bool
is_path_personal(const struct clues *c)
{
	const char *path = c->of[PATH] == NULL ? NULL
					       : strchr(c->of[PATH], '@');
	const char *from = strchr(c->of[FROM], '@');

	if (c->of[PATH] == NULL)
		return false;
	return path == NULL || from == NULL || is_within(path, from) ||
	    is_within(from, path);
}

static enum sign
weigh(const struct clues *c, const struct fields *f)
{
	unsigned best[WHERES] = {0}, sum = 0, most = 0;

	points_of(c, f, best);
	for (size_t i = 0; i < WHERES; i++) {
		sum += best[i];
		most = MAX(most, best[i]);
	}
	if (most >= SURE)
		return SIGN_SURE;
	if (best[PATH] == 0 && is_path_personal(c))
		sum -= MIN(sum, PERSONAL);
	if (sum < ENOUGH)
		return SIGN_NONE;
	if (most >= DAEMON || best[PATH] > 0 || sum >= 2 * ENOUGH)
		return SIGN_LIKELY;
	return SIGN_WEAK;
}

/* Sieve's "reject" (RFC 5429) sends its refusal as a receipt. */
static bool
says_rejected(const struct fields *f)
{
	g_autofree char *submitted = lower_field(f, "Auto-Submitted");

	return submitted != NULL && strstr(submitted, "rejected") != NULL;
}

static enum sign
sign_of(const struct clues *c, const struct fields *f)
{
	if (text_fits(c->of[TYPE], "*report-type=disposition-notification"))
		return says_rejected(f) ? SIGN_SURE : SIGN_NONE;
	if (is_complaint(c))
		return SIGN_COMPLAINT;
	if (text_fits(c->of[FROM], "*@sns.amazonaws.com"))
		return SIGN_JSON;
	return weigh(c, f);
}

enum sign
sign_read(const Rec__Mail *mail, const struct fields *f)
{
	struct clues c = {0};
	enum sign sign;

	clues_init(&c, mail, f);
	sign = sign_of(&c, f);
	clues_drop(&c);
	return sign;
}
