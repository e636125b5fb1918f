/* SPDX-License-Identifier: MIT */
/*
 * The grammar of RFC 5322, 3.4 and 4.4, read from left to right; no byte is
 * read more than twice, so that what mailers make of it is still read: names
 * with commas, dots and brackets in them, quotes and brackets that do not end,
 * Outlook's semicolons, encoded words that hold what they must not.
 */
#include "mail/mailbox.h"

#include <string.h>

#include "mail/lex.h"
#include "mail/word.h"

#define ADDRESS_MAX 998
#define SIGNS_MAX   10  /* that are tried before it is no address */
#define QUOTED_MAX  320 /* in an address */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void
mailbox_scan_init(struct mailbox_scan *s, const char *text, size_t len)
{
	*s = (struct mailbox_scan){.at = text, .end = text + len};
	s->last_semicolon = memrchr(text, ';', len);
	s->box.name = g_string_sized_new(64);
	s->box.spec = g_string_sized_new(64);
	s->box.angle = g_string_sized_new(64);
	s->box.comment = g_string_sized_new(16);
}

void
mailbox_scan_drop(struct mailbox_scan *s)
{
	(void)g_string_free(s->box.name, TRUE);
	(void)g_string_free(s->box.spec, TRUE);
	(void)g_string_free(s->box.angle, TRUE);
	(void)g_string_free(s->box.comment, TRUE);
}

/* One byte of a phrase; blanks are one blank. */
static void
put(struct mailbox *box, char c)
{
	if (c == '\0')
		return;
	if (!is_blank(c)) {
		box->has_sign |= c == '@';
		g_string_append_c(box->name, c);
		g_string_append_c(box->spec, c);
		return;
	}
	if (box->name->len > 0 && box->name->str[box->name->len - 1] != ' ')
		g_string_append_c(box->name, ' ');
	if (box->spec->len > 0 && box->spec->str[box->spec->len - 1] != ' ')
		g_string_append_c(box->spec, ' ');
}

/* The end of a comment that starts at `at`, behind its bracket. NULL: it has
 * none. */
static const char *
comment_end(struct mailbox_scan *s)
{
	const char *at = s->at;
	unsigned depth = 0;

	for (; !s->flat_comments && at < s->end; at++) {
		if (*at == '\\' && at + 1 < s->end)
			at++;
		else if (*at == '(')
			depth++;
		else if (*at == ')' && --depth == 0)
			return at + 1;
	}
	s->flat_comments = true;
	at = s->no_comments ? NULL
			    : memchr(s->at, ')', (size_t)(s->end - s->at));
	s->no_comments = at == NULL;
	return at == NULL ? NULL : at + 1;
}

static void
read_comment(struct mailbox_scan *s)
{
	const char *const end = comment_end(s);
	const char *at = s->at + 1;

	if (end == NULL) {
		put(&s->box, *s->at++);
		return;
	}
	g_string_truncate(s->box.comment, 0);
	for (; at < end - 1; at++) {
		if (*at == '\\' && at + 1 < end - 1)
			at++;
		g_string_append_c(s->box.comment, *at);
	}
	s->at = end;
}

/* A quote behind a word, with a bracket after it, closes one that was closed
 * before (""Anna" <…>). */
static bool
is_stray_quote(const struct mailbox_scan *s)
{
	const GString *name = s->box.name;
	const char *next = s->at + 1;

	if (name->len == 0 || name->str[name->len - 1] == ' ')
		return false;
	while (next < s->end && is_blank(*next))
		next++;
	return next < s->end && *next == '<';
}

static void
read_quoted(struct mailbox_scan *s)
{
	struct mailbox *box = &s->box;
	const bool first = box->name->len == 0;
	const char *end = NULL;

	if (!s->no_more_quotes && !is_stray_quote(s)) {
		end = lex_quote_end(s->at, s->end);
		s->no_more_quotes = end == NULL;
	}
	if (end == NULL) {
		s->at++;
		return;
	}
	g_string_append_len(box->spec, s->at, end + 1 - s->at);
	for (const char *at = s->at + 1; at < end; at++) {
		if (*at == '\\')
			at++;
		g_string_append_c(box->name, *at);
	}
	box->was_quoted = first;
	s->at = end + 1;
}

/* Where an address in brackets ends: at its bracket, at the next one, or at a
 * separator if that one was forgotten (a route holds commas). */
static const char *
angle_end(const struct mailbox_scan *s, const char *at)
{
	const bool has_route = at < s->end && *at == '@';

	for (; at < s->end; at++) {
		if (*at == '>' || *at == '<' || (*at == ',' && !has_route) ||
		    *at == ';')
			break;
		if (*at == '"') {
			const char *quote = lex_quote_end(at,
			    at + MIN(s->end - at, QUOTED_MAX));

			at = quote != NULL ? quote : at;
		}
	}
	return at;
}

