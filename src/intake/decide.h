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

enum reason {
#define R(id, code, text) REASON_##id,
#include "intake/reasons.def"
#undef R
	REASON_COUNT
};

struct decision {
	Rec__Action action;
	uint64_t ticket;   /* APPEND */
	uint64_t customer; /* 0: made from the sender */
	uint64_t category;
	uint64_t mailbox;   /* who owns the mail */
	uint64_t candidate; /* the ticket a key named in vain */
	uint64_t duplicate_of;
	bool customer_mail;
	bool new_sender;
	bool by_agent;    /* APPEND: its assignee wrote it */
	enum reason held; /* HOLD */
	struct decision_reason {
		enum reason reason;
		uint64_t id;
		char detail[64];
	} because[REASONS_MAX];
	size_t reasons;
};

void decide(const Rec__Facts *facts, const struct snapshot *snapshot,
    struct decision *out);

const char *reason_code(enum reason reason);
/* By code; REASON_COUNT if there is none (a newer program's). */
enum reason reason_find(const char *code);
/* The sentence, with its id and detail put in; g_free. */
char *reason_text(enum reason reason, uint64_t id, const char *detail);
const char *action_name(Rec__Action action);

#endif
