/* SPDX-License-Identifier: MIT */
/*
 * Where is my mail (IN-30)? Every mail that was received is an entry, in a
 * ticket, held, or discarded: found by its Message-ID at once, by queue id or
 * address by a walk from the newest backwards, in pages.
 */
#include <string.h>

#include "admin/api/api.h"
#include "base/text.h"
#include "desk/entry.h"
#include "desk/message_id.h"
#include "desk/ticket.h"
#include "intake/explain.h"

#define WALK_MAX 2000 /* mails looked at for one page */

struct trace {
	const struct api_call *call;
	const char *queue_id; /* NULL: not asked */
	char *address;        /* folded; NULL: not asked */
	json_t *items;
	GError **error;
	bool failed;
};

static json_t *
id_or_null(uint64_t id)
{
	return id != 0 ? json_integer((json_int_t)id) : json_null();
}

static json_t *
recipients_json(const Rec__Envelope *e)
{
	json_t *list = json_array();

	for (size_t i = 0; e != NULL && i < e->n_recipients; i++)
		(void)json_array_append_new(list,
		    json_text(e->recipients[i]->address));
	return list;
}

/* The ticket it is in now, and when somebody answered there. */
static bool
put_ticket(const struct trace *t, json_t *object, uint64_t id)
{
	struct ticket ticket;
	enum found found = FOUND_NO;

	if (id != 0)
		found = ticket_find_merged(t->call->view,
		    (struct ticket_id){id}, &ticket, t->error);
	if (found == FOUND_ERROR)
		return false;
	json_put(object, "ticket", id_or_null(id));
	json_put(object, "status", json_null());
	json_put(object, "answered_at", json_null());
	if (found == FOUND_NO)
		return true;
	json_put(object, "ticket", id_or_null(ticket.id.n));
	json_put(object, "status",
	    json_text(ticket_status_name(ticket.rec->status)));
	if (ticket.rec->has_answered_at)
		json_put(object, "answered_at",
		    json_time(ticket.rec->answered_at));
	ticket_drop(&ticket);
	return true;
}

static bool
add(struct trace *t, uint64_t entry, const Rec__Entry *rec)
{
	const Rec__Envelope *e = rec->envelope;
	json_t *object = json_object();

	json_put(object, "id", id_or_null(entry));
	json_put(object, "at", json_time(rec->at));
	json_put(object, "from",
	    json_text(rec->facts != NULL ? rec->facts->sender : NULL));
	json_put(object, "sender", json_text(e != NULL ? e->sender : NULL));
	json_put(object, "recipients", recipients_json(e));
	json_put(object, "queue_id", json_text(e != NULL ? e->queue_id : NULL));
	json_put(object, "subject",
	    json_text(rec->facts != NULL ? rec->facts->title : NULL));
	json_put(object, "action", json_text(action_name(rec->action)));
	json_put(object, "held", json_text(rec->held_code));
	json_put(object, "came_again", json_integer(rec->came_again));
	json_put(object, "because", reasons_json(rec));
	(void)json_array_append_new(t->items, object);
	return put_ticket(t, object, rec->ticket);
}

/* ---- by Message-ID ------------------------------------------------------- */

static bool
has_id(const struct trace *t, uint64_t entry, const Rec__Entry *rec,
    const char *id, bool *has_out)
{
	AUTO_RECORD(Rec__Mail) mail = NULL;

	*has_out = false;
	if (rec->kind != REC__ENTRY__KIND__MAIL_IN)
		return true;
	/* Its bytes went; without a ticket it has no row but its own. */
	*has_out = rec->blob == NULL && rec->ticket == 0;
	if (rec->blob == NULL)
		return true;
	if (!entry_mail(t->call->view, (struct entry_id){entry}, rec, &mail,
		t->error))
		return false;
	*has_out = g_strcmp0(mail->message_id, id) == 0;
	return true;
}

static bool
trace_entry(struct trace *t, uint64_t entry, const char *id)
{
	AUTO_RECORD(Rec__Entry) rec = NULL;
	bool has;

	if (!entry_load(t->call->view, (struct entry_id){entry}, &rec,
		t->error) ||
	    !has_id(t, entry, rec, id, &has))
		return false;
	return !has || add(t, entry, rec);
}

static bool
by_message_id(struct trace *t, const char *given)
{
	g_autofree char *id = g_strdup(given);
	struct entry_id entries[MESSAGE_ID_ENTRIES_MAX];
	struct mail_hash hash;
	size_t count;

	g_strstrip(id);
	if (g_str_has_prefix(id, "<") && g_str_has_suffix(id, ">")) {
		memmove(id, id + 1, strlen(id));
		id[strlen(id) - 1] = '\0';
	}
	hash = mail_hash_of(id, strlen(id));
	if (!message_id_list(t->call->view, &hash, entries, &count, t->error))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!trace_entry(t, entries[i].n, id))
			return false;
	return true;
}

/* ---- by a walk ----------------------------------------------------------- */

static bool
is_address(const char *folded, const char *address)
{
	g_autofree char *other = NULL;

	if (address != NULL)
		other = text_fold_address(address);
	return g_strcmp0(folded, other) == 0;
}

static bool
has_address(const Rec__Entry *rec, const char *folded)
{
	const Rec__Envelope *e = rec->envelope;

	if (g_strcmp0(rec->facts->sender, folded) == 0)
		return true;
	if (e == NULL)
		return false;
	for (size_t i = 0; i < e->n_recipients; i++)
		if (is_address(folded, e->recipients[i]->address))
			return true;
	return is_address(folded, e->sender);
}

static void
visit(void *arg, uint64_t entry, const Rec__Entry *rec)
{
	struct trace *t = arg;
	const Rec__Envelope *e = rec->envelope;

	if (t->failed)
		return;
	if (t->queue_id != NULL &&
	    (e == NULL || g_strcmp0(e->queue_id, t->queue_id) != 0))
		return;
	if (t->address != NULL && !has_address(rec, t->address))
		return;
	t->failed = !add(t, entry, rec);
}

static bool
by_walk(struct trace *t, uint64_t *next_out)
{
	struct explain_walk walk = {
	    .before = api_cursor(t->call),
	    .limit = WALK_MAX,
	    .visit = visit,
	    .arg = t,
	};

	if (!explain_walk(t->call->view, &walk, t->error) || t->failed)
		return false;
	*next_out = walk.next;
	return true;
}

json_t *
trace_list(const struct api_call *call, GError **error)
{
	static const char *const allowed[] = {"message_id", "queue_id",
	    "address", NULL};
	const char *id = json_string_value(
	    json_object_get(call->fields, "message_id"));
	const char *address = json_string_value(
	    json_object_get(call->fields, "address"));
	struct trace t = {.call = call, .error = error};
	uint64_t next = 0;
	bool done;

	if (!api_only(call, allowed, error))
		return NULL;
	if (json_object_size(call->fields) != 1 ||
	    !json_is_string(json_object_iter_value(json_object_iter(
		(json_t *)(uintptr_t)call->fields)))) /* only read */
		return fail_null(error, ERR_USAGE,
		    "which mail? give one of message_id=, queue_id=, "
		    "address=");
	t.queue_id = json_string_value(
	    json_object_get(call->fields, "queue_id"));
	t.address = address != NULL ? text_fold_address(address) : NULL;
	t.items = json_array();
	done = id != NULL ? by_message_id(&t, id) : by_walk(&t, &next);
	g_free(t.address);
	if (done)
		return api_page(t.items, next);
	json_decref(t.items);
	return NULL;
}
