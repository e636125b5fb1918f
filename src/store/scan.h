/* SPDX-License-Identifier: MIT */
/*
 * Walks every row of every table in one snapshot, verifying checksums and
 * that records unpack. A long reader: for copies and checks only.
 */
#ifndef STORE_SCAN_H
#define STORE_SCAN_H

#include "base/base.h"
#include "store/view.h"

struct store;

/* Each row in key order; false ends the walk. */
typedef bool scan_fn(void *arg, const struct key *key, struct slice value,
    GError **error);

/* Stops at the first damage or when `fn` (may be NULL) says so. */
bool scan_all(struct store *store, scan_fn *fn, void *arg, GError **error)
    MUST_CHECK;
/* The same for one table on a view. */
bool scan_table(const struct view *view, enum table table, scan_fn *fn,
    void *arg, GError **error) MUST_CHECK;

#endif
