/* SPDX-License-Identifier: MIT */
/*
 * Tickets and their indexes: by status, by category and assignee (open ones
 * apart from closed ones), by customer. A ticket that is merged away or in
 * the bin is in no list but its customer's.
 */
#include "desk/ticket.h"

#include <string.h>

#include "base/checksum.h"
#include "base/text.h"
#include "desk/customer.h"
#include "desk/setting.h"
#include "desk/subject.h"

#define MERGES_MAX 16 /* a chain longer than this is a ring */

bool
ticket_new(struct wtxn *w, struct ticket *out, GError **error)
{
	g_autofree char *first = setting_load(wtxn_view(w),
	    SETTING_TICKET_FIRST_NUMBER, error);

	memset(out, 0, sizeof(*out));
	if (first == NULL ||
	    !wtxn_raise_id(w, SEQUENCE_TICKET, (uint64_t)setting_int(first),
		error) ||
	    !wtxn_next_id(w, SEQUENCE_TICKET, &out->id.n, error))
		return false;
	out->rec = g_new0(Rec__Ticket, 1);
	rec__ticket__init(out->rec);
	return true;
}

static bool
is_listed(const Rec__Ticket *rec)
{
	return rec->merged_into == 0 && !rec->has_deleted_at && !rec->spam;
}

/* ---- the row in the customer's list -------------------------------------- */

bool
ticket_is_open(const Rec__Ticket *rec)
{
	return is_listed(rec) && rec->status != REC__TICKET_STATUS__CLOSED;
}

bool
ticket_is_compared(const Rec__Ticket *rec)
{
	return ticket_is_open(rec) && !rec->opened_unproven;
}

static uint64_t
sum_text(uint64_t sum, const char *text)
{
	return text != NULL ? checksum(sum, text, strlen(text)) : sum;
}

/* Of what the row is made of. */
static uint64_t
compared_sum(const Rec__Ticket *rec)
{
	const uint64_t numbers[] = {ticket_is_compared(rec), rec->mailbox};

	return sum_text(sum_text(checksum(0, numbers, sizeof(numbers)),
			    rec->title),
	    rec->first_title);
}

static GPtrArray *
tag_forms(const struct view *view, GError **error)
{
	g_autofree char *now = setting_load(view, SETTING_TICKET_TAG, error);
	g_autofree char *former = NULL;
	g_auto(GStrv) items = NULL;
	GPtrArray *forms;

	if (now == NULL)
		return NULL;
	former = setting_load(view, SETTING_TICKET_TAG_FORMER, error);
	if (former == NULL)
		return NULL;
	forms = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(forms, g_steal_pointer(&now));
	items = setting_items(former);
	for (size_t i = 0; items[i] != NULL; i++)
		g_ptr_array_add(forms, g_strdup(items[i]));
	return forms;
}

static void
title_add(Rec__CustomerTicket *row, const GPtrArray *forms, const char *title)
{
	if (title == NULL)
		return;
	row->titles = g_renew(char *, row->titles, row->n_titles + 1);
	row->titles[row->n_titles++] = subject_fold(forms, title);
}

static Rec__CustomerTicket *
row_of(const struct view *view, const Rec__Ticket *rec, GError **error)
{
	AUTO_RECORD(Rec__CustomerTicket) row = g_new0(Rec__CustomerTicket, 1);
	g_autoptr(GPtrArray) forms = NULL;

	rec__customer_ticket__init(row);
	row->has_open = true;
	row->open = ticket_is_compared(rec);
	if (!row->open)
		return g_steal_pointer(&row);
	forms = tag_forms(view, error);
	if (forms == NULL)
		return NULL;
	row->has_mailbox = rec->mailbox != 0;
	row->mailbox = rec->mailbox;
	title_add(row, forms, rec->title);
	title_add(row, forms, rec->first_title);
	return g_steal_pointer(&row);
}

Rec__CustomerTicket *
ticket_of_customer(const struct view *view, uint64_t id, struct slice value,
    GError **error)
{
	AUTO_RECORD(Rec__CustomerTicket)
	row = rec__customer_ticket__unpack(&record_allocator, value.len,
	    value.bytes);
	struct ticket ticket;
	Rec__CustomerTicket *made;

	if (row == NULL)
		return fail_null(error, ERR_DAMAGED,
		    "the row of ticket %" PRIu64 " in its customer's list is "
		    "no record of its kind",
		    id);
	if (row->has_open)
		return g_steal_pointer(&row);
	if (!ticket_load(view, (struct ticket_id){id}, &ticket, error))
		return NULL;
	made = row_of(view, ticket.rec, error);
	ticket_drop(&ticket);
	return made;
}

/* ---- loading ------------------------------------------------------------- */

static void
place_of(const Rec__Ticket *rec, struct ticket_place *out)
{
	out->compared = compared_sum(rec);
	out->is_stored = is_listed(rec);
	out->status = rec->status;
	out->category = rec->category;
	out->assignee = rec->assignee;
	out->customer = rec->customer;
}

