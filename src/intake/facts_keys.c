/* SPDX-License-Identifier: MIT */
/*
 * Candidates of kinds 1 to 3 (IN-14), in the order of their strength: reply
 * tokens in recipients, Message-IDs that we know, tags in the subject.
 */
#include <string.h>

#include "base/rate.h"
#include "desk/tag.h"
#include "desk/ticket.h"
#include "intake/gather.h"
#include "store/record.h"

#define REFERENCES_LOOKED_UP 40

static bool
is_candidate(const Rec__Facts *f, uint64_t ticket, Rec__Candidate__Key key)
{
	for (size_t i = 0; i < f->n_candidates; i++)
		if (f->candidates[i]->ticket == ticket &&
		    f->candidates[i]->key == key)
			return true;
	return false;
}

enum part { PART_NONE, PART_SEEN, PART_LISTED };

static enum part
part_of(const Rec__Ticket *t, const char *address)
{
	for (size_t i = 0; i < t->n_participants; i++) {
		const Rec__Participant *p = t->participants[i];

		if (g_strcmp0(p->address, address) != 0)
			continue;
		if (p->removed || !p->unconfirmed)
			return p->removed ? PART_NONE : PART_LISTED;
	}
	return ticket_has_seen(t, address) ? PART_SEEN : PART_NONE;
}

static void
set_sender(Rec__Candidate *c, const Rec__Facts *f, const Rec__Ticket *t)
{
	enum part part;

	if (f->sender == NULL)
		return;
	part = part_of(t, f->sender);
	c->has_is_customer = c->is_customer = gather_owns(f->customers,
	    f->n_customers, t->customer);
	c->has_is_participant = c->is_participant = part != PART_NONE;
	c->has_is_seen = c->is_seen = part == PART_SEEN;
	c->has_is_assignee = c->is_assignee = f->agent != 0 &&
	    f->agent == t->assignee;
}

static void
set_reply_to(Rec__Candidate *c, const Rec__Actor *reply_to,
    const Rec__Ticket *t)
{
	if (reply_to == NULL)
		return;
	c->has_reply_is_customer = c->reply_is_customer =
	    gather_owns(reply_to->customers, reply_to->n_customers,
		t->customer);
	c->has_reply_is_participant = c->reply_is_participant =
	    part_of(t, reply_to->address) != PART_NONE;
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
	c->has_customer = t->customer != 0;
	c->customer = t->customer;
	c->has_closed_at = t->has_closed_at;
	c->closed_at = t->closed_at;
	c->has_deleted = c->deleted = t->has_deleted_at || t->spam;
	set_sender(c, f, t);
	set_reply_to(c, f->reply_to, t);
	return c;
}

/* Answers to one closed ticket come to one that follows it. */
static bool
find_follower(const struct gathering *g, const Rec__Ticket *t,
    Rec__Candidate *c, GError **error)
{
	struct ticket follower;
	enum found found = FOUND_NO;
	uint64_t id = 0;

	for (size_t i = 0; i < t->n_links; i++)
		if (t->links[i]->kind == REC__LINK__KIND__FOLLOWED_BY)
			id = MAX(id, t->links[i]->ticket);
	if (id != 0 && t->status == REC__TICKET_STATUS__CLOSED)
		found = ticket_find_merged(g->view, (struct ticket_id){id},
		    &follower, error);
	if (found != FOUND_YES)
		return found == FOUND_NO;
	c->has_followed_by = ticket_is_open(follower.rec) &&
	    follower.rec->customer == t->customer;
	c->followed_by = c->has_followed_by ? follower.id.n : 0;
	ticket_drop(&follower);
	return true;
}

static bool
add_candidate(struct gathering *g, uint64_t id, Rec__Candidate__Key key,
    GError **error)
{
	Rec__Facts *f = g->facts;
	struct ticket ticket;
	enum found found;
	Rec__Candidate *c;
	bool done;

	if (f->n_candidates == FACTS_KEYS_MAX)
		return true;
	found = ticket_find_merged(g->view, (struct ticket_id){id}, &ticket,
	    error);
	if (found != FOUND_YES)
		return found == FOUND_NO;
	done = true;
	if (!is_candidate(f, ticket.id.n, key)) {
		c = candidate_of(f, &ticket);
		c->key = key;
		f->candidates = g_renew(Rec__Candidate *, f->candidates,
		    f->n_candidates + 1);
		f->candidates[f->n_candidates++] = c;
		done = find_follower(g, ticket.rec, c, error);
	}
	ticket_drop(&ticket);
	return done;
}

