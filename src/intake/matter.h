/* SPDX-License-Identifier: MIT */
/*
 * A mail on its way through the rules, for src/intake/rules_*.c and decide.c
 * alone: what they look at, what they say, and the rules themselves. A rule
 * decides, or says why it does not apply and leaves the mail to the next.
 * Pure; any thread.
 */
#ifndef INTAKE_MATTER_H
#define INTAKE_MATTER_H

#include "intake/decide.h"

struct matter {
	const Rec__Facts *facts;
	const struct snapshot *snapshot;
	struct decision *out;
	struct acting acting;
};

enum verdict { NEXT_RULE, DECIDED };

/* ---- what rules say ---- */

/* `detail` may be NULL here and below. */
void matter_because(struct matter *m, enum reason reason, uint64_t id,
    const char *detail);
bool matter_is_noted(const struct matter *m, enum reason reason);
/* NEXT_RULE, and why; `value` is the number that was looked at. */
enum verdict matter_pass(struct matter *m, enum passed why, uint64_t value);
/* Holds the mail; says why unless that is said already. */
enum verdict matter_hold(struct matter *m, enum reason why, uint64_t id,
    const char *detail);
/* The same; a setting that says "reject" is noted. */
enum verdict matter_hold_or_reject(struct matter *m, enum setting setting,
    enum reason why, const char *detail);

/* ---- what settings say ---- */

bool matter_is_on(const struct matter *m, enum setting setting);
bool matter_says(const struct matter *m, enum setting setting,
    const char *word);
/* The pattern of the setting that names the address, or NULL. */
const char *matter_pattern(const struct matter *m, enum setting setting,
    const char *address);
/* Is the count over the setting's limit? 0 is no limit. */
bool matter_is_over(const struct matter *m, enum setting setting,
    uint32_t count);
/* "number 201 (200 are allowed)" */
void matter_number(const struct matter *m, enum setting setting, uint32_t count,
    char *out, size_t size);

/* ---- who acts ---- */

void matter_find_actor(struct matter *m);
void matter_act_as(struct matter *m, enum actor actor);
bool matter_failed_authentication(const struct matter *m);
bool matter_is_contact_form(const struct matter *m);
bool matter_is_agent(const struct matter *m);
bool matter_is_verified_agent(const struct matter *m);
/* IN-10's pattern that names who acts, or NULL. */
const char *matter_auto_customer(const struct matter *m);
/* features.md, "Words": not an agent's, not automatic. */
bool matter_is_customer_mail(const struct matter *m);
bool matter_is_thanks(const struct matter *m);
/* Whole days until the mail was received; 0 of what lies ahead. */
uint64_t matter_age_days(const struct matter *m, int64_t at);

/* Two reply tokens of different tickets (IN-14). */
bool matter_tokens_disagree(const struct matter *m);

/* ---- the rules, in their order ---- */

enum verdict rule_duplicate(struct matter *m);
enum verdict rule_enabled(struct matter *m);
enum verdict rule_unreadable(struct matter *m);
enum verdict rule_own(struct matter *m);
enum verdict rule_bounce(struct matter *m);
enum verdict rule_spam(struct matter *m);
enum verdict rule_block(struct matter *m);
enum verdict rule_tokens(struct matter *m);
enum verdict rule_token_failed(struct matter *m);
enum verdict rule_keys(struct matter *m);
enum verdict rule_forward(struct matter *m);
enum verdict rule_sender(struct matter *m);
enum verdict rule_rate(struct matter *m);
enum verdict rule_hops(struct matter *m);
enum verdict rule_auto_reply(struct matter *m);
enum verdict rule_age(struct matter *m);
enum verdict rule_shared(struct matter *m);
enum verdict rule_open_ticket(struct matter *m);
enum verdict rule_pattern(struct matter *m);
enum verdict rule_known(struct matter *m);
enum verdict rule_unknown(struct matter *m);

#endif
