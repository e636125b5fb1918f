/* SPDX-License-Identifier: MIT */
/* What an upgrade step is; for upgrade.c and its tests. */
#ifndef STORE_UPGRADE_STEPS_H
#define STORE_UPGRADE_STEPS_H

#include "base/base.h"
#include "base/err.h"

struct store;
struct wtxn;

struct upgrade_step {
	unsigned to; /* the schema version it leads to */
	/* One piece, under 10 ms; `cursor` as upgrade.c says. */
	bool (*run)(struct wtxn *w, GString *cursor, GError **error);
};

bool upgrade_apply(struct store *store, const struct upgrade_step *steps,
    size_t count, unsigned schema, GError **error) MUST_CHECK;

#endif
