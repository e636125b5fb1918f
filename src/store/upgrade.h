/* SPDX-License-Identifier: MIT */
/*
 * Schema upgrades: one step per version, each in pieces that are committed
 * with their cursor, so that a killed upgrade goes on where it was. Called by
 * store_open, before anybody else has the store.
 */
#ifndef STORE_UPGRADE_H
#define STORE_UPGRADE_H

#include "base/base.h"
#include "base/err.h"

struct store;

/* From `schema` to STORE_SCHEMA; true at once when they are equal. */
bool upgrade_run(struct store *store, unsigned schema, GError **error)
    MUST_CHECK;

#endif
