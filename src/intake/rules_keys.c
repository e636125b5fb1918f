/* SPDX-License-Identifier: MIT */
/*
 * Rules about keys of kinds 1 to 3 (IN-14): who may reach the ticket that a
 * key names (IN-4, IN-32), and what becomes of one that is closed (IN-18).
 */
#include "intake/matter.h"

#include <string.h>

#include "base/days.h"

/* ---- keys (IN-4, IN-14, IN-18, IN-32) ------------------------------------ */

/* IN-14: two tokens of different tickets are a new ticket that names both. */
bool
matter_tokens_disagree(const struct matter *m)
{
	const Rec__Facts *f = m->facts;
	uint64_t first = 0;

	for (size_t i = 0; i < f->n_candidates; i++) {
		const Rec__Candidate *c = f->candidates[i];

		if (c->key != REC__CANDIDATE__KEY__TOKEN || c->deleted)
			continue;
		if (first != 0 && c->ticket != first)
			return true;
		first = c->ticket;
	}
	return false;
}

/* How the one who acts stands to the ticket; SENDER_NEW or _UNCHECKED if he
 * takes no part in it. */
static enum reason
sender_reason(const struct matter *m, const Rec__Candidate *c)
{
	bool by_reply_to = m->out->actor == ACTOR_REPLY_TO;

	if (by_reply_to ? c->reply_is_customer : c->is_customer)
		return REASON_SENDER_CUSTOMER;
	if (by_reply_to ? c->reply_is_participant : c->is_participant)
		return REASON_SENDER_PARTICIPANT;
	if (c->is_assignee && matter_is_agent(m))
		return REASON_SENDER_ASSIGNEE;
	if (matter_is_verified_agent(m))
		return REASON_SENDER_AGENT;
	return c->key == REC__CANDIDATE__KEY__TOKEN ? REASON_SENDER_NEW
						    : REASON_SENDER_UNCHECKED;
}

static bool
may_reach(const struct matter *m, const Rec__Candidate *c)
{
	if (matter_failed_authentication(m))
		return false;
	return sender_reason(m, c) != REASON_SENDER_UNCHECKED ||
	    !matter_is_on(m, SETTING_INTAKE_APPEND_REQUIRES_CUSTOMER_MATCH);
}

/* Facts may come from a newer program, with kinds we do not know. */
static bool
is_key(const Rec__Candidate *c)
{
	return (unsigned)c->key <= REC__CANDIDATE__KEY__TAG;
}

static enum reason
key_reason(Rec__Candidate__Key key)
{
	static const enum reason reasons[] = {
	    [REC__CANDIDATE__KEY__TOKEN] = REASON_KEY_TOKEN,
	    [REC__CANDIDATE__KEY__IN_REPLY_TO] = REASON_KEY_IN_REPLY_TO,
	    [REC__CANDIDATE__KEY__REFERENCES] = REASON_KEY_REFERENCES,
	    [REC__CANDIDATE__KEY__TAG] = REASON_KEY_TAG,
	};

	assert((size_t)key < COUNT(reasons));
	return reasons[key];
}

static void
note_weaker(struct matter *m, size_t from, uint64_t ticket)
{
	for (size_t i = from; i < m->facts->n_candidates; i++)
		if (is_key(m->facts->candidates[i]) &&
		    m->facts->candidates[i]->ticket != ticket)
			matter_because(m, REASON_KEY_DISAGREES,
			    m->facts->candidates[i]->ticket, NULL);
}

static void
days_ago(const struct matter *m, int64_t at, char *out, size_t size)
{
	uint64_t days = matter_age_days(m, at);

	if (days < 1)
		(void)g_strlcpy(out, "today", size);
	else
		(void)g_snprintf(out, (gulong)size, "%" PRIu64 " day%s ago",
		    days, days == 1 ? "" : "s");
}

static bool
is_reopened(const struct matter *m, int64_t closed_at)
{
	int64_t days = m->snapshot->numbers[SETTING_TICKET_REOPEN_DAYS];

	if (days <= 0)
		return days < 0; /* empty: always; 0: never */
	return m->facts->received_at <=
	    days_after(m->snapshot->zone, closed_at, (unsigned)days);
}

