/* SPDX-License-Identifier: MIT */
/*
 * Tags in subjects. Mail programs fold subjects anywhere, so white space
 * inside a tag is passed over; letters compare without case. They also cut
 * subjects off, so the very end may come before the tag's. Linear: each
 * position is tried once per form, a form is at most 40 bytes.
 */
#include "desk/tag.h"

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

/* How much of a form is there. */
enum extent { EXTENT_NONE, EXTENT_CUT, EXTENT_WHOLE };

/* The letters behind the number, as far as the subject goes. */
static enum extent
match_closing(const char *form, const char **at)
{
	const char *const end = form + strlen(form);
	const char *const whole = match_letters(form, end, *at);

	if (whole != NULL) {
		*at = whole;
		return EXTENT_WHOLE;
	}
	for (; *form != '\0'; form++) {
		*at = skip_blanks(*at);
		if (**at == '\0')
			return EXTENT_CUT;
		if (match_letters(form, form + 1, *at) == NULL)
			return EXTENT_NONE;
		*at = match_letters(form, form + 1, *at);
	}
	return EXTENT_NONE;
}

/* One form at one place. */
static enum extent
match_form(const char *form, const char *subject, size_t from,
    struct tag_hit *hit_out)
{
	const char *const percent = strchr(form, '%');
	const char *at = subject + from;
	enum extent extent;

	if (percent == NULL || percent == form)
		return EXTENT_NONE;
	at = match_letters(form, percent, at);
	if (at != NULL)
		at = match_number(at, &hit_out->number);
	if (at == NULL)
		return EXTENT_NONE;
	extent = match_closing(percent + 1, &at);
	hit_out->is_cut = extent == EXTENT_CUT;
	hit_out->start = from;
	hit_out->end = (size_t)(at - subject);
	return extent;
}

/* The forms at one place, the best first. */
static bool
match_forms(const GPtrArray *forms, const char *subject, size_t from,
    struct tag_hit *hit_out)
{
	enum extent best = EXTENT_NONE;

	for (guint i = 0; best != EXTENT_WHOLE && i < forms->len; i++) {
		struct tag_hit hit = {.form = i};
		const enum extent extent = match_form(g_ptr_array_index(forms,
							  i),
		    subject, from, &hit);

		if (extent > best) {
			best = extent;
			*hit_out = hit;
		}
	}
	return best != EXTENT_NONE;
}

bool
tag_next(const GPtrArray *forms, const char *subject, size_t from,
    struct tag_hit *hit_out)
{
	for (const char *at = subject + from; *at != '\0'; at++) {
		/* A run of blanks is passed over once, not once a blank. */
		at = skip_blanks(at);
		if (*at == '\0')
			break;
		if (match_forms(forms, subject, (size_t)(at - subject),
			hit_out))
			return true;
	}
	return false;
}

size_t
tag_find(const GPtrArray *forms, const char *subject,
    struct tag_hit hits_out[TAGS_MAX])
{
	size_t count = 0;
	size_t from = 0;

	while (subject != NULL && count < TAGS_MAX &&
	    tag_next(forms, subject, from, &hits_out[count]))
		from = hits_out[count++].end;
	return count;
}
