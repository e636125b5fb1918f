/* SPDX-License-Identifier: MIT */
/*
 * Results of authentication, and fields of spam and virus filters. Which of
 * these fields means what is a setting (intake.spam_headers), so all are kept
 * that by their names may be meant: the topmost of each name, for the last
 * server that looked at the mail had the last word.
 */
#include "mail/site.h"

#include <string.h>

#include "base/text.h"
#include "mail/claim.h"
#include "mail/trace.h"

#define NAME_LEN_MAX 64
#define VALUE_READ   1024 /* bytes of a value before it is cleaned */

static const struct filter_name {
	enum { NAME_HAS, NAME_BEGINS } how;
	const char *text; /* lower case */
} filter_names[] = {
    {NAME_HAS,    "spam"     },
    {NAME_HAS,    "junk"     },
    {NAME_HAS,    "virus"    },
    {NAME_HAS,    "phish"    },
    {NAME_HAS,    "bulk"     },
    {NAME_BEGINS, "x-rspamd-"},
    {NAME_BEGINS, "x-amavis-"},
};

static bool
is_of_filter(const struct field *field)
{
	g_autofree char *name = NULL;

	if (field->name_len > NAME_LEN_MAX)
		return false;
	name = g_ascii_strdown(field->name, (gssize)field->name_len);
	for (size_t i = 0; i < COUNT(filter_names); i++) {
		const char *at = strstr(name, filter_names[i].text);

		if (at != NULL &&
		    (filter_names[i].how == NAME_HAS || at == name))
			return true;
	}
	return false;
}

static bool
is_there(const Rec__Mail *mail, const char *line)
{
	const size_t len = strcspn(line, ":") + 1;

	for (size_t i = 0; i < mail->n_site_fields; i++)
		if (g_ascii_strncasecmp(mail->site_fields[i], line, len) == 0)
			return true;
	return false;
}

static char *
read_line(const struct field *field)
{
	g_autofree char *name = text_clean_line(field->name, field->name_len);
	g_autofree char *raw = field_text(field, VALUE_READ);
	g_autofree char *value = text_cut(text_clean_line(raw, strlen(raw)),
	    SITE_VALUE_MAX);

	return g_strdup_printf("%s: %s", name, value);
}

static void
add_field(Rec__Mail *mail, const struct field *field)
{
	g_autofree char *line = NULL;

	if (mail->n_site_fields == SITE_FIELDS_MAX || !is_of_filter(field))
		return;
	line = read_line(field);
	if (is_there(mail, line))
		return;
	if (mail->site_fields == NULL)
		mail->site_fields = g_new(char *, SITE_FIELDS_MAX);
	mail->site_fields[mail->n_site_fields++] = g_steal_pointer(&line);
}

void
site_read(Rec__Mail *mail, const struct fields *f)
{
	const size_t count = trace_own(f);

	for (size_t i = 0; i < count; i++) {
		if (field_is(&f->at[i], "Authentication-Results"))
			claim_read(mail, &f->at[i]);
		else
			add_field(mail, &f->at[i]);
	}
}
