/* SPDX-License-Identifier: MIT */
/*
 * Fields of a header to the record. Addresses and ids have files of their
 * own; here is the rest, in the order of the record.
 */
#include "mail/header.h"

#include <string.h>

#include "base/text.h"
#include "mail/addr.h"
#include "mail/charset.h"
#include "mail/date.h"
#include "mail/detect.h"
#include "mail/parse.h"
#include "mail/site.h"
#include "mail/thread.h"
#include "mail/word.h"

#define AUTH_RESULTS_MAX 10
#define SUBJECT_READ     (16 * 1024)
#define TYPE_READ        (16 * 1024)
#define LOOP_MARK_MAX    100

/* The charset of all raw bytes of a header together: one name alone may be
 * too short to tell. */
static const char *
detect_raw(const struct fields *f)
{
	g_autoptr(GString) raw = g_string_new(NULL);

	for (size_t i = 0; i < f->count; i++) {
		const char *value = f->at[i].value;
		const size_t len = MIN(f->at[i].value_len, SUBJECT_READ);

		if (charset_is_ascii(value, len) ||
		    g_utf8_validate_len(value, len, NULL))
			continue;
		g_string_append_len(raw, value, (gssize)len);
		g_string_append_c(raw, ' ');
	}
	return raw->len == 0 ? NULL : detect_charset(raw->str, raw->len);
}

/* The charset of raw bytes in this header: that of its text (RFC 5322 has
 * none; mailers that write raw bytes mean their own). NULL: find out. */
static char *
raw_charset(const struct fields *f)
{
	g_autofree char *type = NULL;
	char *charset;

	for (size_t i = 0;; i++) {
		if (i == f->count)
			return NULL;
		if (!charset_is_ascii(f->at[i].value, f->at[i].value_len))
			break;
	}
	type = fields_text(f, "Content-Type", TYPE_READ);
	charset = type == NULL ? NULL : word_parameter(type, "charset");
	if (charset != NULL && charset_canonical(charset) == NULL)
		g_clear_pointer(&charset, g_free);
	if (charset == NULL)
		charset = g_strdup(detect_raw(f));
	return charset;
}

static void
read_subject(Rec__Mail *mail, const struct fields *f, const char *charset)
{
	const struct field *field = fields_find(f, "Subject");

	if (field == NULL)
		return;
	mail->subject = text_cut(word_decode(field->value,
				     MIN(field->value_len, SUBJECT_READ),
				     charset),
	    MAIL_LINE_MAX);
}

static void
read_date(Rec__Mail *mail, const struct fields *f)
{
	g_autofree char *raw = fields_text(f, "Date", 200);
	g_autofree char *text = raw == NULL
	    ? NULL
	    : word_decode(raw, strlen(raw), NULL);

	mail->has_date_at = text != NULL && date_parse(text, &mail->date_at);
}

/* R35: what stands twice, or not at all, is no ground for trust. */
static void
read_marks(Rec__Mail *mail, const struct fields *f)
{
	static const struct {
		const char *name;
		unsigned none, twice;
	} row[] = {
	    {"From",       MARK_NO_FROM,       MARK_DUPLICATE_FROM      },
	    {"Sender",     0,                  MARK_DUPLICATE_SENDER    },
	    {"Date",       MARK_NO_DATE,       MARK_DUPLICATE_DATE      },
	    {"Message-ID", MARK_NO_MESSAGE_ID, MARK_DUPLICATE_MESSAGE_ID},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		const unsigned count = fields_count(f, row[i].name);

		if (count == 0)
			mail->marks |= row[i].none;
		if (count > 1)
			mail->marks |= row[i].twice;
	}
}

static void
read_traces(Rec__Mail *mail, const struct fields *f)
{
	mail->has_hops = true;
	mail->hops = fields_count(f, "Received");
	for (size_t i = 0; i < f->count; i++) {
		g_autofree char *text = NULL;

		if (!field_is(&f->at[i], "Authentication-Results"))
			continue;
		if (mail->n_authentication_results == AUTH_RESULTS_MAX)
			return;
		if (mail->authentication_results == NULL)
			mail->authentication_results = g_new(char *,
			    AUTH_RESULTS_MAX);
		text = field_text(&f->at[i], 4096);
		mail->authentication_results[mail->n_authentication_results++] =
		    text_clean_line(text, strlen(text));
	}
}

static void
read_language(Rec__Mail *mail, const struct fields *f)
{
	g_autofree char *text = fields_text(f, "Content-Language", 100);
	size_t len;

	if (text == NULL)
		return;
	len = strspn(text,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-");
	if (len >= 2)
		mail->language = g_strndup(text, len);
}

/* The mark that a desk puts into what it sends, to know it again. */
static void
read_loop_mark(Rec__Mail *mail, const struct fields *f)
{
	g_autofree char *text = fields_text(f, "X-Maildesk-Loop",
	    LOOP_MARK_MAX);

	if (text == NULL || *text == '\0')
		return;
	mail->loop_mark = text_cut(text_clean_line(text, strlen(text)),
	    LOOP_MARK_MAX);
}

void
header_read(Rec__Mail *mail, const struct fields *f)
{
	g_autofree char *charset = raw_charset(f);

	addr_read(mail, f, charset);
	read_subject(mail, f, charset);
	read_date(mail, f);
	thread_read(mail, f);
	read_marks(mail, f);
	read_traces(mail, f);
	site_read(mail, f);
	read_language(mail, f);
	read_loop_mark(mail, f);
}
