/* SPDX-License-Identifier: MIT */
/*
 * The rows of reply_words.def and how they are asked. Phrases that are
 * compared as a whole are found in a sorted index, built once; verbs and
 * footers are searched row by row, which only lines that look like an
 * attribution or stand at the end of a mail have to pay.
 */
#include "mail/reply_words.h"

#include <string.h>

static const struct words {
	const char *name;
	const char *begin; /* of attributions */
	const char *wrote; /* verbs in them */
	const char *from, *sent, *date, *to, *cc, *subject;
	const char *original, *forwarded, *ended; /* separators */
	const char *fw, *re;                      /* prefixes of subjects */
	const char *above;  /* in "reply above this line" */
	const char *footer; /* of programs; "*" is anything */
} rows[] = {
#include "mail/reply_words.def"
};

struct phrase {
	const char *at;
	size_t len;
	unsigned role;
	const struct words *row;
};

#define FIRST_NON_ASCII 0x80
#define FIRST_UNSPACED  0xE0 /* UTF-8 of scripts without word boundaries */

/* Takes the next alternative off `*rest`; false behind the last. */
static bool
next_phrase(const char **rest, struct phrase *out)
{
	const char *at = *rest;

	if (at == NULL || *at == '\0')
		return false;
	out->at = at;
	out->len = strcspn(at, "|");
	*rest = at + out->len + (at[out->len] == '|');
	return true;
}

static int
compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
	const int order = g_ascii_strncasecmp(a, b, MIN(a_len, b_len));

	if (order != 0 || a_len == b_len)
		return order;
	return a_len < b_len ? -1 : 1;
}

static int
compare_phrases(const void *a, const void *b)
{
	const struct phrase *x = a, *y = b;

	return compare(x->at, x->len, y->at, y->len);
}

static void
add_phrases(GArray *list, const struct words *row, const char *phrases,
    unsigned role)
{
	struct phrase phrase = {.role = role, .row = row};

	while (next_phrase(&phrases, &phrase))
		g_array_append_val(list, phrase);
}

static GArray *
build_index(void)
{
	GArray *list = g_array_new(FALSE, FALSE, sizeof(struct phrase));

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct words *row = &rows[i];

		add_phrases(list, row, row->from, WORD_FROM);
		add_phrases(list, row, row->sent, WORD_SENT);
		add_phrases(list, row, row->date, WORD_DATE);
		add_phrases(list, row, row->to, WORD_TO);
		add_phrases(list, row, row->cc, WORD_CC);
		add_phrases(list, row, row->subject, WORD_SUBJECT);
		add_phrases(list, row, row->original, WORD_ORIGINAL);
		add_phrases(list, row, row->forwarded, WORD_FORWARDED);
		add_phrases(list, row, row->ended, WORD_ENDED);
		add_phrases(list, row, row->fw, WORD_FW);
		add_phrases(list, row, row->re, WORD_RE);
	}
	g_array_sort(list, compare_phrases);
	return list;
}

static const GArray *
phrase_index(void)
{
	static gsize built;

	if (g_once_init_enter(&built)) {
		GArray *list = build_index();

		g_once_init_leave(&built, (gsize)list);
	}
	return (const GArray *)built;
}

