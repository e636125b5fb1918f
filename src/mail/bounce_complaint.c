/* SPDX-License-Identifier: MIT */
/*
 * A complaint is no bounce: the mail arrived. Providers hide the recipient
 * as far as they can, so several fields may tell, of the report or, last, of
 * the mail that comes with it.
 */
#include "mail/bounce_complaint.h"

#include <string.h>

#include "base/text.h"
#include "mail/bounce_list.h"
#include "mail/field.h"
#include "mail/parse.h"

#define FIELDS_MAX 100
#define TYPE_MAX   40

static const char *const recipient_fields[] = {"Original-Rcpt-To",
    "Removal-Recipient", "Original-Recipient", "Rcpt-To"};

Rec__Complaint *
complaint_of(Rec__Mail *mail)
{
	if (mail->complaint == NULL) {
		mail->complaint = g_new(Rec__Complaint, 1);
		rec__complaint__init(mail->complaint);
	}
	return mail->complaint;
}

static char *
clean_field(const struct fields *f, const char *name)
{
	g_autofree char *text = fields_text(f, name, MAIL_LINE_MAX);

	return text == NULL ? NULL : text_clean_line(text, strlen(text));
}

static char *
recipient_of(const struct fields *f)
{
	for (size_t i = 0; i < COUNT(recipient_fields); i++) {
		g_autofree char *text = clean_field(f, recipient_fields[i]);
		struct span span;

		if (text != NULL && address_in(text, &span))
			return span_dup(&span);
	}
	return NULL;
}

/* One word, in lower case. */
static char *
type_of(const struct fields *f)
{
	g_autofree char *text = clean_field(f, "Feedback-Type");

	if (text == NULL)
		return NULL;
	text[strcspn(text, " ;,")] = '\0';
	return *text == '\0' ? NULL
			     : text_cut(g_utf8_strdown(text, -1), TYPE_MAX);
}

void
complaint_read(Rec__Mail *mail, const uint8_t *bytes, size_t len)
{
	AUTO(fields_drop) struct fields f = {0};
	Rec__Complaint *c;

	if (mail->complaint != NULL)
		return;
	c = complaint_of(mail);
	fields_init(&f, bytes, len, FIELDS_MAX);
	c->feedback_type = type_of(&f);
	c->recipient = recipient_of(&f);
	c->source = clean_field(&f, "User-Agent");
}

void
complaint_finish(Rec__Mail *mail, const char *returned_to)
{
	Rec__Complaint *c = complaint_of(mail);

	if (c->feedback_type == NULL)
		c->feedback_type = g_strdup("abuse");
	if (c->recipient == NULL)
		c->recipient = g_strdup(returned_to);
	if (c->source == NULL && mail->from != NULL)
		c->source = g_strdup(mail->from->address);
}
