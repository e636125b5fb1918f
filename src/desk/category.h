/* SPDX-License-Identifier: MIT */
/* Categories: a tree with priorities, public or internal (CA-1). */
#ifndef DESK_CATEGORY_H
#define DESK_CATEGORY_H

#include "base/base.h"
#include "base/err.h"
#include "model/ids.h"
#include "store/record.h"

bool category_load(const struct view *view, struct category_id id,
    Rec__Category **out, GError **error) MUST_CHECK;
/* id 0 makes a new one. Checks the name (unique) and that the tree has no
 * ring. */
bool category_save(struct wtxn *w, struct category_id *id,
    const Rec__Category *category, GError **error) MUST_CHECK;
/* ERR_CONFLICT while tickets or sub-categories are in it, or a mailbox names
 * it. */
bool category_remove(struct wtxn *w, struct category_id id, GError **error)
    MUST_CHECK;

#endif
