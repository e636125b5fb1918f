/* SPDX-License-Identifier: MIT */
/*
 * The rows are hashed once: a field by its name's length and two letters, a
 * subject by the first three bytes of its folded words, an ending by its last
 * three. Rows of one hash are chained in the order of their table.
 */
#include "mail/auto_table.h"

#include <pthread.h>
#include <string.h>

#include "base/text.h"
#include "mail/auto_fold.h"
#include "mail/parse.h"

#define SLOTS       256
#define WORDS_MAX   128 /* bytes of a row's words, folded */
#define SUBJECT_MAX 1024
#define HASHED      3 /* bytes of words */
#define TAGS_MAX    3 /* "[External]", "***SPAM***" before a subject */
#define TAG_MAX     64
#define MARK_MAX    6 /* "Re:", "Antw:" */

#define BOUNCE    REC__MAIL__AUTO__BOUNCE
#define REPLY     REC__MAIL__AUTO__REPLY
#define GENERATED REC__MAIL__AUTO__GENERATED
#define BULK      REC__MAIL__AUTO__BULK
#define LIST      REC__MAIL__AUTO__LIST
#define NONE      REC__MAIL__AUTO__NONE

static const struct auto_field fields[] = {
#define FIELD(name_, how_, value_, kind_, hint_)                               \
	{                                                                      \
	    .name = (name_),                                                   \
	    .how = FIELD_##how_,                                               \
	    .value = (value_),                                                 \
	    .kind = (kind_),                                                   \
	    .is_hint = (hint_),                                                \
	},
#include "mail/auto_fields.def"
#undef FIELD
};

static const struct auto_subject subjects[] = {
#define SUBJECT(where_, words_, sure_)                                         \
	{                                                                      \
	    .where = SUBJECT_##where_,                                         \
	    .words = (words_),                                                 \
	    .is_sure = (sure_),                                                \
	},
#include "mail/auto_subjects.def"
#undef SUBJECT
};

static const char *const wanted[WANTED_COUNT] = {
    [WANTED_LIST_ID] = "List-Id",
    [WANTED_RETURN_PATH] = "Return-Path",
    [WANTED_LIST_POST] = "List-Post",
};

/* Chains of row numbers from 1; 0 ends. */
struct chains {
	uint16_t first[SLOTS];
	uint16_t next[SLOTS];
};
_Static_assert(COUNT(fields) < SLOTS, "each row has a link");
_Static_assert(COUNT(subjects) < SLOTS, "each row has a link");

/* Written once, by build. */
static struct {
	pthread_once_t once;
	struct chains fields;
	struct chains wanted;
	struct chains begins;
	struct chains ends;
	struct {
		char text[WORDS_MAX];
		size_t len;
	} words[COUNT(subjects)];
} table = {.once = PTHREAD_ONCE_INIT};

static size_t
slot_of_name(const char *name, size_t len)
{
	const size_t middle = (uint8_t)name[len / 2] | 0x20;
	const size_t last = (uint8_t)name[len - 1] | 0x20;

	return (len * 37 + last * 11 + middle) % SLOTS;
}

static size_t
slot_of_words(const char *text)
{
	const uint8_t *bytes = (const uint8_t *)text;

	return (bytes[0] * 31u + bytes[1] * 7u + bytes[2]) % SLOTS;
}

/* Rows come from the last to the first, so chains begin with the first. */
static void
chain(struct chains *chains, size_t row, size_t slot)
{
	chains->next[row] = chains->first[slot];
	chains->first[slot] = (uint16_t)(row + 1);
}

static void
build_subject(size_t row)
{
	char *text = table.words[row].text;
	const size_t len = auto_fold(subjects[row].words, text, WORDS_MAX);

	assert(len >= HASHED);
	table.words[row].len = len;
	if (subjects[row].where == SUBJECT_ENDS)
		chain(&table.ends, row, slot_of_words(text + len - HASHED));
	else
		chain(&table.begins, row, slot_of_words(text));
}