bool
gather_entry_ticket(const struct view *view, uint64_t entry,
    Rec__Entry__Kind *kind_out, uint64_t *ticket_out, GError **error)
{
	struct key key = key_1(TABLE_ENTRY, entry);
	AUTO_RECORD(Rec__Entry) rec = NULL;

	key_u16(&key, 0);
	if (RECORD_FIND(view, &key, &rec, error) == FOUND_ERROR)
		return false;
	*ticket_out = rec != NULL ? rec->ticket : 0;
	*kind_out = rec != NULL ? rec->kind : REC__ENTRY__KIND__MAIL_IN;
	return true;
}

static bool
add_entry(struct gathering *g, uint64_t entry, Rec__Candidate__Key how,
    GError **error)
{
	Rec__Entry__Kind kind;
	uint64_t ticket = 0;

	if (!gather_entry_ticket(g->view, entry, &kind, &ticket, error))
		return false;
	return ticket == 0 || add_candidate(g, ticket, how, error);
}

/* All tickets that a Message-ID leads to: rows of mails and references. One
 * of ours says itself which entry it is, whoever else uses it. */
static bool
add_message_id(struct gathering *g, const char *id, Rec__Candidate__Key how,
    GError **error)
{
	struct mail_hash hash = mail_hash_of(id, strlen(id));
	struct entry_id entries[MESSAGE_ID_ENTRIES_MAX];
	size_t count;

	if (message_id_own(&g->snapshot->keys, id, &entries[0]) == TOKEN_VALID)
		return add_entry(g, entries[0].n, how, error);
	if (!message_id_list(g->view, &hash, entries, &count, error))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!add_entry(g, entries[i].n, how, error))
			return false;
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

/* A former form speaks of the desk one came from: imported numbers first. */
static bool
add_tag(struct gathering *g, const struct tag_hit *hit, GError **error)
{
	struct key key = key_1(TABLE_TICKET_ALIAS, hit->number);
	AUTO_RECORD(Rec__Name) alias = NULL;
	uint64_t ticket = hit->number;

	if (hit->form > 0) {
		if (RECORD_FIND(g->view, &key, &alias, error) == FOUND_ERROR)
			return false;
		if (alias != NULL)
			ticket = alias->id;
	}
	return add_candidate(g, ticket, REC__CANDIDATE__KEY__TAG, error);
}

static bool
gather_tags(struct gathering *g, GError **error)
{
	struct tag_hit hits[TAGS_MAX];
	size_t count = tag_find(g->snapshot->tags, g->in->mail->subject, hits);

	for (size_t i = 0; i < count; i++)
		if (!add_tag(g, &hits[i], error))
			return false;
	return true;
}

/* ---- rates --------------------------------------------------------------- */

/* A sender's key and a ticket's are told apart by the highest bit. */
#define RATE_OF_TICKET (UINT64_C(1) << 63)

static Rec__Candidate *
first_token(const Rec__Facts *f)
{
	for (size_t i = 0; i < f->n_candidates; i++)
		if (f->candidates[i]->key == REC__CANDIDATE__KEY__TOKEN)
			return f->candidates[i];
	return NULL;
}

/* The ticket that the mail comes to without a look at its sender. */
static uint64_t
counted_ticket(const Rec__Facts *f, const Rec__Candidate *token)
{
	if (f->bounce_ticket != 0)
		return f->bounce_ticket;
	return token != NULL ? token->ticket : 0;
}

static void
count(struct gathering *g, struct intake_count *c, uint64_t ticket)
{
	const Rec__Facts *f = g->facts;
	int64_t now = g->in->received_at;

	c->done = true;
	if (f->sender != NULL)
		c->of_sender = rate_add(c->rate,
		    token_checksum(f->sender, strlen(f->sender)) &
			~RATE_OF_TICKET,
		    now);
	if (ticket != 0)
		c->of_ticket = rate_add(c->rate, RATE_OF_TICKET | ticket, now);
}

/* What is there already is no new mail. */
static void
gather_rates(struct gathering *g)
{
	struct intake_count *c = g->in->count;
	Rec__Candidate *token = first_token(g->facts);

	if (c == NULL || c->rate == NULL || g->facts->has_duplicate_of)
		return;
	if (!c->done)
		count(g, c, counted_ticket(g->facts, token));
	g->facts->has_sender_rate = c->of_sender > 0;
	g->facts->sender_rate = c->of_sender;
	g->facts->has_bounce_rate = g->facts->bounce_ticket != 0;
	g->facts->bounce_rate = g->facts->bounce_ticket != 0 ? c->of_ticket : 0;
	if (token == NULL || c->of_ticket == 0)
		return;
	token->has_token_rate = true;
	token->token_rate = c->of_ticket;
}

bool
gather_keys(struct gathering *g, GError **error)
{
	if (!gather_tokens(g, error) || !gather_references(g, error) ||
	    !gather_tags(g, error))
		return false;
	gather_rates(g);
	return true;
}
