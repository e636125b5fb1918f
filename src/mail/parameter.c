/* SPDX-License-Identifier: MIT */
/*
 * Parameters of MIME fields: `name=value` after semicolons, in theory. In
 * mails there are values with blanks and no quotes, quotes inside quotes,
 * missing semicolons, encoded words, raw bytes, and pieces of RFC 2231 in any
 * order. Where a value without an end ends is told by the next parameter
 * that has a name we know. See word_parameter in word.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "mail/charset.h"
#include "mail/word.h"

#define VALUE_MAX  ((size_t)128 * 1024)
#define NAME_MAX_  64
#define PIECES_MAX 1000
#define PIECE_MAX  9999

struct span {
	const char *at;
	size_t len;
};

/* One parameter as it stands there: `name*number*`. */
struct parameter {
	struct span name;
	int number; /* -1: none */
	bool coded; /* a star at the end: percent signs */
	bool quoted;
	struct span value;
};

struct scan {
	const char *at;
	const char *end;
	bool no_more_quotes; /* no quote that ends a value lies ahead */
};

static const char *
skip_blanks(const char *at, const char *end)
{
	while (at < end && g_ascii_isspace(*at))
		at++;
	return at;
}

static bool
is_name_char(char c)
{
	return g_ascii_isalnum(c) || c == '-' || c == '_' || c == '*' ||
	    c == '.';
}

/* "name" and an equals sign at `at`; where its value starts, NULL if not. */
static const char *
read_name(const char *at, const char *end, struct span *name)
{
	const char *from = at, *const limit = at + MIN(end - at, NAME_MAX_);

	while (at < limit && is_name_char(*at))
		at++;
	*name = (struct span){from, (size_t)(at - from)};
	while (at < limit && (*at == ' ' || *at == '\t'))
		at++;
	return name->len > 0 && at < limit && *at == '=' ? at + 1 : NULL;
}

static bool
span_is(struct span span, const char *word)
{
	return strlen(word) == span.len &&
	    g_ascii_strncasecmp(span.at, word, span.len) == 0;
}

/* A parameter that mailers write begins at `at`. */
static bool
is_known_parameter(const char *at, const char *end)
{
	static const char *const known[] = {"name", "filename", "charset",
	    "boundary", "format", "delsp", "type", "start", "size", "protocol",
	    "micalg", "method", "creation-date", "modification-date",
	    "read-date", "report-type", "smime-type", "reply-type", "profile",
	    "x-mac-type", "x-mac-creator", "x-unix-mode", "url", "id", "number",
	    "total", "access-type", "component", "differences"};
	const char *star;
	struct span name;

	if (read_name(at, end, &name) == NULL)
		return false;
	star = memchr(name.at, '*', name.len);
	if (star != NULL)
		name.len = (size_t)(star - name.at);
	for (size_t i = 0; i < COUNT(known); i++)
		if (span_is(name, known[i]))
			return true;
	return false;
}

/* Does the quote before `at` end a value? */
static bool
ends_value(const char *at, const char *end)
{
	at = skip_blanks(at, end);
	return at == end || *at == ';' || is_known_parameter(at, end);
}

static const char *
find_quote(const char *at, const char *end)
{
	for (; at < end; at++) {
		if (*at == '\\' && at + 1 < end &&
		    (at[1] == '"' || at[1] == '\\'))
			at++;
		else if (*at == '"' && ends_value(at + 1, end))
			return at;
	}
	return NULL;
}

/* A value without quotes, or whose quote never ends. */
static const char *
find_bare_end(const char *at, const char *end)
{
	for (; at < end && *at != ';'; at++)
		if (g_ascii_isspace(*at) && at + 1 < end &&
		    !g_ascii_isspace(at[1]) && is_known_parameter(at + 1, end))
			break;
	return at;
}

