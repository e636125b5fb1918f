/* SPDX-License-Identifier: MIT */
/*
 * Who stood in To or Cc takes part (IN-4) as a hash; who also stays in copy
 * of replies (IN-19) is a participant by name. A mail that failed
 * authentication, or whose sender is new, names nobody.
 */
#include "intake/participants.h"

#include "base/pattern.h"
#include "base/text.h"
#include "desk/ticket.h"

/* With removed and unconfirmed ones; strangers leave room for the others. */
#define LISTED_MAX      40
#define UNCONFIRMED_MAX 20

struct meeting {
	Rec__Ticket *ticket;
	const struct application *a;
	const Rec__Addr *addr;
	char *folded;
};

static bool
is_ours(const struct application *a, const char *address)
{
	return snapshot_mailbox(a->snapshot, address, NULL) != NULL;
}

static Rec__Participant *
find(const Rec__Ticket *t, const char *folded)
{
	for (size_t i = 0; i < t->n_participants; i++)
		if (g_strcmp0(t->participants[i]->address, folded) == 0)
			return t->participants[i];
	return NULL;
}

static size_t
count_active(const Rec__Ticket *t)
{
	size_t count = 0;

	for (size_t i = 0; i < t->n_participants; i++)
		count += !t->participants[i]->removed &&
		    !t->participants[i]->unconfirmed;
	return count;
}

enum confirmed { CONFIRMED, UNCONFIRMED };

static Rec__Participant *
append(Rec__Ticket *t, const char *folded, const char *name)
{
	Rec__Participant *p = g_new0(Rec__Participant, 1);

	rec__participant__init(p);
	p->address = g_strdup(folded);
	p->name = g_strdup(name);
	t->participants = g_renew(Rec__Participant *, t->participants,
	    t->n_participants + 1);
	t->participants[t->n_participants++] = p;
	return p;
}

static void
add(struct meeting *m, const char *name, enum confirmed confirmed)
{
	Rec__Ticket *t = m->ticket;
	size_t max = confirmed == CONFIRMED ? LISTED_MAX : UNCONFIRMED_MAX;
	Rec__Participant *p;

	if (t->n_participants >= max || find(t, m->folded) != NULL)
		return;
	p = append(t, m->folded, name);
	p->has_unconfirmed = p->unconfirmed = confirmed == UNCONFIRMED;
}

/* The customer is no participant, nor is who works or answers here, nor a
 * list, which would bring every reply to all of its members. */
static bool
may_join(const struct meeting *m)
{
	const struct application *a = m->a;
	struct acting acting = decision_acting(a->facts, a->decision->actor);

	return g_strcmp0(m->folded, acting.address) != 0 &&
	    g_strcmp0(m->folded, a->facts->sender) != 0 &&
	    g_strcmp0(m->folded, m->ticket->reply_address) != 0 &&
	    g_strcmp0(m->folded, a->in->mail->list_post) != 0 &&
	    snapshot_agent(a->snapshot, m->folded).n == 0 &&
	    pattern_list_match(a->snapshot->blocks, m->folded) == NULL &&
	    count_active(m->ticket) < PARTICIPANTS_MAX;
}

static void
meet(struct meeting *m, bool joins)
{
	const char *address = m->addr->address;

	/* Our own addresses take part in nothing: a forged From may name
	 * them. */
	if (address == NULL || !text_is_address(address) ||
	    is_ours(m->a, address))
		return;
	ticket_see(m->ticket, address);
	m->folded = text_fold_address(address);
	if (joins && may_join(m))
		add(m, m->addr->name, CONFIRMED);
	g_clear_pointer(&m->folded, g_free);
}

static bool
names_us(const struct application *a, Rec__Addr *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (list[i]->address != NULL && is_ours(a, list[i]->address))
			return true;
	return false;
}

static void
meet_all(struct meeting *m, Rec__Addr *const *list, size_t count, bool joins)
{
	for (size_t i = 0; i < count; i++) {
		m->addr = list[i];
		meet(m, joins);
	}
}

/* IN-32: until an agent says so. */
static void
meet_new_sender(struct meeting *m)
{
	const struct application *a = m->a;
	struct acting acting = decision_acting(a->facts, a->decision->actor);

	if (acting.address != NULL && !is_ours(a, acting.address) &&
	    snapshot_agent(a->snapshot, acting.address).n == 0) {
		m->folded = g_strdup(acting.address);
		add(m, acting.name, UNCONFIRMED);
		g_clear_pointer(&m->folded, g_free);
	}
}

void
participants_meet(Rec__Ticket *ticket, const struct application *a)
{
	const Rec__Mail *mail = a->in->mail;
	const struct decision *d = a->decision;
	struct meeting m = {.ticket = ticket, .a = a};
	/* None when we stood in Bcc. */
	bool joins = d->names_others &&
	    (names_us(a, mail->to, mail->n_to) ||
		names_us(a, mail->cc, mail->n_cc));

	if (d->new_sender) {
		meet_new_sender(&m);
		return;
	}
	if (d->is_bounce ||
	    d->authentication == REC__FACTS__AUTHENTICATION__FAILED)
		return;
	meet_all(&m, mail->to, mail->n_to, joins);
	meet_all(&m, mail->cc, mail->n_cc, joins);
}

/* ---- by hand ------------------------------------------------------------- */

bool
participants_include(Rec__Ticket *ticket, const char *folded)
{
	Rec__Participant *p = find(ticket, folded);

	if (p != NULL && !p->removed && !p->unconfirmed)
		return true;
	if (count_active(ticket) >= PARTICIPANTS_MAX)
		return false;
	if (p == NULL)
		p = append(ticket, folded, NULL);
	p->has_removed = p->has_unconfirmed = true;
	p->removed = p->unconfirmed = false;
	return true;
}

bool
participants_exclude(Rec__Ticket *ticket, const char *folded)
{
	Rec__Participant *p = find(ticket, folded);

	if (p == NULL && ticket_has_seen(ticket, folded))
		p = append(ticket, folded, NULL);
	if (p == NULL || p->removed)
		return false;
	p->has_removed = p->removed = true;
	return true;
}
