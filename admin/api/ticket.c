/* SPDX-License-Identifier: MIT */
/*
 * Tickets: lists through the indexes, newest first, one with its entries, and
 * the plain fields. A list is a merge of index prefixes (the open and the
 * closed of a category, each status): its pages cost the same at any age.
 */
#include "admin/api/api.h"

#include <string.h>

#include "desk/block.h"
#include "desk/customer.h"
#include "desk/ticket.h"
#include "jobs/merge_ticket.h"

#define STATUSES    6
#define SOURCES_MAX STATUSES

static json_t *
participants_json(const Rec__Ticket *rec)
{
	json_t *list = json_array();

	for (size_t i = 0; i < rec->n_participants; i++) {
		const Rec__Participant *p = rec->participants[i];
		json_t *object;

		if (p->removed)
			continue;
		object = json_object();
		json_put(object, "address", json_text(p->address));
		json_put(object, "name", json_text(p->name));
		json_put(object, "unconfirmed", json_boolean(p->unconfirmed));
		(void)json_array_append_new(list, object);
	}
	return list;
}

static json_t *
links_json(const Rec__Ticket *rec)
{
	static const char *const words[] = {"related", "follows", "followed_by",
	    "split_from", "copy_of"};
	json_t *list = json_array();

	for (size_t i = 0; i < rec->n_links; i++) {
		const Rec__Link *link = rec->links[i];
		json_t *object = json_object();

		json_put(object, "kind",
		    json_text((size_t)link->kind < COUNT(words)
			    ? words[link->kind]
			    : "unknown"));
		json_put(object, "ticket",
		    json_integer((json_int_t)link->ticket));
		(void)json_array_append_new(list, object);
	}
	return list;
}

json_t *
ticket_json(const struct view *view, uint64_t id, const Rec__Ticket *rec)
{
	json_t *object = noun_json(view, id, &rec->base);

	json_put(object, "participants", participants_json(rec));
	json_put(object, "links", links_json(rec));
	return object;
}

/* ---- sources ------------------------------------------------------------- */

/* One index prefix, read backwards. */
struct source {
	struct cursor *cursor;
	struct key prefix;
	uint64_t head; /* 0: at its end */
};

struct merge {
	struct source source[SOURCES_MAX];
	size_t count;
};

static void
merge_drop(struct merge *m)
{
	for (size_t i = 0; i < m->count; i++)
		cursor_free(&m->source[i].cursor);
}

/* The ticket's id is the last number of every index key. */
static bool
source_step(struct source *s, GError **error)
{
	struct key key;
	struct slice value;
	enum found found = cursor_next(s->cursor, &key, &value, error);
	size_t at = s->prefix.len;

	s->head = found == FOUND_YES ? key_get_u64(&key, &at) : 0;
	return found != FOUND_ERROR;
}

static bool
merge_add(struct merge *m, const struct view *view, const struct key *prefix,
    uint64_t after, GError **error)
{
	struct source *s = &m->source[m->count];
	struct key from = *prefix;

	assert(m->count < SOURCES_MAX);
	s->prefix = *prefix;
	s->cursor = cursor_new(view, prefix, DESCENDING, error);
	if (s->cursor == NULL)
		return false;
	m->count++;
	if (after != 0) {
		key_u64(&from, after);
		cursor_after(s->cursor, &from);
	}
	return source_step(s, error);
}

/* The greatest id of all sources; 0 when all are at their end. */
static bool
merge_next(struct merge *m, uint64_t *id_out, GError **error)
{
	struct source *best = NULL;

	for (size_t i = 0; i < m->count; i++)
		if (m->source[i].head != 0 &&
		    (best == NULL || m->source[i].head > best->head))
			best = &m->source[i];
	*id_out = best != NULL ? best->head : 0;
	return best == NULL || source_step(best, error);
}

/* ---- filters ------------------------------------------------------------- */

#define NO_FILTER UINT64_MAX

struct filter {
	uint64_t customer, category, assignee; /* or NO_FILTER */
	bool status[STATUSES];
	uint64_t after;
};

