/* SPDX-License-Identifier: MIT */
/* Decisions by hand; see held.h. */
#include "intake/held.h"

#include <string.h>

#include "base/text.h"
#include "desk/customer.h"
#include "desk/entry.h"
#include "desk/ticket.h"

/* A stored mail, as apply takes it. */
struct stored {
	struct restored restored;
	Rec__Mail *mail;
	Rec__Facts *gathered; /* of now; owned */
	struct intake_mail in;
	struct decision decision;
};

static void
stored_drop(struct stored *s)
{
	if (s->mail != NULL)
		rec__mail__free_unpacked(s->mail, &record_allocator);
	if (s->gathered != NULL)
		rec__facts__free_unpacked(s->gathered, &record_allocator);
	if (s->restored.rec != NULL)
		rec__entry__free_unpacked(s->restored.rec, &record_allocator);
}

static bool
check(const struct stored *s, GError **error)
{
	const Rec__Entry *rec = s->restored.rec;

	if (rec->kind != REC__ENTRY__KIND__MAIL_IN || rec->facts == NULL ||
	    rec->envelope == NULL)
		return fail(error, ERR_NOT_FOUND,
		    "entry %" PRIu64 " is no mail that came in",
		    s->restored.entry);
	if (rec->ticket != 0)
		return fail(error, ERR_CONFLICT,
		    "mail %" PRIu64 " is in ticket %" PRIu64 " already",
		    s->restored.entry, rec->ticket);
	if (rec->blob == NULL)
		return fail(error, ERR_NOT_FOUND,
		    "mail %" PRIu64 " was discarded and is gone",
		    s->restored.entry);
	return true;
}

static bool
stored_load(struct wtxn *w, const struct held_act *act, struct stored *s,
    GError **error)
{
	const struct view *view = wtxn_view(w);

	memset(s, 0, sizeof(*s));
	s->restored.entry = act->entry.n;
	if (!entry_load(view, act->entry, &s->restored.rec, error) ||
	    !check(s, error) ||
	    !entry_mail(view, act->entry, s->restored.rec, &s->mail, error))
		return false;
	s->in = (struct intake_mail){
	    .mail = s->mail,
	    .envelope = s->restored.rec->envelope,
	    .received_at = s->restored.rec->at,
	    .entry = act->entry.n,
	};
	/* Who the sender is may have changed since it was held. */
	s->gathered = facts_gather(view, act->snapshot, &s->in, error);
	return s->gathered != NULL;
}

/* Why it was held stays in front of what was done about it. */
static void
keep_reasons(struct stored *s)
{
	const Rec__Entry *rec = s->restored.rec;

	s->decision.reasons = 0;
	for (size_t i = 0; i < rec->n_reasons; i++) {
		enum reason reason = reason_find(rec->reasons[i]->code);

		if (reason < REASON_COUNT)
			decision_because(&s->decision, reason,
			    rec->reasons[i]->id, rec->reasons[i]->detail);
	}
	/* Room for the last word. */
	s->decision.reasons = MIN(s->decision.reasons, REASONS_MAX - 1);
}

/* Who acts and whether he is verified is as the rules see it; where the mail
 * goes is said by hand. */
static void
decide_by_hand(const struct held_act *act, struct stored *s, Rec__Action action,
    enum reason reason)
{
	struct decision *d = &s->decision;

	decide(s->gathered, act->snapshot, d);
	keep_reasons(s);
	decision_because(d, reason, act->user.n, NULL);
	d->action = action;
	d->ticket = d->follows = d->customer = d->of_entry = d->category = 0;
	d->new_sender = d->is_bounce = d->names_others = false;
	d->by_agent = snapshot_agent(act->snapshot,
			  s->gathered->sender != NULL ? s->gathered->sender
						      : "")
			  .n != 0;
	d->customer_mail = action == REC__ACTION__CREATE ||
	    (action == REC__ACTION__APPEND && !d->by_agent &&
		s->gathered->auto_kind == REC__MAIL__AUTO__NONE);
	d->wakes = d->customer_mail &&
	    (action == REC__ACTION__CREATE || !s->gathered->thanks ||
		!snapshot_is_on(act->snapshot,
		    SETTING_INTAKE_THANKS_CHANGES_NOTHING));
	d->held = reason;
}

static bool
carry_out(struct wtxn *w, const struct held_act *act, struct stored *s,
    struct outcome *out, GError **error)
{
	const struct application a = {
	    .in = &s->in,
	    .facts = s->gathered,
	    .decision = &s->decision,
	    .snapshot = act->snapshot,
	    .restored = &s->restored,
	    .user = act->user,
	};

