/* SPDX-License-Identifier: MIT */
/*
 * Decisions run dry: of a mail that is not stored (`maildesk explain`), and
 * of stored mails with other settings (`explain --last`). Changes nothing.
 * Reader threads, the in-process CLI.
 */
#ifndef INTAKE_EXPLAIN_H
#define INTAKE_EXPLAIN_H

#include "base/base.h"
#include "base/err.h"
#include "intake/decide.h"
#include "intake/facts.h"

/* What would become of the mail now. */
bool explain_mail(const struct view *view, const struct snapshot *snapshot,
    const struct intake_mail *in, struct decision *out, GError **error)
    MUST_CHECK;

/* The recipients as RCPT would see them: those of `to` (char *), or, if that
 * is empty, those in To and Cc that are ours. ERR_NOT_FOUND: one of `to` is
 * not ours. Free with rec__envelope__free_unpacked. */
Rec__Envelope *explain_envelope(const struct snapshot *snapshot,
    const Rec__Mail *mail, const GPtrArray *to, const char *sender,
    GError **error) MUST_CHECK;

/* A snapshot as it is in the store but for one setting; release it. */
struct snapshot *explain_snapshot(const struct view *view, enum setting setting,
    const char *value, GError **error) MUST_CHECK;

/* A walk over stored mails, newest first; a page may end before its limit,
 * for it looks at so many entries only. */
struct explain_walk {
	uint64_t before; /* entries below this one; 0: from the newest */
	size_t limit;    /* mails */
	void (*visit)(void *arg, uint64_t entry, const Rec__Entry *rec);
	void *arg;
	size_t count;  /* mails seen */
	uint64_t next; /* `before` of the next walk; 0: that was all */
};
bool explain_walk(const struct view *view, struct explain_walk *walk,
    GError **error) MUST_CHECK;

#endif
