/* SPDX-License-Identifier: MIT */
/*
 * Checks the whole store: every row's checksum and record, and every row that
 * is derived against what it is derived from. Reads only; a long reader, one
 * table at a time. Any thread that may take long.
 */
#ifndef DESK_CHECK_H
#define DESK_CHECK_H

#include "base/base.h"
#include "base/err.h"

struct store;

struct check_report {
	uint64_t rows;
	uint64_t tickets;
	uint64_t entries;
	uint64_t mails; /* of the entries */
	uint64_t held;  /* of the mails */
	uint64_t customers;
};

/* `problems` (char *, free function set) gets one sentence each, at most
 * CHECK_PROBLEMS_MAX. False only if the check could not run. */
#define CHECK_PROBLEMS_MAX 100
bool desk_check(struct store *store, GPtrArray *problems,
    struct check_report *report_out, GError **error) MUST_CHECK;

#endif
