/* SPDX-License-Identifier: MIT */
/* The second column's tickets. */
#ifndef TESTS_UNIT_INTAKE_ROUTING_TICKET_H
#define TESTS_UNIT_INTAKE_ROUTING_TICKET_H

#include "desk/customer.h"
#include "desk/name.h"
#include "tests/unit/intake/routing_words.h"

static inline uint64_t
customer_named(const struct story *s, const char *name)
{
	g_autofree char *address = g_strdup_printf("%s@%c.example", name,
	    name[0]);
	struct customer_id ids[CUSTOMERS_OF_ADDRESS_MAX];
	g_autoptr(GError) error = NULL;
	size_t count = 0;

	must(s,
	    customer_list_by_address(wtxn_view(s->w), address, ids, &count,
		&error),
	    error);
	return count > 0 ? ids[0].n : 0;
}

static inline uint64_t
agent_named(const struct story *s, const char *name)
{
	g_autoptr(GError) error = NULL;
	uint64_t id = 0;

	must(s,
	    name_find(wtxn_view(s->w), NAME_USER, name, &id, &error) ==
		FOUND_YES,
	    error);
	return id;
}

static inline void
set_status(const struct story *s, Rec__Ticket *t, const struct words *words)
{
	const char *status = value_of(words, "status");
	const char *closed = value_of(words, "closed");
	g_autoptr(GError) error = NULL;

	t->has_status = true;
	t->status = closed != NULL ? REC__TICKET_STATUS__CLOSED
				   : REC__TICKET_STATUS__OPEN;
	if (status != NULL)
		must(s, ticket_status_parse(status, &t->status, &error), error);
	t->has_closed_at = closed != NULL;
	if (closed != NULL)
		t->closed_at = time_of(closed, s->desk->now);
}

static inline void
set_people(const struct story *s, Rec__Ticket *t, const struct words *words)
{
	const char *assignee = value_of(words, "assignee");
	const char *seen = value_of(words, "seen");
	const char *names[] = {"participant", "removed", "unconfirmed"};

	t->has_assignee = assignee != NULL;
	t->assignee = assignee != NULL ? agent_named(s, assignee) : 0;
	if (seen != NULL)
		ticket_see(t, seen);
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *address = value_of(words, names[i]);
		Rec__Participant *p;

		if (address == NULL)
			continue;
		p = g_new0(Rec__Participant, 1);
		rec__participant__init(p);
		p->address = g_strdup(address);
		p->has_removed = p->removed = i == 1;
		p->has_unconfirmed = p->unconfirmed = i == 2;
		t->participants = g_renew(Rec__Participant *, t->participants,
		    t->n_participants + 1);
		t->participants[t->n_participants++] = p;
	}
}

static inline void
set_place(const struct story *s, Rec__Ticket *t, const struct words *words)
{
	const char *via = value_of(words, "via");
	const char *merged = value_of(words, "merged");
	const char *title = value_of(words, "title");
	const char *first = value_of(words, "first_title");
	const char *category = value_of(words, "category");

	t->title = g_strdup(title != NULL ? title : "Untitled");
	t->first_title = g_strdup(first);
	t->has_mailbox = via != NULL;
	t->mailbox = via == NULL          ? 0
	    : strcmp(via, "support") == 0 ? s->desk->support
					  : s->desk->sales;
	t->has_category = category != NULL;
	t->category = category != NULL ? s->desk->category : 0;
	t->has_merged_into = merged != NULL;
	t->merged_into = merged != NULL ? number_of(merged) : 0;
	t->has_spam = t->spam = has_word(words, "spam");
	t->has_deleted_at = has_word(words, "deleted");
	t->deleted_at = s->desk->now;
}

static inline void
tell_followed(const struct story *s, uint64_t before, uint64_t by)
{
	struct ticket ticket;
	Rec__Link *link = g_new0(Rec__Link, 1);
	g_autoptr(GError) error = NULL;

	must(s,
	    ticket_load(wtxn_view(s->w), (struct ticket_id){before}, &ticket,
		&error),
	    error);
	rec__link__init(link);
	link->has_kind = link->has_ticket = true;
	link->kind = REC__LINK__KIND__FOLLOWED_BY;
	link->ticket = by;
	ticket.rec->links = g_renew(Rec__Link *, ticket.rec->links, 1);
	ticket.rec->links[0] = link;
	ticket.rec->n_links = 1;
	must(s, ticket_save(s->w, &ticket, &error), error);
	ticket_drop(&ticket);
}

/* ticket #N of CUSTOMER [title=…] [closed=3d] … */
static inline void
tell_ticket(const struct story *s, const struct words *words)
{
	struct ticket ticket;
	g_autoptr(GError) error = NULL;
	uint64_t want = number_of(words->argv[1]);

	must(s, wtxn_raise_id(s->w, SEQUENCE_TICKET, want, &error), error);
	must(s, ticket_new(s->w, &ticket, &error), error);
	if (ticket.id.n != want)
		failed(s, "tickets stand in the order of their numbers",
		    words->argv[1]);
	ticket.rec->has_customer = true;
	ticket.rec->customer = customer_named(s, words->argv[3]);
	if (ticket.rec->customer == 0)
		failed(s, "there is no such customer", words->argv[3]);
	set_status(s, ticket.rec, words);
	set_place(s, ticket.rec, words);
	set_people(s, ticket.rec, words);
	must(s, ticket_save(s->w, &ticket, &error), error);
	ticket_drop(&ticket);
	if (value_of(words, "follows") != NULL)
		tell_followed(s, number_of(value_of(words, "follows")), want);
}

#endif
