/* SPDX-License-Identifier: MIT */
/*
 * Gathering facts: the sender, who owns that address, which tickets the keys
 * of IN-14 name and how the sender stands to each, whether the mail is there
 * already. Reads only. Writer thread, reader threads (explain).
 */
#include "intake/facts.h"

#include <string.h>

#include "base/text.h"
#include "desk/customer.h"
#include "desk/name.h"
#include "desk/ticket.h"
#include "intake/tag.h"
#include "mail/parse.h"
#include "store/record.h"

#define TITLE_MAX            400 /* bytes; 200 code points count (IN-9) */
#define REFERENCES_LOOKED_UP 40

struct gathering {
	const struct view *view;
	const struct snapshot *snapshot;
	const struct intake_mail *in;
	Rec__Facts *facts;
};

/* ---- the sender ---------------------------------------------------------- */

/* Who acts is who the From field names: of a mail without one, mail->from
 * says whom to answer, which nothing vouches for (R35). */
static const Rec__Addr *
acting_sender(const Rec__Mail *mail)
{
	if (mail->from != NULL && (mail->marks & MARK_NO_FROM) == 0 &&
	    mail->from->address != NULL && text_is_address(mail->from->address))
		return mail->from;
	return NULL;
}

static bool
gather_sender(struct gathering *g, GError **error)
{
	const Rec__Addr *from = acting_sender(g->in->mail);
	struct customer_id ids[CUSTOMERS_OF_ADDRESS_MAX];
	Rec__Facts *f = g->facts;
	size_t count;

	if (from == NULL)
		return true;
	f->sender = text_fold_address(from->address);
	f->sender_name = from->name != NULL
	    ? text_cut(g_strdup(from->name), 100)
	    : NULL;
	if (!customer_list_by_address(g->view, f->sender, ids, &count, error))
		return false;
	f->customers = g_new(uint64_t, count);
	f->n_customers = count;
	for (size_t i = 0; i < count; i++)
		f->customers[i] = ids[i].n;
	return true;
}

/* ---- candidates ---------------------------------------------------------- */

static bool
is_candidate(const Rec__Facts *f, uint64_t ticket, Rec__Candidate__Key key)
{
	for (size_t i = 0; i < f->n_candidates; i++)
		if (f->candidates[i]->ticket == ticket &&
		    f->candidates[i]->key == key)
			return true;
	return false;
}

static bool
owns(const Rec__Facts *f, uint64_t customer)
{
	for (size_t i = 0; i < f->n_customers; i++)
		if (f->customers[i] == customer)
			return true;
	return false;
}

static bool
takes_part(const Rec__Ticket *t, const char *sender)
{
	for (size_t i = 0; i < t->n_participants; i++) {
		const Rec__Participant *p = t->participants[i];

		if (!p->removed && !p->unconfirmed &&
		    g_strcmp0(p->address, sender) == 0)
			return true;
	}
	return ticket_has_seen(t, sender);
}

static Rec__Candidate *
candidate_of(const Rec__Facts *f, const struct ticket *ticket)
{
	const Rec__Ticket *t = ticket->rec;
	Rec__Candidate *c = g_new0(Rec__Candidate, 1);

	rec__candidate__init(c);
	c->has_ticket = c->has_key = c->has_status = true;
	c->ticket = ticket->id.n;
	c->status = t->status;
	c->has_closed_at = t->has_closed_at;
	c->closed_at = t->closed_at;
	c->has_deleted = c->deleted = t->has_deleted_at || t->spam;
	if (f->sender == NULL)
		return c;
	c->has_is_customer = c->is_customer = owns(f, t->customer);
	c->has_is_participant = c->is_participant = takes_part(t, f->sender);
	c->has_is_assignee = c->is_assignee = f->agent != 0 &&
	    f->agent == t->assignee;
	return c;
}

static bool
add_candidate(struct gathering *g, uint64_t id, Rec__Candidate__Key key,
    GError **error)
{
	Rec__Facts *f = g->facts;
	struct ticket ticket;
	enum found found;
	Rec__Candidate *c;

	if (f->n_candidates == FACTS_CANDIDATES_MAX)
		return true;
	found = ticket_find_merged(g->view, (struct ticket_id){id}, &ticket,
	    error);
	if (found != FOUND_YES)
		return found == FOUND_NO;
	if (!is_candidate(f, ticket.id.n, key)) {
		c = candidate_of(f, &ticket);
		c->key = key;
		f->candidates = g_renew(Rec__Candidate *, f->candidates,
		    f->n_candidates + 1);
		f->candidates[f->n_candidates++] = c;
	}
	ticket_drop(&ticket);
	return true;
}

static bool
entry_ticket(const struct view *view, uint64_t entry, uint64_t *ticket_out,
    GError **error)
{
	struct key key = key_1(TABLE_ENTRY, entry);
	AUTO_RECORD(Rec__Entry) rec = NULL;

	key_u16(&key, 0);
	if (RECORD_FIND(view, &key, &rec, error) == FOUND_ERROR)
		return false;
	*ticket_out = rec != NULL ? rec->ticket : 0;
	return true;
}