/* The bytes of an address in brackets, comments left out. */
static void
put_angle(GString *out, const char *from, const char *to)
{
	unsigned depth = 0;

	g_string_truncate(out, 0);
	for (; from < to; from++) {
		if (depth > 0 && *from == '\\' && from + 1 < to)
			from++;
		else if (*from == '(')
			depth++;
		else if (*from == ')' && depth > 0)
			depth--;
		else if (depth == 0 && *from != '\0')
			g_string_append_c(out, *from);
	}
}

static void
read_angle(struct mailbox_scan *s)
{
	struct mailbox *box = &s->box;
	const char *from = s->at + 1;
	const char *const to = angle_end(s, from);

	/* The first address counts, else the last of what stands there. */
	s->at = to < s->end && *to == '>' ? to + 1 : to;
	if (!box->has_angle || strchr(box->angle->str, '@') == NULL) {
		put_angle(box->angle, from, to);
		box->name_end = box->name->len;
		s->after_angle = s->at;
	}
	box->has_angle = true;
	put(box, ' ');
}

/* "[mailto:anna@example.org]", and "[192.0.2.1]" of a domain. */
static void
read_square(struct mailbox_scan *s)
{
	struct mailbox *box = &s->box;
	const char *to = memchr(s->at, ']',
	    MIN((size_t)(s->end - s->at), ADDRESS_MAX));

	if (to == NULL) {
		put(box, *s->at++);
		return;
	}
	if (memchr(s->at, '@', (size_t)(to - s->at)) != NULL &&
	    !box->has_angle && !box->has_sign) {
		put_angle(box->angle, s->at + 1, to);
		box->has_angle = true;
		s->at = to + 1;
		return;
	}
	while (s->at <= to)
		put(box, *s->at++);
}

static void
empty(GString *text)
{
	g_string_truncate(text, 0);
}

/* A colon: a group's name ends, or a "mailto:", or it is part of a name. */
static void
read_colon(struct mailbox_scan *s)
{
	struct mailbox *box = &s->box;
	const char *const spec = box->spec->str;
	const char *const next = s->at + 1;
	const bool closes = s->last_semicolon != NULL &&
	    s->last_semicolon > s->at;

	s->at++;
	if (g_ascii_strcasecmp(spec, "mailto") == 0) {
		empty(box->name);
		empty(box->spec);
	} else if (!box->has_angle && !box->has_sign && box->spec->len > 0 &&
	    (closes || next == s->end ||
		g_ascii_strncasecmp(spec, "undisclosed", 11) == 0)) {
		empty(box->name);
		empty(box->spec);
		empty(box->comment);
		box->was_quoted = false;
		s->in_group = true;
	} else {
		put(box, ':');
	}
}

/* An encoded word is one thing, whatever it holds. */
static bool
read_word(struct mailbox_scan *s)
{
	struct mailbox *box = &s->box;
	struct word word;

	if (!word_find(s->at, (size_t)(s->end - s->at), &word))
		return false;
	g_string_append_len(box->name, s->at, (gssize)word.len);
	g_string_append_len(box->spec, s->at, (gssize)word.len);
	s->at += word.len;
	return true;
}

/* A bracket that nothing opened closes an address without one. */
static void
read_close(struct mailbox_scan *s)
{
	s->at++;
	put(&s->box, ' ');
}

static void
read_char(struct mailbox_scan *s)
{
	switch (*s->at) {
	case '"':
		read_quoted(s);
		break;
	case '(':
		read_comment(s);
		break;
	case '<':
		read_angle(s);
		break;
	case '>':
		read_close(s);
		break;
	case '[':
		read_square(s);
		break;
	case ':':
		read_colon(s);
		break;
	case '\\': /* a quoted pair outside of quotes */
		s->at++;
		if (s->at < s->end)
			put(&s->box, *s->at++);
		break;
	case '=':
		if (!read_word(s))
			put(&s->box, *s->at++);
		break;
	default:
		put(&s->box, *s->at++);
	}
}

/* Is a comma missing before the words that were read last? They and the
 * brackets at hand are a mailbox of their own: "Anna <a@x> Otto <o@y>". */
static bool
lacks_comma(const struct mailbox_scan *s)
{
	const struct mailbox *box = &s->box;
	const char *behind = box->name->str + box->name_end;

	return *s->at == '<' && s->after_angle != NULL &&
	    behind[strspn(behind, " ")] != '\0' &&
	    strchr(box->angle->str, '@') != NULL;
}

static enum mailbox_end
read_one(struct mailbox_scan *s)
{
	while (s->at < s->end) {
		if (lacks_comma(s)) {
			s->at = s->after_angle;
			g_string_truncate(s->box.name, s->box.name_end);
			return MAILBOX_COMMA;
		}
		if (*s->at == ',') {
			s->at++;
			return MAILBOX_COMMA;
		}
		if (*s->at == ';') {
			s->at++;
			s->in_group = false;
			return MAILBOX_SEMICOLON;
		}
		read_char(s);
	}
	return MAILBOX_LAST;
}

