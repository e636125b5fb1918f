/* SPDX-License-Identifier: MIT */
/*
 * From a decision to records. Facts and reasons are stored with the entry as
 * they were, so that every decision can be explained later.
 */
#include "intake/apply.h"

#include <string.h>

#include "desk/customer.h"
#include "desk/entry.h"
#include "desk/ticket.h"
#include "desk/ticket_state.h"
#include "intake/bounce_note.h"
#include "intake/participants.h"

#define REFERENCES_FIRST 20 /* of References, that get a row (IN-25) */
#define REFERENCES_LAST  20
#define LINKS_MAX        100
#define ALSO_MAX         20 /* further mailboxes of one mail */
#define NO_SUBJECT       "(no subject)"

struct work {
	struct wtxn *w;
	const struct application *a;
	struct acting acting;
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
	event.has_user = k->a->user.n != 0;
	event.user = k->a->user.n;
	wtxn_event(k->w, &event);
}

/* protobuf-c's strings are not const, but packing only reads them. */
static char *
lend(const char *text)
{
	return (char *)(uintptr_t)text;
}

/* ---- customer ------------------------------------------------------------ */

static bool
customer_from_sender(const struct work *k, uint64_t *id_out, GError **error)
{
	const struct decision *d = k->a->decision;
	const char *group =
	    k->a->snapshot->settings[SETTING_AUTO_CUSTOMER_GROUP];
	const struct acting *acting = &k->acting;
	Rec__CustomerAddress address = REC__CUSTOMER_ADDRESS__INIT;
	Rec__CustomerAddress *list[] = {&address};
	Rec__Customer customer = REC__CUSTOMER__INIT;
	g_autofree char *number = NULL;
	struct customer_id id = {0};

	if (!customer_next_number(k->w, &number, error))
		return false;
	customer.number = number;
	address.address = lend(acting->address);
	customer.name = lend(acting->name != NULL && acting->name[0] != '\0'
		? acting->name
		: acting->address);
	if (d->auto_customer && group[0] != '\0')
		customer.group = lend(group);
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

static void
link_add(Rec__Ticket *t, Rec__Link__Kind kind, uint64_t ticket)
{
	Rec__Link *link;

	if (t->n_links >= LINKS_MAX)
		return;
	link = g_new0(Rec__Link, 1);
	rec__link__init(link);
	link->has_kind = link->has_ticket = true;
	link->kind = kind;
	link->ticket = ticket;
	t->links = g_renew(Rec__Link *, t->links, t->n_links + 1);
	t->links[t->n_links++] = link;
}

/* IN-18: the closed ticket's category and assignee, linked both ways. */
static bool
ticket_follow(struct work *k, GError **error)
{
	struct ticket before;
	Rec__Ticket *t = k->ticket.rec;
	bool saved;

	if (!ticket_load(wtxn_view(k->w),
		(struct ticket_id){k->a->decision->follows}, &before, error))
		return false;
	t->has_assignee = before.rec->assignee != 0;
	t->assignee = before.rec->assignee;
	if (before.rec->category != 0) {
		t->has_category = true;
		t->category = before.rec->category;
	}
	if (before.rec->reply_address != NULL)
		record_set(&t->reply_address, before.rec->reply_address);
	t->has_reply_mailbox = before.rec->has_reply_mailbox;
	t->reply_mailbox = before.rec->reply_mailbox;
	link_add(t, REC__LINK__KIND__FOLLOWS, before.id.n);
	link_add(before.rec, REC__LINK__KIND__FOLLOWED_BY, k->ticket.id.n);
	saved = ticket_save(k->w, &before, error);
	ticket_drop(&before);
	return saved;
}

static bool
ticket_open(struct work *k, GError **error)
{
	const struct decision *d = k->a->decision;
	const char *title = k->acting.title;
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
	    title != NULL && title[0] != '\0' ? title : NO_SUBJECT);
	t->has_opened_at = true;
	t->opened_at = k->a->facts->received_at;
	t->has_opened_unproven = t->opened_unproven = d->authentication ==
	    REC__FACTS__AUTHENTICATION__FAILED;
	tell(k, REC__EVENT__KIND__TICKET_CREATED, 0);
	return d->follows == 0 || ticket_follow(k, error);
}

static bool
ticket_enter(struct work *k, GError **error)
{
	struct ticket_id id = {k->a->decision->ticket};

	return ticket_load(wtxn_view(k->w), id, &k->ticket, error);
}

/* Answers go to the customer, not to whoever wrote last. */
static bool
is_from_customer(const struct work *k)
{
	if (k->a->decision->action == REC__ACTION__CREATE &&
	    k->a->decision->follows == 0)
		return true;
	for (size_t i = 0; i < k->acting.n_customers; i++)
		if (k->acting.customers[i] == k->ticket.rec->customer)
			return true;
	return false;
}

static bool
owns(const Rec__Actor *actor, uint64_t customer)
{
	for (size_t i = 0; i < actor->n_customers; i++)
		if (actor->customers[i] == customer)
			return true;
	return false;
}

