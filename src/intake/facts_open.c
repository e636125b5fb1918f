/* SPDX-License-Identifier: MIT */
/*
 * Open tickets of the customer (IN-8, IN-9): the most similar, and the newest
 * one, of those that came by the same mailbox or none. The rows of the
 * customer's list hold what is compared, so that a customer with many tickets
 * costs a walk over neighbours, and never more than ROWS_MAX of them.
 */
#include "base/similar.h"
#include "base/text.h"
#include "desk/customer.h"
#include "desk/subject.h"
#include "desk/ticket.h"
#include "intake/gather.h"

#define OPEN_MAX 100  /* tickets that are compared */
#define ROWS_MAX 1000 /* closed ones with them */
#define READ_MAX 100  /* of an older program's rows, whose tickets are read */
#define SHOWN    60   /* bytes of a title in a reason */

struct search {
	struct gathering *g;
	const char *title;        /* folded; NULL: none */
	struct similar_text text; /* of the title, once it is asked */
	bool has_text;
	uint64_t customer;
	uint64_t mailbox;
	unsigned best; /* percent */
	uint64_t of_best[OPEN_MAX];
	size_t count_of_best;
	uint64_t open[OPEN_MAX]; /* newest number first */
	size_t count;
};

static unsigned
similarity(struct search *s, const Rec__CustomerTicket *row)
{
	unsigned best = 0;

	if (s->title == NULL)
		return 0;
	if (!s->has_text)
		similar_text_init(&s->text, s->title);
	s->has_text = true;
	for (size_t i = 0; i < row->n_titles; i++)
		best = MAX(best,
		    similar_text_percent(&s->text, row->titles[i]));
	return best;
}

static void
look_at(struct search *s, uint64_t ticket, const Rec__CustomerTicket *row)
{
	unsigned percent;

	if (!row->open || (row->mailbox != 0 && row->mailbox != s->mailbox))
		return;
	s->open[s->count++] = ticket;
	percent = similarity(s, row);
	if (percent == 0)
		return;
	if (percent > s->best)
		s->count_of_best = 0;
	if (percent < s->best)
		return;
	s->best = percent;
	s->of_best[s->count_of_best++] = ticket;
}

static bool
walk(struct search *s, GError **error)
{
	struct key prefix = key_1(TABLE_CUSTOMER, s->customer);
	AUTO(cursor_free)
	struct cursor *c = cursor_new(s->g->view, &prefix, DESCENDING, error);
	struct key key;
	struct slice value;
	enum found found = FOUND_NO;

	if (c == NULL)
		return false;
	for (unsigned rows = 0, read = 0;
	     rows < ROWS_MAX && read < READ_MAX && s->count < OPEN_MAX;
	     rows++) {
		AUTO_RECORD(Rec__CustomerTicket) row = NULL;
		size_t at = prefix.len;
		uint64_t ticket;

		found = cursor_next(c, &key, &value, error);
		if (found != FOUND_YES)
			break;
		ticket = key_get_u64(&key, &at);
		if (ticket == 0)
			break; /* the customer's own record */
		read += value.len == 0;
		row = ticket_of_customer(s->g->view, ticket, value, error);
		if (row == NULL)
			return false;
		look_at(s, ticket, row);
	}
	return found != FOUND_ERROR;
}

/* The one with the newest public entry. */
static bool
newest_of(const struct search *s, const uint64_t *tickets, size_t count,
    uint64_t *out, GError **error)
{
	uint64_t newest = 0;

	*out = tickets[0];
	for (size_t i = 0; count > 1 && i < count; i++) {
		struct ticket ticket;

		if (!ticket_load(s->g->view, (struct ticket_id){tickets[i]},
			&ticket, error))
			return false;
		if (ticket.rec->last_public_entry > newest) {
			newest = ticket.rec->last_public_entry;
			*out = tickets[i];
		}
		ticket_drop(&ticket);
	}
	return true;
}

static bool
add(const struct search *s, uint64_t id, bool is_similar, GError **error)
{
	Rec__Facts *f = s->g->facts;
	struct ticket ticket;
	Rec__Candidate *c;

	if (!ticket_load(s->g->view, (struct ticket_id){id}, &ticket, error))
		return false;
	c = g_new0(Rec__Candidate, 1);
	rec__candidate__init(c);
	c->has_key = c->has_ticket = c->has_customer = true;
	c->key = REC__CANDIDATE__KEY__OPEN;
	c->ticket = id;
	c->customer = s->customer;
	c->has_status = true;
	c->status = ticket.rec->status;
	c->has_similarity = is_similar;
	c->similarity = s->best;
	c->title = text_cut(g_strdup(ticket.rec->title), SHOWN);
	ticket_drop(&ticket);
	f->candidates = g_renew(Rec__Candidate *, f->candidates,
	    f->n_candidates + 1);
	f->candidates[f->n_candidates++] = c;
	return true;
}

/* Which is the newest is asked only where it counts: with 0 %. Otherwise the
 * highest number stands for it, should a replay ask. */
static bool
add_found(const struct search *s, GError **error)
{
	size_t ask = s->g->snapshot
			 ->numbers[SETTING_INTAKE_SUBJECT_SIMILARITY_PERCENT] ==
		0
	    ? s->count
	    : 1;
	uint64_t best, newest;

	s->g->facts->has_open_tickets = true;
	s->g->facts->open_tickets += (uint32_t)s->count;
	if (s->count == 0)
		return true;
	if (s->best > 0 &&
	    (!newest_of(s, s->of_best, s->count_of_best, &best, error) ||
		!add(s, best, true, error)))
		return false;
	return newest_of(s, s->open, ask, &newest, error) &&
	    add(s, newest, false, error);
}

/* Of the one who owns the address; of several nobody can tell which. */
static bool
search_for(struct gathering *g, const uint64_t *owners, size_t count,
    const char *title, GError **error)
{
	struct search s;

	if (count != 1 || owners == NULL)
		return true;
	s.g = g;
	s.title = title;
	s.has_text = false;
	s.best = 0;
	s.count = s.count_of_best = 0;
	s.customer = owners[0];
	s.mailbox = g->facts->n_mailboxes > 0 ? g->facts->mailboxes[0] : 0;
	return walk(&s, error) && add_found(&s, error);
}

/* Who takes part or has a token reaches his ticket under every setting. */
static bool
key_leads(const Rec__Facts *f)
{
	/* Which of two acts is a matter of settings. */
	for (size_t i = 0; f->reply_to == NULL && i < f->n_candidates; i++) {
		const Rec__Candidate *c = f->candidates[i];

		if (!c->deleted &&
		    (c->is_customer || c->is_participant || c->is_assignee))
			return true;
	}
	return false;
}

static bool
search_actor(struct gathering *g, const Rec__Actor *actor, const char *subject,
    GError **error)
{
	g_autofree char *title = NULL;

	if (actor == NULL)
		return true;
	title = subject_fold(g->snapshot->tags, subject);
	return search_for(g, actor->customers, actor->n_customers, title,
	    error);
}

bool
gather_open(struct gathering *g, GError **error)
{
	const Rec__Facts *f = g->facts;
	g_autofree char *title = NULL;

	if (key_leads(f))
		return true;
	if (f->n_customers == 1)
		title = subject_fold(g->snapshot->tags, f->title);
	return search_for(g, f->customers, f->n_customers, title, error) &&
	    search_actor(g, f->reply_to, f->title, error) &&
	    search_actor(g, f->forwarded,
		f->forwarded_title != NULL ? f->forwarded_title : f->title,
		error);
}
