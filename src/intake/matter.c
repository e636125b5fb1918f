/* SPDX-License-Identifier: MIT */
/* What rules share: who acts, what is asked of settings, how one says why. */
#include "intake/matter.h"

#include <string.h>

#include "base/pattern.h"

#define DAY_US (UINT64_C(24) * 3600 * 1000000)

/* ---- what rules say ------------------------------------------------------ */

/* What does not fit is cut at a character (R38). */
static void
detail_set(struct decision_reason *r, const char *detail)
{
	const char *end;

	(void)g_strlcpy(r->detail, detail != NULL ? detail : "",
	    sizeof(r->detail));
	if (!g_utf8_validate(r->detail, -1, &end))
		r->detail[end - r->detail] = '\0';
}

void
decision_because(struct decision *d, enum reason reason, uint64_t id,
    const char *detail)
{
	struct decision_reason *r;

	if (d->reasons == REASONS_MAX)
		return;
	r = &d->because[d->reasons++];
	r->reason = reason;
	r->id = id;
	detail_set(r, detail);
}

void
matter_because(struct matter *m, enum reason reason, uint64_t id,
    const char *detail)
{
	decision_because(m->out, reason, id, detail);
}

enum verdict
matter_pass(struct matter *m, enum passed why, uint64_t value)
{
	if (m->out->passed_count < PASSED_MAX)
		m->out->passed[m->out->passed_count++] = passed_pack(why,
		    value);
	return NEXT_RULE;
}

bool
matter_is_noted(const struct matter *m, enum reason reason)
{
	for (size_t i = 0; i < m->out->reasons; i++)
		if (m->out->because[i].reason == reason)
			return true;
	return false;
}

enum verdict
matter_hold(struct matter *m, enum reason why, uint64_t id, const char *detail)
{
	m->out->action = REC__ACTION__HOLD;
	m->out->held = why;
	if (!matter_is_noted(m, why))
		matter_because(m, why, id, detail);
	return DECIDED;
}

bool
matter_is_on(const struct matter *m, enum setting setting)
{
	return snapshot_is_on(m->snapshot, setting);
}

bool
matter_says(const struct matter *m, enum setting setting, const char *word)
{
	return strcmp(m->snapshot->settings[setting], word) == 0;
}

/* Held, because nobody asked while it could be refused: a 5xx to LMTP would
 * make the MTA bounce to a maybe forged sender. */
enum verdict
matter_hold_or_reject(struct matter *m, enum setting setting, enum reason why,
    const char *detail)
{
	(void)matter_hold(m, why, 0, detail);
	if (matter_says(m, setting, "reject"))
		matter_because(m, REASON_NO_MILTER, 0,
		    setting_row(setting)->key);
	return DECIDED;
}

bool
matter_failed_authentication(const struct matter *m)
{
	return m->out->authentication == REC__FACTS__AUTHENTICATION__FAILED;
}

const char *
matter_pattern(const struct matter *m, enum setting setting,
    const char *address)
{
	return address != NULL
	    ? pattern_list_match(m->snapshot->patterns[setting], address)
	    : NULL;
}

/* ---- who acts ------------------------------------------------------------ */

static struct acting
acting_as(const Rec__Actor *actor, const char *title)
{
	if (actor == NULL)
		return (struct acting){.title = title};
	return (struct acting){
	    .address = actor->address,
	    .name = actor->name,
	    .title = title,
	    .customers = actor->customers,
	    .n_customers = actor->n_customers,
	};
}

struct acting
decision_acting(const Rec__Facts *f, enum actor actor)
{
	switch (actor) {
	case ACTOR_REPLY_TO:
		return acting_as(f->reply_to, f->title);
	case ACTOR_FORWARDED:
		return acting_as(f->forwarded,
		    f->forwarded_title != NULL ? f->forwarded_title : f->title);
	case ACTOR_FROM:
		break;
	}
	return (struct acting){
	    .address = f->sender,
	    .name = f->sender_name,
	    .title = f->title,
	    .customers = f->customers,
	    .n_customers = f->n_customers,
	};
}

void
matter_act_as(struct matter *m, enum actor actor)
{
	m->out->actor = actor;
	m->acting = decision_acting(m->facts, actor);
}

bool
matter_is_contact_form(const struct matter *m)
{
	return matter_pattern(m, SETTING_INTAKE_REPLY_TO_SENDERS,
		   m->facts->sender) != NULL;
}

void
matter_find_actor(struct matter *m)
{
	const Rec__Facts *f = m->facts;

	matter_act_as(m, ACTOR_FROM);
	if (f->from_mailbox == 0 && !matter_is_contact_form(m))
		return;
	/* Of a mailbox of ours that names nobody else: nobody. */
	if (f->reply_to == NULL && f->from_mailbox == 0)
		return;
	matter_act_as(m, ACTOR_REPLY_TO);
	/* What was verified is From, not what somebody typed. */
	if (m->out->authentication == REC__FACTS__AUTHENTICATION__VERIFIED)
		m->out->authentication = REC__FACTS__AUTHENTICATION__UNVERIFIED;
	if (f->reply_to != NULL)
		matter_because(m, REASON_SENDER_REPLY_TO, 0,
		    f->reply_to->address);
}

bool
matter_is_agent(const struct matter *m)
{
	return m->facts->agent != 0 && m->out->actor == ACTOR_FROM;
}

bool
matter_is_verified_agent(const struct matter *m)
{
	return matter_is_agent(m) &&
	    m->out->authentication == REC__FACTS__AUTHENTICATION__VERIFIED;
}

/* IN-10; nobody's word is not taken for an address. */
const char *
matter_auto_customer(const struct matter *m)
{
	return matter_failed_authentication(m)
	    ? NULL
	    : matter_pattern(m, SETTING_INTAKE_AUTO_CUSTOMER_PATTERNS,
		  m->acting.address);
}

/* Words, "Customer mail": automatic mail is none, unless IN-10 names it. */
bool
matter_is_customer_mail(const struct matter *m)
{
	return !m->out->by_agent &&
	    (m->facts->auto_kind == REC__MAIL__AUTO__NONE ||
		matter_auto_customer(m) != NULL);
}

bool
matter_is_thanks(const struct matter *m)
{
	return m->facts->thanks &&
	    matter_is_on(m, SETTING_INTAKE_THANKS_CHANGES_NOTHING);
}

/* Whole days until it was received; 0 of what lies ahead. */
uint64_t
matter_age_days(const struct matter *m, int64_t at)
{
	int64_t now = m->facts->received_at;

	return at < now ? ((uint64_t)now - (uint64_t)at) / DAY_US : 0;
}

bool
matter_is_over(const struct matter *m, enum setting setting, uint32_t count)
{
	int64_t limit = m->snapshot->numbers[setting];

	return limit > 0 && count > limit;
}

void
matter_number(const struct matter *m, enum setting setting, uint32_t count,
    char *out, size_t size)
{
	(void)g_snprintf(out, (gulong)size,
	    "number %u (%" PRId64 " are allowed)", count,
	    m->snapshot->numbers[setting]);
}
