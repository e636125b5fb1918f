/* SPDX-License-Identifier: MIT */
/*
 * Merging a ticket into another (TI-13). At once it leaves all lists, and the
 * other gets its participants, its tags and its claim to be answered; its
 * entries follow as a long job. Keys that name it (tag, reply token,
 * Message-ID) lead to the one that remains all the time, by
 * ticket_find_merged. There is no undo.
 *
 * What was merged into a ticket that is merged itself is led to the last one
 * when the job comes to the entry that says so: chains stay short.
 */
#ifndef JOBS_MERGE_TICKET_H
#define JOBS_MERGE_TICKET_H

#include "base/base.h"
#include "base/err.h"
#include "jobs/kinds.h"
#include "model/ids.h"
#include "store/wtxn.h"

#define JOB_MERGE_TICKET  "merge_ticket"
#define MERGE_TICKET_MARK "merged" /* field of the Change that tells it */

/* ERR_CONFLICT: into itself, one is merged, in the bin or spam, or entries of
 * a third still come to `id`. Nothing is written then. */
bool merge_ticket(struct wtxn *w, struct ticket_id id, struct ticket_id into,
    struct job_id *job_out, GError **error) MUST_CHECK;

bool merge_ticket_piece(struct job_piece *piece, GError **error) MUST_CHECK;

#endif
