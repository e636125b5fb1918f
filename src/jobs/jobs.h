/* SPDX-License-Identifier: MIT */
/*
 * Runs the long jobs (desk/job.h), one after the other in the order in which
 * they were added, each piece as one command of the writer. The next piece is
 * submitted only when the one before is committed, after a pause in which
 * mails have the writer for themselves. What a kill left running goes on at
 * the next start. The daemon has a thread for it; without a daemon the
 * command that added a job runs it to its end.
 */
#ifndef JOBS_JOBS_H
#define JOBS_JOBS_H

#include "base/base.h"
#include "base/err.h"

struct cell;
struct jobs;
struct snapshot;
struct store;
struct writer;

struct jobs_options {
	struct store *store;
	struct writer *writer;
	struct cell *snapshot; /* struct snapshot */
};

struct jobs *jobs_start(const struct jobs_options *options);
/* Waits for the piece that is out, so it comes before writer_stop. */
void jobs_stop(struct jobs **owner);

/* One piece of the first that runs; FOUND_NO: none does. */
enum found jobs_run_piece(struct store *store, const struct snapshot *snapshot,
    GError **error) MUST_CHECK;
/* All that run, to their ends, on the calling thread. A job that fails says
 * so in its record; false is the store's error, and they still run. */
bool jobs_run_all(struct store *store, const struct snapshot *snapshot,
    GError **error) MUST_CHECK;

#endif