/* All tickets that a Message-ID leads to: rows of mails and references. */
static bool
add_message_id(struct gathering *g, const char *id, Rec__Candidate__Key how,
    GError **error)
{
	struct mail_hash hash = mail_hash_of(id, strlen(id));
	struct entry_id entries[MESSAGE_ID_ENTRIES_MAX];
	size_t count;

	if (!message_id_list(g->view, &hash, entries, &count, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		uint64_t ticket = 0;

		if (!entry_ticket(g->view, entries[i].n, &ticket, error))
			return false;
		if (ticket != 0 && !add_candidate(g, ticket, how, error))
			return false;
	}
	return true;
}

static bool
gather_tokens(struct gathering *g, GError **error)
{
	const Rec__Envelope *e = g->in->envelope;

	for (size_t i = 0; i < e->n_recipients; i++) {
		const Rec__Recipient *r = e->recipients[i];

		if (r->token_wrong)
			g->facts->has_token_wrong = g->facts->token_wrong =
			    true;
		if (r->token_ticket != 0 &&
		    !add_candidate(g, r->token_ticket,
			REC__CANDIDATE__KEY__TOKEN, error))
			return false;
	}
	return true;
}

static bool
gather_references(struct gathering *g, GError **error)
{
	const Rec__Mail *m = g->in->mail;
	size_t looked_up = 0;

	for (size_t i = 0; i < m->n_in_reply_to; i++)
		if (!add_message_id(g, m->in_reply_to[i],
			REC__CANDIDATE__KEY__IN_REPLY_TO, error))
			return false;
	for (size_t i = m->n_references;
	     i > 0 && looked_up < REFERENCES_LOOKED_UP; i--, looked_up++)
		if (!add_message_id(g, m->references[i - 1],
			REC__CANDIDATE__KEY__REFERENCES, error))
			return false;
	return true;
}

static bool
gather_tags(struct gathering *g, GError **error)
{
	struct tag_hit hits[TAGS_MAX];
	size_t count = tag_find(g->snapshot->tags, g->in->mail->subject, hits);

	for (size_t i = 0; i < count; i++)
		if (!add_candidate(g, hits[i].number, REC__CANDIDATE__KEY__TAG,
			error))
			return false;
	return true;
}

/* ---- duplicates ---------------------------------------------------------- */

static bool
gather_duplicate(struct gathering *g, GError **error)
{
	struct entry_id entry;
	enum found found = message_id_find(g->view, &g->in->hashes.id,
	    &g->in->hashes.body, &entry, error);

	g->facts->has_duplicate_of = found == FOUND_YES;
	if (found == FOUND_YES)
		g->facts->duplicate_of = entry.n;
	return found != FOUND_ERROR;
}

/* ---- mailboxes ----------------------------------------------------------- */

static void
add_mailbox(Rec__Facts *f, uint64_t id)
{
	for (size_t i = 0; i < f->n_mailboxes; i++)
		if (f->mailboxes[i] == id)
			return;
	f->mailboxes = g_renew(uint64_t, f->mailboxes, f->n_mailboxes + 1);
	f->mailboxes[f->n_mailboxes++] = id;
}

static bool
was_recipient(const Rec__Envelope *e, uint64_t mailbox)
{
	for (size_t i = 0; i < e->n_recipients; i++)
		if (e->recipients[i]->mailbox == mailbox)
			return true;
	return false;
}

static void
add_named(struct gathering *g, Rec__Addr *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct snapshot_mailbox *mailbox = NULL;

		if (list[i]->address != NULL &&
		    text_is_address(list[i]->address))
			mailbox = snapshot_mailbox(g->snapshot,
			    list[i]->address, NULL);
		if (mailbox != NULL &&
		    was_recipient(g->in->envelope, mailbox->id.n))
			add_mailbox(g->facts, mailbox->id.n);
	}
}

/* Owner first: a token recipient, else first in To, then Cc, then first RCPT
 * (IN-17). */
static void
gather_mailboxes(struct gathering *g)
{
	const Rec__Envelope *e = g->in->envelope;
	const Rec__Mail *m = g->in->mail;

	for (size_t i = 0; i < e->n_recipients; i++)
		if (e->recipients[i]->token_ticket != 0)
			add_mailbox(g->facts, e->recipients[i]->mailbox);
	add_named(g, m->to, m->n_to);
	add_named(g, m->cc, m->n_cc);
	for (size_t i = 0; i < e->n_recipients; i++)
		add_mailbox(g->facts, e->recipients[i]->mailbox);
}

static void
gather_plain(struct gathering *g)
{
	const Rec__Mail *m = g->in->mail;
	Rec__Facts *f = g->facts;

	f->has_received_at = true;
	f->received_at = g->in->received_at;
	f->has_date_at = m->has_date_at;
	f->date_at = m->date_at;
	f->has_auto_kind = m->has_auto_kind;
	f->auto_kind = m->auto_kind;
	f->has_marks = m->has_marks;
	f->marks = m->marks;
	f->unreadable = g_strdup(m->unreadable);
	if (m->subject != NULL)
		f->title = text_cut(g_strdup(m->subject), TITLE_MAX);
	f->has_participants = true;
	f->participants = (uint32_t)(m->n_to + m->n_cc);
}

Rec__Facts *
facts_gather(const struct view *view, const struct snapshot *snapshot,
    const struct intake_mail *in, GError **error)
{
	AUTO_RECORD(Rec__Facts) f = g_new0(Rec__Facts, 1);
	struct gathering g = {.view = view,
	    .snapshot = snapshot,
	    .in = in,
	    .facts = f};

	rec__facts__init(f);
	gather_plain(&g);
	gather_mailboxes(&g);
	if (!gather_sender(&g, error) || !gather_duplicate(&g, error) ||
	    !gather_tokens(&g, error) || !gather_references(&g, error) ||
	    !gather_tags(&g, error)) {
		err_prefix(error, "gathering facts");
		return NULL;
	}
	return g_steal_pointer(&f);
}
