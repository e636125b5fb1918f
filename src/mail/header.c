/* SPDX-License-Identifier: MIT */
/*
 * Fields of a header to the record. Addresses and ids have files of their
 * own; here is the rest, in the order of the record.
 */
#include "mail/header.h"

#include <string.h>

#include "base/text.h"
#include "mail/addr.h"
#include "mail/gm.h"
#include "mail/parse.h"
#include "mail/thread.h"

#define AUTH_RESULTS_MAX 10
#define SUBJECT_READ     (16 * 1024)

static void
read_subject(Rec__Mail *mail, const struct fields *f)
{
	g_autofree char *text = fields_text(f, "Subject", SUBJECT_READ);
	g_autofree char *decoded = NULL;

	if (text == NULL)
		return;
	decoded = g_mime_utils_header_decode_text(NULL, text);
	if (decoded == NULL)
		return;
	mail->subject = text_cut(text_clean_line(decoded, strlen(decoded)),
	    MAIL_LINE_MAX);
}

static void
read_date(Rec__Mail *mail, const struct fields *f)
{
	g_autofree char *text = fields_text(f, "Date", 200);
	g_autoptr(GDateTime) date = NULL;

	if (text == NULL)
		return;
	date = g_mime_utils_header_decode_date(text);
	if (date == NULL)
		return;
	mail->has_date_at = true;
	mail->date_at = g_date_time_to_unix(date) * INT64_C(1000000);
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

void
header_read(Rec__Mail *mail, const struct fields *f)
{
	addr_read(mail, f);
	read_subject(mail, f);
	read_date(mail, f);
	thread_read(mail, f);
	read_marks(mail, f);
	read_traces(mail, f);
	read_language(mail, f);
}
