/* SPDX-License-Identifier: MIT */
/*
 * The rows of reply_words.def and how they are asked. Phrases that are
 * compared as a whole are found in a sorted index, verbs and what stands above
 * a line by their first byte; all are built once. Footers are searched row by
 * row, which only lines at the end of a mail have to pay.
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
#define NBSP_BYTE       0xC2 /* first and last of a blank that does not break */
#define NBSP            0xA0
#define FIRST_BYTES     256

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
list_phrases(void)
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

/* Phrases by their first byte: those of byte b are at[b] up to at[b + 1]. */
struct by_byte {
	GArray *phrases;
	size_t at[FIRST_BYTES + 1];
};

/* `whole`: all phrases that are compared as a whole, sorted. */
struct word_index {
	GArray *whole;
	struct by_byte begin;
	struct by_byte verbs;
	struct by_byte above;
};

static int
compare_first_bytes(const void *a, const void *b)
{
	const struct phrase *x = a, *y = b;

	return (int)(uint8_t)*x->at - (int)(uint8_t)*y->at;
}

static void
sort_by_byte(struct by_byte *by)
{
	g_array_sort(by->phrases, compare_first_bytes);
	for (guint i = 0; i < by->phrases->len; i++) {
		const struct phrase *phrase = &g_array_index(by->phrases,
		    struct phrase, i);

		by->at[(uint8_t)*phrase->at + 1]++;
	}
	for (size_t i = 1; i <= FIRST_BYTES; i++)
		by->at[i] += by->at[i - 1];
}

/* The phrases that begin with this byte. */
static const struct phrase *
of_byte(const struct by_byte *by, char first, size_t *count_out)
{
	const size_t from = by->at[(uint8_t)first];
	const void *data = by->phrases->data;

	*count_out = by->at[(uint8_t)first + 1] - from;
	return (const struct phrase *)data + from;
}

static struct word_index *
build_index(void)
{
	struct word_index *index = g_new0(struct word_index, 1);

	index->whole = list_phrases();
	index->begin.phrases = g_array_new(FALSE, FALSE, sizeof(struct phrase));
	index->verbs.phrases = g_array_new(FALSE, FALSE, sizeof(struct phrase));
	index->above.phrases = g_array_new(FALSE, FALSE, sizeof(struct phrase));
	for (size_t i = 0; i < COUNT(rows); i++) {
		add_phrases(index->begin.phrases, &rows[i], rows[i].begin, 0);
		add_phrases(index->verbs.phrases, &rows[i], rows[i].wrote, 0);
		add_phrases(index->above.phrases, &rows[i], rows[i].above, 0);
	}
	sort_by_byte(&index->begin);
	sort_by_byte(&index->verbs);
	sort_by_byte(&index->above);
	return index;
}

static const struct word_index *
word_index(void)
{
	static struct word_index *built;

	if (g_once_init_enter(&built))
		g_once_init_leave(&built, build_index());
	return built;
}

