/* SPDX-License-Identifier: MIT */
/*
 * The place where one shared immutable value is swapped: readers on any
 * thread take a reference (g_atomic_rc_box) and drop it, a writer puts the
 * next one in. The lock is held for a pointer copy, and while the last
 * reference of an old value is cleared: `clear` must not use the cell.
 */
#ifndef BASE_CELL_H
#define BASE_CELL_H

#include "base/base.h"

struct cell;

/* `clear` is given to g_atomic_rc_box_release_full. */
struct cell *cell_new(GDestroyNotify clear);
void cell_free(struct cell **cell);
/* Takes the caller's reference of `value` (NULL allowed), drops the old. */
void cell_set(struct cell *cell, void *value);
/* A new reference, to be given back with cell_release; NULL if empty. */
void *cell_get(struct cell *cell);
void cell_release(struct cell *cell, void *value);

#endif
