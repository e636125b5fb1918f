/* SPDX-License-Identifier: MIT */
/*
 * From a decision to records. Facts and reasons are stored with the entry as
 * they were, so that every decision can be explained later.
 */
#include "intake/apply.h"

#include <string.h>

#include "base/text.h"
#include "desk/customer.h"
#include "desk/entry.h"
#include "desk/ticket.h"

#define REFERENCES_FIRST 20 /* of References, that get a row (IN-25) */
#define REFERENCES_LAST  20
#define NO_SUBJECT       "(no subject)"

struct work {
	struct wtxn *w;
	const struct application *a;
	struct entry_id entry;
	struct ticket ticket; /* CREATE and APPEND */
};

static void
tell(const struct work *k, Rec__Event__Kind kind, uint64_t entry)
{
	Rec__Event event = REC__EVENT__INIT;

	event.has_kind = true;
	event.kind = kind;
	event.has_entry = entry != 0;
	event.entry = entry;
	event.has_ticket = k->ticket.id.n != 0;
	event.ticket = k->ticket.id.n;
	wtxn_event(k->w, &event);
}

/* ---- customer ------------------------------------------------------------ */

static bool
customer_from_sender(const struct work *k, uint64_t *id_out, GError **error)
{
	const Rec__Facts *f = k->a->facts;
	Rec__CustomerAddress address = REC__CUSTOMER_ADDRESS__INIT;
	Rec__CustomerAddress *list[] = {&address};
	Rec__Customer customer = REC__CUSTOMER__INIT;
	struct customer_id id = {0};

	address.address = f->sender;
	customer.name = f->sender_name != NULL && f->sender_name[0] != '\0'
	    ? f->sender_name
	    : f->sender;
	customer.n_addresses = 1;
	customer.addresses = list;
	customer.has_created_at = true;
	customer.created_at = wtxn_now(k->w);
	if (!customer_save(k->w, &id, &customer, error))
		return false;
	*id_out = id.n;
	return true;
}

/* ---- ticket -------------------------------------------------------------- */

static bool
ticket_open(struct work *k, GError **error)
{
	const struct decision *d = k->a->decision;
	const Rec__Facts *f = k->a->facts;
	uint64_t customer = d->customer;
	Rec__Ticket *t;

	if ((customer == 0 && !customer_from_sender(k, &customer, error)) ||
	    !ticket_new(k->w, &k->ticket, error))
		return false;
	t = k->ticket.rec;
	t->has_customer = t->has_mailbox = t->has_status = true;
	t->customer = customer;
	t->mailbox = d->mailbox;
	t->status = REC__TICKET_STATUS__NEW;
	t->has_category = d->category != 0;
	t->category = d->category;
	t->title = g_strdup(
	    f->title != NULL && f->title[0] != '\0' ? f->title : NO_SUBJECT);
	t->has_opened_at = true;
	t->opened_at = f->received_at;
	tell(k, REC__EVENT__KIND__TICKET_CREATED, 0);
	return true;
}

static bool
ticket_enter(struct work *k, GError **error)
{
	struct ticket_id id = {k->a->decision->ticket};

	return ticket_load(wtxn_view(k->w), id, &k->ticket, error);
}

/* features.md, "Status": customer mail leaves `new`, opens all others. */
static void
ticket_wake(Rec__Ticket *t)
{
	if (t->status != REC__TICKET_STATUS__NEW)
		t->status = REC__TICKET_STATUS__OPEN;
	t->has_status = true;
	t->has_close_at = t->has_put_off_until = t->has_closed_at = false;
}

/* Answers go to the customer, not to whoever wrote last. */
static bool
is_from_customer(const struct work *k)
{
	const Rec__Facts *f = k->a->facts;

	if (k->a->decision->action == REC__ACTION__CREATE)
		return true;
	for (size_t i = 0; i < f->n_customers; i++)
		if (f->customers[i] == k->ticket.rec->customer)
			return true;
	return false;
}

