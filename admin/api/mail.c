/* SPDX-License-Identifier: MIT */
/* Held mails, and why any stored mail is where it is. */
#include "admin/api/api.h"
#include "base/text.h"
#include "desk/block.h"
#include "desk/entry.h"
#include "desk/job.h"
#include "desk/ticket.h"
#include "intake/decide.h"
#include "intake/held.h"

struct held_list {
	const struct api_call *call;
	enum table table; /* HELD or DISCARDED */
	const char *held; /* code; NULL: any */
	char *from;       /* folded; NULL: any */
	json_t *items;
	size_t texts;
};

static bool
is_wanted(const struct held_list *l, const Rec__Entry *rec)
{
	if (l->held != NULL && g_strcmp0(rec->held_code, l->held) != 0)
		return false;
	return l->from == NULL ||
	    (rec->facts != NULL && g_strcmp0(rec->facts->sender, l->from) == 0);
}

static bool
add_held(struct held_list *l, uint64_t id, GError **error)
{
	AUTO_RECORD(Rec__Entry) rec = NULL;
	json_t *object;

	if (!entry_load(l->call->view, (struct entry_id){id}, &rec, error))
		return false;
	if (!is_wanted(l, rec))
		return true;
	object = entry_json(l->call->view, id, rec, error);
	if (object == NULL)
		return false;
	l->texts += entry_text_len(object);
	(void)json_array_append_new(l->items, object);
	return true;
}

static bool
list_held(struct held_list *l, struct cursor *cursor, uint64_t *next_out,
    GError **error)
{
	size_t limit = api_limit(l->call);
	struct key key;
	struct slice value;
	enum found found;
	uint64_t id = 0;
	unsigned looked_at = 0;

	*next_out = 0;
	while (
	    (found = cursor_next(cursor, &key, &value, error)) == FOUND_YES) {
		size_t at = key_start(l->table);

		if (json_array_size(l->items) == limit ||
		    l->texts > API_TEXT_MAX || looked_at++ == API_SCAN_MAX) {
			*next_out = id;
			return true;
		}
		id = key_get_u64(&key, &at);
		if (!add_held(l, id, error))
			return false;
	}
	return found == FOUND_NO;
}

static bool
filters(const struct api_call *call, struct held_list *l, GError **error)
{
	static const char *const allowed[] = {"held", "from", "discarded",
	    NULL};
	const char *from = json_string_value(
	    json_object_get(call->fields, "from"));
	bool discarded;

	l->call = call;
	l->held = json_string_value(json_object_get(call->fields, "held"));
	l->from = from != NULL ? text_fold_address(from) : NULL;
	if (!api_only(call, allowed, error) ||
	    !api_switch(call, "discarded", &discarded, error))
		return false;
	l->table = discarded ? TABLE_DISCARDED : TABLE_HELD;
	return l->held == NULL || reason_find(l->held) < REASON_COUNT ||
	    fail(error, ERR_INVALID,
		"held=%s: there is no such reason; maildesk list mail shows "
		"them",
		l->held);
}

static json_t *
page(struct held_list *l, GError **error)
{
	struct key prefix = key_of(l->table);
	struct key from = key_1(l->table, api_cursor(l->call));
	AUTO(cursor_free)
	struct cursor *cursor = cursor_new(l->call->view, &prefix, DESCENDING,
	    error);
	uint64_t next;

	if (cursor == NULL)
		return NULL;
	if (api_cursor(l->call) != 0)
		cursor_after(cursor, &from);
	l->items = json_array();
	if (list_held(l, cursor, &next, error))
		return api_page(l->items, next);
	json_decref(l->items);
	return NULL;
}

json_t *
mail_page(const struct api_call *call, GError **error)
{
	struct held_list l = {.table = TABLE_HELD};
	json_t *answer = filters(call, &l, error) ? page(&l, error) : NULL;

	g_free(l.from);
	return answer;
}

/* Without the texts. */
json_t *
mail_list(const struct api_call *call, GError **error)
{
	json_t *page = mail_page(call, error);
	json_t *items = json_object_get(page, "items");

	for (size_t i = 0; i < json_array_size(items); i++) {
		json_t *mail = json_array_get(items, i);

		(void)json_object_del(mail, "text");
		(void)json_object_del(mail, "reply");
	}
	return page;
}

json_t *
mail_show(const struct api_call *call, GError **error)
{
	AUTO_RECORD(Rec__Entry) rec = NULL;
	uint64_t id;
	json_t *object;

	if (!api_number(call->id, "mail", &id, error) ||
	    !entry_load(call->view, (struct entry_id){id}, &rec, error))
		return NULL;
	if (rec->kind > REC__ENTRY__KIND__MAIL_OUT)
		return fail_null(error, ERR_NOT_FOUND,
		    "entry %" PRIu64 " is no mail", id);
	object = entry_json(call->view, id, rec, error);
	if (object == NULL)
		return NULL;
	json_put(object, "action", json_text(action_name(rec->action)));
	json_put(object, "mailbox",
	    rec->mailbox != 0 ? json_integer((json_int_t)rec->mailbox)
			      : json_null());
	json_put(object, "mailbox_name",
	    api_name(call->view, JSON_FORMAT_MAILBOX, rec->mailbox));
	return object;
}

/* ---- what is done with it (IN-13) ---------------------------------------- */

