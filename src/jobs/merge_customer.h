/* SPDX-License-Identifier: MIT */
/*
 * Merging a customer into another, and the undo (CA-7). Who is merged keeps
 * number, name, group and notes, and is found by them; it says whom it was
 * merged into. The addresses move at once, so mail that comes from then on is
 * the other's. The tickets follow as a long job; until it has come to one,
 * ticket_load says already whose it is, so no mail is taken for a stranger's.
 *
 * A merged ticket remembers who had it first (Ticket.customer_before). The
 * undo gives back what came by the merge and is still the other's: addresses
 * that stand there, tickets that nobody gave to a third. Of merges on top of
 * each other the last is undone first.
 */
#ifndef JOBS_MERGE_CUSTOMER_H
#define JOBS_MERGE_CUSTOMER_H

#include "base/base.h"
#include "base/err.h"
#include "jobs/kinds.h"
#include "model/ids.h"
#include "store/wtxn.h"

#define JOB_MERGE_CUSTOMER   "merge_customer"
#define JOB_UNMERGE_CUSTOMER "unmerge_customer"

/* ERR_CONFLICT: into itself, one of them is merged or erased, or together
 * they have too many addresses. Nothing is written then. */
bool merge_customer(struct wtxn *w, struct customer_id id,
    struct customer_id into, struct job_id *job_out, GError **error) MUST_CHECK;
bool unmerge_customer(struct wtxn *w, struct customer_id id,
    struct job_id *job_out, GError **error) MUST_CHECK;

/* Of both kinds: walks a customer's tickets, gives each to its owner. */
bool merge_customer_piece(struct job_piece *piece, GError **error) MUST_CHECK;

#endif
