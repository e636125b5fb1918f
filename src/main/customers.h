/* SPDX-License-Identifier: MIT */
/*
 * Customers as a table (CA-7): number, name, group, addresses, language, in
 * any order, named by the first line. Main thread.
 *
 * Cells are written and read as they are, also those that a spreadsheet would
 * take for a formula (= + - @ at their start): what leaves comes back
 * unchanged. Who opens such a table in a spreadsheet imports it as text.
 */
#ifndef MAIN_CUSTOMERS_H
#define MAIN_CUSTOMERS_H

#include "base/base.h"
#include "base/err.h"

struct cli;
struct client;

enum customers_column {
	CUSTOMERS_NUMBER,
	CUSTOMERS_NAME,
	CUSTOMERS_GROUP,
	CUSTOMERS_ADDRESSES,
	CUSTOMERS_LANGUAGE,
	CUSTOMERS_COLUMNS
};
extern const char *const customers_columns[CUSTOMERS_COLUMNS];

struct customers_options {
	const char *path; /* NULL: standard input */
	bool is_dry;
	bool is_json;
};

/* Checks all rows, then imports them unless `is_dry`; prints what came of it.
 * *bad_out: rows were refused, so nothing was changed. */
bool customers_import(struct client *client,
    const struct customers_options *options, bool *bad_out, GError **error)
    MUST_CHECK;
/* On standard output; who is merged is left out. */
bool customers_export(struct client *client, GError **error) MUST_CHECK;

#endif