static void
ticket_hear(struct work *k)
{
	const struct decision *d = k->a->decision;
	const Rec__Facts *f = k->a->facts;
	Rec__Ticket *t = k->ticket.rec;

	if (!d->customer_mail)
		return;
	ticket_wake(t);
	t->has_customer_mail_at = true;
	t->customer_mail_at = f->received_at;
	if (!t->has_unanswered_since) {
		t->has_unanswered_since = true;
		t->unanswered_since = f->received_at;
	}
	if (!is_from_customer(k))
		return;
	t->has_reply_mailbox = true;
	t->reply_mailbox = d->mailbox;
	record_set(&t->reply_address, f->sender);
}

/* Our own addresses take part in nothing: a forged From may name them. */
static void
see_all(struct work *k, Rec__Addr *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *address = list[i]->address;

		if (address != NULL && text_is_address(address) &&
		    snapshot_mailbox(k->a->snapshot, address, NULL) == NULL)
			ticket_see(k->ticket.rec, address);
	}
}

/* Who stood in To or Cc takes part (IN-4); a mail that failed authentication
 * or whose sender is new names nobody. */
static void
ticket_meet(struct work *k)
{
	const Rec__Mail *m = k->a->in->mail;

	if (k->a->decision->new_sender)
		return;
	see_all(k, m->to, m->n_to);
	see_all(k, m->cc, m->n_cc);
}

/* ---- entry --------------------------------------------------------------- */

struct told_reasons {
	Rec__Reason rec[REASONS_MAX];
	Rec__Reason *list[REASONS_MAX];
};

/* protobuf-c's strings are not const, but packing only reads them. */
static char *
lend(const char *text)
{
	return (char *)(uintptr_t)text;
}

static void
reasons_tell(const struct decision *d, struct told_reasons *out, Rec__Entry *e)
{
	for (size_t i = 0; i < d->reasons; i++) {
		const struct decision_reason *r = &d->because[i];
		Rec__Reason *rec = &out->rec[i];

		rec__reason__init(rec);
		rec->code = lend(reason_code(r->reason));
		rec->has_id = r->id != 0;
		rec->id = r->id;
		rec->detail = r->detail[0] != '\0' ? lend(r->detail) : NULL;
		out->list[i] = rec;
	}
	e->n_reasons = d->reasons;
	e->reasons = out->list;
}

static void
entry_envelope(const struct application *a, Rec__Entry *e)
{
	const Rec__Facts *f = a->facts;

	/* Packing reads only. */
	e->facts = (Rec__Facts *)(uintptr_t)f;
	e->envelope = (Rec__Envelope *)(uintptr_t)a->in->envelope;
	e->from = a->in->mail->from;
	e->has_auto_kind = f->has_auto_kind;
	e->auto_kind = f->auto_kind;
	e->has_body_hash = true;
	e->body_hash.data = (uint8_t *)(uintptr_t)a->in->hashes.body.bytes;
	e->body_hash.len = sizeof(a->in->hashes.body.bytes);
	e->has_unreadable = e->unreadable = f->unreadable != NULL;
	if (f->n_mailboxes > 1) {
		e->n_also_for = f->n_mailboxes - 1;
		e->also_for = f->mailboxes + 1;
	}
}

static void
entry_decision(const struct work *k, Rec__Entry *e)
{
	const struct decision *d = k->a->decision;

	e->has_action = true;
	e->action = d->action;
	e->has_ticket = k->ticket.id.n != 0;
	e->ticket = k->ticket.id.n;
	e->has_mailbox = true;
	e->mailbox = d->mailbox;
	e->has_candidate = d->candidate != 0;
	e->candidate = d->candidate;
	e->has_customer_mail = e->customer_mail = d->customer_mail;
	e->has_new_sender = e->new_sender = d->new_sender;
	if (d->action == REC__ACTION__HOLD)
		e->held_code = lend(reason_code(d->held));
	/* The ticket's own title need not be stored again. */
	if (k->ticket.rec == NULL ||
	    g_strcmp0(k->a->facts->title, k->ticket.rec->title) != 0)
		e->title = k->a->facts->title;
}