/* IN-18. */
static void
enter_closed(struct matter *m, const Rec__Candidate *c)
{
	int64_t closed_at = c->has_closed_at ? c->closed_at
					     : m->facts->received_at;
	char ago[48];

	days_ago(m, closed_at, ago, sizeof(ago));
	if (is_reopened(m, closed_at)) {
		matter_because(m, REASON_REOPENED, 0, ago);
		return;
	}
	if (c->followed_by != 0) {
		m->out->ticket = c->followed_by;
		matter_because(m, REASON_FOLLOWED, c->ticket, ago);
		return;
	}
	m->out->action = REC__ACTION__CREATE;
	m->out->ticket = 0;
	m->out->follows = c->ticket;
	m->out->customer = c->customer;
	matter_because(m, REASON_FOLLOW_UP, c->ticket, ago);
}

static enum verdict
append_to(struct matter *m, size_t index)
{
	const Rec__Candidate *c = m->facts->candidates[index];
	enum reason sender = sender_reason(m, c);

	matter_because(m, key_reason(c->key), c->ticket, NULL);
	if (matter_is_over(m, SETTING_INTAKE_TICKET_PER_HOUR, c->token_rate)) {
		char number[64];

		m->out->candidate = c->ticket;
		matter_number(m, SETTING_INTAKE_TICKET_PER_HOUR, c->token_rate,
		    number, sizeof(number));
		return matter_hold(m, REASON_RATE_TICKET, c->ticket, number);
	}
	m->out->action = REC__ACTION__APPEND;
	m->out->ticket = c->ticket;
	m->out->new_sender = sender == REASON_SENDER_NEW;
	m->out->by_seen = sender == REASON_SENDER_UNCHECKED ||
	    (sender == REASON_SENDER_PARTICIPANT && c->is_seen);
	m->out->by_agent = sender == REASON_SENDER_ASSIGNEE ||
	    sender == REASON_SENDER_AGENT;
	matter_because(m, sender,
	    sender == REASON_SENDER_AGENT ? m->facts->agent : 0, NULL);
	if (c->status == REC__TICKET_STATUS__CLOSED &&
	    matter_is_customer_mail(m) && !matter_is_thanks(m))
		enter_closed(m, c);
	note_weaker(m, index + 1, c->ticket);
	return DECIDED;
}

enum verdict
rule_tokens(struct matter *m)
{
	const Rec__Facts *f = m->facts;

	if (f->token_wrong)
		matter_because(m, REASON_TOKEN_WRONG, 0, NULL);
	if (!matter_tokens_disagree(m))
		return NEXT_RULE;
	for (size_t i = 0; i < f->n_candidates; i++)
		if (f->candidates[i]->key == REC__CANDIDATE__KEY__TOKEN)
			matter_because(m, REASON_TOKENS_DISAGREE,
			    f->candidates[i]->ticket, NULL);
	return NEXT_RULE;
}

static void
note_refused(struct matter *m, const Rec__Candidate *c)
{
	matter_because(m, c->deleted ? REASON_KEY_DELETED : REASON_KEY_REFUSED,
	    c->ticket, NULL);
	if (m->out->candidate == 0)
		m->out->candidate = c->ticket;
}

/* IN-32: a reply token does not help who failed authentication. */
enum verdict
rule_token_failed(struct matter *m)
{
	const Rec__Facts *f = m->facts;

	if (!matter_failed_authentication(m))
		return NEXT_RULE;
	for (size_t i = 0; i < f->n_candidates; i++)
		if (f->candidates[i]->key == REC__CANDIDATE__KEY__TOKEN &&
		    !f->candidates[i]->deleted)
			note_refused(m, f->candidates[i]);
	if (m->out->candidate == 0)
		return NEXT_RULE;
	return matter_hold(m, REASON_AUTHENTICATION_FAILED, 0, NULL);
}

static enum verdict
no_key(struct matter *m)
{
	if (m->out->candidate == 0)
		return matter_pass(m, PASSED_NO_KEY, 0);
	if (matter_says(m, SETTING_INTAKE_CUSTOMER_MISMATCH, "hold"))
		return matter_hold(m, REASON_MISMATCH_HELD, 0, NULL);
	return matter_pass(m, PASSED_KEYS_REFUSED, 0);
}

/* Kinds 1 to 3: candidates stand in the order of their strength. */
enum verdict
rule_keys(struct matter *m)
{
	const Rec__Facts *f = m->facts;

	if (matter_tokens_disagree(m))
		return matter_pass(m, PASSED_TOKENS_DISAGREE, 0);
	for (size_t i = 0; i < f->n_candidates; i++) {
		const Rec__Candidate *c = f->candidates[i];

		if (!is_key(c))
			continue;
		if (!c->deleted && may_reach(m, c))
			return append_to(m, i);
		note_refused(m, c);
	}
	return no_key(m);
}
