/* SPDX-License-Identifier: MIT */
/*
 * A short text with one of the phrases below, in whatever language mailers
 * speak to those who do not see HTML. To take a text of a person for a stub
 * does no harm: the HTML beside it says the same.
 */
#include "mail/stub.h"

#include <string.h>

#define STUB_MAX   600 /* bytes */
#define LINK_WORDS 6   /* beside a link that is all there is */

/* Lower case, of ASCII letters only; others as they stand. */
static const struct phrase {
	const char *text;
} phrases[] = {
#include "mail/stub_phrases.def"
};

static const char blanks[] = " \t\n\r\xC2\xA0";

/* The next word at or behind `text`; its length is 0 at the end. */
static const char *
next_word(const char *text, size_t *len_out)
{
	text += strspn(text, blanks);
	*len_out = strcspn(text, " \t\n\r");
	return text;
}

static bool
is_link(const char *word, size_t len)
{
	return memmem(word, len, "://", 3) != NULL ||
	    g_ascii_strncasecmp(word, "www.", 4) == 0;
}

static bool
has_letter(const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (g_ascii_isalnum(word[i]) || (word[i] & 0x80) != 0)
			return true;
	return false;
}

size_t
stub_words(const char *text)
{
	size_t count = 0, len;

	for (text = next_word(text, &len); len > 0;
	     text = next_word(text + len, &len))
		count += has_letter(text, len) && !is_link(text, len);
	return count;
}

size_t
stub_words_missing(const char *text, const char *whole)
{
	g_autoptr(GHashTable) there = g_hash_table_new_full(g_str_hash,
	    g_str_equal, g_free, NULL);
	size_t count = 0, len;

	for (whole = next_word(whole, &len); len > 0;
	     whole = next_word(whole + len, &len))
		g_hash_table_add(there, g_strndup(whole, len));
	for (text = next_word(text, &len); len > 0;
	     text = next_word(text + len, &len)) {
		g_autofree char *word = g_strndup(text, len);

		count += has_letter(word, len) && !is_link(word, len) &&
		    !g_hash_table_contains(there, word);
	}
	return count;
}

static bool
has_link(const char *text)
{
	return strstr(text, "://") != NULL;
}

bool
stub_is(const char *plain)
{
	g_autofree char *lower = NULL;

	if (strlen(plain) > STUB_MAX)
		return plain[strspn(plain, blanks)] == '\0';
	if (stub_words(plain) == 0 ||
	    (has_link(plain) && stub_words(plain) <= LINK_WORDS))
		return true;
	lower = g_ascii_strdown(plain, -1);
	for (size_t i = 0; i < COUNT(phrases); i++)
		if (RULE_ON(&phrases[i]) &&
		    strstr(lower, phrases[i].text) != NULL)
			return true;
	return false;
}

bool
stub_rules(size_t i, struct rule_table *out)
{
	static const struct rule_table table = RULE_TABLE("text", phrases);

	if (i > 0)
		return false;
	*out = table;
	return true;
}