static bool
entry_write(struct work *k, GError **error)
{
	Rec__Entry e = REC__ENTRY__INIT;
	Rec__Blob blob = REC__BLOB__INIT;
	struct told_reasons told;

	e.has_kind = true;
	e.kind = REC__ENTRY__KIND__MAIL_IN;
	e.has_at = true;
	e.at = k->a->facts->received_at;
	blob.has_detail_len = blob.has_raw_len = true;
	blob.detail_len = k->a->detail_len;
	blob.raw_len = k->a->raw_len;
	blob.has_frames = blob.has_parts = true;
	blob_plan(k->a->blob, &blob);
	e.blob = &blob;
	entry_envelope(k->a, &e);
	entry_decision(k, &e);
	reasons_tell(k->a->decision, &told, &e);
	/* In the order of their keys: the log only grows at its end. */
	if (!entry_save(k->w, k->entry, &e, error) ||
	    !blob_save(k->w, k->entry.n, k->a->blob, error))
		return false;
	return k->ticket.rec == NULL ||
	    ticket_add_entry(k->w, &k->ticket, k->entry, &e, error);
}

/* ---- Message-IDs --------------------------------------------------------- */

static bool
reference_write(const struct work *k, const char *id, GError **error)
{
	struct mail_hash hash = mail_hash_of(id, strlen(id));
	struct entry_id known[MESSAGE_ID_ENTRIES_MAX];
	size_t count;

	if (!message_id_list(wtxn_view(k->w), &hash, known, &count, error))
		return false;
	return count > 0 || message_id_save(k->w, &hash, NULL, k->entry, error);
}

/* Only what has no row yet gets one, of the first and the last ones. */
static bool
references_write(const struct work *k, GError **error)
{
	const Rec__Mail *m = k->a->in->mail;
	size_t n = m->n_references;

	for (size_t i = 0; i < n; i++) {
		if (i >= REFERENCES_FIRST && i + REFERENCES_LAST < n)
			continue;
		if (!reference_write(k, m->references[i], error))
			return false;
	}
	return true;
}

static bool
ids_write(const struct work *k, GError **error)
{
	const struct intake_mail *in = k->a->in;

	if (!message_id_save(k->w, &in->hashes.id, &in->hashes.body, k->entry,
		error))
		return false;
	/* A held mail leads nowhere yet. */
	return k->ticket.rec == NULL || references_write(k, error);
}

/* ---- the whole ----------------------------------------------------------- */

static bool
note_duplicate(struct work *k, struct outcome *out)
{
	out->entry = k->a->decision->duplicate_of;
	tell(k, REC__EVENT__KIND__MAIL_DUPLICATE, out->entry);
	return true;
}

static bool
ticket_for(struct work *k, GError **error)
{
	switch (k->a->decision->action) {
	case REC__ACTION__CREATE:
		return ticket_open(k, error);
	case REC__ACTION__APPEND:
		return ticket_enter(k, error);
	case REC__ACTION__HOLD:
	case REC__ACTION__REJECT:
	case REC__ACTION__DISCARD:
	case REC__ACTION__DUPLICATE:
	case REC__ACTION__COMMAND:
	case _REC__ACTION_IS_INT_SIZE:
		return true;
	}
	return true;
}

static bool
store_mail(struct work *k, struct outcome *out, GError **error)
{
	if (!ticket_for(k, error) ||
	    !wtxn_next_id(k->w, SEQUENCE_ENTRY, &k->entry.n, error))
		return false;
	if (k->ticket.rec != NULL) {
		ticket_hear(k);
		ticket_meet(k);
	}
	if (!entry_write(k, error) || !ids_write(k, error) ||
	    (k->ticket.rec != NULL && !ticket_save(k->w, &k->ticket, error)))
		return false;
	tell(k,
	    k->ticket.rec != NULL ? REC__EVENT__KIND__ENTRY_ADDED
				  : REC__EVENT__KIND__MAIL_HELD,
	    k->entry.n);
	out->entry = k->entry.n;
	out->ticket = k->ticket.id.n;
	return true;
}

bool
apply(struct wtxn *w, const struct application *a, struct outcome *out,
    GError **error)
{
	struct work k = {.w = w, .a = a};
	bool done;

	*out = (struct outcome){.action = a->decision->action,
	    .held = a->decision->held};
	wtxn_add(w, COUNTER_MAIL, (uint64_t)a->decision->action, 1);
	done = a->decision->action == REC__ACTION__DUPLICATE
	    ? note_duplicate(&k, out)
	    : store_mail(&k, out, error);
	ticket_drop(&k.ticket);
	return done;
}
