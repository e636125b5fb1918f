/* SPDX-License-Identifier: MIT */
/*
 * Where a mail belongs. The rules are an ordered table; each looks at the
 * facts and either decides or leaves the mail to the next (IN-31), saying
 * why. What was noticed on the way is a reason too.
 */
#include "intake/decide.h"

#include <string.h>

#include "intake/matter.h"
#include "intake/trust.h"

/* ---- the order ----------------------------------------------------------- */

/* IN-31's; the last decides always. */
static enum verdict (*const rules[])(struct matter *) = {
    rule_duplicate,
    rule_enabled,
    rule_unreadable,
    rule_own,
    rule_bounce,
    rule_spam,
    rule_block,
    rule_tokens,
    rule_token_failed,
    rule_keys,
    rule_forward,
    rule_sender,
    rule_rate,
    rule_hops,
    rule_auto_reply,
    rule_age,
    rule_shared,
    rule_open_ticket,
    rule_pattern,
    rule_known,
    rule_unknown,
};

static const char *
auto_name(Rec__Mail__Auto kind)
{
	static const char *const names[] = {"none", "reply", "generated",
	    "bulk", "list", "bounce"};

	return (size_t)kind < COUNT(names) ? names[kind] : "unknown";
}

/* What follows from where it went. */
static void
conclude(struct matter *m)
{
	struct decision *d = m->out;
	bool has_ticket = d->action == REC__ACTION__CREATE ||
	    d->action == REC__ACTION__APPEND;
	bool thanks = d->action == REC__ACTION__APPEND && matter_is_thanks(m);

	d->customer_mail = d->action == REC__ACTION__CREATE ||
	    (d->action == REC__ACTION__APPEND && !d->is_bounce &&
		matter_is_customer_mail(m));
	d->wakes = d->customer_mail && !thanks;
	if (d->customer_mail && thanks)
		matter_because(m, REASON_THANKS, 0, NULL);
	d->names_others = has_ticket &&
	    matter_is_on(m, SETTING_TICKET_KEEP_CC) &&
	    m->facts->auto_kind == REC__MAIL__AUTO__NONE && !d->new_sender &&
	    !d->by_seen &&
	    (d->authentication == REC__FACTS__AUTHENTICATION__VERIFIED ||
		matter_is_noted(m, REASON_KEY_TOKEN));
	if (m->facts->auto_kind != REC__MAIL__AUTO__NONE)
		matter_because(m, REASON_AUTOMATIC, 0,
		    auto_name(m->facts->auto_kind));
	for (size_t i = 1; i < m->facts->n_mailboxes; i++)
		matter_because(m, REASON_ALSO_FOR, m->facts->mailboxes[i],
		    NULL);
}

void
decide(const Rec__Facts *facts, const struct snapshot *snapshot,
    struct decision *out)
{
	struct matter m = {.facts = facts, .snapshot = snapshot, .out = out};
	size_t rule = 0;

	memset(out, 0, sizeof(*out));
	out->mailbox = facts->n_mailboxes > 0 ? facts->mailboxes[0] : 0;
	trust_judge(facts, snapshot, out);
	matter_find_actor(&m);
	while (rules[rule](&m) == NEXT_RULE) {
		rule++;
		assert(rule < COUNT(rules));
	}
	conclude(&m);
}
