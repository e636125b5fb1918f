/* SPDX-License-Identifier: MIT */
/*
 * Lists and single records for a person: aligned columns that fit the
 * terminal, one row an item. Which columns a resource has is a table in
 * table.c; what has none is shown by its members. Main thread.
 */
#ifndef MAIN_TABLE_H
#define MAIN_TABLE_H

#include <jansson.h>

#include "base/base.h"

/* Prints items of one resource; a heading when `first`. */
enum table_part { TABLE_FIRST, TABLE_NEXT };
void table_print(const char *resource, const json_t *items,
    enum table_part part);
/* What to say when there is none. */
const char *table_empty(const char *resource);
/* One record, a line a member. */
void table_record(const json_t *object);

#endif
