/* SPDX-License-Identifier: MIT */
/* Merging tickets; see merge_ticket.h. */
#include "jobs/merge_ticket.h"

#include <string.h>

#include "desk/customer.h"
#include "desk/entry.h"
#include "desk/event.h"
#include "desk/job.h"
#include "desk/ticket.h"
#include "model/json.h"

#define MAILED_MAX      20  /* participants that get mail (model.proto) */
#define TEXTS_MAX       100 /* tags, references */
#define ENTRIES_A_PIECE 50

/* ---- what is joined ------------------------------------------------------ */

static void
texts_join(char ***list, size_t *count, char *const *more, size_t more_count)
{
	for (size_t i = 0; i < more_count && *count < TEXTS_MAX; i++) {
		size_t at = 0;

		while (at < *count && strcmp((*list)[at], more[i]) != 0)
			at++;
		if (at < *count)
			continue;
		*list = g_renew(char *, *list, *count + 1);
		(*list)[(*count)++] = g_strdup(more[i]);
	}
}

static bool
has_participant(const Rec__Ticket *t, const char *address)
{
	for (size_t i = 0; i < t->n_participants; i++)
		if (g_strcmp0(t->participants[i]->address, address) == 0)
			return true;
	return false;
}

static size_t
count_mailed(const Rec__Ticket *t)
{
	size_t count = 0;

	for (size_t i = 0; i < t->n_participants; i++)
		count += !t->participants[i]->removed &&
		    !t->participants[i]->unconfirmed;
	return count;
}

/* Who finds no place any more still takes part, but gets no mail. */
static void
participant_add(Rec__Ticket *t, const Rec__Participant *from)
{
	Rec__Participant *p;

	if (from->removed || from->address == NULL ||
	    has_participant(t, from->address))
		return;
	if (t->n_participants >= TICKET_SEEN_MAX ||
	    count_mailed(t) >= MAILED_MAX) {
		if (!from->unconfirmed)
			ticket_see(t, from->address);
		return;
	}
	p = g_new0(Rec__Participant, 1);
	rec__participant__init(p);
	p->address = g_strdup(from->address);
	p->name = g_strdup(from->name);
	p->has_unconfirmed = from->has_unconfirmed;
	p->unconfirmed = from->unconfirmed;
	t->participants = g_renew(Rec__Participant *, t->participants,
	    t->n_participants + 1);
	t->participants[t->n_participants++] = p;
}

/* Another customer takes part in what is now also theirs. */
static bool
customer_join(const struct view *view, const Rec__Ticket *from,
    Rec__Ticket *into, GError **error)
{
	struct key key = key_2(TABLE_CUSTOMER, from->customer, 0);
	AUTO_RECORD(Rec__Customer) customer = NULL;
	Rec__Participant p = REC__PARTICIPANT__INIT;

	if (from->customer == 0 || from->customer == into->customer)
		return true;
	if (RECORD_FIND(view, &key, &customer, error) == FOUND_ERROR)
		return false;
	for (size_t i = 0; customer != NULL && i < customer->n_addresses; i++)
		ticket_see(into, customer->addresses[i]->address);
	p.address = from->reply_address;
	if (p.address == NULL && customer != NULL && customer->n_addresses > 0)
		p.address = customer->addresses[0]->address;
	p.name = customer != NULL ? customer->name : NULL;
	participant_add(into, &p);
	return true;
}

static bool
people_join(const struct view *view, const Rec__Ticket *from, Rec__Ticket *into,
    GError **error)
{
	if (!customer_join(view, from, into, error))
		return false;
	for (size_t i = 0; i < from->n_participants; i++)
		participant_add(into, from->participants[i]);
	ticket_see_as(into, from);
	return true;
}

/* What waited for an answer there waits here; `new` stays new. */
static void
status_join(const Rec__Ticket *from, Rec__Ticket *into)
{
	bool waits = from->status == REC__TICKET_STATUS__NEW ||
	    from->status == REC__TICKET_STATUS__OPEN ||
	    from->has_unanswered_since;

	if (from->has_unanswered_since &&
	    (!into->has_unanswered_since ||
		from->unanswered_since < into->unanswered_since)) {
		into->has_unanswered_since = true;
		into->unanswered_since = from->unanswered_since;
	}
	if (!waits || into->status == REC__TICKET_STATUS__NEW)
		return;
	into->has_status = true;
	into->status = REC__TICKET_STATUS__OPEN;
	into->has_close_at = into->has_put_off_until = into->has_closed_at =
	    false;
}

static void
times_join(const Rec__Ticket *from, Rec__Ticket *into)
{
	if (from->customer_mail_at > into->customer_mail_at) {
		into->has_customer_mail_at = true;
		into->customer_mail_at = from->customer_mail_at;
	}
	if (from->answered_at > into->answered_at) {
		into->has_answered_at = true;
		into->answered_at = from->answered_at;
	}
	if (from->last_reply > into->last_reply) {
		into->has_last_reply = true;
		into->last_reply = from->last_reply;
	}
}

