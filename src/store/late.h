/* SPDX-License-Identifier: MIT */
/*
 * Rows of MESSAGE_ID whose place in the tree is taken later. Their keys are
 * hashes: at a million tickets each put dirties a leaf and a branch page of
 * its own, and a commit is as slow as it has scattered pages. So a new key is
 * first kept in a row of LATE, at that table's rising end and in the same
 * commit, and in memory; once there are many, those of one range of hashes
 * after another get their rows, where many share a page.
 *
 * Owner: who writes (the writer thread, or the in-process CLI). Readers look
 * into LATE itself, and see no more than their snapshot.
 */
#ifndef STORE_LATE_H
#define STORE_LATE_H

#include "base/base.h"
#include "base/err.h"
#include "store/view.h"
#include "store/wtxn.h"

/* Bytes of a key behind its table's prefix; the first two spread evenly. */
#define LATE_LEN 32

struct late_key {
	uint8_t bytes[LATE_LEN];
};

/* Puts the key, without a value; it is seen at once, and kept by the commit. */
bool wtxn_put_late(struct wtxn *w, const struct late_key *key, GError **error)
    MUST_CHECK;

/* Where a look-up puts keys; the caller's, who sets `at` and `max`. */
struct late_found {
	struct late_key *at;
	size_t max, count;
};

/* Adds the keys not yet in their table that begin with `prefix` (at least two
 * bytes). Some may be in their table already. */
bool late_list(const struct view *view, const void *prefix, size_t len,
    struct late_found *found, GError **error) MUST_CHECK;

/* The keys of a row of LATE, for checks; borrowed from the value. */
size_t late_keys(const Rec__Late *row, const struct late_key **keys_out);

#endif
