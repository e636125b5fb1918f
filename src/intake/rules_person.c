/* SPDX-License-Identifier: MIT */
/*
 * Rules for mail without a key: what is held, the customer's open tickets
 * (IN-8, IN-9), and who gets a new one (IN-3, IN-10, IN-11).
 */
#include "intake/matter.h"

#include "base/days.h"

#define HOPS_MAX 50 /* IN-16; Postfix's hopcount_limit is the same */

/* ---- without a key ------------------------------------------------------- */

/* IN-24: from here on the one who acts is who wrote what was passed on. */
enum verdict
rule_forward(struct matter *m)
{
	if (m->facts->forwarded == NULL || !matter_is_verified_agent(m) ||
	    !matter_is_on(m, SETTING_INTAKE_UNWRAP_FORWARDS))
		return NEXT_RULE;
	matter_because(m, REASON_SENDER_FORWARDED, m->facts->agent,
	    m->facts->forwarded->address);
	matter_act_as(m, ACTOR_FORWARDED);
	return NEXT_RULE;
}

enum verdict
rule_sender(struct matter *m)
{
	if (m->acting.address == NULL)
		return matter_hold(m, REASON_NO_SENDER, 0, NULL);
	return matter_pass(m, PASSED_HAS_SENDER, 0);
}

/* IN-16: agents, contact forms and IN-10's senders may write as they like. */
static bool
is_counted(const struct matter *m)
{
	return m->facts->has_sender_rate && matter_auto_customer(m) == NULL &&
	    !matter_is_contact_form(m) &&
	    (m->facts->agent == 0 || matter_failed_authentication(m));
}

enum verdict
rule_rate(struct matter *m)
{
	uint32_t count = m->facts->sender_rate;
	char number[64];

	if (!is_counted(m))
		return matter_pass(m, PASSED_NOT_COUNTED, 0);
	if (!matter_is_over(m, SETTING_INTAKE_SENDER_PER_HOUR, count))
		return matter_pass(m, PASSED_FEW, count);
	matter_number(m, SETTING_INTAKE_SENDER_PER_HOUR, count, number,
	    sizeof(number));
	return matter_hold(m, REASON_RATE_SENDER, 0, number);
}

enum verdict
rule_hops(struct matter *m)
{
	char number[16];

	if (m->facts->hops <= HOPS_MAX)
		return matter_pass(m, PASSED_FEW_HOPS, m->facts->hops);
	(void)g_snprintf(number, sizeof(number), "%u", m->facts->hops);
	return matter_hold(m, REASON_HOPS, 0, number);
}

enum verdict
rule_auto_reply(struct matter *m)
{
	if (m->facts->auto_kind != REC__MAIL__AUTO__REPLY)
		return matter_pass(m, PASSED_NO_AUTO_REPLY, 0);
	return matter_hold(m, REASON_AUTO_REPLY, 0, NULL);
}

/* IN-6: no, unreadable or future Date: age 0. */
enum verdict
rule_age(struct matter *m)
{
	const Rec__Facts *f = m->facts;
	int64_t limit = m->snapshot->numbers[SETTING_INTAKE_MAX_AGE_DAYS];
	uint64_t age = f->has_date_at ? matter_age_days(m, f->date_at) : 0;
	char days[64];

	if (limit == 0)
		return matter_pass(m, PASSED_AGE_NOT_ASKED, 0);
	if (!f->has_date_at || f->date_at >= f->received_at ||
	    days_after(m->snapshot->zone, f->date_at, (unsigned)limit) >=
		f->received_at)
		return matter_pass(m, PASSED_YOUNG, age);
	(void)g_snprintf(days, sizeof(days),
	    "%" PRIu64 " day%s (%" PRId64 " are allowed)", age,
	    age == 1 ? "" : "s", limit);
	return matter_hold(m, REASON_TOO_OLD, 0, days);
}

/* IN-35: without a key nobody can tell whose matter it is. */
enum verdict
rule_shared(struct matter *m)
{
	if (m->acting.n_customers < 2)
		return matter_pass(m, PASSED_NOT_SHARED, 0);
	m->out->action = REC__ACTION__HOLD;
	m->out->held = REASON_ADDRESS_SHARED;
	for (size_t i = 0; i < m->acting.n_customers; i++)
		matter_because(m, REASON_ADDRESS_SHARED, m->acting.customers[i],
		    NULL);
	return DECIDED;
}

/* ---- open tickets (IN-8, IN-9) ------------------------------------------- */

static const Rec__Candidate *
open_candidate(const struct matter *m, bool similar)
{
	for (size_t i = 0; i < m->facts->n_candidates; i++) {
		const Rec__Candidate *c = m->facts->candidates[i];

		if (c->key == REC__CANDIDATE__KEY__OPEN &&
		    c->customer == m->acting.customers[0] &&
		    c->has_similarity == similar)
			return c;
	}
	return NULL;
}