static bool
filter_status(struct filter *f, const char *words, GError **error)
{
	g_auto(GStrv) word = g_strsplit(words, ",", -1);

	memset(f->status, 0, sizeof(f->status));
	for (size_t i = 0; word[i] != NULL; i++) {
		Rec__TicketStatus status;

		if (!ticket_status_parse(word[i], &status, error))
			return false;
		f->status[status] = true;
	}
	return true;
}

static bool
filter_one(const struct api_call *call, struct filter *f, const char *name,
    GError **error)
{
	const struct {
		const char *name;
		enum json_format kind;
		uint64_t *id;
	} references[] = {
	    {"customer", JSON_FORMAT_CUSTOMER, &f->customer},
	    {"category", JSON_FORMAT_CATEGORY, &f->category},
	    {"assignee", JSON_FORMAT_USER,     &f->assignee},
	};
	char room[API_NUMBER_ROOM];
	const char *value = json_member(call->fields, name, room);

	if (value == NULL)
		return fail(error, ERR_USAGE, "%s takes a text", name);
	if (strcmp(name, "status") == 0)
		return filter_status(f, value, error);
	for (size_t i = 0; i < COUNT(references); i++)
		if (strcmp(name, references[i].name) == 0)
			return api_find(call->view, references[i].kind, value,
			    references[i].id, error);
	return fail(error, ERR_USAGE,
	    "tickets are not listed by %s, but by "
	    "status, category, assignee, customer",
	    name);
}

static bool
filter_read(const struct api_call *call, struct filter *f, GError **error)
{
	json_t *all = (json_t *)(uintptr_t)call->fields; /* only walked */
	const char *name;
	json_t *value;

	*f = (struct filter){NO_FILTER, NO_FILTER, NO_FILTER,
	    .after = api_cursor(call)};
	memset(f->status, true, sizeof(f->status));
	json_object_foreach(all, name,
	    value) if (!filter_one(call, f, name, error)) return false;
	return true;
}

static bool
filter_passes(const struct filter *f, const Rec__Ticket *rec)
{
	return (f->customer == NO_FILTER || f->customer == rec->customer) &&
	    (f->category == NO_FILTER || f->category == rec->category) &&
	    (f->assignee == NO_FILTER || f->assignee == rec->assignee) &&
	    (size_t)rec->status < STATUSES && f->status[rec->status] &&
	    rec->merged_into == 0 && !rec->has_deleted_at && !rec->spam;
}

static bool
merge_open_closed(struct merge *m, const struct view *view,
    const struct key *prefix, uint64_t after, GError **error)
{
	for (uint8_t closed = 0; closed <= 1; closed++) {
		struct key key = *prefix;

		key_u8(&key, closed);
		if (!merge_add(m, view, &key, after, error))
			return false;
	}
	return true;
}

/* By the filter that leaves least; the others look at the records. */
static bool
merge_open(struct merge *m, const struct view *view, const struct filter *f,
    GError **error)
{
	struct key key;

	if (f->customer != NO_FILTER) {
		key = key_1(TABLE_CUSTOMER, f->customer);
		return merge_add(m, view, &key, f->after, error);
	}
	if (f->assignee != NO_FILTER) {
		key = key_1(TABLE_TICKET_ASSIGNEE, f->assignee);
		return merge_open_closed(m, view, &key, f->after, error);
	}
	if (f->category != NO_FILTER) {
		key = key_1(TABLE_TICKET_CATEGORY, f->category);
		return merge_open_closed(m, view, &key, f->after, error);
	}
	for (uint8_t i = 0; i < STATUSES; i++) {
		key = key_of(TABLE_TICKET_STATUS);
		key_u8(&key, i);
		if (f->status[i] && !merge_add(m, view, &key, f->after, error))
			return false;
	}
	return true;
}

/* ---- the list ------------------------------------------------------------ */

