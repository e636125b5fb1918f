/* SPDX-License-Identifier: MIT */
/* Blocked senders (IN-33): patterns whose mail is held. */
#ifndef DESK_BLOCK_H
#define DESK_BLOCK_H

#include "base/base.h"
#include "base/err.h"
#include "store/record.h"

/* *id 0 makes a new one. ERR_INVALID: no pattern of base/pattern.h. */
bool block_save(struct wtxn *w, uint64_t *id, const Rec__Block *block,
    GError **error) MUST_CHECK;
bool block_remove(struct wtxn *w, uint64_t id, GError **error) MUST_CHECK;
/* Blocks one address, unless something blocks it already. */
bool block_address(struct wtxn *w, const char *address, const char *note,
    GError **error) MUST_CHECK;

#endif
