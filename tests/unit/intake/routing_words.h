/* SPDX-License-Identifier: MIT */
/* A row of tests/routing/cases as words; its head says how they read. */
#ifndef TESTS_UNIT_INTAKE_ROUTING_WORDS_H
#define TESTS_UNIT_INTAKE_ROUTING_WORDS_H

#include <string.h>

#include "tests/unit/intake/letters.h"

#define CASES "tests/routing/cases"
#define DAY   (INT64_C(24) * 3600 * 1000000)
#define HOUR  (INT64_C(3600) * 1000000)

/* ---- words --------------------------------------------------------------- */

struct words {
	char **argv;
	int count;
};

static inline void
words_drop(struct words *words)
{
	g_strfreev(words->argv);
}

/* A shell takes a word that begins with # for a comment. */
static inline char *
without_comments(const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, " #", -1);

	return g_strstrip(g_strjoinv(" \\#", parts));
}

static inline struct words
words_of(const char *text)
{
	struct words words = {NULL, 0};
	g_autofree char *stripped = without_comments(text);

	if (stripped[0] != '\0' && stripped[0] != '-' &&
	    !g_shell_parse_argv(stripped, &words.count, &words.argv, NULL))
		test_failed(__FILE__, __LINE__, "unbalanced quotes: %s", text);
	return words;
}

/* NAME=VALUE among the words, or NULL. */
static const char *
value_of(const struct words *words, const char *name)
{
	size_t len = strlen(name);

	for (int i = 0; i < words->count; i++)
		if (strncmp(words->argv[i], name, len) == 0 &&
		    words->argv[i][len] == '=')
			return words->argv[i] + len + 1;
	return NULL;
}

static inline bool
has_word(const struct words *words, const char *word)
{
	for (int i = 0; i < words->count; i++)
		if (strcmp(words->argv[i], word) == 0)
			return true;
	return false;
}

/* "3d", "2h", "-1d" before `now`; with "+1s" a second on top of it. */
static inline int64_t
time_of(const char *text, int64_t now)
{
	char *end;
	int64_t n = g_ascii_strtoll(text, &end, 10);

	n *= *end == 'h' ? HOUR : *end == 's' ? INT64_C(1000000) : DAY;
	if (*end != '\0' && end[1] != '\0')
		n += g_ascii_strtoll(end + 1, NULL, 10) * INT64_C(1000000);
	return now - n;
}

static inline uint64_t
number_of(const char *text)
{
	return g_ascii_strtoull(text[0] == '#' ? text + 1 : text, NULL, 10);
}

/* ---- a row --------------------------------------------------------------- */

struct story {
	struct desk *desk;
	struct wtxn *w;
	struct snapshot *snapshot;
	unsigned line;
	const char *where; /* of the table, for messages */
};

static inline void
failed(const struct story *s, const char *what, const char *got)
{
	test_failed(CASES, (int)s->line, "%s: %s\n  %s", what, got, s->where);
}

static inline void
must(const struct story *s, bool done, const GError *error)
{
	if (!done)
		failed(s, "the store's words", error->message);
}

#endif