static bool
join(const struct view *view, const Rec__Ticket *from, Rec__Ticket *into,
    GError **error)
{
	if (!people_join(view, from, into, error))
		return false;
	status_join(from, into);
	times_join(from, into);
	texts_join(&into->tags, &into->n_tags, from->tags, from->n_tags);
	texts_join(&into->references, &into->n_references, from->references,
	    from->n_references);
	return true;
}

/* ---- the command --------------------------------------------------------- */

struct pair {
	struct ticket from, into;
};

static void
pair_drop(struct pair *pair)
{
	ticket_drop(&pair->from);
	ticket_drop(&pair->into);
}

static bool
pair_load(struct pair *pair, const struct view *view, struct ticket_id from,
    struct ticket_id into, GError **error)
{
	return ticket_load(view, from, &pair->from, error) &&
	    ticket_load(view, into, &pair->into, error);
}

static bool
is_whole(const struct ticket *ticket, GError **error)
{
	const Rec__Ticket *t = ticket->rec;

	if (t->merged_into != 0)
		return fail(error, ERR_CONFLICT,
		    "ticket %" PRIu64 " is merged into ticket %" PRIu64
		    " already",
		    ticket->id.n, t->merged_into);
	if (t->has_deleted_at || t->spam)
		return fail(error, ERR_CONFLICT, "ticket %" PRIu64 " is %s",
		    ticket->id.n, t->spam ? "spam" : "in the bin");
	return true;
}

/* Else a chain might grow longer than ticket_find_merged follows. */
static bool
is_at_rest(const struct view *view, struct ticket_id id, GError **error)
{
	struct job_id job;
	enum found found = job_find(view, JOB_MERGE_TICKET, "into", id.n, &job,
	    error);

	if (found == FOUND_YES)
		return fail(error, ERR_CONFLICT,
		    "entries are still coming to ticket %" PRIu64
		    "; wait for job %" PRIu64,
		    id.n, job.n);
	return found == FOUND_NO;
}

static bool
may_merge(const struct pair *pair, const struct view *view, GError **error)
{
	if (pair->from.id.n == pair->into.id.n)
		return fail(error, ERR_CONFLICT,
		    "a ticket is not merged into itself");
	return is_whole(&pair->from, error) && is_whole(&pair->into, error) &&
	    is_at_rest(view, pair->from.id, error);
}

/* The entry that tells which ticket came to which. */
static bool
mark_add(struct wtxn *w, const struct pair *pair, GError **error)
{
	g_autofree char *from = g_strdup_printf("%" PRIu64, pair->from.id.n);
	g_autofree char *to = g_strdup_printf("%" PRIu64, pair->into.id.n);
	char field[] = MERGE_TICKET_MARK;
	Rec__Change change = REC__CHANGE__INIT;
	Rec__Change *changes[] = {&change};
	Rec__Entry e = REC__ENTRY__INIT;
	struct ticket into = pair->into;
	struct entry_id id;

	if (!wtxn_next_id(w, SEQUENCE_ENTRY, &id.n, error))
		return false;
	change.field = field;
	change.from = from;
	change.to = to;
	e.has_kind = e.has_ticket = e.has_at = e.has_internal = true;
	e.kind = REC__ENTRY__KIND__CHANGE;
	e.ticket = into.id.n;
	e.at = wtxn_now(w);
	e.internal = true;
	e.n_changes = COUNT(changes);
	e.changes = changes;
	event_ticket(w, REC__EVENT__KIND__ENTRY_ADDED, into.id.n, id.n);
	return entry_save(w, id, &e, ENTRY_NEW, error) &&
	    ticket_add_entry(w, &into, id, &e, error);
}

static bool
pair_save(struct pair *pair, struct wtxn *w, GError **error)
{
	event_ticket(w, REC__EVENT__KIND__TICKET_CHANGED, pair->from.id.n, 0);
	event_ticket(w, REC__EVENT__KIND__TICKET_CHANGED, pair->into.id.n, 0);
	return ticket_save(w, &pair->from, error) &&
	    ticket_save(w, &pair->into, error);
}

static bool
entries_follow(struct wtxn *w, const struct pair *pair, struct job_id *out,
    GError **error)
{
	json_t *argument = json_object();

	json_put(argument, "ticket", json_integer((json_int_t)pair->from.id.n));
	json_put(argument, "into", json_integer((json_int_t)pair->into.id.n));
	return job_add(w, JOB_MERGE_TICKET, argument,
	    pair->from.rec->entry_count, out, error);
}

bool
merge_ticket(struct wtxn *w, struct ticket_id id, struct ticket_id into,
    struct job_id *job_out, GError **error)
{
	AUTO(pair_drop) struct pair pair = {.from.rec = NULL};
	const struct view *view = wtxn_view(w);

