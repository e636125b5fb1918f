/* SPDX-License-Identifier: MIT */
/*
 * One object: what happened ("bounce", "complaint", "delivery", …) with its
 * recipients, and "mail", which tells of the mail. It may stand as a string
 * in an object of the notification service. jansson bounds the depth.
 */
#include "mail/bounce_notice.h"

#include <string.h>

#include <jansson.h>

#include "base/text.h"
#include "mail/bounce_complaint.h"
#include "mail/bounce_list.h"
#include "mail/bounce_returned.h"
#include "mail/parse.h"

/* Where the recipients of an event stand. */
static const struct event {
	const char *name;
	const char *object;
	const char *recipients;
	const char *action;
} events[] = {
    {"Bounce",        "bounce",        "bouncedRecipients", "failed"   },
    {"DeliveryDelay", "deliveryDelay", "delayedRecipients", "delayed"  },
    {"Delivery",      "delivery",      "recipients",        "delivered"},
};

static char *
string_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text == NULL
	    ? NULL
	    : text_cut(text_clean_line(text, strlen(text)), MAIL_LINE_MAX);
}

/* Transient, of bounces that SES gave up, has a status of its own mostly. */
static char *
status_of(const json_t *event, const json_t *recipient)
{
	g_autofree char *type = string_of(event, "bounceType");
	char *status = string_of(recipient, "status");

	if (status == NULL && type != NULL)
		status = g_strdup(
		    g_str_equal(type, "Transient") ? "4.0.0" : "5.0.0");
	return status;
}

static void
add_recipient(Rec__Mail *mail, const json_t *event, const json_t *recipient,
    const char *action)
{
	g_autofree char *address = json_is_string(recipient)
	    ? g_strdup(json_string_value(recipient))
	    : string_of(recipient, "emailAddress");
	Rec__Bounce *b;
	char *words;

	if (address == NULL || !text_is_address(address))
		return;
	b = bounce_add(mail, address);
	if (b == NULL || b->action != NULL)
		return;
	b->action = g_strdup(action);
	b->status = status_of(event, recipient);
	words = string_of(recipient, "diagnosticCode");
	if (words != NULL && g_ascii_strncasecmp(words, "smtp;", 5) == 0)
		memmove(words, words + 5, strlen(words + 5) + 1);
	b->diagnostic = words == NULL ? NULL : g_strstrip(words);
	bounce_finish(b, action);
}

static void
read_event(Rec__Mail *mail, const json_t *notice, const struct event *e)
{
	const json_t *event = json_object_get(notice, e->object);
	const json_t *list = json_object_get(event, e->recipients);

	for (size_t i = 0; i < json_array_size(list); i++)
		add_recipient(mail, event, json_array_get(list, i), e->action);
}

static void
read_complaint(Rec__Mail *mail, const json_t *notice)
{
	const json_t *event = json_object_get(notice, "complaint");
	const json_t *list = json_object_get(event, "complainedRecipients");
	Rec__Complaint *c = complaint_of(mail);

	c->feedback_type = string_of(event, "complaintFeedbackType");
	c->recipient = string_of(json_array_get(list, 0), "emailAddress");
	c->source = string_of(event, "userAgent");
	complaint_finish(mail, NULL);
}

/* "<id>" to "id". */
static char *
bare_id(char *id)
{
	if (id != NULL && *id == '<' && g_str_has_suffix(id, ">")) {
		id[strlen(id) - 1] = '\0';
		memmove(id, id + 1, strlen(id));
	}
	return id;
}

static void
read_mail(Rec__Mail *mail, const json_t *notice)
{
	const json_t *sent = json_object_get(notice, "mail");
	const json_t *headers = json_object_get(sent, "commonHeaders");
	g_autofree char *source = string_of(sent, "source");

	if (source != NULL)
		returned_add_address(mail, source);
	mail->returned_message_id = bare_id(string_of(headers, "messageId"));
	if (mail->returned_message_id == NULL)
		mail->returned_message_id = string_of(sent, "messageId");
}

static void
read_notice(Rec__Mail *mail, const json_t *notice)
{
	g_autofree char *type = string_of(notice, "notificationType");

	if (type == NULL)
		type = string_of(notice, "eventType");
	if (type == NULL)
		return;
	for (size_t i = 0; i < COUNT(events); i++)
		if (g_str_equal(type, events[i].name))
			read_event(mail, notice, &events[i]);
	if (g_str_equal(type, "Complaint"))
		read_complaint(mail, notice);
	if (mail->n_bounces > 0 || mail->complaint != NULL)
		read_mail(mail, notice);
}

static json_t *
load(const char *text)
{
	return json_loads(text, JSON_DISABLE_EOF_CHECK, NULL);
}

void
notice_read(Rec__Mail *mail, const char *text)
{
	json_t *outer, *inner;
	const char *message;

	text += strspn(text, " \t\n");
	if (*text != '{')
		return;
	outer = load(text);
	message = json_string_value(json_object_get(outer, "Message"));
	inner = message == NULL ? NULL : load(message);
	read_notice(mail, inner != NULL ? inner : outer);
	json_decref(inner);
	json_decref(outer);
}
