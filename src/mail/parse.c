/* SPDX-License-Identifier: MIT */
/*
 * One mail to its record: prescan first (R33), then the header by our own
 * list of fields, then the body as one MIME entity, walked once; then what
 * header, text and parts say together: whose bounce it is, whether a machine
 * wrote it, what is forwarded in it, what of it is new.
 */
#include "mail/parse.h"

#include <string.h>

#include "mail/auto.h"
#include "mail/bounce.h"
#include "mail/calendar.h"
#include "mail/charset.h"
#include "mail/field.h"
#include "mail/forward.h"
#include "mail/header.h"
#include "mail/html.h"
#include "mail/mark.h"
#include "mail/name.h"
#include "mail/part.h"
#include "mail/prescan.h"
#include "mail/reply.h"
#include "mail/thanks.h"
#include "model/alloc.h"

void
mail_setup(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	charset_setup();
	html_setup();
	calendar_setup();
}

void
mail_free(Rec__Mail **mail)
{
	if (*mail != NULL)
		rec__mail__free_unpacked(*mail, &record_allocator);
	*mail = NULL;
}

/* What all of it says together. The text comes with its marks, which the
 * readers of quotes need, and is stored without. */
static void
read_meaning(Rec__Mail *mail, const struct fields *f, const uint8_t *raw,
    size_t len)
{
	g_autofree char *reply = NULL;

	if (mail->text == NULL)
		mail->text = g_strdup("");
	forward_read(mail, mail->text, raw, len);
	reply = reply_of(mail->text);
	(void)mark_strip(mail->text);
	if (strcmp(reply, mail->text) != 0)
		mail->reply = g_steal_pointer(&reply);
	bounce_read(mail, f, raw, len);
	auto_read(mail, f, raw);
	thanks_read(mail);
}

/* Some old program ends lines with CR alone. LF in their place leaves all
 * offsets as they are. NULL: not such a mail. */
static uint8_t *
with_line_feeds(const uint8_t *raw, size_t len)
{
	uint8_t *copy;

	if (len == 0 || memchr(raw, '\n', len) != NULL ||
	    memchr(raw, '\r', len) == NULL)
		return NULL;
	copy = g_memdup2(raw, len);
	for (size_t i = 0; i < len; i++)
		if (copy[i] == '\r')
			copy[i] = '\n';
	return copy;
}

/* Files that are saved into one folder must not replace one another: a name
 * that was there before gets a number. */
static void
set_names_apart(Rec__Mail *mail)
{
	g_autoptr(GHashTable) last = g_hash_table_new_full(g_str_hash,
	    g_str_equal, g_free, NULL); /* name -> number given last */

	for (size_t i = 0; i < mail->n_parts; i++) {
		Rec__Part *part = mail->parts[i];
		g_autofree char *name = g_strdup(part->name);
		unsigned n = 0;

		if (name == NULL || !part->attachment)
			continue;
		while (g_hash_table_contains(last, part->name)) {
			if (n == 0)
				n = GPOINTER_TO_UINT(
				    g_hash_table_lookup(last, name));
			g_free(part->name);
			part->name = name_numbered(name, ++n);
		}
		(void)g_hash_table_replace(last, g_strdup(part->name), NULL);
		(void)g_hash_table_replace(last, g_strdup(name),
		    GUINT_TO_POINTER(n));
	}
}

/* Header and body; `f` is set unless the mail is unreadable. */
static Rec__Mail *
read_mail(const uint8_t *raw, size_t len, struct fields *f)
{
	struct prescan scan;
	Rec__Mail *mail;

	mail_setup();
	prescan(raw, len, &scan);
	if (scan.refused != NULL || len > G_MAXUINT / 2)
		return prescan_headers(raw, len,
		    scan.refused != NULL ? scan.refused : "too big");
	mail = g_new(Rec__Mail, 1);
	rec__mail__init(mail);
	mail->has_marks = true;
	mail->marks = scan.marks;
	fields_init(f, raw, len, PRESCAN_HEADERS_MAX);
	header_read(mail, f);
	part_read(mail, f, raw, len);
	set_names_apart(mail);
	return mail;
}

Rec__Mail *
mail_parse(const uint8_t *raw, size_t len)
{
	AUTO(fields_drop) struct fields f = {0};
	g_autofree uint8_t *fixed = with_line_feeds(raw, len);
	Rec__Mail *mail;

	if (fixed != NULL)
		raw = fixed;
	mail = read_mail(raw, len, &f);
	if (mail->unreadable == NULL)
		read_meaning(mail, &f, raw, len);
	return mail;
}

Rec__Mail *
mail_parse_bare(const uint8_t *raw, size_t len)
{
	AUTO(fields_drop) struct fields f = {0};

	return read_mail(raw, len, &f);
}
