/* SPDX-License-Identifier: MIT */
/*
 * explain: the decision about a mail and its reasons, without doing it. The
 * mail comes as the packed record that the client's own parser made, with the
 * hashes of its bytes; the daemon parses nothing here.
 */
#include "admin/api/api.h"

#include <string.h>

#include "base/clk.h"
#include "desk/ticket.h"
#include "intake/explain.h"

/* ---- the decision as JSON ------------------------------------------------ */

static json_t *
id_or_null(uint64_t id)
{
	return id != 0 ? json_integer((json_int_t)id) : json_null();
}

static json_t *
because_json(const struct decision *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->reasons; i++) {
		const struct decision_reason *r = &d->because[i];
		g_autofree char *text = reason_text(r->reason, r->id,
		    r->detail);
		json_t *object = json_object();

		json_put(object, "code", json_text(reason_code(r->reason)));
		json_put(object, "text", json_text(text));
		(void)json_array_append_new(list, object);
	}
	return list;
}

/* What SMTP is told; the words behind 250 are LMTP's own. */
static const char *
reply_of(Rec__Action action)
{
	switch (action) {
	case REC__ACTION__REJECT:
		return "550 5.7.1 not permitted";
	case REC__ACTION__CREATE:
	case REC__ACTION__APPEND:
	case REC__ACTION__HOLD:
	case REC__ACTION__DISCARD:
	case REC__ACTION__DUPLICATE:
	case REC__ACTION__COMMAND:
	case _REC__ACTION_IS_INT_SIZE:
		break;
	}
	return "250 2.0.0 kept";
}

/* Of a mail that is appended, or whose ticket follows another: what that has.
 */
static bool
put_place(json_t *object, const struct view *view, const struct decision *d,
    GError **error)
{
	struct ticket ticket = {.rec = NULL};
	uint64_t category = d->category, customer = d->customer;
	struct ticket_id id = {d->ticket != 0 ? d->ticket : d->follows};

	if (id.n != 0) {
		if (!ticket_load(view, id, &ticket, error))
			return false;
		category = ticket.rec->category;
		customer = ticket.rec->customer;
		ticket_drop(&ticket);
	}
	json_put(object, "ticket", id_or_null(d->ticket));
	json_put(object, "category", id_or_null(category));
	json_put(object, "category_name",
	    api_name(view, JSON_FORMAT_CATEGORY, category));
	json_put(object, "customer", id_or_null(customer));
	json_put(object, "customer_name",
	    api_name(view, JSON_FORMAT_CUSTOMER, customer));
	return true;
}

static json_t *
decision_json(const struct view *view, const struct decision *d, GError **error)
{
	json_t *object = json_object();

	json_put(object, "action", json_text(action_name(d->action)));
	if (!put_place(object, view, d, error)) {
		json_decref(object);
		return NULL;
	}
	json_put(object, "mailbox", id_or_null(d->mailbox));
	json_put(object, "held",
	    d->action == REC__ACTION__HOLD ? json_text(reason_code(d->held))
					   : json_null());
	json_put(object, "reply", json_text(reply_of(d->action)));
	json_put(object, "follows", id_or_null(d->follows));
	json_put(object, "of_entry", id_or_null(d->of_entry));
	json_put(object, "candidate", id_or_null(d->candidate));
	json_put(object, "authentication",
	    json_text(authentication_word(d->authentication)));
	json_put(object, "because", because_json(d));
	json_put(object, "passed", passed_json(d->passed, d->passed_count));
	return object;
}

/* A recipient that is not ours never gets as far as a decision. */
static json_t *
refusal_json(const GError *why)
{
	const struct err_row *row = err_row(err_kind(why));
	g_autofree char *reply = g_strdup_printf("%s %s", row->reply,
	    row->words);
	json_t *object = json_object();
	json_t *list = json_array();
	json_t *reason = json_object();

	json_put(reason, "code", json_text("recipient"));
	json_put(reason, "text", json_text(why->message));
	(void)json_array_append_new(list, reason);
	json_put(object, "action", json_text("reject"));
	json_put(object, "ticket", json_null());
	json_put(object, "category", json_null());
	json_put(object, "customer", json_null());
	json_put(object, "reply", json_text(reply));
	json_put(object, "because", list);
	return object;
}

/* ---- a mail that is not stored ------------------------------------------- */

static bool
hash_read(const struct api_call *call, const char *name,
    uint8_t out[TOKEN_HASH_LEN], GError **error)
{
	const char *text = json_string_value(
	    json_object_get(call->request, name));
	g_autofree uint8_t *bytes = NULL;
	gsize len = 0;

	if (text != NULL)
		bytes = g_base64_decode(text, &len);
	if (len != TOKEN_HASH_LEN)
		return fail(error, ERR_USAGE, "explain needs %s", name);
	memcpy(out, bytes, TOKEN_HASH_LEN);
	return true;
}

