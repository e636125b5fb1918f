/* SPDX-License-Identifier: MIT */
/*
 * Tags in subjects. Mail programs fold subjects anywhere, so white space
 * inside a tag is passed over; letters compare without case. Linear: each
 * position is tried once per form, a form is at most 40 bytes.
 */
#include "intake/tag.h"

#include <string.h>

#define DIGITS_MAX 18

static const char *
skip_blanks(const char *at)
{
	while (*at == ' ' || *at == '\t')
		at++;
	return at;
}

/* Reads the letters [form, end) at `at`; NULL if they are not there. */
static const char *
match_letters(const char *form, const char *end, const char *at)
{
	for (; form < end; form++) {
		if (*form == ' ' || *form == '\t')
			continue;
		at = skip_blanks(at);
		if (g_ascii_tolower(*form) != g_ascii_tolower(*at))
			return NULL;
		at++;
	}
	return at;
}

static const char *
match_number(const char *at, uint64_t *number_out)
{
	uint64_t n = 0;
	unsigned digits = 0;

	for (at = skip_blanks(at); g_ascii_isdigit(*at); at = skip_blanks(at)) {
		if (++digits > DIGITS_MAX)
			return NULL;
		n = n * 10 + (uint64_t)(*at++ - '0');
	}
	*number_out = n;
	return digits > 0 && n > 0 ? at : NULL;
}

/* Where the tag ends, or NULL. */
static const char *
match_form(const char *form, const char *at, uint64_t *number_out)
{
	const char *percent = strchr(form, '%');

	if (percent == NULL || percent == form)
		return NULL;
	at = match_letters(form, percent, at);
	if (at != NULL)
		at = match_number(at, number_out);
	if (at == NULL)
		return NULL;
	return match_letters(percent + 1, percent + strlen(percent), at);
}

size_t
tag_find(const GPtrArray *forms, const char *subject,
    uint64_t numbers_out[TAGS_MAX])
{
	size_t count = 0;
	const char *at = subject;

	while (at != NULL && *at != '\0' && count < TAGS_MAX) {
		const char *end = NULL;

		/* A run of blanks is passed over once, not once a blank. */
		at = skip_blanks(at);
		for (guint i = 0; end == NULL && i < forms->len; i++)
			end = match_form(g_ptr_array_index(forms, i), at,
			    &numbers_out[count]);
		if (end != NULL)
			count++;
		at = end != NULL ? end : at + 1;
	}
	return count;
}
