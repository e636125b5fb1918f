/* SPDX-License-Identifier: MIT */
/*
 * The decision: a pure function of the facts about a mail, the settings and
 * the mailboxes. It returns its reasons. Any thread; no I/O, no clock.
 */
#ifndef INTAKE_DECIDE_H
#define INTAKE_DECIDE_H

#include "base/base.h"
#include "desk/snapshot.h"
#include "model.pb-c.h"

#define REASONS_MAX 24
#define PASSED_MAX  24
#define DETAIL_LEN  176

enum reason {
#define R(id, code, text) REASON_##id,
#include "intake/reasons.def"
#undef R
	REASON_COUNT
};

enum passed {
#define P(id, rule, text) PASSED_##id,
#include "intake/passed.def"
#undef P
	PASSED_COUNT
};

/* Who acts in it (IN-24, IN-34). */
enum actor { ACTOR_FROM, ACTOR_REPLY_TO, ACTOR_FORWARDED };

struct decision {
	Rec__Action action;
	uint64_t ticket;   /* APPEND */
	uint64_t customer; /* 0: made from the one who acts */
	uint64_t category;
	uint64_t mailbox;   /* who owns the mail */
	uint64_t candidate; /* the ticket a key named in vain */
	uint64_t duplicate_of;
	uint64_t follows;  /* CREATE: the closed ticket that it continues */
	uint64_t of_entry; /* a bounce's or own mail's: which of ours */
	enum actor actor;
	Rec__Facts__Authentication authentication;
	bool customer_mail;
	bool wakes; /* customer mail that opens and starts clocks */
	bool new_sender;
	bool by_agent;      /* APPEND: an agent wrote it */
	bool is_bounce;     /* of a mail of ours */
	bool auto_customer; /* intake.auto_customer_patterns names the actor */
	bool names_others;  /* To and Cc may take part (IN-19) */
	bool by_seen;     /* he is known from a To or Cc alone: names nobody */
	enum reason held; /* HOLD */
	struct decision_reason {
		enum reason reason;
		uint64_t id;
		char detail[DETAIL_LEN];
	} because[REASONS_MAX];
	size_t reasons;
	/* Rules that did not apply: passed_pack of why, and the number looked
	 * at, in their order. */
	uint32_t passed[PASSED_MAX];
	size_t passed_count;
};

void decide(const Rec__Facts *facts, const struct snapshot *snapshot,
    struct decision *out);

/* The address, name, owners and title of the one who acts; borrowed of the
 * facts. `address` is NULL if there is nobody. */
struct acting {
	const char *address, *name, *title;
	const uint64_t *customers;
	size_t n_customers;
};
struct acting decision_acting(const Rec__Facts *facts, enum actor actor);
/* The category of a new ticket of that mailbox, and why. */
void decision_find_category(struct decision *d,
    const struct snapshot *snapshot);
/* Notes one more reason, up to REASONS_MAX; `detail` may be NULL. */
void decision_because(struct decision *d, enum reason reason, uint64_t id,
    const char *detail);

const char *reason_code(enum reason reason);
/* By code; REASON_COUNT if there is none (a newer program's). */
enum reason reason_find(const char *code);
/* The sentence, with its id and detail put in; g_free. */
char *reason_text(enum reason reason, uint64_t id, const char *detail);

/* What an entry keeps of a rule that did not apply, and back: the rule's name
 * ("" of a newer program's) and the sentence, g_free. */
uint32_t passed_pack(enum passed passed, uint64_t value);
const char *passed_rule(uint32_t packed);
char *passed_text(uint32_t packed);

const char *action_name(Rec__Action action);

#endif
