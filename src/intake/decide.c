/* SPDX-License-Identifier: MIT */
/*
 * Where a mail belongs. The rules are an ordered table; each looks at the
 * facts and either decides or leaves the mail to the next (IN-31). What was
 * noticed on the way is a reason too.
 */
#include "intake/decide.h"

#include <string.h>

struct matter {
	const Rec__Facts *facts;
	const struct snapshot *snapshot;
	struct decision *out;
};

enum verdict { NEXT_RULE, DECIDED };

static void
because(struct decision *d, enum reason reason, uint64_t id, const char *detail)
{
	struct decision_reason *r;

	if (d->reasons == REASONS_MAX)
		return;
	r = &d->because[d->reasons++];
	r->reason = reason;
	r->id = id;
	if (detail != NULL)
		(void)g_strlcpy(r->detail, detail, sizeof(r->detail));
}

static enum verdict
hold(struct matter *m, enum reason why, const char *detail)
{
	m->out->action = REC__ACTION__HOLD;
	m->out->held = why;
	because(m->out, why, 0, detail);
	return DECIDED;
}

static bool
is_on(const struct matter *m, enum setting setting)
{
	return setting_is_on(m->snapshot->settings[setting]);
}

/* ---- rules --------------------------------------------------------------- */

static enum verdict
rule_duplicate(struct matter *m)
{
	if (!m->facts->has_duplicate_of)
		return NEXT_RULE;
	m->out->action = REC__ACTION__DUPLICATE;
	m->out->duplicate_of = m->facts->duplicate_of;
	because(m->out, REASON_DUPLICATE, m->facts->duplicate_of, NULL);
	return DECIDED;
}

static enum verdict
rule_unreadable(struct matter *m)
{
	if (m->facts->unreadable == NULL)
		return NEXT_RULE;
	return hold(m, REASON_UNREADABLE, m->facts->unreadable);
}

/* IN-14: two tokens of different tickets are a new ticket that names both. */
static bool
tokens_disagree(const Rec__Facts *f)
{
	uint64_t first = 0;

	for (size_t i = 0; i < f->n_candidates; i++) {
		const Rec__Candidate *c = f->candidates[i];

		if (c->key != REC__CANDIDATE__KEY__TOKEN)
			continue;
		if (first != 0 && c->ticket != first)
			return true;
		first = c->ticket;
	}
	return false;
}

static bool
failed_authentication(const Rec__Facts *f)
{
	return f->authentication == REC__FACTS__AUTHENTICATION__FAILED;
}

/* IN-4 and IN-32: may the sender reach this ticket by this key? */
static bool
may_reach(const struct matter *m, const Rec__Candidate *c)
{
	bool stands_in = c->is_customer || c->is_participant || c->is_assignee;

	if (failed_authentication(m->facts))
		return false;
	return stands_in || c->key == REC__CANDIDATE__KEY__TOKEN ||
	    !is_on(m, SETTING_INTAKE_APPEND_REQUIRES_CUSTOMER_MATCH);
}

/* Facts may come from a newer program, with kinds we do not know. */
static bool
is_known_key(const Rec__Candidate *c)
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

static enum reason
sender_reason(const Rec__Candidate *c)
{
	if (c->is_customer)
		return REASON_SENDER_CUSTOMER;
	if (c->is_participant)
		return REASON_SENDER_PARTICIPANT;
	if (c->is_assignee)
		return REASON_SENDER_ASSIGNEE;
	return c->key == REC__CANDIDATE__KEY__TOKEN ? REASON_SENDER_NEW
						    : REASON_SENDER_UNCHECKED;
}

static void
note_weaker(struct matter *m, size_t from, uint64_t ticket)
{
	for (size_t i = from; i < m->facts->n_candidates; i++)
		if (is_known_key(m->facts->candidates[i]) &&
		    m->facts->candidates[i]->ticket != ticket)
			because(m->out, REASON_KEY_DISAGREES,
			    m->facts->candidates[i]->ticket, NULL);
}

static enum verdict
append_to(struct matter *m, size_t index)
{
	const Rec__Candidate *c = m->facts->candidates[index];
	enum reason sender = sender_reason(c);

	m->out->action = REC__ACTION__APPEND;
	m->out->ticket = c->ticket;
	m->out->new_sender = sender == REASON_SENDER_NEW;
	m->out->by_agent = sender == REASON_SENDER_ASSIGNEE;
	because(m->out, key_reason(c->key), c->ticket, NULL);
	because(m->out, sender, 0, NULL);
	note_weaker(m, index + 1, c->ticket);
	return DECIDED;
}

static enum verdict
rule_tokens_disagree(struct matter *m)
{
	const Rec__Facts *f = m->facts;

	if (f->token_wrong)
		because(m->out, REASON_TOKEN_WRONG, 0, NULL);
	if (!tokens_disagree(f))
		return NEXT_RULE;
	for (size_t i = 0; i < f->n_candidates; i++)
		if (f->candidates[i]->key == REC__CANDIDATE__KEY__TOKEN)
			because(m->out, REASON_TOKENS_DISAGREE,
			    f->candidates[i]->ticket, NULL);
	return NEXT_RULE;
}

static void
note_refused(struct matter *m, const Rec__Candidate *c)
{
	because(m->out, c->deleted ? REASON_KEY_DELETED : REASON_KEY_REFUSED,
	    c->ticket, NULL);
	if (m->out->candidate == 0)
		m->out->candidate = c->ticket;
}

