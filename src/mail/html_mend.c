/* SPDX-License-Identifier: MIT */
/*
 * libxml2 2.9 reads HTML 4 by a grammar of its own. Where the difference
 * costs text, the text is rewritten before it gets there:
 * - once no element is open it is done, and what stands behind "</html>" is
 *   lost: the footer that a gateway adds, the mail below that was quoted with
 *   all its tags. So one element is opened, and nothing closes it;
 * - "<!-->" begins a comment for it, which then has no end;
 * - "<![if !mso]>" is text for it;
 * - it knows the names of HTML 4, with a semicolon. PHP's htmlentities writes
 *   those of HTML 5, a full stop and a comma too.
 * What is between "<!--" and "-->" is left alone.
 */
#include "mail/html_mend.h"

#include <string.h>

#define FIRST         "<html>"
#define TAG_MAX       200 /* bytes of an end tag or a condition */
#define REFERENCE_MAX 32

struct mend {
	GString *out;
	const char *end;
	bool no_comment_end; /* no comment ends from here on */
};

static const struct entity_name {
	const char *name;
	gunichar c;
} entities[] = {
#include "mail/html_entities.def"
};

/* What browsers take without a semicolon, as far as people write it so. */
static const char *const bare_names[] = {"nbsp", "amp", "lt", "gt", "quot"};

/* End tags that end no element. "</body>" parts what is below from it. */
static const struct end_tag {
	const char *start;
	const char *instead;
} end_tags[] = {
    {"</html", "<div></div>"},
    {"</body", "<div></div>"},
    {"</br",   "<br>"       },
};

static bool
begins(const char *at, const char *end, const char *word)
{
	const size_t n = strlen(word);

	return (size_t)(end - at) >= n && g_ascii_strncasecmp(at, word, n) == 0;
}

static const char *
copy(struct mend *m, const char *from, const char *to)
{
	g_string_append_len(m->out, from, to - from);
	return to;
}

static const char *
tag_close(const char *open, const char *end)
{
	return memchr(open, '>', MIN((size_t)(end - open), TAG_MAX));
}

static const char *
mend_comment(struct mend *m, const char *open)
{
	const char *const inner = open + 4, *close;

	if (begins(inner, m->end, ">"))
		return inner + 1;
	if (begins(inner, m->end, "->"))
		return inner + 2;
	close = m->no_comment_end
	    ? NULL
	    : memmem(inner, (size_t)(m->end - inner), "-->", 3);
	m->no_comment_end = close == NULL;
	return copy(m, open, close == NULL ? inner : close + 3);
}

/* "<![if …]>" and "<![endif]>": what is between them shows. */
static const char *
mend_condition(struct mend *m, const char *open)
{
	const char *close = tag_close(open, m->end);

	if (close != NULL && close[-1] == ']')
		return close + 1;
	return copy(m, open, open + 3);
}

static const char *
mend_end_tag(struct mend *m, const char *open)
{
	const char *const close = tag_close(open, m->end);

	for (size_t i = 0; close != NULL && i < COUNT(end_tags); i++) {
		const char *behind = open + strlen(end_tags[i].start);

		if (begins(open, m->end, end_tags[i].start) &&
		    !g_ascii_isalnum(*behind)) {
			g_string_append(m->out, end_tags[i].instead);
			return close + 1;
		}
	}
	return copy(m, open, open + 1);
}

static const char *
mend_tag(struct mend *m, const char *open)
{
	if (begins(open, m->end, "<!--"))
		return mend_comment(m, open);
	if (begins(open, m->end, "<!["))
		return mend_condition(m, open);
	if (begins(open, m->end, "</"))
		return mend_end_tag(m, open);
	return copy(m, open, open + 1);
}

static int
compare_name(const void *name, const void *row)
{
	return strcmp(name, ((const struct entity_name *)row)->name);
}

static bool
is_bare_name(const char *name)
{
	for (size_t i = 0; i < COUNT(bare_names); i++)
		if (strcmp(name, bare_names[i]) == 0)
			return true;
	return false;
}

/* "&comma;" becomes the comma, "&nbsp " gets its semicolon ("&lt=" does not:
 * it is the next field of an address). */
static const char *
mend_reference(struct mend *m, const char *open)
{
	const char *const limit = open + MIN(m->end - open, REFERENCE_MAX);
	const char *at = open + 1;
	const struct entity_name *found = NULL;
	char name[REFERENCE_MAX + 1] = "";

	while (at < limit && g_ascii_isalnum(*at))
		at++;
	memcpy(name, open + 1, (size_t)(at - open - 1));
	if (at < m->end && *at == ';')
		found = bsearch(name, entities, COUNT(entities),
		    sizeof(entities[0]), compare_name);
	if (found != NULL) {
		g_string_append_unichar(m->out, found->c);
		return at + 1;
	}
	(void)copy(m, open, at);
	if (is_bare_name(name) && (at == m->end || strchr(";=", *at) == NULL))
		g_string_append_c(m->out, ';');
	return at;
}

/* Where the next tag or reference begins. */
static const char *
next_mark(const char *at, const char *end)
{
	while (at < end && *at != '<' && *at != '&')
		at++;
	return at;
}

GString *
html_mend(const char *html, size_t len)
{
	struct mend m = {.out = g_string_sized_new(len + sizeof(FIRST)),
	    .end = html + len};
	const char *at = html;

	g_string_append(m.out, FIRST);
	while (at < m.end) {
		at = copy(&m, at, next_mark(at, m.end));
		if (at < m.end && *at == '<')
			at = mend_tag(&m, at);
		else if (at < m.end)
			at = mend_reference(&m, at);
	}
	return m.out;
}