enum found
ticket_find(const struct view *view, struct ticket_id id, struct ticket *out,
    GError **error)
{
	struct key key = key_2(TABLE_TICKET, id.n, 0);
	Rec__Ticket *rec = NULL;
	enum found found = RECORD_FIND(view, &key, &rec, error);

	memset(out, 0, sizeof(*out));
	if (found != FOUND_YES)
		return found;
	out->id = id;
	out->rec = rec;
	place_of(rec, &out->was);
	return FOUND_YES;
}

/* Who had it first decides, and whom that one was merged into since. */
static void
give(Rec__Ticket *t, struct customer_id first, struct customer_id owner)
{
	t->customer = owner.n;
	t->has_customer_before = owner.n != first.n;
	t->customer_before = owner.n != first.n ? first.n : 0;
}

static enum found
settle(const struct view *view, struct ticket *ticket, GError **error)
{
	const Rec__Ticket *t = ticket->rec;
	const struct customer_id first = {
	    t->customer_before != 0 ? t->customer_before : t->customer};
	struct customer_id owner;

	if (first.n == 0)
		return FOUND_YES;
	switch (customer_follow(view, first, &owner, error)) {
	case FOUND_YES:
		give(ticket->rec, first, owner);
		return FOUND_YES;
	case FOUND_NO:
		return FOUND_YES;
	case FOUND_ERROR:
		break;
	}
	ticket_drop(ticket);
	return FOUND_ERROR;
}

bool
ticket_load(const struct view *view, struct ticket_id id, struct ticket *out,
    GError **error)
{
	enum found found = ticket_find(view, id, out, error);

	if (found == FOUND_NO)
		return fail(error, ERR_NOT_FOUND, "there is no ticket %" PRIu64,
		    id.n);
	return found == FOUND_YES && settle(view, out, error) == FOUND_YES;
}

enum found
ticket_find_merged(const struct view *view, struct ticket_id id,
    struct ticket *out, GError **error)
{
	for (unsigned i = 0; i < MERGES_MAX; i++) {
		enum found found = ticket_find(view, id, out, error);

		if (found != FOUND_YES)
			return found;
		if (out->rec->merged_into == 0)
			return settle(view, out, error);
		id.n = out->rec->merged_into;
		ticket_drop(out);
	}
	return fail_found(error, ERR_DAMAGED,
	    "merges of ticket %" PRIu64 " form a ring", id.n);
}

void
ticket_drop(struct ticket *ticket)
{
	if (ticket->rec != NULL)
		rec__ticket__free_unpacked(ticket->rec, &record_allocator);
	ticket->rec = NULL;
}

/* ---- indexes ------------------------------------------------------------- */

static struct key
index_key(enum table table, uint64_t value, bool closed, uint64_t ticket)
{
	struct key key = key_1(table, value);

	key_u8(&key, closed);
	key_u64(&key, ticket);
	return key;
}

static struct key
status_key(Rec__TicketStatus status, uint64_t ticket)
{
	struct key key = key_of(TABLE_TICKET_STATUS);

	key_u8(&key, (uint8_t)status);
	key_u64(&key, ticket);
	return key;
}

static bool
row_set(struct wtxn *w, const struct key *key, int change, GError **error)
{
	return change > 0 ? wtxn_put(w, key, "", 0, error)
			  : wtxn_delete(w, key, error);
}

/* Adds (+1) or takes out (-1) the rows of a place. */
static bool
place_set(struct wtxn *w, uint64_t ticket, const struct ticket_place *place,
    int change, GError **error)
{
	bool closed = place->status == REC__TICKET_STATUS__CLOSED;
	struct key by_status = status_key(place->status, ticket);
	struct key by_category = index_key(TABLE_TICKET_CATEGORY,
	    place->category, closed, ticket);
	struct key by_assignee = index_key(TABLE_TICKET_ASSIGNEE,
	    place->assignee, closed, ticket);

	wtxn_add(w, COUNTER_TICKET_STATUS, place->status, change);
	if (!closed) {
		wtxn_add(w, COUNTER_TICKET_CATEGORY, place->category, change);
		wtxn_add(w, COUNTER_TICKET_ASSIGNEE, place->assignee, change);
	}
	return row_set(w, &by_status, change, error) &&
	    row_set(w, &by_category, change, error) &&
	    row_set(w, &by_assignee, change, error);
}

static bool
customer_row_put(struct wtxn *w, const struct ticket *ticket, GError **error)
{
	struct key key = key_2(TABLE_CUSTOMER, ticket->rec->customer,
	    ticket->id.n);
	AUTO_RECORD(Rec__CustomerTicket) row = NULL;

	if (ticket->rec->customer == 0)
		return true;
	row = row_of(wtxn_view(w), ticket->rec, error);
	return row != NULL && RECORD_SAVE(w, &key, row, error);
}

