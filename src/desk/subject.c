/* SPDX-License-Identifier: MIT */
/*
 * Folding a subject: tags, then Unicode, then prefixes, so that the table of
 * these needs one spelling each. Unicode's normal forms sort runs of marks,
 * which is not linear; so runs are cut as Unicode's Stream-Safe Text Format
 * does, and the subject is cut before.
 */
#include "desk/subject.h"

#include <string.h>

#include "base/text.h"
#include "desk/tag.h"

#define LOOKED_AT   2048 /* bytes of a subject */
#define MARKS_MAX   30   /* in a run, as in Stream-Safe Text */
#define PREFIX_MAX  48   /* bytes, with a count, up to the colon */
#define BRACKET_MAX 64   /* bytes of "[list name]" */
#define TRAILER     "(fwd)"
#define OLD_COLON   0xfe30 /* Yahoo in Hong Kong: a colon drawn for columns */

static const char *const prefixes[] = {
#define PREFIX(word) word,
#include "desk/subject_prefixes.def"
#undef PREFIX
};

/* ---- Unicode ------------------------------------------------------------- */

static char *
without_tags(const GPtrArray *forms, const char *subject)
{
	GString *text = g_string_new(NULL);
	struct tag_hit hit;
	size_t from = 0;

	while (tag_next(forms, subject, from, &hit)) {
		g_string_append_len(text, subject + from,
		    (gssize)(hit.start - from));
		g_string_append_c(text, ' ');
		from = hit.end;
	}
	g_string_append(text, subject + from);
	return g_string_free(text, FALSE);
}

static void
append_seen(GString *text, gunichar c, unsigned *marks)
{
	*marks = g_unichar_combining_class(c) != 0 ? *marks + 1 : 0;
	if (*marks > MARKS_MAX || g_unichar_type(c) == G_UNICODE_FORMAT)
		return;
	if (c == OLD_COLON)
		c = ':';
	if (g_unichar_iscntrl(c))
		c = ' ';
	g_string_append_unichar(text, c);
}

/* What a reader sees, and what can be folded in linear time. */
static char *
seen(const char *text)
{
	GString *out = g_string_new(NULL);
	unsigned marks = 0;

	for (; *text != '\0'; text = text_next_char(text))
		append_seen(out, g_utf8_get_char(text), &marks);
	return g_string_free(out, FALSE);
}

static char *
one_blank(const char *text)
{
	GString *out = g_string_new(NULL);

	for (; *text != '\0'; text = text_next_char(text)) {
		const gunichar c = g_utf8_get_char(text);

		if (!g_unichar_isspace(c))
			g_string_append_unichar(out, c);
		else if (out->len > 0 && out->str[out->len - 1] != ' ')
			g_string_append_c(out, ' ');
	}
	return g_strchomp(g_string_free(out, FALSE));
}

static char *
fold(const GPtrArray *forms, const char *subject)
{
	g_autofree char *raw = g_strndup(subject, LOOKED_AT + 1);
	g_autofree char *valid = g_utf8_make_valid(text_cut(raw, LOOKED_AT),
	    -1);
	g_autofree char *bare = without_tags(forms, valid);
	g_autofree char *visible = seen(bare);
	g_autofree char *folded = text_fold(visible);

	return one_blank(folded);
}

/* ---- prefixes ------------------------------------------------------------ */

static bool
is_word(const char *text, size_t len)
{
	for (size_t i = 0; i < COUNT(prefixes); i++)
		if (strncmp(prefixes[i], text, len) == 0 &&
		    prefixes[i][len] == '\0')
			return true;
	return false;
}

/* The length without this at the end. */
static size_t
without(const char *text, size_t len, char end)
{
	return len > 0 && text[len - 1] == end ? len - 1 : len;
}

/* The length without digits at the end. */
static size_t
without_digits(const char *text, size_t len)
{
	while (len > 0 && g_ascii_isdigit(text[len - 1]))
		len--;
	return len;
}

/* The length without a number in such brackets at the end. */
static size_t
without_bracket(const char *text, size_t len, char open, char close)
{
	const size_t inner = without(text, len, close);
	const size_t digits = without_digits(text, inner);

	if (inner == len || digits == inner || digits == 0 ||
	    text[digits - 1] != open)
		return len;
	return digits - 1;
}

/* The length without "[2]", "(2)", "^2", "*2" or "2" at the end. */
static size_t
without_count(const char *text, size_t len)
{
	const size_t digits = without_digits(text, len);

	len = without_bracket(text, len, '[', ']');
	len = without_bracket(text, len, '(', ')');
	if (digits >= len || digits == 0)
		return len;
	if (text[digits - 1] == '^' || text[digits - 1] == '*')
		return digits - 1;
	/* "R2" is a thing, "AW2" the second answer. */
	return digits > 1 && text[digits - 1] != ' ' ? digits : len;
}

static bool
is_prefix(const char *text, size_t len)
{
	len = without(text, len, ' ');
	if (is_word(text, without(text, len, '.')))
		return true;
	len = without(text, without_count(text, len), ' ');
	return is_word(text, without(text, len, '.'));
}

/* The length of a prefix with its colon at the start; 0: none. */
static size_t
prefix_len(const char *text)
{
	const char *colon = memchr(text, ':', strnlen(text, PREFIX_MAX));

	if (colon == NULL || !is_prefix(text, (size_t)(colon - text)))
		return 0;
	return (size_t)(colon - text) + 1;
}

/* "[name]" at the start; 0: there is none. */
static size_t
bracket_len(const char *text)
{
	const char *end;

	if (*text != '[')
		return 0;
	end = memchr(text, ']', strnlen(text, BRACKET_MAX));
	return end == NULL ? 0 : (size_t)(end - text) + 1;
}

/* "[Fwd: …]" around the rest, as Netscape wrote it: the length of its
 * beginning. The end is taken off. */
static size_t
take_wrapper(char *text)
{
	size_t len = strlen(text);
	size_t inner;

	if (*text != '[' || text[len - 1] != ']')
		return 0;
	inner = prefix_len(text + 1);
	if (inner == 0)
		return 0;
	text[len - 1] = '\0';
	return inner + 1;
}

/* Moves behind the prefixes; what is to stay before them is kept. */
static char *
skip_prefixes(char *at, GString *kept)
{
	for (;;) {
		size_t len = prefix_len(at);

		if (len == 0)
			len = take_wrapper(at);
		if (len == 0) {
			len = bracket_len(at);
			if (len > 0 && at[len] == ' ')
				len++;
			g_string_append_len(kept, at, (gssize)len);
		}
		if (len == 0)
			return at;
		at += len;
		at += strspn(at, " ");
	}
}

/* Pine: "subject (fwd)". */
static void
drop_trailers(char *text)
{
	while (g_str_has_suffix(text, TRAILER)) {
		text[strlen(text) - strlen(TRAILER)] = '\0';
		g_strchomp(text);
	}
}

static char *
cut_points(char *text)
{
	if (g_utf8_strlen(text, -1) > SUBJECT_POINTS_MAX)
		*g_utf8_offset_to_pointer(text, SUBJECT_POINTS_MAX) = '\0';
	return g_strchomp(text);
}

char *
subject_fold(const GPtrArray *tag_forms, const char *subject)
{
	g_autofree char *text = fold(tag_forms, subject != NULL ? subject : "");
	GString *out = g_string_new(NULL);
	const char *rest;

	drop_trailers(text);
	rest = skip_prefixes(text, out);
	g_string_append(out, rest);
	return cut_points(g_string_free(out, FALSE));
}