static void
read_value(struct scan *s, struct parameter *out)
{
	const char *from = skip_blanks(s->at, s->end), *to = NULL;

	out->quoted = from < s->end && *from == '"';
	if (out->quoted && !s->no_more_quotes) {
		to = find_quote(from + 1, s->end);
		s->no_more_quotes = to == NULL;
	}
	from += out->quoted;
	if (to == NULL) {
		out->quoted = false;
		to = find_bare_end(from, s->end);
	}
	s->at = to + out->quoted;
	while (!out->quoted && to > from && g_ascii_isspace(to[-1]))
		to--;
	out->value = (struct span){from, (size_t)(to - from)};
}

/* Splits "name*0*". */
static void
split_name(struct parameter *p)
{
	const char *star = memchr(p->name.at, '*', p->name.len);
	const char *const end = p->name.at + p->name.len;
	const char *digit;

	p->number = -1;
	p->coded = star != NULL && end[-1] == '*';
	if (star == NULL)
		return;
	p->name.len = (size_t)(star - p->name.at);
	for (digit = star + 1; digit < end && g_ascii_isdigit(*digit); digit++)
		p->number = MIN(PIECE_MAX,
		    MAX(p->number, 0) * 10 + (*digit - '0'));
}

static bool
next_parameter(struct scan *s, struct parameter *out)
{
	while (s->at < s->end) {
		const char *value;

		while (s->at < s->end &&
		    (g_ascii_isspace(*s->at) || strchr(";,\"", *s->at) != NULL))
			s->at++;
		value = read_name(s->at, s->end, &out->name);
		if (value != NULL) {
			s->at = value;
			read_value(s, out);
			split_name(out);
			return true;
		}
		s->at += MAX(out->name.len, 1);
	}
	return false;
}

static int
by_number(gconstpointer a, gconstpointer b)
{
	const struct parameter *one = a, *other = b;

	if (one->number != other->number)
		return one->number < other->number ? -1 : 1;
	return (one->value.at > other->value.at) -
	    (one->value.at < other->value.at);
}

static void
append_percent(GString *out, struct span value)
{
	for (size_t i = 0; i < value.len; i++) {
		const int high = value.at[i] == '%' && value.len - i > 2
		    ? g_ascii_xdigit_value(value.at[i + 1])
		    : -1;
		const int low = high < 0
		    ? -1
		    : g_ascii_xdigit_value(value.at[i + 2]);

		if (low >= 0)
			i += 2;
		g_string_append_c(out,
		    low >= 0 ? (char)(high << 4 | low) : value.at[i]);
	}
}

/* A quoted pair is one of a quote or a backslash: others are paths. */
static void
append_plain(GString *out, struct span value)
{
	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] == '\\' && i + 1 < value.len &&
		    (value.at[i + 1] == '"' || value.at[i + 1] == '\\'))
			i++;
		if (value.at[i] != '\r' && value.at[i] != '\n')
			g_string_append_c(out, value.at[i]);
	}
}

/* Takes "charset'language'" off a coded value; NULL if it has none. */
static char *
take_charset(struct span *value)
{
	const size_t max = MIN(value->len, NAME_MAX_);
	const char *first = memchr(value->at, '\'', max), *second;
	char *label;

	if (first == NULL)
		return NULL;
	label = g_strndup(value->at, (gsize)(first - value->at));
	second = memchr(first + 1, '\'', max - (size_t)(first + 1 - value->at));
	if (second == NULL && charset_canonical(label) == NULL) {
		g_free(label);
		return NULL;
	}
	if (second == NULL)
		second = first;
	value->len -= (size_t)(second + 1 - value->at);
	value->at = second + 1;
	return label;
}

