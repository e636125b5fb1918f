/* SPDX-License-Identifier: MIT */
/*
 * Any facts into the decision. The first byte chooses settings, and whether
 * the rest is a packed record or makes one byte by byte. Whatever comes: the
 * decision is one of the known ones, has its reasons, is the same again, and
 * appends only to a listed ticket that is not in the bin, never for a sender
 * who failed authentication.
 */
#include <string.h>

#include "intake/decide.h"
#include "store/record.h"
#include "tests/unit/intake/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum how { HOW_OFF = 1, HOW_HOLD = 2, HOW_MADE = 4, HOW_BARE = 8 };

static struct snapshot *
snapshot_of(unsigned how)
{
	struct snapshot *s = snapshot_make();

	if (how & HOW_OFF)
		snapshot_make_setting(s,
		    SETTING_INTAKE_APPEND_REQUIRES_CUSTOMER_MATCH, "off");
	if (how & HOW_HOLD) {
		snapshot_make_setting(s, SETTING_INTAKE_CUSTOMER_MISMATCH,
		    "hold");
		snapshot_make_setting(s, SETTING_INTAKE_MAX_AGE_DAYS, "3");
	}
	snapshot_make_setting(s, SETTING_INTAKE_TRUSTED_AUTHSERV, "mx,a");
	snapshot_make_setting(s, SETTING_INTAKE_REPLY_TO_SENDERS, "f@f.de");
	snapshot_make_setting(s, SETTING_DESK_TIME_ZONE, "UTC");
	for (uint64_t id = 1; id <= 4 && !(how & HOW_BARE); id++)
		snapshot_make_mailbox(s, id, id / 2);
	return s;
}

/* ---- facts, two bytes a candidate ---------------------------------------- */

static void
candidate_add(Rec__Facts *f, uint8_t flags, uint8_t ticket)
{
	Rec__Candidate *c = g_new0(Rec__Candidate, 1);

	rec__candidate__init(c);
	c->key = (Rec__Candidate__Key)(flags & 7);
	c->is_customer = flags >> 3 & 1;
	c->is_participant = flags >> 4 & 1;
	c->is_assignee = flags >> 5 & 1;
	c->deleted = flags >> 6 & 1;
	c->ticket = ticket % 8;
	f->candidates = g_renew(Rec__Candidate *, f->candidates,
	    f->n_candidates + 1);
	f->candidates[f->n_candidates++] = c;
}

static Rec__Facts *
facts_make(const uint8_t *bytes, size_t len)
{
	Rec__Facts *f = g_new0(Rec__Facts, 1);
	const uint8_t head = len > 0 ? bytes[0] : 0;

	rec__facts__init(f);
	f->authentication = (Rec__Facts__Authentication)(head & 3);
	f->auto_kind = (Rec__Mail__Auto)(head >> 2 & 7);
	f->sender = head & 32 ? g_strdup("a@b.example") : NULL;
	f->unreadable = (head & 192) == 192 ? g_strdup("why") : NULL;
	f->has_duplicate_of = (head & 192) == 64;
	f->n_customers = f->n_mailboxes = len % 4;
	f->customers = g_new0(uint64_t, f->n_customers);
	f->mailboxes = g_new0(uint64_t, f->n_mailboxes);
	for (size_t i = 0; i < f->n_mailboxes; i++)
		f->mailboxes[i] = i + 1;
	for (size_t i = 1; i + 1 < len; i += 2)
		candidate_add(f, bytes[i], bytes[i + 1]);
	return f;
}

/* ---- what always holds --------------------------------------------------- */

static bool
is_listed(const Rec__Facts *f, uint64_t ticket)
{
	for (size_t i = 0; i < f->n_candidates; i++)
		if (f->candidates[i]->ticket == ticket &&
		    !f->candidates[i]->deleted)
			return true;
	return false;
}

static void
check_append(const Rec__Facts *f, const struct decision *d)
{
	g_assert_true(d->is_bounce ? d->ticket == f->bounce_ticket
				   : is_listed(f, d->ticket));
	g_assert_true(d->is_bounce ||
	    d->authentication != REC__FACTS__AUTHENTICATION__FAILED);
	g_assert_false(f->has_duplicate_of);
	g_assert_null(f->unreadable);
	g_assert_true(
	    !d->customer_mail || f->auto_kind == REC__MAIL__AUTO__NONE);
}

static void
check_reasons(const struct decision *d)
{
	g_assert_cmpuint(d->reasons, >, 0);
	g_assert_cmpuint(d->reasons, <=, REASONS_MAX);
	for (size_t i = 0; i < d->reasons; i++) {
		const struct decision_reason *r = &d->because[i];
		g_autofree char *text = reason_text(r->reason, r->id,
		    r->detail);

		g_assert_cmpuint(r->reason, <, REASON_COUNT);
		g_assert_nonnull(memchr(r->detail, 0, sizeof(r->detail)));
		g_assert_true(reason_find(reason_code(r->reason)) == r->reason);
		g_assert_cmpuint(strlen(text), >, 0);
	}
}

static void
check_decision(const Rec__Facts *f, const struct decision *d)
{
	check_reasons(d);
	g_assert_true(d->action == REC__ACTION__CREATE ||
	    d->action == REC__ACTION__APPEND ||
	    d->action == REC__ACTION__HOLD ||
	    d->action == REC__ACTION__DISCARD ||
	    d->action == REC__ACTION__DUPLICATE);
	if (d->action == REC__ACTION__APPEND)
		check_append(f, d);
	else
		g_assert_cmpuint(d->ticket, ==, 0);
	if (d->action == REC__ACTION__CREATE) {
		struct acting acting = decision_acting(f, d->actor);

		g_assert_true(d->follows != 0 || acting.address != NULL);
		g_assert_true(d->follows != 0 || acting.n_customers < 2);
	}
	if (d->action == REC__ACTION__HOLD)
		g_assert_cmpuint(d->held, <, REASON_COUNT);
	g_assert_cmpuint(d->passed_count, <=, PASSED_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	AUTO(snapshot_release) struct snapshot *s = NULL;
	AUTO_RECORD(Rec__Facts) facts = NULL;
	struct decision first, again;

	if (len < 1)
		return 0;
	facts = bytes[0] & HOW_MADE
	    ? facts_make(bytes + 1, len - 1)
	    : rec__facts__unpack(&record_allocator, len - 1, bytes + 1);
	if (facts == NULL)
		return 0;
	s = snapshot_of(bytes[0]);
	decide(facts, s, &first);
	decide(facts, s, &again);
	g_assert_cmpmem(&first, sizeof(first), &again, sizeof(again));
	check_decision(facts, &first);
	return 0;
}