static bool
add_if(const struct view *view, const struct filter *f, json_t *items,
    uint64_t id, GError **error)
{
	struct ticket ticket;

	if (!ticket_load(view, (struct ticket_id){id}, &ticket, error))
		return false;
	if (filter_passes(f, ticket.rec))
		(void)json_array_append_new(items,
		    ticket_json(view, id, ticket.rec));
	ticket_drop(&ticket);
	return true;
}

static bool
list(const struct api_call *call, const struct filter *f, json_t *items,
    uint64_t *next_out, GError **error)
{
	AUTO(merge_drop) struct merge m = {.count = 0};
	size_t limit = api_limit(call);
	uint64_t last = 0;

	if (!merge_open(&m, call->view, f, error))
		return false;
	for (size_t seen = 0;; seen++) {
		uint64_t id;

		if (!merge_next(&m, &id, error))
			return false;
		*next_out = 0;
		if (id == 0)
			return true;
		*next_out = last;
		if (json_array_size(items) == limit || seen == API_SCAN_MAX)
			return true;
		if (!add_if(call->view, f, items, id, error))
			return false;
		last = id;
	}
}

json_t *
ticket_list(const struct api_call *call, GError **error)
{
	struct filter f;
	json_t *items;
	uint64_t next;

	if (!filter_read(call, &f, error))
		return NULL;
	items = json_array();
	if (list(call, &f, items, &next, error))
		return api_page(items, next);
	json_decref(items);
	return NULL;
}

/* ---- one ----------------------------------------------------------------- */

static void
put_customer_address(const struct view *view, json_t *object,
    const Rec__Ticket *rec)
{
	struct key key = key_2(TABLE_CUSTOMER, rec->customer, 0);
	AUTO_RECORD(Rec__Customer) customer = NULL;
	const char *address = NULL;

	if (rec->customer != 0 &&
	    RECORD_FIND(view, &key, &customer, NULL) == FOUND_YES &&
	    customer->n_addresses > 0)
		address = customer->addresses[0]->address;
	json_put(object, "customer_address", json_text(address));
}

json_t *
ticket_show(const struct api_call *call, GError **error)
{
	struct ticket ticket;
	struct entry_page page;
	g_autofree char *cursor = NULL;
	uint64_t id;
	json_t *object;

	if (!api_id(call, JSON_FORMAT_TICKET, &id, error) ||
	    !ticket_load(call->view, (struct ticket_id){id}, &ticket, error))
		return NULL;
	object = ticket_json(call->view, id, ticket.rec);
	put_customer_address(call->view, object, ticket.rec);
	ticket_drop(&ticket);
	if (!entry_page_read(call->view, id, api_cursor(call), &page, error)) {
		json_decref(object);
		return NULL;
	}
	if (page.next != 0)
		cursor = g_strdup_printf("%" PRIu64, page.next);
	json_put(object, "entries", page.items);
	json_put(object, "entries_cursor", json_text(cursor));
	return object;
}

static bool
check(const Rec__Ticket *rec, GError **error)
{
	if (rec->title == NULL || rec->title[0] == '\0')
		return fail(error, ERR_INVALID, "a ticket needs a title");
	if (rec->customer == 0)
		return fail(error, ERR_INVALID, "a ticket needs a customer");
	return true;
}

static void
tell(struct wtxn *w, uint64_t id)
{
	Rec__Event event = REC__EVENT__INIT;

	event.has_kind = true;
	event.kind = REC__EVENT__KIND__TICKET_CHANGED;
	event.has_ticket = true;
	event.ticket = id;
	wtxn_event(w, &event);
}

/* A customer given by hand: who remains of it, and nobody had it before. */
static bool
owner_set(const struct view *view, const struct ticket *ticket, uint64_t was,
    GError **error)
{
	Rec__Ticket *rec = ticket->rec;
	struct customer_id owner = {0};

	if (rec->customer == was)
		return true;
	if (customer_follow(view, (struct customer_id){rec->customer}, &owner,
		error) != FOUND_YES)
		return false; /* it was looked up: an error */
	rec->customer = owner.n;
	rec->has_customer_before = false;
	rec->customer_before = 0;
	return true;
}