	if (!pair_load(&pair, view, id, into, error) ||
	    !may_merge(&pair, view, error) ||
	    !join(view, pair.from.rec, pair.into.rec, error))
		return false;
	pair.from.rec->has_merged_into = true;
	pair.from.rec->merged_into = into.n;
	return mark_add(w, &pair, error) && pair_save(&pair, w, error) &&
	    entries_follow(w, &pair, job_out, error);
}

/* ---- the entries --------------------------------------------------------- */

static bool
entries_list(const struct view *view, struct ticket_id id,
    struct entry_id out[ENTRIES_A_PIECE], size_t *count_out, GError **error)
{
	struct key prefix = key_1(TABLE_TICKET, id.n);
	struct key record = key_2(TABLE_TICKET, id.n, 0);
	AUTO(cursor_free)
	struct cursor *c = cursor_new(view, &prefix, ASCENDING, error);
	enum found found = FOUND_NO;
	size_t count = 0;
	struct key key;
	struct slice value;

	if (c == NULL)
		return false;
	cursor_after(c, &record);
	while (count < ENTRIES_A_PIECE &&
	    (found = cursor_next(c, &key, &value, error)) == FOUND_YES) {
		size_t at = prefix.len;

		out[count++].n = key_get_u64(&key, &at);
	}
	*count_out = count;
	return found != FOUND_ERROR;
}

/* A ticket that had been merged into this one is led to where it goes. */
static bool
chain_shorten(struct wtxn *w, const struct pair *pair, const Rec__Change *mark,
    GError **error)
{
	struct ticket_id id = {0};
	struct ticket ticket;
	bool done = true;
	enum found found;

	if (mark->from == NULL ||
	    !g_ascii_string_to_unsigned(mark->from, 10, 1, INT64_MAX, &id.n,
		NULL))
		return true;
	found = ticket_find(wtxn_view(w), id, &ticket, error);
	if (found != FOUND_YES)
		return found == FOUND_NO;
	if (ticket.rec->merged_into == pair->from.id.n) {
		ticket.rec->merged_into = pair->into.id.n;
		done = ticket_save(w, &ticket, error);
	}
	ticket_drop(&ticket);
	return done;
}

static bool
chains_shorten(struct wtxn *w, const struct pair *pair, const Rec__Entry *e,
    GError **error)
{
	for (size_t i = 0; i < e->n_changes; i++)
		if (g_strcmp0(e->changes[i]->field, MERGE_TICKET_MARK) == 0 &&
		    !chain_shorten(w, pair, e->changes[i], error))
			return false;
	return true;
}

static bool
entry_move(struct wtxn *w, struct pair *pair, struct entry_id id,
    GError **error)
{
	struct key row = key_2(TABLE_TICKET, pair->from.id.n, id.n);
	AUTO_RECORD(Rec__Entry) e = NULL;

	if (!entry_load(wtxn_view(w), id, &e, error) ||
	    !chains_shorten(w, pair, e, error))
		return false;
	e->has_ticket = true;
	e->ticket = pair->into.id.n;
	event_ticket(w, REC__EVENT__KIND__ENTRY_CHANGED, e->ticket, id.n);
	return entry_save(w, id, e, ENTRY_STORED, error) &&
	    wtxn_delete(w, &row, error) &&
	    ticket_add_entry(w, &pair->into, id, e, error);
}

static void
counts_move(struct pair *pair, struct entry_id first, uint32_t count)
{
	Rec__Ticket *from = pair->from.rec;
	Rec__Ticket *into = pair->into.rec;

	from->entry_count -= MIN(count, from->entry_count);
	into->first_entry = MIN(into->first_entry, first.n);
}

/* The merged ticket is empty. */
static void
counts_clear(Rec__Ticket *from)
{
	from->has_first_entry = from->has_last_entry =
	    from->has_last_public_entry = false;
	from->entry_count = 0;
	from->first_entry = from->last_entry = from->last_public_entry = 0;
}

static bool
entries_move(struct job_piece *piece, struct pair *pair, GError **error)
{
	struct entry_id ids[ENTRIES_A_PIECE];
	size_t count;

	if (!entries_list(wtxn_view(piece->w), pair->from.id, ids, &count,
		error))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!entry_move(piece->w, pair, ids[i], error))
			return false;
	if (count > 0)
		counts_move(pair, ids[0], (uint32_t)count);
	piece->done += count;
	piece->finished = count < ENTRIES_A_PIECE;
	if (piece->finished)
		counts_clear(pair->from.rec);
	return pair_save(pair, piece->w, error);
}

/* No cursor: what has moved is not listed any more. */
bool
merge_ticket_piece(struct job_piece *piece, GError **error)
{
	AUTO(pair_drop) struct pair pair = {.from.rec = NULL};
	struct ticket_id from = {job_piece_number(piece, "ticket")};
	struct ticket_id into = {job_piece_number(piece, "into")};

	return pair_load(&pair, wtxn_view(piece->w), from, into, error) &&
	    entries_move(piece, &pair, error);
}
