/* SPDX-License-Identifier: MIT */
/*
 * What people do with held mail (IN-13), and with spam (IN-33): each is a
 * decision by hand, carried out by apply, with its reason and its place in
 * the journal. A mail in a ticket is ERR_CONFLICT. Writer thread.
 */
#ifndef INTAKE_HELD_H
#define INTAKE_HELD_H

#include "base/base.h"
#include "base/err.h"
#include "intake/apply.h"

struct held_act {
	const struct snapshot *snapshot;
	struct entry_id entry;
	struct user_id user; /* who does it; 0: somebody at a shell */
};

/* Into an existing ticket; a closed one opens again. */
bool held_attach(struct wtxn *w, const struct held_act *act,
    struct ticket_id ticket, struct outcome *out, GError **error) MUST_CHECK;
/* Into a new ticket, of `customer`, or, 0, of the mail's sender, who becomes a
 * customer if he is none. ERR_INVALID: nobody can tell whose it is. */
bool held_open(struct wtxn *w, const struct held_act *act,
    struct customer_id customer, struct outcome *out, GError **error)
    MUST_CHECK;
/* By the rules of now; also of a discarded one. It may be held again. */
bool held_decide(struct wtxn *w, const struct held_act *act,
    struct outcome *out, GError **error) MUST_CHECK;
/* Held as spam, goes after 30 days. */
bool held_spam(struct wtxn *w, const struct held_act *act, struct outcome *out,
    GError **error) MUST_CHECK;
/* Goes after 30 days, and is in no list until then but that of discarded. */
bool held_discard(struct wtxn *w, const struct held_act *act,
    struct outcome *out, GError **error) MUST_CHECK;

/* The address of who acts in a stored mail, to block it; g_free. NULL: nobody,
 * or somebody of ours. */
char *held_sender(const struct snapshot *snapshot, const Rec__Entry *rec);

#endif
