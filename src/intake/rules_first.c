/* SPDX-License-Identifier: MIT */
/*
 * Rules before all keys (IN-31): what is there already, what is not decided
 * now, what cannot be read, our own mail, bounces, spam, blocked senders.
 */
#include "intake/matter.h"

#include <string.h>

#include "base/pattern.h"

/* ---- before all keys ----------------------------------------------------- */

enum verdict
rule_duplicate(struct matter *m)
{
	if (!m->facts->has_duplicate_of)
		return NEXT_RULE;
	m->out->action = REC__ACTION__DUPLICATE;
	m->out->duplicate_of = m->facts->duplicate_of;
	matter_because(m, REASON_DUPLICATE, m->facts->duplicate_of, NULL);
	return DECIDED;
}

enum verdict
rule_enabled(struct matter *m)
{
	if (matter_is_on(m, SETTING_INTAKE_ENABLED))
		return matter_pass(m, PASSED_ENABLED, 0);
	return matter_hold(m, REASON_PROCESSING_OFF, 0, NULL);
}

enum verdict
rule_unreadable(struct matter *m)
{
	if (m->facts->unreadable == NULL)
		return matter_pass(m, PASSED_READABLE, 0);
	return matter_hold(m, REASON_UNREADABLE, 0, m->facts->unreadable);
}

/* It is there as what was sent: nobody needs it twice. */
enum verdict
rule_own(struct matter *m)
{
	if (!m->facts->own)
		return matter_pass(m, PASSED_NOT_OWN, 0);
	m->out->action = REC__ACTION__DISCARD;
	m->out->of_entry = m->facts->own_entry;
	matter_because(m, REASON_OWN_MAIL, m->facts->own_entry, NULL);
	return DECIDED;
}

enum verdict
rule_bounce(struct matter *m)
{
	const Rec__Facts *f = m->facts;

	if (f->auto_kind != REC__MAIL__AUTO__BOUNCE)
		return matter_pass(m, PASSED_NO_BOUNCE, 0);
	if (f->bounce_ticket == 0)
		return matter_hold(m, REASON_BOUNCE_UNKNOWN, 0, NULL);
	if (matter_is_over(m, SETTING_INTAKE_TICKET_PER_HOUR, f->bounce_rate)) {
		char number[64];

		m->out->candidate = f->bounce_ticket;
		matter_number(m, SETTING_INTAKE_TICKET_PER_HOUR, f->bounce_rate,
		    number, sizeof(number));
		return matter_hold(m, REASON_RATE_TICKET, f->bounce_ticket,
		    number);
	}
	m->out->action = REC__ACTION__APPEND;
	m->out->is_bounce = true;
	m->out->ticket = f->bounce_ticket;
	m->out->of_entry = f->bounce_entry;
	matter_because(m, REASON_BOUNCE, f->bounce_ticket,
	    f->bounce_hard ? "for good, the address is to blame"
			   : "not for good, or for another reason");
	if (f->bounce_entry != 0)
		matter_because(m, REASON_BOUNCE_OF, f->bounce_entry, NULL);
	return DECIDED;
}

/* "X-Spam-Status: Yes*" and "X-Spam-Status: Yes, score=9". */
static bool
field_matches(const char *item, const char *field)
{
	size_t name = strcspn(item, ":");
	const char *want = item + name + 1;
	const char *have;
	size_t len;

	if (g_ascii_strncasecmp(item, field, name) != 0 || field[name] != ':')
		return false;
	have = field + name + 1;
	want += strspn(want, " \t");
	have += strspn(have, " \t");
	len = strlen(want);
	if (len > 0 && want[len - 1] == '*')
		return g_ascii_strncasecmp(want, have, len - 1) == 0;
	return g_ascii_strcasecmp(want, have) == 0;
}

static const char *
spam_field(const struct matter *m)
{
	char **items = m->snapshot->items[SETTING_INTAKE_SPAM_HEADERS];

	for (size_t i = 0; i < m->facts->n_site_fields; i++)
		for (size_t k = 0; items[k] != NULL; k++)
			if (field_matches(items[k], m->facts->site_fields[i]))
				return m->facts->site_fields[i];
	return NULL;
}

enum verdict
rule_spam(struct matter *m)
{
	const char *field = spam_field(m);

	if (field == NULL)
		return matter_pass(m, PASSED_NO_SPAM, 0);
	if (matter_says(m, SETTING_INTAKE_SPAM, "ignore"))
		return matter_pass(m, PASSED_SPAM_IGNORED, 0);
	return matter_hold_or_reject(m, SETTING_INTAKE_SPAM, REASON_SPAM,
	    field);
}

enum verdict
rule_block(struct matter *m)
{
	const char *const addresses[] = {m->facts->sender,
	    m->facts->envelope_sender, m->acting.address};

	for (size_t i = 0; i < COUNT(addresses); i++) {
		const char *pattern = addresses[i] != NULL
		    ? pattern_list_match(m->snapshot->blocks, addresses[i])
		    : NULL;

		if (pattern != NULL)
			return matter_hold(m, REASON_BLOCKED, 0, pattern);
	}
	return matter_pass(m, PASSED_NO_BLOCK, 0);
}