/* IN-34: to Reply-To, where the mail names one. But whoever writes "From: the
 * customer" does not lead the answers of a running conversation elsewhere:
 * there it takes a verified mail, or an address of the same customer. */
static const char *
answer_address(const struct work *k)
{
	const Rec__Actor *reply_to = k->a->facts->reply_to;
	const struct decision *d = k->a->decision;
	bool opens = d->action == REC__ACTION__CREATE && d->follows == 0 &&
	    d->authentication != REC__FACTS__AUTHENTICATION__FAILED;

	if (d->actor == ACTOR_FROM && reply_to != NULL &&
	    (opens || owns(reply_to, k->ticket.rec->customer) ||
		d->authentication == REC__FACTS__AUTHENTICATION__VERIFIED))
		return reply_to->address;
	return k->acting.address;
}

static void
ticket_hear(struct work *k)
{
	const struct decision *d = k->a->decision;
	int64_t at = k->a->facts->received_at;
	Rec__Ticket *t = k->ticket.rec;

	if (!d->wakes)
		return;
	(void)ticket_event(t, TICKET_EVENT_CUSTOMER_MAIL);
	t->has_customer_mail_at = true;
	t->customer_mail_at = MAX(t->customer_mail_at, at);
	if (!t->has_unanswered_since || t->unanswered_since > at) {
		t->has_unanswered_since = true;
		t->unanswered_since = at;
	}
	if (!is_from_customer(k) || k->acting.address == NULL)
		return;
	t->has_reply_mailbox = true;
	t->reply_mailbox = d->mailbox;
	record_set(&t->reply_address, answer_address(k));
}

/* ---- entry --------------------------------------------------------------- */

struct told_reasons {
	Rec__Reason rec[REASONS_MAX];
	Rec__Reason *list[REASONS_MAX];
};

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
	e->n_passed = d->passed_count;
	e->passed = (uint32_t *)(uintptr_t)d->passed;
}

static void
entry_facts(const struct application *a, Rec__Entry *e)
{
	const Rec__Facts *f = a->facts;

	/* Packing reads only. */
	e->facts = (Rec__Facts *)(uintptr_t)f;
	e->envelope = (Rec__Envelope *)(uintptr_t)a->in->envelope;
	e->from = a->in->mail->from;
	e->has_auto_kind = f->has_auto_kind;
	e->auto_kind = f->auto_kind;
	e->has_unreadable = e->unreadable = f->unreadable != NULL;
	e->n_also_for = f->n_mailboxes > 1 ? f->n_mailboxes - 1 : 0;
	e->also_for = e->n_also_for > 0 ? f->mailboxes + 1 : NULL;
}

static void
entry_held(const struct work *k, Rec__Entry *e)
{
	const struct decision *d = k->a->decision;

	if (d->action == REC__ACTION__HOLD)
		e->held_code = lend(reason_code(d->held));
	/* Spam goes by itself, and so does what nobody needs twice. */
	e->has_discarded_at = d->action == REC__ACTION__DISCARD ||
	    (d->action == REC__ACTION__HOLD &&
		(d->held == REASON_SPAM || d->held == REASON_MARKED_SPAM));
	e->discarded_at = wtxn_now(k->w);
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
	e->has_of_entry = d->of_entry != 0;
	e->of_entry = d->of_entry;
	e->has_authentication = d->authentication !=
	    REC__FACTS__AUTHENTICATION__UNKNOWN;
	e->authentication = d->authentication;
	e->has_customer_mail = e->customer_mail = d->customer_mail;
	e->has_new_sender = e->new_sender = d->new_sender;
	entry_held(k, e);
	/* The ticket's own title need not be stored again. */
	if (k->ticket.rec == NULL ||
	    g_strcmp0(k->a->facts->title, k->ticket.rec->title) != 0)
		e->title = k->a->facts->title;
}

/* A record of borrowed texts, for packing alone. */
static void
entry_make(const struct work *k, struct told_reasons *told, Rec__Blob *blob,
    Rec__Entry *e)
{
	const struct restored *restored = k->a->restored;

	rec__entry__init(e);
	e->has_kind = true;
	e->kind = REC__ENTRY__KIND__MAIL_IN;
	e->has_at = true;
	e->at = k->a->facts->received_at;
	if (restored != NULL) {
		e->blob = restored->rec->blob;
		e->has_came_again = restored->rec->has_came_again;
		e->came_again = restored->rec->came_again;
	} else {
		blob->has_detail_len = blob->has_raw_len = true;
		blob->detail_len = k->a->detail_len;
		blob->raw_len = k->a->raw_len;
		blob->has_frames = blob->has_parts = true;
		blob_plan(k->a->blob, blob);
		e->blob = blob;
	}
	entry_facts(k->a, e);
	entry_decision(k, e);
	reasons_tell(k->a->decision, told, e);
}

