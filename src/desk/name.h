/* SPDX-License-Identifier: MIT */
/*
 * Unique names: a reference may be given as an id or as a name. One row per
 * name, folded, so that "Support" and "support" are one.
 */
#ifndef DESK_NAME_H
#define DESK_NAME_H

#include "base/base.h"
#include "base/err.h"
#include "store/view.h"
#include "store/wtxn.h"

/* The names of a mailbox's addresses are a kind of their own. */
enum name_kind {
	NAME_MAILBOX = 1,
	NAME_CATEGORY = 2,
	NAME_USER = 3,
	NAME_MAILBOX_ADDRESS = 4,
	NAME_CUSTOMER_NUMBER = 5,
};

enum found name_find(const struct view *view, enum name_kind kind,
    const char *name, uint64_t *id_out, GError **error) MUST_CHECK;
/* ERR_CONFLICT if another id has it. Writes nothing. */
bool name_check(const struct view *view, enum name_kind kind, const char *name,
    uint64_t id, GError **error) MUST_CHECK;
/* Moves `id` from the name `old` (or NULL) to `name` (or NULL). */
bool name_change(struct wtxn *w, enum name_kind kind, uint64_t id,
    const char *old, const char *name, GError **error) MUST_CHECK;

#endif
