/* SPDX-License-Identifier: MIT */
/*
 * The header of a mail that no parser may see, as far as a bounded scan reads
 * it: the first 64 KiB, 998 bytes a field, no encoded words, no grammar. It
 * runs in the daemon itself, so it is nothing but loops over bytes. The
 * record is for a person who looks at a held mail.
 */
#include <string.h>

#include "base/text.h"
#include "mail/date.h"
#include "mail/field.h"
#include "mail/parse.h"
#include "mail/prescan.h"
#include "mail/thread.h"

#define SCAN_MAX   (64 * 1024)
#define FIELDS_MAX 500
#define ADDRS_MAX  50

/* One "Name <address>" or "address". */
static Rec__Addr *
read_mailbox(const char *text)
{
	const char *open = strrchr(text, '<');
	const char *close = open == NULL ? NULL : strchr(open, '>');
	Rec__Addr *addr = g_new(Rec__Addr, 1);

	rec__addr__init(addr);
	if (close != NULL) {
		addr->address = text_clean_line(open + 1,
		    (size_t)(close - open - 1));
		addr->name = text_clean_line(text, (size_t)(open - text));
	} else if (strchr(text, '@') != NULL) {
		addr->address = text_clean_line(text, strlen(text));
	} else {
		addr->name = text_clean_line(text, strlen(text));
	}
	return addr;
}

static size_t
read_list(const struct fields *f, const char *name, Rec__Addr ***out)
{
	g_autofree char *text = fields_text(f, name, MAIL_LINE_MAX);
	g_auto(GStrv) words = NULL;
	size_t count = 0;

	if (text == NULL)
		return 0;
	words = g_strsplit(text, ",", ADDRS_MAX);
	*out = g_new(Rec__Addr *, ADDRS_MAX);
	for (size_t i = 0; words[i] != NULL; i++)
		if (*g_strstrip(words[i]) != '\0')
			(*out)[count++] = read_mailbox(words[i]);
	return count;
}

static char *
read_line(const struct fields *f, const char *name)
{
	g_autofree char *text = fields_text(f, name, MAIL_LINE_MAX);

	return text == NULL ? NULL : text_clean_line(text, strlen(text));
}

static void
read_from(Rec__Mail *mail, const struct fields *f)
{
	g_autofree char *from = fields_text(f, "From", MAIL_LINE_MAX);

	if (from != NULL)
		mail->from = read_mailbox(from);
	if (fields_count(f, "From") != 1)
		mail->marks |= from == NULL ? MARK_NO_FROM
					    : MARK_DUPLICATE_FROM;
}

Rec__Mail *
prescan_headers(const uint8_t *raw, size_t len, const char *why)
{
	AUTO(fields_drop) struct fields f = {0};
	g_autofree char *date = NULL;
	Rec__Mail *mail = g_new(Rec__Mail, 1);

	rec__mail__init(mail);
	mail->unreadable = g_strdup(why);
	mail->has_marks = true;
	fields_init(&f, raw, MIN(len, SCAN_MAX), FIELDS_MAX);
	read_from(mail, &f);
	mail->n_to = read_list(&f, "To", &mail->to);
	mail->n_cc = read_list(&f, "Cc", &mail->cc);
	mail->subject = read_line(&f, "Subject");
	date = read_line(&f, "Date");
	mail->has_date_at = date != NULL && date_parse(date, &mail->date_at);
	thread_read(mail, &f);
	return mail;
}