static void
build(void)
{
	for (size_t i = COUNT(fields); i-- > 0;)
		chain(&table.fields, i,
		    slot_of_name(fields[i].name, strlen(fields[i].name)));
	for (size_t i = COUNT(wanted); i-- > 0;)
		chain(&table.wanted, i,
		    slot_of_name(wanted[i], strlen(wanted[i])));
	for (size_t i = COUNT(subjects); i-- > 0;)
		build_subject(i);
}

/* ---- fields -------------------------------------------------------------- */

/* A value behind its comment, if it begins with one (RFC 3834, 5). */
static const char *
behind_comment(const char *text)
{
	const char *close = *text == '(' ? strchr(text, ')') : NULL;

	if (close == NULL)
		return text;
	return close + 1 + strspn(close + 1, " ");
}

static bool
says_no(const char *text)
{
	static const char *const no[] = {"no", "none", "false", "0"};
	const size_t len = strcspn(text, " ;(,");

	for (size_t i = 0; i < COUNT(no); i++)
		if (len == strlen(no[i]) &&
		    g_ascii_strncasecmp(text, no[i], len) == 0)
			return true;
	return false;
}

char *
auto_table_because(const struct auto_found *found)
{
	g_autofree char *text = field_text(found->field, MAIL_LINE_MAX);
	g_autofree char *word = NULL;
	const char *value = behind_comment(text);

	if (found->rule->value == NULL)
		return g_strdup(found->rule->name);
	if (found->rule->how == FIELD_HAS)
		return g_strconcat(found->rule->name, ": ", found->rule->value,
		    NULL);
	word = text_clean_line(value, MIN(strcspn(value, " ;,("), WORDS_MAX));
	return g_strconcat(found->rule->name, ": ", word, NULL);
}

static bool
value_fits(const struct auto_field *rule, const char *text)
{
	switch (rule->how) {
	case FIELD_ANY:
		return true;
	case FIELD_YES:
		return !says_no(behind_comment(text));
	case FIELD_STARTS:
		return g_ascii_strncasecmp(behind_comment(text), rule->value,
			   strlen(rule->value)) == 0;
	case FIELD_HAS:
		return strcasestr(text, rule->value) != NULL;
	}
	return false;
}

/* Only rows before the best one so far matter. */
static void
look_up(const struct field *field, size_t slot, struct auto_found *out)
{
	g_autofree char *text = NULL; /* the value, once it is needed */

	for (uint16_t n = table.fields.first[slot]; n != 0;
	     n = table.fields.next[n - 1]) {
		const struct auto_field *rule = &fields[n - 1];

		if (out->rule != NULL && rule >= out->rule)
			return;
		if (!field_is(field, rule->name) || !RULE_ON(rule))
			continue;
		if (text == NULL)
			text = field_text(field, MAIL_LINE_MAX);
		if (!value_fits(rule, text))
			continue;
		out->rule = rule;
		out->field = field;
	}
}

/* The first of each name. */
static void
keep_wanted(const struct field *field, size_t slot, struct auto_found *out)
{
	for (uint16_t n = table.wanted.first[slot]; n != 0;
	     n = table.wanted.next[n - 1])
		if (out->wanted[n - 1] == NULL &&
		    field_is(field, wanted[n - 1]))
			out->wanted[n - 1] = field;
}

void
auto_table_fields(const struct fields *f, struct auto_found *out)
{
	memset(out, 0, sizeof(*out));
	(void)pthread_once(&table.once, build);
	for (size_t i = 0; i < f->count; i++) {
		const struct field *field = &f->at[i];
		const size_t slot = slot_of_name(field->name, field->name_len);

		look_up(field, slot, out);
		keep_wanted(field, slot, out);
	}
}

/* ---- subjects ------------------------------------------------------------ */

