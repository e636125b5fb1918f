/* SPDX-License-Identifier: MIT */
/*
 * Addresses come in all dresses: "Ann <ann@example.org>", "Ann
 * [mailto:ann@example.org]", with the target of a link behind each, or as
 * names alone, which Outlook does with people of the own house; semicolons
 * separate them where there are any.
 */
#include "mail/forward_field.h"

#include <string.h>

#include "base/text.h"
#include "mail/date.h"
#include "mail/parse.h"
#include "mail/reply_words.h"

#define VALUE_MAX (16 * 1024) /* bytes of a field with its further lines */

static char *
clean(const char *text, size_t len)
{
	char *line = text_cut(text_clean_line(text, len), MAIL_LINE_MAX);

	if (*line == '\0')
		g_clear_pointer(&line, g_free);
	return line;
}

static bool
is_frame(char c)
{
	return strchr("<>[]()\"',;*_ \t", c) != NULL && c != '\0';
}

/* The address at `*at`, or what frames it not: up to a frame's character. */
static char *
take_token(const char **at)
{
	size_t len = strcspn(*at, "<>[]()\"',; \t");
	char *token = g_strndup(*at, len);

	*at += len;
	return token;
}

static const char *
skip_scheme(const char *token)
{
	return g_ascii_strncasecmp(token, "mailto:", 7) == 0 ? token + 7
							     : token;
}

/* The first address in the text, and where its token begins; NULL: none. */
static char *
find_address(const char *text, const char **from_out)
{
	const char *at = text;

	while (*at != '\0') {
		const char *from = at;
		g_autofree char *token = NULL;

		if (is_frame(*at)) {
			at++;
			continue;
		}
		token = take_token(&at);
		if (strchr(token, '@') == NULL ||
		    !text_is_address(skip_scheme(token)))
			continue;
		*from_out = from;
		return g_strdup(skip_scheme(token));
	}
	return NULL;
}

/* A name without quotes and the brackets of what follows it. */
static char *
clean_name(const char *text, size_t len)
{
	while (len > 0 && is_frame(*text)) {
		text++;
		len--;
	}
	while (len > 0 && is_frame(text[len - 1]) && text[len - 1] != ')')
		len--;
	return clean(text, len);
}

/* One mailbox; NULL if nothing is in the text. */
static Rec__Addr *
read_mailbox(const char *text)
{
	const char *from = text + strlen(text);
	g_autofree char *address = find_address(text, &from);
	g_autofree char *name = clean_name(text, (size_t)(from - text));
	Rec__Addr *addr;

	if (address == NULL && name == NULL)
		return NULL;
	addr = g_new(Rec__Addr, 1);
	rec__addr__init(addr);
	if (name != NULL && g_strcmp0(name, address) != 0)
		addr->name = g_steal_pointer(&name);
	addr->address = g_steal_pointer(&address);
	return addr;
}

/* The bytes of the first mailbox of a list. */
static size_t
mailbox_len(const char *list, char separator)
{
	bool is_inside = false, is_quoted = false;
	size_t n = 0;

	for (; list[n] != '\0'; n++) {
		if (list[n] == '"')
			is_quoted = !is_quoted;
		else if (list[n] == '<' || list[n] == '[')
			is_inside = true;
		else if (list[n] == '>' || list[n] == ']')
			is_inside = false;
		else if (list[n] == separator && !is_inside && !is_quoted)
			break;
	}
	return n;
}

static void
read_list(Rec__Forward *forward, const char *list)
{
	const char separator = strchr(list, ';') != NULL ? ';' : ',';

	while (*list != '\0' && forward->n_to < MAIL_ADDRS_MAX) {
		const size_t n = mailbox_len(list, separator);
		g_autofree char *one = g_strndup(list, n);
		Rec__Addr *addr = read_mailbox(one);

		list += n + (list[n] != '\0');
		if (addr == NULL)
			continue;
		if (forward->to == NULL)
			forward->to = g_new(Rec__Addr *, MAIL_ADDRS_MAX);
		forward->to[forward->n_to++] = addr;
	}
}

static void
set_field(Rec__Forward *forward, unsigned roles, const GString *value)
{
	if (value->len == 0)
		return;
	if ((roles & WORD_FROM) && forward->from == NULL) {
		forward->from = read_mailbox(value->str);
	} else if (roles & (WORD_SENT | WORD_DATE)) {
		if (!forward->has_date_at)
			forward->has_date_at = date_parse(value->str,
			    &forward->date_at);
	} else if ((roles & WORD_SUBJECT) && forward->subject == NULL) {
		forward->subject = clean(value->str, value->len);
	} else if ((roles & WORD_TO) && forward->n_to == 0) {
		read_list(forward, value->str);
	}
}

static void
append(GString *value, const char *text, size_t len)
{
	while (len > 0 && strchr("> \t*", *text) != NULL) {
		text++;
		len--;
	}
	if (value->len > 0)
		g_string_append_c(value, ' ');
	g_string_append_len(value, text,
	    (gssize)MIN(len, VALUE_MAX - MIN(value->len, VALUE_MAX)));
}

void
forward_fields(Rec__Forward *forward, const struct lines *lines, size_t first,
    size_t count)
{
	g_autoptr(GString) value = g_string_new(NULL);
	unsigned roles = 0;

	for (size_t i = first; i < first + count; i++) {
		struct line *line = &lines->at[i];
		const unsigned next = line_roles(line);
		struct span name, text;

		if (next == 0) {
			append(value, line->at, line->len);
			continue;
		}
		set_field(forward, roles, value);
		g_string_truncate(value, 0);
		roles = next;
		if (line_field(line, &name, &text))
			append(value, text.at, text.len);
	}
	set_field(forward, roles, value);
}