static enum verdict
append_open(struct matter *m, const Rec__Candidate *c, int64_t percent)
{
	g_autofree char *with = g_strdup_printf("#%" PRIu64 " \"%s\"",
	    c->ticket, c->title != NULL ? c->title : "");
	g_autofree char *detail = g_strdup_printf("%u %% ≥ %" PRId64
						  " %% with %s",
	    c->similarity, percent, with);

	m->out->action = REC__ACTION__APPEND;
	m->out->ticket = c->ticket;
	if (percent == 0)
		matter_because(m, REASON_NEWEST_OPEN, 0, with);
	else
		matter_because(m, REASON_SIMILAR, 0, detail);
	return DECIDED;
}

enum verdict
rule_open_ticket(struct matter *m)
{
	int64_t percent =
	    m->snapshot->numbers[SETTING_INTAKE_SUBJECT_SIMILARITY_PERCENT];
	const Rec__Candidate *c;

	if (!matter_is_on(m, SETTING_INTAKE_APPEND_TO_OPEN_TICKET))
		return matter_pass(m, PASSED_OPEN_OFF, 0);
	if (matter_tokens_disagree(m))
		return matter_pass(m, PASSED_OPEN_TOKENS, 0);
	if (m->acting.n_customers != 1 || matter_failed_authentication(m))
		return matter_pass(m, PASSED_OPEN_NOBODY, 0);
	if (open_candidate(m, false) == NULL)
		return matter_pass(m, PASSED_OPEN_NONE, 0);
	c = open_candidate(m, percent > 0);
	if (c == NULL || c->similarity < percent)
		return matter_pass(m, PASSED_OPEN_UNLIKE,
		    c != NULL ? c->similarity : 0);
	return append_open(m, c, percent);
}

/* ---- new tickets --------------------------------------------------------- */

static const struct snapshot_mailbox *
mailbox_by_id(const struct snapshot *s, uint64_t id)
{
	for (guint i = 0; i < s->mailboxes->len; i++) {
		const struct snapshot_mailbox *mailbox =
		    g_ptr_array_index(s->mailboxes, i);

		if (mailbox->id.n == id)
			return mailbox;
	}
	return NULL;
}

/* IN-5: the mailbox's own wins. */
void
decision_find_category(struct decision *d, const struct snapshot *snapshot)
{
	const struct snapshot_mailbox *mailbox = mailbox_by_id(snapshot,
	    d->mailbox);

	if (mailbox != NULL && mailbox->category.n != 0) {
		d->category = mailbox->category.n;
		decision_because(d, REASON_CATEGORY_MAILBOX, d->category, NULL);
	} else if (snapshot->default_category.n != 0) {
		d->category = snapshot->default_category.n;
		decision_because(d, REASON_CATEGORY_DEFAULT, d->category, NULL);
	}
}

/* An address that has a customer makes no second one, whoever used it. */
static enum verdict
open_ticket(struct matter *m)
{
	m->out->action = REC__ACTION__CREATE;
	if (m->acting.n_customers == 1) {
		m->out->customer = m->acting.customers[0];
		matter_because(m, REASON_CUSTOMER_KNOWN, m->out->customer,
		    NULL);
	} else {
		matter_because(m, REASON_CUSTOMER_NEW, 0, NULL);
	}
	matter_because(m, REASON_NEW_TICKET, 0, NULL);
	decision_find_category(m->out, m->snapshot);
	return DECIDED;
}

enum verdict
rule_pattern(struct matter *m)
{
	const char *pattern = matter_auto_customer(m);

	if (pattern == NULL)
		return matter_pass(m, PASSED_NO_PATTERN, 0);
	m->out->auto_customer = true;
	matter_because(m, REASON_AUTO_CUSTOMER, 0, pattern);
	return open_ticket(m);
}

enum verdict
rule_known(struct matter *m)
{
	if (m->acting.n_customers == 0 || matter_failed_authentication(m))
		return matter_pass(m, PASSED_UNKNOWN, 0);
	if (matter_is_on(m, SETTING_INTAKE_NEW_TICKET_FOR_KNOWN_CUSTOMER))
		return open_ticket(m);
	matter_because(m, REASON_CUSTOMER_KNOWN, m->acting.customers[0], NULL);
	return matter_hold(m, REASON_KNOWN_HELD, 0, NULL);
}

enum verdict
rule_unknown(struct matter *m)
{
	if (matter_says(m, SETTING_INTAKE_UNKNOWN_SENDER, "ticket"))
		return open_ticket(m);
	return matter_hold_or_reject(m, SETTING_INTAKE_UNKNOWN_SENDER,
	    REASON_UNKNOWN_SENDER,
	    m->snapshot->settings[SETTING_INTAKE_UNKNOWN_SENDER]);
}