static Rec__Mail *
mail_read(const struct api_call *call, GError **error)
{
	const char *text = json_string_value(
	    json_object_get(call->request, "mail"));
	g_autofree uint8_t *bytes = NULL;
	Rec__Mail *mail = NULL;
	gsize len = 0;

	if (text != NULL)
		bytes = g_base64_decode(text, &len);
	if (bytes != NULL)
		mail = rec__mail__unpack(&record_allocator, len, bytes);
	if (mail == NULL)
		return fail_null(error, ERR_USAGE, "explain needs a mail");
	return mail;
}

static GPtrArray *
recipients_read(const struct api_call *call)
{
	const json_t *list = json_object_get(call->request, "to");
	GPtrArray *to = g_ptr_array_new_with_free_func(g_free);

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *address = json_string_value(
		    json_array_get(list, i));

		if (address != NULL)
			g_ptr_array_add(to, g_strdup(address));
	}
	return to;
}

json_t *
explain_call(const struct api_call *call, GError **error)
{
	AUTO_RECORD(Rec__Mail) mail = mail_read(call, error);
	g_autoptr(GPtrArray) to = recipients_read(call);
	AUTO_RECORD(Rec__Envelope) envelope = NULL;
	g_autoptr(GError) refused = NULL;
	struct intake_mail in = {.mail = mail, .received_at = clk_wall_us()};
	struct decision decision;
	const char *sender = json_string_value(
	    json_object_get(call->request, "from"));

	if (mail == NULL ||
	    !hash_read(call, "body_hash", in.hashes.body.bytes, error) ||
	    !hash_read(call, "id_hash", in.hashes.id.bytes, error))
		return NULL;
	envelope = explain_envelope(call->snapshot, mail, to,
	    sender != NULL ? sender : "", &refused);
	if (envelope == NULL)
		return refusal_json(refused);
	in.envelope = envelope;
	if (!explain_mail(call->view, call->snapshot, &in, &decision, error))
		return NULL;
	return decision_json(call->view, &decision, error);
}

/* ---- stored mails with another setting ----------------------------------- */

struct replay {
	const struct view *view;
	const struct snapshot *now, *then;
	json_t *items;
};

static bool
goes_elsewhere(const struct decision *a, const struct decision *b)
{
	return a->action != b->action || a->ticket != b->ticket ||
	    a->customer != b->customer || a->category != b->category ||
	    a->held != b->held || a->new_sender != b->new_sender ||
	    a->follows != b->follows || a->wakes != b->wakes ||
	    a->actor != b->actor;
}

static void
replay_one(void *arg, uint64_t entry, const Rec__Entry *rec)
{
	struct replay *r = arg;
	struct decision now, then;
	json_t *object, *from, *to;

	decide(rec->facts, r->now, &now);
	decide(rec->facts, r->then, &then);
	if (!goes_elsewhere(&now, &then))
		return;
	object = json_object();
	from = decision_json(r->view, &now, NULL);
	to = decision_json(r->view, &then, NULL);
	json_put(object, "mail", json_integer((json_int_t)entry));
	json_put(object, "at", json_time(rec->at));
	json_put(object, "sender", json_text(rec->facts->sender));
	json_put(object, "title", json_text(rec->facts->title));
	json_put(object, "now", from != NULL ? from : json_null());
	json_put(object, "then", to != NULL ? to : json_null());
	(void)json_array_append_new(r->items, object);
}

static struct snapshot *
changed_snapshot(const struct api_call *call, GError **error)
{
	json_t *all = (json_t *)(uintptr_t)call->fields; /* only read */
	void *one = json_object_iter(all);
	enum setting setting;

	if (json_object_size(call->fields) != 1 ||
	    !json_is_string(json_object_iter_value(one)))
		return fail_null(error, ERR_USAGE,
		    "give one setting: --set KEY=VALUE");
	if (!setting_find(json_object_iter_key(one), &setting, error))
		return NULL;
	return explain_snapshot(call->view, setting,
	    json_string_value(json_object_iter_value(one)), error);
}

json_t *
explain_last_call(const struct api_call *call, GError **error)
{
	AUTO(snapshot_release)
	struct snapshot *then = changed_snapshot(call, error);
	struct replay replay = {
	    .view = call->view,
	    .now = call->snapshot,
	    .then = then,
	};
	struct explain_walk walk = {
	    .before = api_cursor(call),
	    .limit = api_limit(call),
	    .visit = replay_one,
	    .arg = &replay,
	};
	json_t *page;

	if (then == NULL)
		return NULL;
	replay.items = json_array();
	if (!explain_walk(call->view, &walk, error)) {
		json_decref(replay.items);
		return NULL;
	}
	page = api_page(replay.items, walk.next);
	json_put(page, "looked_at", json_integer((json_int_t)walk.count));
	return page;
}
