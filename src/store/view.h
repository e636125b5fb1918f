/* SPDX-License-Identifier: MIT */
/*
 * Reading: a view is a snapshot of the store, or the open write transaction
 * seen from inside. Slices are borrowed from it. Views are short: begin, copy
 * out, end, in one job (an old one keeps LMDB from reusing pages). Each row's
 * checksum is verified when it is read; a wrong one is ERR_DAMAGED and named.
 */
#ifndef STORE_VIEW_H
#define STORE_VIEW_H

#include "base/base.h"
#include "base/err.h"
#include "store/backend.h"
#include "store/key.h"

struct store;
struct view;

struct view *view_begin(struct store *store, GError **error) MUST_CHECK;
void view_end(struct view **view);

enum found view_get(const struct view *view, const struct key *key,
    struct slice *value_out, GError **error) MUST_CHECK;

/* Walks the keys that begin with `prefix`, in rising or falling order. */
enum direction { ASCENDING, DESCENDING };

struct cursor;
struct cursor *cursor_new(const struct view *view, const struct key *prefix,
    enum direction direction, GError **error) MUST_CHECK;
void cursor_free(struct cursor **cursor);
/* Begin beyond `key` (which need not be there), in the cursor's direction. */
void cursor_after(struct cursor *cursor, const struct key *key);
/* The next row. `key_out` is a copy. */
enum found cursor_next(struct cursor *cursor, struct key *key_out,
    struct slice *value_out, GError **error) MUST_CHECK;

#endif