/* The first of the sorted phrases that is this one; where it would be. */
static size_t
find_first(const GArray *list, const char *phrase, size_t len)
{
	const struct phrase *at = (const struct phrase *)(void *)list->data;
	size_t low = 0, high = list->len;

	while (low < high) {
		const size_t middle = (low + high) / 2;

		if (compare(at[middle].at, at[middle].len, phrase, len) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The i-th of the sorted phrases, if it is this one; NULL: no more. */
static const struct phrase *
phrase_at(const GArray *list, size_t i, const char *phrase, size_t len)
{
	const struct phrase *at = (const struct phrase *)(void *)list->data;

	return i < list->len && compare(at[i].at, at[i].len, phrase, len) == 0
	    ? &at[i]
	    : NULL;
}

unsigned
words_roles(const char *phrase, size_t len)
{
	const GArray *list = word_index()->whole;
	const struct phrase *at;
	unsigned roles = 0;

	for (size_t i = find_first(list, phrase, len);
	     (at = phrase_at(list, i, phrase, len)) != NULL; i++)
		if (RULE_ON(at->row))
			roles |= at->role;
	return roles;
}

static bool
row_has(const struct words *row, const struct span *phrase, unsigned role)
{
	const GArray *list = word_index()->whole;
	const struct phrase *at;

	for (size_t i = find_first(list, phrase->at, phrase->len);
	     (at = phrase_at(list, i, phrase->at, phrase->len)) != NULL; i++)
		if (at->row == row && at->role == role && RULE_ON(row))
			return true;
	return false;
}

bool
words_share_row(const struct span *first, unsigned first_role,
    const struct span *second, unsigned second_role)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (row_has(&rows[i], first, first_role) &&
		    row_has(&rows[i], second, second_role))
			return true;
	return false;
}

static bool
is_letter(char c)
{
	return g_ascii_isalpha(c) || (uint8_t)c >= FIRST_NON_ASCII;
}

/* Does the word stand at `at`, and is it no part of another one? */
static bool
is_word_at(const char *at, const char *end, const struct phrase *word)
{
	const char *behind = at + word->len;

	if ((size_t)(end - at) < word->len ||
	    memcmp(at, word->at, word->len) != 0)
		return false;
	return (uint8_t)*at >= FIRST_UNSPACED || behind == end ||
	    !is_letter(*behind) || (uint8_t)*behind >= FIRST_UNSPACED ||
	    (uint8_t)*behind == NBSP_BYTE;
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

static unsigned
wrote_by(const struct phrase *verb, const char *text, const char *at,
    const char *end)
{
	if (!RULE_ON(verb->row) || !is_word_at(at, end, verb))
		return 0;
	return WROTE_VERB |
	    (starts_any(text, (size_t)(end - text), verb->row->begin)
		    ? WROTE_BEGIN
		    : 0);
}

/* What the verbs say that stand at `at`. */
static unsigned
wrote_at_byte(const char *text, const char *at, const char *end)
{
	size_t count;
	const struct phrase *verbs = of_byte(&word_index()->verbs, *at, &count);
	unsigned found = 0;

	for (size_t i = 0; i < count; i++)
		found |= wrote_by(&verbs[i], text, at, end);
	return found;
}

unsigned
words_wrote(const char *text, size_t len)
{
	const char *const end = text + len;
	unsigned found = 0;

	for (const char *at = text; at < end; at++)
		if (at == text || (uint8_t)*at >= FIRST_UNSPACED ||
		    !is_letter(at[-1]) || (uint8_t)at[-1] == NBSP)
			found |= wrote_at_byte(text, at, end);
	return found;
}

bool
words_begin(const char *text, size_t len)
{
	size_t count = 0;
	const struct phrase *begin = len == 0
	    ? NULL
	    : of_byte(&word_index()->begin, *text, &count);

	for (size_t i = 0; i < count; i++)
		if (RULE_ON(begin[i].row) && len >= begin[i].len &&
		    memcmp(text, begin[i].at, begin[i].len) == 0)
			return true;
	return false;
}

static bool
starts_with(const char *text, size_t len, const struct phrase *phrase)
{
	return len >= phrase->len && phrase->len > 0 &&
	    g_ascii_tolower(*text) == g_ascii_tolower(*phrase->at) &&
	    g_ascii_strncasecmp(text, phrase->at, phrase->len) == 0;
}

static bool
has_phrase(const char *text, size_t len, const struct phrase *phrase)
{
	for (size_t i = 0; i + phrase->len <= len; i++)
		if (starts_with(text + i, len - i, phrase))
			return true;
	return false;
}

static bool
starts_with_above(const char *text, size_t len, char first)
{
	size_t count;
	const struct phrase *above = of_byte(&word_index()->above, first,
	    &count);

	for (size_t i = 0; i < count; i++)
		if (RULE_ON(above[i].row) && starts_with(text, len, &above[i]))
			return true;
	return false;
}

bool
words_begin_above(const char *text, size_t len)
{
	return len > 0 &&
	    (starts_with_above(text, len, g_ascii_tolower(*text)) ||
		starts_with_above(text, len, g_ascii_toupper(*text)));
}

bool
words_have_above(const char *text, size_t len)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *rest = RULE_ON(&rows[i]) ? rows[i].above : NULL;
		struct phrase phrase;

		while (next_phrase(&rest, &phrase))
			if (has_phrase(text, len, &phrase))
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
	const char *hit;

	if (star == NULL)
		return starts_with(text, len, pattern) ? pattern->len : 0;
	head.len = (size_t)(star - pattern->at);
	tail = (struct phrase){.at = star + 1,
	    .len = pattern->len - head.len - 1};
	if (head.len > 0 && !starts_with(text, len, &head))
		return 0;
	hit = memmem(text + head.len, len - head.len, tail.at, tail.len);
	return hit == NULL ? 0 : (size_t)(hit - text) + tail.len;
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