static bool
entry_write(struct work *k, GError **error)
{
	bool is_new = k->a->restored == NULL;
	Rec__Blob blob = REC__BLOB__INIT;
	struct told_reasons told;
	Rec__Entry e;

	entry_make(k, &told, &blob, &e);
	/* In the order of their keys: the log only grows at its end. */
	if (!entry_save(k->w, k->entry, &e, is_new ? ENTRY_NEW : ENTRY_STORED,
		error) ||
	    (is_new && !blob_save(k->w, k->entry.n, k->a->blob, error)))
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

	if (k->a->restored == NULL &&
	    !message_id_save(k->w, &in->hashes.id, &in->hashes.body, k->entry,
		error))
		return false;
	/* A held mail leads nowhere yet. */
	return k->ticket.rec == NULL || references_write(k, error);
}

/* ---- the whole ----------------------------------------------------------- */

static bool
got_it(const Rec__Entry *e, uint64_t mailbox)
{
	for (size_t i = 0; i < e->n_also_for; i++)
		if (e->also_for[i] == mailbox)
			return true;
	return e->mailbox == mailbox;
}

/* The same mail, brought to another mailbox in a transaction of its own. */
static void
also_add(Rec__Entry *e, const Rec__Envelope *envelope)
{
	for (size_t i = 0; i < envelope->n_recipients; i++) {
		uint64_t mailbox = envelope->recipients[i]->mailbox;

		if (got_it(e, mailbox) || e->n_also_for >= ALSO_MAX)
			continue;
		e->also_for = g_renew(uint64_t, e->also_for, e->n_also_for + 1);
		e->also_for[e->n_also_for++] = mailbox;
	}
}

/* A mail of ours that came back is noted on its entry. */
static bool
note_own(const struct work *k, GError **error)
{
	struct entry_id id = {k->a->decision->of_entry};
	struct key key = key_1(TABLE_ENTRY, id.n);
	AUTO_RECORD(Rec__Entry) e = NULL;

	key_u16(&key, 0);
	if (k->a->restored != NULL)
		return true;
	if (RECORD_FIND(wtxn_view(k->w), &key, &e, error) == FOUND_ERROR)
		return false;
	if (e == NULL || e->kind != REC__ENTRY__KIND__MAIL_OUT)
		return true;
	e->has_came_again = true;
	e->came_again++;
	return entry_save(k->w, id, e, ENTRY_STORED, error);
}

/* The one that is there remembers how often it came. */
static bool
note_duplicate(struct work *k, struct outcome *out, GError **error)
{
	struct entry_id id = {k->a->decision->duplicate_of};
	AUTO_RECORD(Rec__Entry) e = NULL;

	if (!entry_load(wtxn_view(k->w), id, &e, error))
		return false;
	e->has_came_again = true;
	e->came_again++;
	also_add(e, k->a->in->envelope);
	out->entry = id.n;
	tell(k, REC__EVENT__KIND__MAIL_DUPLICATE, out->entry);
	return entry_save(k->w, id, e, ENTRY_STORED, error);
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
entry_number(struct work *k, GError **error)
{
	if (k->a->restored == NULL)
		return wtxn_next_id(k->w, SEQUENCE_ENTRY, &k->entry.n, error);
	k->entry.n = k->a->restored->entry;
	return true;
}

static Rec__Event__Kind
event_kind(const struct work *k)
{
	if (k->ticket.rec != NULL)
		return k->a->restored != NULL ? REC__EVENT__KIND__MAIL_ATTACHED
					      : REC__EVENT__KIND__ENTRY_ADDED;
	return k->a->decision->action == REC__ACTION__DISCARD
	    ? REC__EVENT__KIND__MAIL_DISCARDED
	    : REC__EVENT__KIND__MAIL_HELD;
}

static bool
store_mail(struct work *k, struct outcome *out, GError **error)
{
	const struct application *a = k->a;

	if (!ticket_for(k, error) || !entry_number(k, error))
		return false;
	if (k->ticket.rec != NULL) {
		ticket_hear(k);
		participants_meet(k->ticket.rec, a);
		if (a->decision->is_bounce &&
		    !bounce_note(k->w, a, &k->ticket, error))
			return false;
	}
	if (a->decision->action == REC__ACTION__DISCARD && !note_own(k, error))
		return false;
	if (!entry_write(k, error) || !ids_write(k, error) ||
	    (k->ticket.rec != NULL && !ticket_save(k->w, &k->ticket, error)))
		return false;
	tell(k, event_kind(k), k->entry.n);
	out->entry = k->entry.n;
	out->ticket = k->ticket.id.n;
	return true;
}

/* IN-30's sum: a mail counts for where it is now. */
static void
count(struct wtxn *w, const struct application *a)
{
	if (a->restored != NULL)
		wtxn_add(w, COUNTER_MAIL, (uint64_t)a->restored->rec->action,
		    -1);
	wtxn_add(w, COUNTER_MAIL, (uint64_t)a->decision->action, 1);
}

bool
apply(struct wtxn *w, const struct application *a, struct outcome *out,
    GError **error)
{
	struct work k = {
	    .w = w,
	    .a = a,
	    .acting = decision_acting(a->facts, a->decision->actor),
	};
	bool done;

	*out = (struct outcome){.action = a->decision->action,
	    .held = a->decision->held};
	count(w, a);
	done = a->decision->action == REC__ACTION__DUPLICATE
	    ? note_duplicate(&k, out, error)
	    : store_mail(&k, out, error);
	ticket_drop(&k.ticket);
	return done;
}
