/* SPDX-License-Identifier: MIT */
/* Words of structured fields; see lex.h. */
#include "mail/lex.h"

#include <string.h>

static bool
is_blank(char c)
{
	return (uint8_t)c <= ' '; /* line ends of a folded field, NULs */
}

/* Behind the parenthesis that closes the comment at `at`; NULL if none. */
static const char *
comment_end(const char *at, const char *end)
{
	unsigned depth = 0;

	for (; at < end; at++) {
		if (*at == '\\' && at + 1 < end)
			at++;
		else if (*at == '(')
			depth++;
		else if (*at == ')' && --depth == 0)
			return at + 1;
	}
	return NULL;
}

/* Foreign text inside a comment may open another one ("(domain of "x("@b
 * …)"), and must not hide all the results behind it. */
static void
skip_comment(struct lex *l)
{
	const char *close = NULL;

	if (!l->no_comment_close)
		close = comment_end(l->at, l->end);
	if (close == NULL) {
		l->no_comment_close = true;
		close = memchr(l->at, ')', (size_t)(l->end - l->at));
		close = close == NULL ? l->end : close + 1;
	}
	l->at = close;
}

bool
lex_skip(struct lex *l)
{
	while (l->at < l->end) {
		if (is_blank(*l->at))
			l->at++;
		else if (*l->at == '(')
			skip_comment(l);
		else
			return true;
	}
	return false;
}

static void
append(GString *out, char c)
{
	if (out->len <= LEX_WORD_MAX)
		g_string_append_c(out, c);
}

const char *
lex_quote_end(const char *at, const char *end)
{
	for (at++; at < end; at++) {
		if (*at == '\\' && at + 1 < end)
			at++;
		else if (*at == '"')
			return at;
	}
	return NULL;
}

/* False: no quoted string. */
static bool
read_quoted(struct lex *l, GString *out)
{
	const char *close = l->no_quote_close ? NULL
					      : lex_quote_end(l->at, l->end);

	if (close == NULL) {
		l->no_quote_close = true;
		return false;
	}
	for (l->at++; l->at < close; l->at++) {
		if (*l->at == '\\')
			l->at++;
		if (*l->at != '\r' && *l->at != '\n' && *l->at != '\0')
			append(out, *l->at);
	}
	l->at = close + 1;
	return true;
}

void
lex_word(struct lex *l, const char *stops, GString *out)
{
	while (l->at < l->end && !is_blank(*l->at) && *l->at != '(' &&
	    strchr(stops, *l->at) == NULL) {
		if (*l->at == '"' && read_quoted(l, out))
			continue;
		append(out, *l->at++);
	}
}
