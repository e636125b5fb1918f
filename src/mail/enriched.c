/* SPDX-License-Identifier: MIT */
/*
 * Tags go; so does what stands in <param> (enriched) and <comment>
 * (richtext). Of line ends in a row enriched means one less, a single one is a
 * blank, but in <nofill>; richtext breaks lines at <nl> only. One pass.
 */
#include "mail/enriched.h"

#include <string.h>

#define TAG_MAX 60 /* RFC 1896: names of commands */

struct state {
	GString *out;
	unsigned hidden; /* in so many <param> or <comment> */
	unsigned nofill;
};

/* A tag of richtext and the text it stands for. */
static const struct sign {
	const char *tag;
	const char *text;
} signs[] = {
    {"nl",         "\n"  },
    {"np",         "\n\n"},
    {"paragraph",  "\n"  },
    {"/paragraph", "\n"  },
    {"lt",         "<"   },
};

/* The tag at `text`, which begins with "<": its length; 0 if it is none. */
static size_t
tag_len(const char *text)
{
	const size_t n = strcspn(text + 1, "<> \t\n");

	return n > 0 && n <= TAG_MAX && text[n + 1] == '>' ? n + 2 : 0;
}

static bool
tag_is(const char *text, size_t len, const char *name)
{
	return len == strlen(name) + 2 &&
	    g_ascii_strncasecmp(text + 1, name, len - 2) == 0;
}

static void
count(unsigned *level, const char *text, size_t len, const char *name)
{
	if (tag_is(text, len, name))
		++*level;
	else if (*level > 0 && text[1] == '/' && len > 3 &&
	    tag_is(text + 1, len - 1, name))
		--*level;
}

static void
append(struct state *s, const char *text, size_t len)
{
	if (s->hidden == 0)
		g_string_append_len(s->out, text, (gssize)len);
}

static size_t
enriched_lines(struct state *s, const char *text)
{
	const size_t n = strspn(text, "\n");

	if (s->nofill > 0)
		append(s, text, n);
	else if (n == 1)
		append(s, " ", 1);
	else
		append(s, text, n - 1);
	return n;
}

static size_t
enriched_tag(struct state *s, const char *text)
{
	const size_t len = tag_len(text);

	if (len == 0) {
		append(s, "<", 1);
		return text[1] == '<' ? 2 : 1;
	}
	count(&s->hidden, text, len, "param");
	count(&s->nofill, text, len, "nofill");
	return len;
}

char *
enriched_to_text(const char *text)
{
	struct state s = {.out = g_string_sized_new(strlen(text))};

	while (*text != '\0') {
		const size_t run = strcspn(text, "<\n");

		append(&s, text, run);
		text += run;
		if (*text == '\n')
			text += enriched_lines(&s, text);
		else if (*text == '<')
			text += enriched_tag(&s, text);
	}
	return g_string_free(s.out, FALSE);
}

static size_t
richtext_tag(struct state *s, const char *text)
{
	const size_t len = tag_len(text);

	if (len == 0) {
		append(s, "<", 1);
		return 1;
	}
	count(&s->hidden, text, len, "comment");
	for (size_t i = 0; i < COUNT(signs); i++)
		if (tag_is(text, len, signs[i].tag))
			append(s, signs[i].text, strlen(signs[i].text));
	return len;
}

char *
richtext_to_text(const char *text)
{
	struct state s = {.out = g_string_sized_new(strlen(text))};

	while (*text != '\0') {
		const size_t run = strcspn(text, "<\n");

		append(&s, text, run);
		text += run;
		if (*text == '\n') {
			append(&s, " ", 1);
			text++;
		} else if (*text == '<') {
			text += richtext_tag(&s, text);
		}
	}
	return g_string_free(s.out, FALSE);
}