/* What follows a HEAD: the end, also of a bracket, a colon, or the subject that
 * is answered. */
static bool
is_behind_head(const char *rest)
{
	size_t word;

	rest += strspn(rest, ".!");
	if (*rest == '\0' || strchr(":])", *rest) != NULL)
		return true;
	if (*rest != ' ')
		return false;
	word = strcspn(rest + 1, " :");
	return word < MARK_MAX && rest[1 + word] == ':';
}

static bool
begins_with(const char *text, size_t row)
{
	const size_t len = table.words[row].len;

	if (strncmp(text, table.words[row].text, len) != 0)
		return false;
	return subjects[row].where == SUBJECT_BEGINS ||
	    is_behind_head(text + len);
}

/* Also in a bracket: "[Automatic reply] Your order". */
static const struct auto_subject *
find_begin(const char *text, bool is_hinted)
{
	text += *text == '[' || *text == '(';
	if (strnlen(text, HASHED) < HASHED)
		return NULL;
	for (uint16_t n = table.begins.first[slot_of_words(text)]; n != 0;
	     n = table.begins.next[n - 1]) {
		const struct auto_subject *row = &subjects[n - 1];

		if ((row->is_sure || is_hinted) && begins_with(text, n - 1u) &&
		    RULE_ON(row))
			return row;
	}
	return NULL;
}

/* Is it an answer, "Re: …"? Domino's "AUTO: … is out of the office" is not. */
static bool
is_answer(const char *text)
{
	return strcspn(text, ":") < MARK_MAX && strchr(text, ':') != NULL &&
	    strncmp(text, "auto:", 5) != 0;
}

/* Without full stops, and "(returning 05/05)". */
static size_t
length_without_bracket(const char *text, size_t len)
{
	const char *open;

	if (len > 0 && text[len - 1] == ')') {
		open = memrchr(text, '(', len);
		len = open == NULL ? len : (size_t)(open - text);
	}
	while (len > 0 && strchr(" .!", text[len - 1]) != NULL)
		len--;
	return len;
}

static const struct auto_subject *
find_end(const char *text, size_t len)
{
	len = length_without_bracket(text, len);
	if (len < HASHED || is_answer(text))
		return NULL;
	for (uint16_t n = table.ends.first[slot_of_words(text + len - HASHED)];
	     n != 0; n = table.ends.next[n - 1]) {
		const size_t words = table.words[n - 1].len;

		if (len >= words && RULE_ON(&subjects[n - 1]) &&
		    memcmp(text + len - words, table.words[n - 1].text,
			words) == 0)
			return &subjects[n - 1];
	}
	return NULL;
}

/* Behind a tag that a gateway or a desk put in front; NULL: there is none. */
static const char *
behind_tag(const char *text)
{
	const char *close = NULL;

	if (*text == '[')
		close = memchr(text, ']', strnlen(text, TAG_MAX));
	else if (strncmp(text, "***", 3) == 0)
		close = strstr(text + 3, "***");
	if (close == NULL)
		return NULL;
	return close + strspn(close, "]* ");
}

const struct auto_subject *
auto_table_subject(const char *subject, bool is_hinted)
{
	char folded[SUBJECT_MAX];
	const size_t len = auto_fold(subject, folded, sizeof(folded));
	const char *text = folded;

	(void)pthread_once(&table.once, build);
	for (size_t i = 0; text != NULL && i <= TAGS_MAX; i++) {
		const struct auto_subject *row = find_begin(text, is_hinted);

		if (row != NULL)
			return row;
		text = behind_tag(text);
	}
	return find_end(folded, len);
}

bool
auto_table_rules(size_t i, struct rule_table *out)
{
	static const struct rule_table tables[] = {
	    RULE_TABLE("auto", fields),
	    RULE_TABLE("auto_subject", subjects),
	};

	if (i >= COUNT(tables))
		return false;
	*out = tables[i];
	return true;
}