static bool
customer_row_move(struct wtxn *w, const struct ticket *ticket,
    const struct ticket_place *now, GError **error)
{
	const struct ticket_place *was = &ticket->was;
	struct key key = key_2(TABLE_CUSTOMER, was->customer, ticket->id.n);

	if (was->customer == now->customer && was->compared == now->compared)
		return true;
	if (was->customer != 0 && was->customer != now->customer &&
	    !wtxn_delete(w, &key, error))
		return false;
	return customer_row_put(w, ticket, error);
}

static bool
places_equal(const struct ticket_place *a, const struct ticket_place *b)
{
	return a->is_stored == b->is_stored && a->status == b->status &&
	    a->category == b->category && a->assignee == b->assignee;
}

static bool
indexes_move(struct wtxn *w, uint64_t ticket, const struct ticket_place *from,
    const struct ticket_place *to, GError **error)
{
	if (places_equal(from, to))
		return true;
	if (from->is_stored && !place_set(w, ticket, from, -1, error))
		return false;
	return !to->is_stored || place_set(w, ticket, to, 1, error);
}

bool
ticket_save(struct wtxn *w, struct ticket *ticket, GError **error)
{
	struct key key = key_2(TABLE_TICKET, ticket->id.n, 0);
	struct ticket_place now;

	place_of(ticket->rec, &now);
	ticket->rec->has_changed_at = true;
	ticket->rec->changed_at = wtxn_now(w);
	if (!customer_row_move(w, ticket, &now, error) ||
	    !indexes_move(w, ticket->id.n, &ticket->was, &now, error) ||
	    !RECORD_SAVE(w, &key, ticket->rec, error))
		return false;
	ticket->was = now;
	return true;
}

bool
ticket_add_entry(struct wtxn *w, struct ticket *ticket, struct entry_id entry,
    const Rec__Entry *rec, GError **error)
{
	struct key key = key_2(TABLE_TICKET, ticket->id.n, entry.n);
	Rec__Ticket *t = ticket->rec;

	if (t->entry_count == 0) {
		t->has_first_entry = true;
		t->first_entry = entry.n;
	}
	t->has_entry_count = t->has_last_entry = true;
	t->entry_count++;
	t->last_entry = MAX(t->last_entry, entry.n);
	if (!rec->internal && rec->kind <= REC__ENTRY__KIND__MAIL_OUT) {
		t->has_last_public_entry = true;
		t->last_public_entry = MAX(t->last_public_entry, entry.n);
	}
	return wtxn_put(w, &key, "", 0, error);
}

/* ---- who was seen -------------------------------------------------------- */

static uint64_t
address_hash(const char *address)
{
	g_autofree char *folded = text_fold_address(address);

	return checksum(0, folded, strlen(folded));
}

static bool
has_hash(const Rec__Ticket *ticket, uint64_t hash)
{
	for (size_t i = 0; i < ticket->n_seen; i++)
		if (ticket->seen[i] == hash)
			return true;
	return false;
}

bool
ticket_has_seen(const Rec__Ticket *ticket, const char *address)
{
	return has_hash(ticket, address_hash(address));
}

static void
see_hash(Rec__Ticket *ticket, uint64_t hash)
{
	if (ticket->n_seen >= TICKET_SEEN_MAX || has_hash(ticket, hash))
		return;
	ticket->seen = g_renew(uint64_t, ticket->seen, ticket->n_seen + 1);
	ticket->seen[ticket->n_seen++] = hash;
}

void
ticket_see(Rec__Ticket *ticket, const char *address)
{
	see_hash(ticket, address_hash(address));
}

void
ticket_see_as(Rec__Ticket *ticket, const Rec__Ticket *other)
{
	for (size_t i = 0; i < other->n_seen; i++)
		see_hash(ticket, other->seen[i]);
}

/* ---- words --------------------------------------------------------------- */

static const char *const status_names[] = {
    [REC__TICKET_STATUS__NEW] = "new",
    [REC__TICKET_STATUS__OPEN] = "open",
    [REC__TICKET_STATUS__WAITING_CUSTOMER] = "waiting_customer",
    [REC__TICKET_STATUS__WAITING_COLLEAGUE] = "waiting_colleague",
    [REC__TICKET_STATUS__TO_BE_CLOSED] = "to_be_closed",
    [REC__TICKET_STATUS__CLOSED] = "closed",
};

const char *
ticket_status_name(Rec__TicketStatus status)
{
	return (size_t)status < COUNT(status_names) ? status_names[status]
						    : "unknown";
}

bool
ticket_status_parse(const char *name, Rec__TicketStatus *status_out,
    GError **error)
{
	for (size_t i = 0; i < COUNT(status_names); i++) {
		if (strcmp(status_names[i], name) != 0)
			continue;
		*status_out = (Rec__TicketStatus)i;
		return true;
	}
	return fail(error, ERR_INVALID,
	    "%s is no status; there are: new open "
	    "waiting_customer waiting_colleague to_be_closed closed",
	    name);
}
