/* SPDX-License-Identifier: MIT */
/*
 * Customers from a table (CA-7). A row is a record of the fields it gives;
 * what it does not give stays as it is. It means the customer of its number;
 * without a number the one of its addresses; else a new one.
 *
 * All rows are checked before one is stored, so a table with a bad row
 * changes nothing. Then they are staged under a job's id and applied in
 * pieces: no reader sees half a customer, but for some seconds it may see the
 * new ones beside those that still come. A row that was applied is gone from
 * the stage in the same commit; a kill repeats nothing.
 */
#ifndef JOBS_IMPORT_CUSTOMER_H
#define JOBS_IMPORT_CUSTOMER_H

#include "base/base.h"
#include "base/err.h"
#include "jobs/kinds.h"
#include "model/ids.h"
#include "store/wtxn.h"

#define JOB_IMPORT_CUSTOMER "import_customer"

enum import_outcome { IMPORT_NEW, IMPORT_CHANGED, IMPORT_UNCHANGED };

/* What would become of a row, and whom it means (0: nobody yet). */
bool import_customer_check(const struct view *view, const Rec__Customer *row,
    struct customer_id *id_out, enum import_outcome *outcome_out,
    GError **error) MUST_CHECK;

/* job_prepare, rows in any order, job_start. `line` names the row. */
bool import_customer_begin(struct wtxn *w, struct job_id *out, GError **error)
    MUST_CHECK;
bool import_customer_stage(struct wtxn *w, struct job_id job, uint64_t line,
    const Rec__Customer *row, GError **error) MUST_CHECK;

bool import_customer_piece(struct job_piece *piece, GError **error) MUST_CHECK;

#endif