bool
mailbox_next(struct mailbox_scan *s)
{
	struct mailbox *box = &s->box;

	box->end = MAILBOX_NOTHING;
	box->has_angle = box->was_quoted = box->has_sign = false;
	box->name_end = 0;
	s->after_angle = NULL;
	empty(box->name);
	empty(box->spec);
	empty(box->angle);
	empty(box->comment);
	if (s->at >= s->end)
		return false;
	box->end = read_one(s);
	return true;
}

/* The start of the word that ends before `at`; blanks around dots and the
 * sign itself belong to it. */
static size_t
word_start(const char *text, size_t at)
{
	while (at > 0 && is_blank(text[at - 1]))
		at--;
	if (at > 0 && text[at - 1] == '"') {
		for (at--; at > 0 && text[at - 1] != '"'; at--)
			continue;
		return at > 0 ? at - 1 : 0;
	}
	while (at > 0 && !is_blank(text[at - 1]) && text[at - 1] != '<')
		at--;
	return at;
}

static size_t
skip_blanks(const char *text, size_t at, size_t len)
{
	while (at < len && is_blank(text[at]))
		at++;
	return at;
}

/* The end of the domain that starts at or after `at`. */
static size_t
domain_end(const char *text, size_t at, size_t len)
{
	at = skip_blanks(text, at, len);
	while (at < len) {
		size_t next;

		while (at < len && !is_blank(text[at]))
			at++;
		next = skip_blanks(text, at, len);
		if (next == len || at == 0 ||
		    (text[next] != '.' && text[at - 1] != '.'))
			break;
		at = next;
	}
	return at;
}

/* The next sign of an address from `at` on, which is outside of quotes; `len`
 * if there is none. */
static size_t
find_sign(const char *text, size_t at, size_t len)
{
	bool quoted = false;

	for (; at < len; at++) {
		if (text[at] == '\\')
			at++;
		else if (text[at] == '"')
			quoted = !quoted;
		else if (text[at] == '@' && !quoted)
			return at;
	}
	return len;
}

/* Is it more than a sign? */
static bool
is_whole(const char *address)
{
	const char *sign = strchr(address, '@');

	return sign != NULL && sign > address && sign[1] != '\0';
}

char *
mailbox_find_address(const char *text, size_t len, struct mailbox_place *out)
{
	size_t sign = find_sign(text, 0, len);

	for (unsigned i = 0; sign < len && i < SIGNS_MAX; i++) {
		const size_t least = sign - MIN(sign, ADDRESS_MAX);
		const size_t from = least +
		    word_start(text + least, sign - least);
		const size_t to = domain_end(text, sign + 1,
		    MIN(len, sign + ADDRESS_MAX));
		char *address = mailbox_trim(text + from, to - from);

		if (is_whole(address)) {
			*out = (struct mailbox_place){from, to};
			return address;
		}
		g_free(address);
		sign = find_sign(text, sign + 1, len);
	}
	return NULL;
}

/* What stands before an address and is closed by a colon: "mailto:", the
 * "SMTP:" of Exchange, a route "@a.example,@b.example:" (RFC 5322, 4.4). */
static size_t
prefix_len(const char *text, size_t len)
{
	const char *sign = memrchr(text, '@', len);
	const char *colon = sign == NULL || *text == '"'
	    ? NULL
	    : memrchr(text, ':', (size_t)(sign - text));

	return colon == NULL ? 0 : (size_t)(colon - text) + 1;
}

static bool
is_junk(char c)
{
	return is_blank(c) || c == '<' || c == '>' || c == ',' || c == ';';
}

/* The same quote around all of it. */
static bool
is_wrapped(const char *text, size_t len, char quote)
{
	return len > 2 && text[0] == quote && text[len - 1] == quote &&
	    memchr(text + 1, quote, len - 2) == NULL;
}

/* Narrows `text` to what may be an address. */
static const char *
strip_around(const char *text, size_t *len)
{
	while (*len > 0 && is_junk(*text)) {
		text++;
		(*len)--;
	}
	while (*len > 0 && (is_junk(text[*len - 1]) || text[*len - 1] == '.'))
		(*len)--;
	if (is_wrapped(text, *len, '"') || is_wrapped(text, *len, '\'')) {
		text++;
		*len -= 2;
	}
	return text;
}

char *
mailbox_trim(const char *text, size_t len)
{
	size_t prefix, n = 0;
	bool quoted = false;
	char *out;

	text = strip_around(text, &len);
	prefix = prefix_len(text, len);
	text += prefix;
	len = MIN(len - prefix, ADDRESS_MAX);
	out = g_malloc(len + 1);
	for (size_t i = 0; i < len; i++) {
		quoted ^= text[i] == '"';
		if (quoted || !is_blank(text[i]))
			out[n++] = text[i];
	}
	out[n] = '\0';
	return out;
}
