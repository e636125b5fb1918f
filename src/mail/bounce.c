/* SPDX-License-Identifier: MIT */
/*
 * Whether a mail is a report is asked of its header (bounce_sign). Then the
 * sources speak in the order of what they are worth: the fields of RFC 3464,
 * in a part of theirs or in the text; the header field of Exim and Gmail; the
 * prose (bounce_text), which also tells of known recipients what the fields
 * left out; the mail that came back. A report that names nobody is still one.
 */
#include "mail/bounce.h"

#include <string.h>

#include "base/text.h"
#include "mail/bounce_complaint.h"
#include "mail/bounce_list.h"
#include "mail/bounce_notice.h"
#include "mail/bounce_reason.h"
#include "mail/bounce_report.h"
#include "mail/bounce_returned.h"
#include "mail/bounce_sign.h"
#include "mail/bounce_text.h"
#include "mail/parse.h"
#include "model/alloc.h"

#define HEAD_MAX   (64 * 1024) /* bytes read of a text or a part */
#define HEADER_MAX 8192
#define FIELDS_MAX 300
#define PARTS_MAX  20 /* a report has three */

struct source {
	Rec__Mail *mail;
	const uint8_t *raw;
	char *head;  /* of the text, before the returned mail */
	char *words; /* subject and head */
	size_t len;
	size_t body; /* where the body begins */
	char *returned_to;
	char *inner; /* a report within this one, whole; or NULL */
};

enum content { CONTENT_OTHER, CONTENT_STATUS, CONTENT_FEEDBACK, CONTENT_MAIL };

static const struct {
	const char *type;
	enum content content;
} contents[] = {
    {"message/delivery-status",          CONTENT_STATUS  },
    {"message/global-delivery-status",   CONTENT_STATUS  },
    {"message/disposition-notification", CONTENT_STATUS  },
    {"message/feedback-report",          CONTENT_FEEDBACK},
    {"message/rfc822",                   CONTENT_MAIL    },
    {"message/global",                   CONTENT_MAIL    },
    {"text/rfc822-headers",              CONTENT_MAIL    },
    {"text/rfc822-header",               CONTENT_MAIL    },
    {"text/rfc822",		      CONTENT_MAIL    },
    {"message/rfc822-headers",           CONTENT_MAIL    },
    {"message/global-headers",           CONTENT_MAIL    },
};

static enum content
content_of(const Rec__Part *part)
{
	for (size_t i = 0; i < COUNT(contents); i++)
		if (g_strcmp0(part->type, contents[i].type) == 0)
			return contents[i].content;
	return CONTENT_OTHER;
}

/* A report that a gateway put into a mail of its own, or one that came back
 * itself. */
static bool
is_report(const uint8_t *data, size_t len)
{
	AUTO(fields_drop) struct fields f = {0};
	g_autofree char *type = NULL;

	fields_init(&f, data, len, FIELDS_MAX);
	type = fields_text(&f, "Content-Type", HEADER_MAX);
	return type != NULL && strcasestr(type, "delivery-status") != NULL;
}

static void
read_mail(struct source *s, const uint8_t *data, size_t len)
{
	if (!is_report(data, len))
		returned_read(s->mail, data, len, &s->returned_to);
	else if (s->inner == NULL)
		s->inner = text_clean((const char *)data, len);
}

static void
read_part(struct source *s, const Rec__Part *part)
{
	const enum content content = content_of(part);
	g_autoptr(GBytes) body = NULL;
	g_autofree char *text = NULL;
	const uint8_t *data;
	size_t len = 0;

	if (content == CONTENT_OTHER)
		return;
	body = mail_part_content(s->mail, part, s->raw, HEAD_MAX);
	data = g_bytes_get_data(body, &len);
	if (data == NULL)
		return;
	if (content == CONTENT_MAIL) {
		read_mail(s, data, len);
	} else if (content == CONTENT_FEEDBACK) {
		complaint_read(s->mail, data, len);
	} else {
		text = text_clean((const char *)data, len);
		report_read(s->mail, text);
	}
}

static void
read_parts(struct source *s)
{
	for (size_t i = 0; i < MIN(s->mail->n_parts, PARTS_MAX); i++)
		read_part(s, s->mail->parts[i]);
}

/* A multipart without its boundaries has no text: then the body is it. */
static char *
text_of(const struct source *s)
{
	const char *text = s->mail->text;
	char *body;

	if (*text != '\0' || s->mail->n_parts > 0)
		return text_cut(g_strndup(text, HEAD_MAX), HEAD_MAX - 4);
	body = text_clean((const char *)s->raw + s->body,
	    MIN(s->len - s->body, HEAD_MAX));
	return body;
}

/* The text up to the returned mail, and what follows read as that. */
static void
split_text(struct source *s)
{
	const Rec__Mail *mail = s->mail;
	g_autofree char *text = text_of(s);
	const size_t end = prose_end(text);

	s->head = g_strndup(text, end);
	s->words = g_strconcat(mail->subject == NULL ? "" : mail->subject, "\n",
	    s->head, NULL);
	returned_read_prose(s->mail, s->head);
	if (text[end] != '\0')
		returned_read_text(s->mail, text + end, &s->returned_to);
}

