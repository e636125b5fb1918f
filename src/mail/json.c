/* SPDX-License-Identifier: MIT */
/*
 * The record Mail as the one JSON object that `maildesk parse` prints. Scripts
 * rely on its names; they change only with docs/ and the API version.
 */
#include <string.h>

#include <jansson.h>

#include "base/clk.h"
#include "mail/parse.h"

static const char *const auto_names[] = {
    [REC__MAIL__AUTO__NONE] = "none",
    [REC__MAIL__AUTO__REPLY] = "reply",
    [REC__MAIL__AUTO__GENERATED] = "generated",
    [REC__MAIL__AUTO__BULK] = "bulk",
    [REC__MAIL__AUTO__LIST] = "list",
    [REC__MAIL__AUTO__BOUNCE] = "bounce",
};

static json_t *
text_or_null(const char *text)
{
	return text == NULL ? json_null() : json_string(text);
}

static json_t *
addr_json(const Rec__Addr *addr)
{
	if (addr == NULL)
		return json_null();
	return json_pack("{s:o, s:o}", "name", text_or_null(addr->name),
	    "address", text_or_null(addr->address));
}

static json_t *
addrs_json(Rec__Addr *const *addrs, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(list, addr_json(addrs[i]));
	return list;
}

static json_t *
texts_json(char *const *texts, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(list, json_string(texts[i]));
	return list;
}

static json_t *
attachments_json(const Rec__Mail *mail)
{
	json_t *list = json_array();

	for (size_t i = 0; i < mail->n_parts; i++) {
		const Rec__Part *part = mail->parts[i];

		if (!part->attachment)
			continue;
		(void)json_array_append_new(list,
		    json_pack("{s:o, s:o, s:I, s:b, s:o}", "name",
			text_or_null(part->name), "type",
			text_or_null(part->type), "size",
			(json_int_t)part->size, "inline",
			(int)part->inline_part, "cid",
			text_or_null(part->cid)));
	}
	return list;
}

static json_t *
bounce_json(const Rec__Mail *mail)
{
	const Rec__Bounce *b;

	if (mail->n_bounces == 0)
		return json_null();
	b = mail->bounces[0];
	return json_pack("{s:o, s:o, s:o, s:o}", "recipient",
	    text_or_null(b->recipient), "status", text_or_null(b->status),
	    "action", text_or_null(b->action), "diagnostic",
	    text_or_null(b->diagnostic));
}

static json_t *
date_json(const Rec__Mail *mail)
{
	g_autofree char *text = NULL;

	if (mail->has_date_at)
		text = clk_format(mail->date_at);
	return text_or_null(text);
}

static void
set(json_t *object, const char *name, json_t *value)
{
	(void)json_object_set_new(object, name, value);
}

char *
mail_to_json(const Rec__Mail *mail)
{
	const char *text = mail->text != NULL ? mail->text : "";
	json_t *o = json_object();
	char *printed, *out;

	set(o, "from", addr_json(mail->from));
	set(o, "to", addrs_json(mail->to, mail->n_to));
	set(o, "cc", addrs_json(mail->cc, mail->n_cc));
	set(o, "reply_to", addrs_json(mail->reply_to, mail->n_reply_to));
	set(o, "subject", text_or_null(mail->subject));
	set(o, "date", date_json(mail));
	set(o, "message_id", text_or_null(mail->message_id));
	set(o, "in_reply_to",
	    texts_json(mail->in_reply_to, mail->n_in_reply_to));
	set(o, "references", texts_json(mail->references, mail->n_references));
	set(o, "text", json_string(text));
	set(o, "reply", json_string(mail->reply != NULL ? mail->reply : text));
	set(o, "attachments", attachments_json(mail));
	set(o, "auto", json_string(auto_names[mail->auto_kind]));
	set(o, "bounce", bounce_json(mail));
	printed = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	out = g_strdup(printed);
	free(printed);
	return out;
}
