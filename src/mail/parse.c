/* SPDX-License-Identifier: MIT */
/*
 * One mail to its record: prescan first (R33), then the header by our own
 * list of fields (decisions never see what GMime merged), then the body by
 * GMime, parsed once, as one MIME entity: so GMime leaves the address fields
 * alone, which mail/addr hands to it one by one.
 */
#include "mail/parse.h"

#include <string.h>

#include "base/text.h"
#include "mail/addr.h"
#include "mail/auto.h"
#include "mail/bounce.h"
#include "mail/charset.h"
#include "mail/field.h"
#include "mail/gm.h"
#include "mail/html.h"
#include "mail/part.h"
#include "mail/prescan.h"
#include "mail/reply.h"
#include "mail/thread.h"
#include "model/alloc.h"

#define AUTH_RESULTS_MAX 10
#define SUBJECT_READ     (16 * 1024)

void
mail_setup(void)
{
	static const char *fallback[] = {"utf-8", "windows-1252", NULL};
	static bool done;

	if (done)
		return;
	done = true;
	g_mime_init();
	g_mime_parser_options_set_fallback_charsets(
	    g_mime_parser_options_get_default(), fallback);
	charset_setup();
	html_setup();
}

void
mail_free(Rec__Mail **mail)
{
	if (*mail != NULL)
		rec__mail__free_unpacked(*mail, &record_allocator);
	*mail = NULL;
}

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

static void
read_header(Rec__Mail *mail, const struct fields *f)
{
	addr_read(mail, f);
	read_subject(mail, f);
	read_date(mail, f);
	thread_read(mail, f);
	read_marks(mail, f);
	read_traces(mail, f);
	read_language(mail, f);
}

/* A persistent stream on bytes that outlive it: nothing is copied, and the
 * stream's offsets are the raw mail's. */
static void
read_body(Rec__Mail *mail, const uint8_t *raw, size_t len)
{
	GByteArray view = {.data = (guint8 *)(uintptr_t)raw, .len = (guint)len};
	AUTO(gm_unref) GMimeStream *stream = g_mime_stream_mem_new();
	AUTO(gm_unref) GMimeParser *parser = NULL;
	AUTO(gm_unref) GMimeObject *root = NULL;
	const size_t skip = fields_skip_envelope(raw, len);

	g_mime_stream_mem_set_byte_array(GMIME_STREAM_MEM(stream), &view);
	(void)g_mime_stream_seek(stream, (gint64)skip, GMIME_STREAM_SEEK_SET);
	parser = g_mime_parser_new_with_stream(stream);
	g_mime_parser_set_persist_stream(parser, TRUE);
	root = g_mime_parser_construct_part(parser, NULL);
	if (root != NULL)
		part_read(mail, root, raw, len);
}

static void
read_reply(Rec__Mail *mail)
{
	g_autofree char *reply = NULL;

	if (mail->text == NULL)
		mail->text = g_strdup("");
	reply = reply_of(mail->text);
	if (strcmp(reply, mail->text) != 0)
		mail->reply = g_steal_pointer(&reply);
}

Rec__Mail *
mail_parse(const uint8_t *raw, size_t len)
{
	AUTO(fields_drop) struct fields f = {0};
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
	fields_init(&f, raw, len, PRESCAN_HEADERS_MAX);
	read_header(mail, &f);
	if (len > 0)
		read_body(mail, raw, len);
	bounce_read_header(mail, &f);
	auto_read(mail, &f);
	read_reply(mail);
	return mail;
}