/* Exim's report names a pipe or a file where the field has the address. */
static bool
stands_for_pipe(const Rec__Mail *mail)
{
	return mail->n_bounces == 1 && mail->bounces[0]->recipient != NULL &&
	    strchr(mail->bounces[0]->recipient, '@') == NULL;
}

static void
read_header(Rec__Mail *mail, const struct fields *f)
{
	g_autofree char *text = fields_text(f, "X-Failed-Recipients",
	    HEADER_MAX);
	struct span span;
	const char *p = text;

	if (p != NULL && stands_for_pipe(mail) && address_in(p, &span)) {
		g_free(mail->bounces[0]->recipient);
		mail->bounces[0]->recipient = span_dup(&span);
	}
	if (mail->n_bounces > 0)
		return;
	while (p != NULL && address_in(p, &span)) {
		g_autofree char *address = span_dup(&span);

		(void)bounce_add(mail, address);
		p = span.at + span.len;
	}
}

static bool
is_complete(const Rec__Mail *mail)
{
	for (size_t i = 0; i < mail->n_bounces; i++) {
		const Rec__Bounce *b = mail->bounces[i];

		if (b->status == NULL || b->diagnostic == NULL ||
		    status_is_vague(b->status))
			return false;
	}
	return mail->n_bounces > 0;
}

/* Is it whom the report went to? That one sent the mail. */
static bool
is_receiver(const Rec__Mail *mail, const char *address)
{
	for (size_t i = 0; i < mail->n_to; i++)
		if (mail->to[i]->address != NULL &&
		    g_ascii_strcasecmp(mail->to[i]->address, address) == 0)
			return true;
	return false;
}

static void
guess(struct source *s)
{
	Rec__Mail *mail = s->mail;

	if (s->returned_to != NULL && !is_receiver(mail, s->returned_to))
		(void)bounce_add(mail, s->returned_to);
	else
		prose_guess(mail, s->head);
	if (mail->n_bounces == 0)
		(void)bounce_add(mail, NULL);
	(void)prose_read(mail, s->head);
}

static const char *
action_of(const struct source *s)
{
	const Rec__Mail *mail = s->mail;
	const char *action = mail->subject == NULL
	    ? NULL
	    : prose_action(mail->subject);

	if (action == NULL)
		action = prose_action(s->head);
	return action == NULL ? "failed" : action;
}

static void
drop_all(Rec__Mail *mail)
{
	while (mail->n_bounces > 0)
		rec__bounce__free_unpacked(mail->bounces[--mail->n_bounces],
		    &record_allocator);
	g_clear_pointer(&mail->bounces, g_free);
}

/* Its fields count where nobody surely failed in what is around it. */
static bool
read_inner(struct source *s)
{
	if (s->inner == NULL)
		return false;
	drop_all(s->mail);
	report_read(s->mail, s->inner);
	return s->mail->n_bounces > 0;
}

/* The fields, in a part or in the text. Prose is read where they left
 * something out; a text with fields is none. False if nobody surely failed. */
static bool
read_recipients(struct source *s, const struct fields *f)
{
	Rec__Mail *mail = s->mail;

	read_parts(s);
	if (mail->n_bounces == 0) {
		report_read(mail, s->head);
		if (mail->n_bounces > 0)
			return true;
	}
	read_header(mail, f);
	return is_complete(mail) || prose_read(mail, s->head) || read_inner(s);
}

static void
read_delivery(struct source *s, const struct fields *f, enum sign sign)
{
	Rec__Mail *mail = s->mail;
	const char *action;
	bool sure;

	split_text(s);
	if (sign != SIGN_SURE && !prose_speaks(s->words))
		return;
	sure = read_recipients(s, f);
	if (sign == SIGN_WEAK && !sure)
		drop_all(mail);
	else if (mail->n_bounces == 0)
		guess(s);
	action = action_of(s);
	for (size_t i = 0; i < mail->n_bounces; i++)
		bounce_finish(mail->bounces[i], action);
}

void
bounce_read(Rec__Mail *mail, const struct fields *f, const uint8_t *raw,
    size_t len)
{
	struct source s = {.mail = mail,
	    .raw = raw,
	    .len = len,
	    .body = MIN(f->body_offset, len)};
	const enum sign sign = sign_read(mail, f);

	switch (sign) {
	case SIGN_NONE:
		return;
	case SIGN_JSON:
		notice_read(mail, mail->text);
		return;
	case SIGN_COMPLAINT:
		read_parts(&s);
		complaint_finish(mail, s.returned_to);
		break;
	case SIGN_WEAK:
	case SIGN_LIKELY:
	case SIGN_SURE:
		read_delivery(&s, f, sign);
		break;
	}
	g_free(s.head);
	g_free(s.words);
	g_free(s.returned_to);
	g_free(s.inner);
}

bool
bounce_rules(size_t i, struct rule_table *out)
{
	const struct rule_table *const single[] = {&reason_table, &sign_table};

	if (i >= COUNT(single))
		return prose_rules(i - COUNT(single), out);
	*out = *single[i];
	return true;
}