/* The value of pieces in order, the first of each number. */
static char *
join(const GArray *pieces)
{
	g_autoptr(GString) bytes = g_string_new(NULL);
	g_autofree char *label = NULL, *text = NULL;
	bool coded = false, bad = false;
	int last = -2;

	for (guint i = 0; i < pieces->len; i++) {
		struct parameter p = g_array_index(pieces, struct parameter, i);

		if (p.number == last)
			continue;
		if (p.coded && !coded)
			label = take_charset(&p.value);
		coded |= p.coded;
		last = p.number;
		if (p.coded)
			append_percent(bytes, p.value);
		else
			append_plain(bytes, p.value);
	}
	if (!coded)
		return word_decode(bytes->str, bytes->len, NULL);
	text = charset_decode(label, bytes->str, bytes->len, &bad);
	return word_decode(text, strlen(text), NULL);
}

/* "utf-8''caf%C3%A9.pdf", the form of RFC 2231 without its star, or all of a
 * name written like a link; NULL: it is neither. */
static char *
read_starless(struct span value)
{
	g_autofree char *label = NULL, *text = NULL;
	g_autoptr(GString) bytes = g_string_new(NULL);
	bool bad = false;

	if (memchr(value.at, '%', value.len) == NULL ||
	    !charset_is_ascii(value.at, value.len))
		return NULL;
	if (value.len > 2 && strncmp(value.at, "=?", 2) == 0)
		value = (struct span){value.at + 2, value.len - 2};
	label = take_charset(&value);
	append_percent(bytes, value);
	if (label != NULL ? charset_canonical(label) == NULL
			  : charset_is_ascii(bytes->str, bytes->len) ||
		    !g_utf8_validate_len(bytes->str, bytes->len, NULL))
		return NULL;
	text = charset_decode(label, bytes->str, bytes->len, &bad);
	return text_clean_line(text, strlen(text));
}

static char *
read_plain(struct parameter p)
{
	g_autoptr(GString) bytes = g_string_new(NULL);
	char *text = read_starless(p.value);

	if (text != NULL)
		return text;

	if (!p.quoted && p.value.len > 1 && *p.value.at == '\'' &&
	    p.value.at[p.value.len - 1] == '\'') {
		p.value.at++;
		p.value.len -= 2;
	}
	append_plain(bytes, p.value);
	return word_decode(bytes->str, bytes->len, NULL);
}

/* The best of all ways a parameter stands there: one coded value, pieces,
 * the plain one. */
struct ways {
	GArray *coded, *pieces;
	struct parameter plain;
	bool has_plain;
};

static void
sort_in(struct ways *ways, const struct parameter *p)
{
	if (p->number >= 0 && ways->pieces->len < PIECES_MAX)
		g_array_append_val(ways->pieces, *p);
	else if (p->number < 0 && p->coded && ways->coded->len == 0)
		g_array_append_val(ways->coded, *p);
	else if (p->number < 0 && !p->coded && !ways->has_plain) {
		ways->plain = *p;
		ways->has_plain = true;
	}
}

static char *
best_of(const struct ways *ways)
{
	char *text = NULL;

	if (ways->coded->len > 0)
		text = join(ways->coded);
	if ((text == NULL || *text == '\0') && ways->pieces->len > 0) {
		g_free(text);
		g_array_sort(ways->pieces, by_number);
		text = join(ways->pieces);
	}
	if ((text == NULL || *text == '\0') && ways->has_plain) {
		g_free(text);
		text = read_plain(ways->plain);
	}
	return text;
}

char *
word_parameter(const char *value, const char *name)
{
	const size_t len = strnlen(value, VALUE_MAX);
	struct scan s = {.at = value, .end = value + len};
	g_autoptr(GArray)
	    coded = g_array_new(FALSE, FALSE, sizeof(struct parameter));
	g_autoptr(GArray)
	    pieces = g_array_new(FALSE, FALSE, sizeof(struct parameter));
	struct ways ways = {.coded = coded, .pieces = pieces};
	struct parameter p;

	while (next_parameter(&s, &p))
		if (span_is(p.name, name))
			sort_in(&ways, &p);
	return best_of(&ways);
}