static bool
act_start(const struct api_call *call, const char *const *allowed,
    struct held_act *out, GError **error)
{
	*out = (struct held_act){.snapshot = call->snapshot};
	return api_only(call, allowed, error) &&
	    api_number(call->id, "mail", &out->entry.n, error);
}

static json_t *
act_answer(const struct held_act *act, const struct outcome *o)
{
	json_t *object = json_object();

	json_put(object, "id", json_integer((json_int_t)act->entry.n));
	json_put(object, "action", json_text(action_name(o->action)));
	json_put(object, "ticket",
	    o->ticket != 0 ? json_integer((json_int_t)o->ticket) : json_null());
	json_put(object, "held",
	    o->action == REC__ACTION__HOLD ? json_text(reason_code(o->held))
					   : json_null());
	return object;
}

/* A reference among the fields; *id_out is 0 if it is not given. */
static bool
reference(const struct api_call *call, enum json_format kind, const char *name,
    uint64_t *id_out, GError **error)
{
	char room[API_NUMBER_ROOM];
	const char *value = json_member(call->fields, name, room);

	*id_out = 0;
	return value == NULL ||
	    api_find(call->view, kind, value, id_out, error);
}

json_t *
mail_attach(const struct api_call *call, GError **error)
{
	static const char *const allowed[] = {"ticket", NULL};
	struct ticket_id ticket;
	struct held_act act;
	struct outcome out;

	if (!act_start(call, allowed, &act, error) ||
	    !reference(call, JSON_FORMAT_TICKET, "ticket", &ticket.n, error))
		return NULL;
	if (ticket.n == 0)
		return fail_null(error, ERR_USAGE,
		    "attach to which ticket? give ticket=NUMBER");
	if (!held_attach(call->w, &act, ticket, &out, error))
		return NULL;
	return act_answer(&act, &out);
}

json_t *
mail_open(const struct api_call *call, GError **error)
{
	static const char *const allowed[] = {"customer", NULL};
	struct customer_id customer;
	struct held_act act;
	struct outcome out;

	if (!act_start(call, allowed, &act, error) ||
	    !reference(call, JSON_FORMAT_CUSTOMER, "customer", &customer.n,
		error) ||
	    !held_open(call->w, &act, customer, &out, error))
		return NULL;
	return act_answer(&act, &out);
}

json_t *
mail_decide(const struct api_call *call, GError **error)
{
	static const char *const allowed[] = {NULL};
	struct held_act act;
	struct outcome out;

	if (!act_start(call, allowed, &act, error) ||
	    !held_decide(call->w, &act, &out, error))
		return NULL;
	return act_answer(&act, &out);
}

json_t *
mail_discard(const struct api_call *call, GError **error)
{
	static const char *const allowed[] = {NULL};
	struct held_act act;
	struct outcome out;

	if (!act_start(call, allowed, &act, error) ||
	    !held_discard(call->w, &act, &out, error))
		return NULL;
	return act_answer(&act, &out);
}

bool
api_sender(const struct api_call *call, struct entry_id entry,
    char **address_out, GError **error)
{
	AUTO_RECORD(Rec__Entry) rec = NULL;

	if (!entry_load(call->view, entry, &rec, error))
		return false;
	*address_out = held_sender(call->snapshot, rec);
	return *address_out != NULL ||
	    fail(error, ERR_INVALID,
		"mail %" PRIu64 " names no sender that could be blocked",
		entry.n);
}

json_t *
mail_spam(const struct api_call *call, GError **error)
{
	static const char *const allowed[] = {"block", NULL};
	struct held_act act;
	g_autofree char *sender = NULL;
	struct outcome out;
	bool block;

	if (!act_start(call, allowed, &act, error) ||
	    !api_switch(call, "block", &block, error) ||
	    (block && !api_sender(call, act.entry, &sender, error)) ||
	    !held_spam(call->w, &act, &out, error) ||
	    (block && !block_address(call->w, sender, BLOCKED_BY, error)))
		return NULL;
	return act_answer(&act, &out);
}

/* ---- many at once -------------------------------------------------------- */

static json_t *
release_argument(const char *held, const char *from)
{
	json_t *argument = json_object();

	json_put(argument, "held", json_text(held));
	if (from != NULL) {
		g_autofree char *folded = text_fold_address(from);

		json_put(argument, "from", json_text(folded));
	}
	return argument;
}

/* All that were held for one reason, of one sender if he is named. */
json_t *
mail_release(const struct api_call *call, GError **error)
{
	static const char *const allowed[] = {"held", "from", NULL};
	const char *held = json_string_value(
	    json_object_get(call->fields, "held"));
	const char *from = json_string_value(
	    json_object_get(call->fields, "from"));
	struct job_id job;

	if (!api_only(call, allowed, error))
		return NULL;
	if (held == NULL || call->id != NULL)
		return fail_null(error, ERR_USAGE,
		    "release which? give held=REASON, such as rate_sender; "
		    "one mail alone: maildesk do decide mail ID");
	if (reason_find(held) == REASON_COUNT)
		return fail_null(error, ERR_INVALID,
		    "held=%s: there is no such reason; maildesk list mail "
		    "shows them",
		    held);
	if (!job_add(call->w, JOB_DECIDE_HELD, release_argument(held, from), 0,
		&job, error))
		return NULL;
	return job_put(json_object(), job, "decides held mails again");
}
