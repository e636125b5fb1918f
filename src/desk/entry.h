/* SPDX-License-Identifier: MIT */
/*
 * Entries: the things in a ticket, and held mails (entries without one). The
 * record is part 0 of its id in the log; mails have their bytes behind it.
 */
#ifndef DESK_ENTRY_H
#define DESK_ENTRY_H

#include "base/base.h"
#include "base/err.h"
#include "model/ids.h"
#include "store/blob.h"
#include "store/record.h"

bool entry_load(const struct view *view, struct entry_id id, Rec__Entry **out,
    GError **error) MUST_CHECK;
enum entry_is { ENTRY_NEW, ENTRY_STORED };
/* Keeps the lists of held and discarded mails in step with `held_code` and
 * `discarded_at`. A mail may stand in both: spam is held, and goes. */
bool entry_save(struct wtxn *w, struct entry_id id, const Rec__Entry *rec,
    enum entry_is is, GError **error) MUST_CHECK;
/* What the parser read, from the entry's blob; mail entries only. */
bool entry_mail(const struct view *view, struct entry_id id,
    const Rec__Entry *rec, Rec__Mail **out, GError **error) MUST_CHECK;
/* The raw mail, byte for byte as received, or a range of it. */
bool entry_raw(const struct view *view, struct entry_id id,
    const Rec__Entry *rec, struct range range, GByteArray *out, GError **error)
    MUST_CHECK;

/* Discarded mails and spam go 30 days after: their bytes, not what is known
 * of them, so that the same mail again is known. Which are due at `now`, a
 * piece of them, and doing it. */
struct entry_due {
	struct entry_id id[20];
	size_t count;
};
bool entry_due_find(const struct view *view, int64_t now, struct entry_due *out,
    GError **error) MUST_CHECK;
bool entry_forget(struct wtxn *w, const struct entry_due *due, GError **error)
    MUST_CHECK;

/* "mail_in", "note" … */
const char *entry_kind_name(Rec__Entry__Kind kind);

#endif
