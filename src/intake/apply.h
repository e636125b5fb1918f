/* SPDX-License-Identifier: MIT */
/*
 * Carries a decision out: customer, ticket, entry, raw mail, Message-ID rows,
 * journal, inside the open transaction. The only writer of mail entries.
 * A mail that is held already is carried to its new place the same way.
 */
#ifndef INTAKE_APPLY_H
#define INTAKE_APPLY_H

#include "base/base.h"
#include "base/err.h"
#include "intake/decide.h"
#include "intake/facts.h"
#include "store/blob.h"

/* What was done, for the reply line and the log. */
struct outcome {
	Rec__Action action;
	uint64_t ticket; /* 0: none */
	uint64_t entry;
	enum reason held;
};

/* A stored mail that gets another place. */
struct restored {
	uint64_t entry;
	Rec__Entry *rec; /* changed here; the caller frees it */
};

/* Everything about one mail that the writer needs; borrowed. */
struct application {
	const struct intake_mail *in;
	const Rec__Facts *facts;
	const struct decision *decision;
	const struct snapshot *snapshot;
	const struct blob *blob; /* packed Mail, then raw; finished */
	uint64_t detail_len, raw_len;
	struct restored *restored; /* instead of `blob`; NULL: a new mail */
	struct user_id user;       /* who did it by hand; 0: the rules */
};

bool apply(struct wtxn *w, const struct application *a,
    struct outcome *outcome_out, GError **error) MUST_CHECK;

#endif