/* IN-32: a reply token does not help who failed authentication. */
static enum verdict
rule_token_failed(struct matter *m)
{
	const Rec__Facts *f = m->facts;

	if (!failed_authentication(f))
		return NEXT_RULE;
	for (size_t i = 0; i < f->n_candidates; i++)
		if (f->candidates[i]->key == REC__CANDIDATE__KEY__TOKEN &&
		    !f->candidates[i]->deleted)
			note_refused(m, f->candidates[i]);
	if (m->out->candidate == 0)
		return NEXT_RULE;
	return hold(m, REASON_AUTHENTICATION_FAILED, NULL);
}

/* Kinds 1 to 3: candidates stand in the order of their strength. */
static enum verdict
rule_keys(struct matter *m)
{
	const Rec__Facts *f = m->facts;
	bool tokens = !tokens_disagree(f);

	for (size_t i = 0; i < f->n_candidates; i++) {
		const Rec__Candidate *c = f->candidates[i];

		if (c->key == REC__CANDIDATE__KEY__TOKEN && !tokens)
			return NEXT_RULE;
		if (!is_known_key(c))
			continue;
		if (!c->deleted && may_reach(m, c))
			return append_to(m, i);
		note_refused(m, c);
	}
	if (m->out->candidate == 0 ||
	    strcmp(m->snapshot->settings[SETTING_INTAKE_CUSTOMER_MISMATCH],
		"hold") != 0)
		return NEXT_RULE;
	return hold(m, REASON_MISMATCH_HELD, NULL);
}

static enum verdict
rule_no_sender(struct matter *m)
{
	if (m->facts->sender != NULL)
		return NEXT_RULE;
	return hold(m, REASON_NO_SENDER, NULL);
}

static enum verdict
rule_shared(struct matter *m)
{
	if (m->facts->n_customers < 2)
		return NEXT_RULE;
	return hold(m, REASON_ADDRESS_SHARED, NULL);
}

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

static enum verdict
rule_new_ticket(struct matter *m)
{
	struct decision *d = m->out;
	const struct snapshot_mailbox *mailbox = mailbox_by_id(m->snapshot,
	    d->mailbox);

	d->action = REC__ACTION__CREATE;
	if (m->facts->n_customers == 1) {
		d->customer = m->facts->customers[0];
		because(d, REASON_CUSTOMER_KNOWN, d->customer, NULL);
	} else {
		because(d, REASON_CUSTOMER_NEW, 0, NULL);
	}
	because(d, REASON_NEW_TICKET, 0, NULL);
	if (mailbox == NULL || mailbox->category.n == 0)
		return DECIDED;
	d->category = mailbox->category.n;
	because(d, REASON_CATEGORY_MAILBOX, d->category, NULL);
	return DECIDED;
}

/* The order is IN-31's; the last decides always. */
static enum verdict (*const rules[])(struct matter *) = {
    rule_duplicate,
    rule_unreadable,
    rule_tokens_disagree,
    rule_token_failed,
    rule_keys,
    rule_no_sender,
    rule_shared,
    rule_new_ticket,
};

static const char *
auto_name(Rec__Mail__Auto kind)
{
	static const char *const names[] = {"none", "reply", "generated",
	    "bulk", "list", "bounce"};

	return (size_t)kind < COUNT(names) ? names[kind] : "unknown";
}

void
decide(const Rec__Facts *facts, const struct snapshot *snapshot,
    struct decision *out)
{
	struct matter m = {.facts = facts, .snapshot = snapshot, .out = out};
	size_t rule = 0;

	memset(out, 0, sizeof(*out));
	out->mailbox = facts->n_mailboxes > 0 ? facts->mailboxes[0] : 0;
	while (rules[rule](&m) == NEXT_RULE) {
		rule++;
		assert(rule < COUNT(rules));
	}
	out->customer_mail = out->action == REC__ACTION__CREATE ||
	    (facts->auto_kind == REC__MAIL__AUTO__NONE && !out->by_agent);
	if (facts->auto_kind != REC__MAIL__AUTO__NONE)
		because(out, REASON_AUTOMATIC, 0, auto_name(facts->auto_kind));
	for (size_t i = 1; i < facts->n_mailboxes; i++)
		because(out, REASON_ALSO_FOR, facts->mailboxes[i], NULL);
}

/* ---- words --------------------------------------------------------------- */

static const struct {
	const char *code;
	const char *text;
} reasons[REASON_COUNT] = {
#define R(id, code, text) [REASON_##id] = {code, text},
#include "intake/reasons.def"
#undef R
};

const char *
reason_code(enum reason reason)
{
	return reasons[reason].code;
}

enum reason
reason_find(const char *code)
{
	enum reason i = 0;

	while (i < REASON_COUNT && g_strcmp0(reasons[i].code, code) != 0)
		i++;
	return i;
}

char *
reason_text(enum reason reason, uint64_t id, const char *detail)
{
	GString *text = g_string_new(NULL);

	if (reason >= REASON_COUNT)
		return g_string_free(text, FALSE);
	for (const char *at = reasons[reason].text; *at != '\0'; at++) {
		if (at[0] == '%' && at[1] == 'i')
			g_string_append_printf(text, "%" PRIu64, id);
		else if (at[0] == '%' && at[1] == 'd')
			g_string_append(text, detail != NULL ? detail : "");
		else
			g_string_append_c(text, *at);
		if (*at == '%')
			at++;
	}
	return g_string_free(text, FALSE);
}

const char *
action_name(Rec__Action action)
{
	static const char *const names[] = {"create", "append", "hold",
	    "reject", "discard", "duplicate", "command"};

	return (size_t)action < COUNT(names) ? names[action] : "unknown";
}