	return apply(w, &a, out, error);
}

/* ---- the acts ------------------------------------------------------------ */

static bool
find_ticket(struct wtxn *w, struct ticket_id id, struct ticket_id *out,
    GError **error)
{
	struct ticket ticket;
	enum found found = ticket_find_merged(wtxn_view(w), id, &ticket, error);
	bool is_there;

	if (found == FOUND_NO)
		return fail(error, ERR_NOT_FOUND, "there is no ticket %" PRIu64,
		    id.n);
	if (found == FOUND_ERROR)
		return false;
	*out = ticket.id;
	is_there = !ticket.rec->has_deleted_at && !ticket.rec->spam;
	ticket_drop(&ticket);
	return is_there ||
	    fail(error, ERR_CONFLICT,
		"ticket %" PRIu64 " is in the bin, or spam", out->n);
}

bool
held_attach(struct wtxn *w, const struct held_act *act, struct ticket_id ticket,
    struct outcome *out, GError **error)
{
	AUTO(stored_drop) struct stored s;
	struct ticket_id lives;

	if (!stored_load(w, act, &s, error) ||
	    !find_ticket(w, ticket, &lives, error))
		return false;
	decide_by_hand(act, &s, REC__ACTION__APPEND, REASON_BY_HAND);
	s.decision.ticket = lives.n;
	return carry_out(w, act, &s, out, error);
}

bool
held_open(struct wtxn *w, const struct held_act *act,
    struct customer_id customer, struct outcome *out, GError **error)
{
	AUTO(stored_drop) struct stored s;
	struct acting acting;

	if (!stored_load(w, act, &s, error) ||
	    (customer.n != 0 &&
		customer_follow(wtxn_view(w), customer, &customer, error) !=
		    FOUND_YES))
		return false;
	decide_by_hand(act, &s, REC__ACTION__CREATE, REASON_BY_HAND);
	decision_find_category(&s.decision, act->snapshot);
	acting = decision_acting(s.gathered, s.decision.actor);
	if (customer.n == 0 && acting.n_customers == 1)
		customer.n = acting.customers[0];
	if (customer.n == 0 &&
	    (acting.address == NULL || acting.n_customers > 1))
		return fail(error, ERR_INVALID,
		    "whose ticket is it? its sender is %s; give customer=ID",
		    acting.address == NULL ? "nobody that could be answered"
					   : "several customers");
	s.decision.customer = customer.n;
	return carry_out(w, act, &s, out, error);
}

bool
held_decide(struct wtxn *w, const struct held_act *act, struct outcome *out,
    GError **error)
{
	AUTO(stored_drop) struct stored s;
	const char *held;

	if (!stored_load(w, act, &s, error))
		return false;
	held = s.restored.rec->held_code;
	decide(s.gathered, act->snapshot, &s.decision);
	decision_because(&s.decision, REASON_DECIDED_AGAIN, act->user.n,
	    held != NULL ? held : "discarded");
	return carry_out(w, act, &s, out, error);
}

bool
held_spam(struct wtxn *w, const struct held_act *act, struct outcome *out,
    GError **error)
{
	AUTO(stored_drop) struct stored s;

	if (!stored_load(w, act, &s, error))
		return false;
	decide_by_hand(act, &s, REC__ACTION__HOLD, REASON_MARKED_SPAM);
	return carry_out(w, act, &s, out, error);
}

bool
held_discard(struct wtxn *w, const struct held_act *act, struct outcome *out,
    GError **error)
{
	AUTO(stored_drop) struct stored s;

	if (!stored_load(w, act, &s, error))
		return false;
	decide_by_hand(act, &s, REC__ACTION__DISCARD, REASON_DISCARDED);
	return carry_out(w, act, &s, out, error);
}

char *
held_sender(const struct snapshot *snapshot, const Rec__Entry *rec)
{
	struct decision d;
	struct acting acting;

	if (rec->facts == NULL)
		return NULL;
	decide(rec->facts, snapshot, &d);
	acting = decision_acting(rec->facts, d.actor);
	if (acting.address == NULL || !text_is_address(acting.address) ||
	    snapshot_mailbox(snapshot, acting.address, NULL) != NULL ||
	    snapshot_agent(snapshot, acting.address).n != 0)
		return NULL;
	return g_strdup(acting.address);
}
