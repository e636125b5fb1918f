/* SPDX-License-Identifier: MIT */
/*
 * RFC 2046, 5.1.1, with what mailers do to it: no closing line, blanks or junk
 * behind a boundary, parts after the closing line, a boundary in the body
 * that is not the one of the header.
 */
#include "mail/boundary.h"

#include <string.h>

#include "mail/field.h"

#define NONE      SIZE_MAX
#define GUESS_MIN 3
#define GUESS_MAX 200

enum match { MATCH_NONE, MATCH_OPEN, MATCH_CLOSE };

void
dash_lines_init(struct dash_lines *lines, const uint8_t *bytes, size_t len,
    size_t max)
{
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(size_t));
	size_t at = 0;

	while (
	    list->len < max && (at = line_with_dashes(bytes, len, at)) < len) {
		g_array_append_val(list, at);
		at = line_end(bytes, len, at);
	}
	lines->bytes = bytes;
	lines->count = list->len;
	lines->at = (size_t *)(void *)g_array_free(g_steal_pointer(&list),
	    FALSE);
}

void
dash_lines_drop(struct dash_lines *lines)
{
	g_clear_pointer(&lines->at, g_free);
	lines->count = 0;
}

/* The first line at or behind `offset`. */
static size_t
find_line(const struct dash_lines *lines, size_t offset)
{
	size_t low = 0, high = lines->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (lines->at[middle] < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static enum match
match_line(const struct split *s, size_t at)
{
	const uint8_t *p = s->lines->bytes;
	const size_t end = line_end(p, s->end, at);
	size_t rest = at + 2 + s->boundary_len;

	if (rest > end || memcmp(p + at + 2, s->boundary, s->boundary_len) != 0)
		return MATCH_NONE;
	if (end - rest >= 2 && memcmp(p + rest, "--", 2) == 0)
		return MATCH_CLOSE;
	while (rest < end && g_ascii_isspace(p[rest]))
		rest++;
	return rest == end || s->loose ? MATCH_OPEN : MATCH_NONE;
}

static bool
has_match(const struct split *s)
{
	for (size_t i = s->next; i < s->lines->count; i++) {
		if (s->lines->at[i] >= s->end)
			return false;
		if (match_line(s, s->lines->at[i]) == MATCH_OPEN)
			return true;
	}
	return false;
}

void
split_init(struct split *s, const struct dash_lines *lines,
    const char *boundary, size_t from, size_t end)
{
	*s = (struct split){
	    .lines = lines,
	    .boundary = boundary,
	    .boundary_len = strlen(boundary),
	    .next = find_line(lines, from),
	    .start = NONE,
	    .end = end,
	};
	while (s->boundary_len > 0 &&
	    g_ascii_isspace(boundary[s->boundary_len - 1]))
		s->boundary_len--;
	if (s->boundary_len == 0)
		s->next = lines->count;
	s->loose = !has_match(s);
}

/* The line end before a boundary belongs to that (RFC 2046, 5.1.1). */
static size_t
without_line_end(const struct split *s, size_t at)
{
	const uint8_t *p = s->lines->bytes;

	if (at > s->start && p[at - 1] == '\n')
		at--;
	if (at > s->start && p[at - 1] == '\r')
		at--;
	return at;
}

bool
split_next(struct split *s, size_t *from_out, size_t *end_out)
{
	while (s->next < s->lines->count && s->lines->at[s->next] < s->end) {
		const size_t at = s->lines->at[s->next++];
		const enum match match = match_line(s, at);
		const size_t start = s->start;

		if (match == MATCH_NONE)
			continue;
		*from_out = start;
		*end_out = start == NONE ? NONE : without_line_end(s, at);
		s->start = match == MATCH_CLOSE
		    ? NONE
		    : line_end(s->lines->bytes, s->end, at);
		if (start != NONE)
			return true;
	}
	*from_out = s->start;
	*end_out = s->end;
	s->start = NONE;
	return *from_out != NONE;
}

static bool
starts_part(const uint8_t *bytes, size_t at, size_t end)
{
	static const char name[] = "Content-";
	const size_t n = sizeof(name) - 1;

	return end - at > n &&
	    g_ascii_strncasecmp((const char *)bytes + at, name, n) == 0;
}

char *
boundary_guess(const struct dash_lines *lines, size_t from, size_t end)
{
	const uint8_t *p = lines->bytes;

	for (size_t i = find_line(lines, from); i < lines->count; i++) {
		const size_t at = lines->at[i];
		size_t next, stop;

		if (at >= end)
			return NULL;
		next = stop = line_end(p, end, at);
		while (stop > at && g_ascii_isspace(p[stop - 1]))
			stop--;
		if (stop - at >= GUESS_MIN && stop - at <= GUESS_MAX &&
		    memchr(p + at, ' ', stop - at) == NULL &&
		    starts_part(p, next, end))
			return g_strndup((const char *)p + at + 2,
			    stop - at - 2);
	}
	return NULL;
}
