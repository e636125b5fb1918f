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
report_json(const Rec__Bounce *b)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "recipient",
	    text_or_null(b->recipient), "status", text_or_null(b->status),
	    "action", text_or_null(b->action), "diagnostic",
	    text_or_null(b->diagnostic));
}

/* The first recipient that failed; what is late or arrived is no bounce. */
static json_t *
bounce_json(const Rec__Mail *mail)
{
	for (size_t i = 0; i < mail->n_bounces; i++)
		if (mail->bounces[i]->action == NULL ||
		    g_str_equal(mail->bounces[i]->action, "failed"))
			return report_json(mail->bounces[i]);
	return json_null();
}

/* Each recipient that a report speaks of. */
static json_t *
reports_json(const Rec__Mail *mail)
{
	json_t *list = json_array();

	for (size_t i = 0; i < mail->n_bounces; i++) {
		json_t *one = report_json(mail->bounces[i]);

		(void)json_object_set_new(one, "hard",
		    json_boolean(mail->bounces[i]->hard));
		(void)json_array_append_new(list, one);
	}
	return list;
}

static json_t *
complaint_json(const Rec__Complaint *c)
{
	if (c == NULL)
		return json_null();
	return json_pack("{s:o, s:o, s:o}", "type",
	    text_or_null(c->feedback_type), "recipient",
	    text_or_null(c->recipient), "source", text_or_null(c->source));
}

static json_t *
time_json(bool has, int64_t at)
{
	g_autofree char *text = has ? clk_format(at) : NULL;

	return text_or_null(text);
}

static json_t *
forwards_json(const Rec__Mail *mail)
{
	json_t *list = json_array();

	for (size_t i = 0; i < mail->n_forwards; i++) {
		const Rec__Forward *f = mail->forwards[i];

		(void)json_array_append_new(list,
		    json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "from",
			addr_json(f->from), "to", addrs_json(f->to, f->n_to),
			"subject", text_or_null(f->subject), "date",
			time_json(f->has_date_at, f->date_at), "message_id",
			text_or_null(f->message_id), "text",
			text_or_null(f->text)));
	}
	return list;
}

static json_t *
security_json(const Rec__Mail *mail)
{
	static const char *const names[] = {
	    [REC__MAIL__SECURITY__SMIME_SIGNED] = "smime-signed",
	    [REC__MAIL__SECURITY__SMIME_ENCRYPTED] = "smime-encrypted",
	    [REC__MAIL__SECURITY__PGP_SIGNED] = "pgp-signed",
	    [REC__MAIL__SECURITY__PGP_ENCRYPTED] = "pgp-encrypted",
	};
	json_t *list = json_array();

	for (size_t i = 0; i < mail->n_security; i++)
		(void)json_array_append_new(list,
		    json_string(names[mail->security[i]]));
	return list;
}

static json_t *
claims_json(const Rec__Mail *mail)
{
	json_t *list = json_array();

	for (size_t i = 0; i < mail->n_claims; i++) {
		const Rec__AuthClaim *c = mail->claims[i];

		(void)json_array_append_new(list,
		    json_pack("{s:o, s:o, s:o, s:o}", "server",
			text_or_null(c->authserv), "method",
			text_or_null(c->method), "result",
			text_or_null(c->result), "domain",
			text_or_null(c->domain)));
	}
	return list;
}

static void
set(json_t *object, const char *name, json_t *value)
{
	(void)json_object_set_new(object, name, value);
}

/* What the outer face does not promise, and a reader wants to know. */
static void
set_meaning(json_t *o, const Rec__Mail *mail)
{
	set(o, "auto_because", text_or_null(mail->auto_because));
	set(o, "thanks", json_boolean(mail->thanks));
	set(o, "reports", reports_json(mail));
	set(o, "complaint", complaint_json(mail->complaint));
	set(o, "returned_message_id", text_or_null(mail->returned_message_id));
	set(o, "returned_addresses",
	    texts_json(mail->returned_addresses, mail->n_returned_addresses));
	set(o, "forwarded", forwards_json(mail));
	set(o, "security", security_json(mail));
	set(o, "loop_mark", text_or_null(mail->loop_mark));
}

/* What the servers on the way put in; left out where they did not. */
static void
set_traces(json_t *o, const Rec__Mail *mail)
{
	if (mail->n_claims > 0)
		set(o, "authentication", claims_json(mail));
	if (mail->n_site_fields > 0)
		set(o, "site_fields",
		    texts_json(mail->site_fields, mail->n_site_fields));
	if (mail->list_post != NULL)
		set(o, "list_post", json_string(mail->list_post));
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
	set(o, "date", time_json(mail->has_date_at, mail->date_at));
	set(o, "message_id", text_or_null(mail->message_id));
	set(o, "in_reply_to",
	    texts_json(mail->in_reply_to, mail->n_in_reply_to));
	set(o, "references", texts_json(mail->references, mail->n_references));
	set(o, "text", json_string(text));
	set(o, "reply", json_string(mail->reply != NULL ? mail->reply : text));
	set(o, "attachments", attachments_json(mail));
	set(o, "auto", json_string(auto_names[mail->auto_kind]));
	set(o, "bounce", bounce_json(mail));
	set_meaning(o, mail);
	set_traces(o, mail);
	printed = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	out = g_strdup(printed);
	free(printed);
	return out;
}