static bool
set_fields(const struct api_call *call, struct ticket *ticket, GError **error)
{
	const struct json_lookup lookup = api_lookup(call->view);
	Rec__Ticket *rec = ticket->rec;
	g_autofree char *title = g_strdup(rec->title);
	uint64_t customer = rec->customer;

	if (json_object_size(call->fields) == 0)
		return fail(error, ERR_USAGE,
		    "what shall be set? give FIELD=VALUE");
	if (!json_into_record(call->fields, &rec->base, &lookup, error) ||
	    !check(rec, error) ||
	    !owner_set(call->view, ticket, customer, error))
		return false;
	if (rec->first_title == NULL && g_strcmp0(title, rec->title) != 0)
		record_set(&rec->first_title, title);
	tell(call->w, ticket->id.n);
	return ticket_save(call->w, ticket, error);
}

json_t *
ticket_set(const struct api_call *call, GError **error)
{
	struct ticket ticket;
	json_t *object = NULL;
	uint64_t id;

	if (!api_id(call, JSON_FORMAT_TICKET, &id, error) ||
	    !ticket_load(call->view, (struct ticket_id){id}, &ticket, error))
		return NULL;
	if (set_fields(call, &ticket, error))
		object = ticket_json(call->view, id, ticket.rec);
	ticket_drop(&ticket);
	return object;
}

/* ---- spam (IN-33) -------------------------------------------------------- */

static void
tell_changed(const struct api_call *call, uint64_t ticket)
{
	static char field[] = "spam";
	Rec__Event event = REC__EVENT__INIT;

	event.has_kind = event.has_ticket = true;
	event.kind = REC__EVENT__KIND__TICKET_CHANGED;
	event.ticket = ticket;
	event.field = field;
	wtxn_event(call->w, &event);
}

static json_t *
set_spam(const struct api_call *call, bool spam, bool block, GError **error)
{
	g_autofree char *sender = NULL;
	struct ticket ticket;
	uint64_t id;
	bool done;
	json_t *object;

	if (!api_id(call, JSON_FORMAT_TICKET, &id, error) ||
	    !ticket_load(call->view, (struct ticket_id){id}, &ticket, error))
		return NULL;
	ticket.rec->has_spam = ticket.rec->spam = spam;
	done = (!block ||
		   (api_sender(call, (struct entry_id){ticket.rec->first_entry},
			&sender, error) &&
		       block_address(call->w, sender, BLOCKED_BY, error))) &&
	    ticket_save(call->w, &ticket, error);
	if (done)
		tell_changed(call, id);
	object = done ? ticket_json(call->view, id, ticket.rec) : NULL;
	ticket_drop(&ticket);
	return object;
}

/* Out of all lists; block=on blocks who opened it. */
json_t *
ticket_spam(const struct api_call *call, GError **error)
{
	static const char *const allowed[] = {"block", NULL};
	bool block;

	if (!api_only(call, allowed, error) ||
	    !api_switch(call, "block", &block, error))
		return NULL;
	return set_spam(call, true, block, error);
}

json_t *
ticket_unspam(const struct api_call *call, GError **error)
{
	static const char *const allowed[] = {NULL};

	if (!api_only(call, allowed, error))
		return NULL;
	return set_spam(call, false, false, error);
}

json_t *
ticket_merge(const struct api_call *call, GError **error)
{
	struct ticket_id id, into;
	struct job_id job;
	struct ticket ticket;
	g_autofree char *about = NULL;
	json_t *object;

	if (!api_id(call, JSON_FORMAT_TICKET, &id.n, error) ||
	    !api_argument(call, JSON_FORMAT_TICKET, "into", &into.n, error) ||
	    !merge_ticket(call->w, id, into, &job, error) ||
	    !ticket_load(call->view, id, &ticket, error))
		return NULL;
	about = g_strdup_printf("moves the entries of ticket %" PRIu64, id.n);
	object = job_put(ticket_json(call->view, id.n, ticket.rec), job, about);
	ticket_drop(&ticket);
	return object;
}