unsigned
words_roles(const char *phrase, size_t len)
{
	const GArray *list = phrase_index();
	const struct phrase *at = (const struct phrase *)(void *)list->data;
	size_t low = 0, high = list->len;
	unsigned roles = 0;

	while (low < high) {
		const size_t middle = (low + high) / 2;

		if (compare(at[middle].at, at[middle].len, phrase, len) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < list->len; low++) {
		if (compare(at[low].at, at[low].len, phrase, len) != 0)
			break;
		if (RULE_ON(at[low].row))
			roles |= at[low].role;
	}
	return roles;
}

static bool
is_letter(char c)
{
	return g_ascii_isalpha(c) || (uint8_t)c >= FIRST_NON_ASCII;
}

/* Is the word in the text, and no part of another one? */
static bool
has_word(const char *text, size_t len, const struct phrase *word)
{
	const char *at = memmem(text, len, word->at, word->len);
	const char *end = at == NULL ? NULL : at + word->len;

	if (at == NULL)
		return false;
	if ((uint8_t)*word->at >= FIRST_UNSPACED)
		return true;
	return (at == text || !is_letter(at[-1])) &&
	    (end == text + len || !is_letter(*end) ||
		(uint8_t)*end >= FIRST_UNSPACED || (uint8_t)*end == 0xC2);
}

static bool
has_any_word(const char *text, size_t len, const char *words)
{
	struct phrase word;

	while (next_phrase(&words, &word))
		if (has_word(text, len, &word))
			return true;
	return false;
}

static bool
starts_any(const char *text, size_t len, const char *words)
{
	struct phrase word;

	while (next_phrase(&words, &word))
		if (len >= word.len && memcmp(text, word.at, word.len) == 0)
			return true;
	return false;
}

unsigned
words_wrote(const char *text, size_t len)
{
	unsigned found = 0;

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct words *row = &rows[i];

		if (!RULE_ON(row) || !has_any_word(text, len, row->wrote))
			continue;
		found |= WROTE_VERB;
		if (starts_any(text, len, row->begin))
			found |= WROTE_BEGIN;
	}
	return found;
}

bool
words_begin(const char *text, size_t len)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (RULE_ON(&rows[i]) && starts_any(text, len, rows[i].begin))
			return true;
	return false;
}

/* Where the phrase stands, without case of ASCII; -1: nowhere. */
static long
find_phrase(const char *text, size_t len, const struct phrase *phrase)
{
	for (size_t i = 0; i + phrase->len <= len; i++)
		if (g_ascii_strncasecmp(text + i, phrase->at, phrase->len) == 0)
			return (long)i;
	return -1;
}

static bool
starts_with(const char *text, size_t len, const struct phrase *phrase)
{
	return len >= phrase->len &&
	    g_ascii_strncasecmp(text, phrase->at, phrase->len) == 0;
}

bool
words_begin_above(const char *text, size_t len)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *rest = RULE_ON(&rows[i]) ? rows[i].above : NULL;
		struct phrase phrase;

		while (next_phrase(&rest, &phrase))
			if (starts_with(text, len, &phrase))
				return true;
	}
	return false;
}

bool
words_have_above(const char *text, size_t len)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *rest = RULE_ON(&rows[i]) ? rows[i].above : NULL;
		struct phrase phrase;

		while (next_phrase(&rest, &phrase))
			if (find_phrase(text, len, &phrase) >= 0)
				return true;
	}
	return false;
}

/* The bytes of the footer that a pattern finds at the start; 0: none. */
static size_t
match_footer(const char *text, size_t len, const struct phrase *pattern)
{
	const char *star = memchr(pattern->at, '*', pattern->len);
	struct phrase head = *pattern, tail;
	long at;

	if (star == NULL)
		return starts_with(text, len, pattern) ? pattern->len : 0;
	head.len = (size_t)(star - pattern->at);
	tail = (struct phrase){.at = star + 1,
	    .len = pattern->len - head.len - 1};
	if (!starts_with(text, len, &head))
		return 0;
	at = find_phrase(text + head.len, len - head.len, &tail);
	return at < 0 ? 0 : head.len + (size_t)at + tail.len;
}

size_t
words_footer(const char *text, size_t len)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *rest = RULE_ON(&rows[i]) ? rows[i].footer : NULL;
		struct phrase pattern;

		while (next_phrase(&rest, &pattern)) {
			const size_t n = match_footer(text, len, &pattern);

			if (n > 0)
				return n;
		}
	}
	return 0;
}

bool
words_rules(size_t i, struct rule_table *out)
{
	static const struct rule_table table = RULE_TABLE("reply", rows);

	if (i > 0)
		return false;
	*out = table;
	return true;
}
