/* SPDX-License-Identifier: MIT */
/*
 * The writer thread: many commands, one write transaction, one sync, then the
 * answers. A batch takes what waits and never waits for more; it ends at 256
 * commands, 16 MiB of values or 10 ms of work. If the store fails in a batch,
 * it is aborted and each command runs alone; the one that fails again gets
 * its error. After ERR_FATAL (outcome unknown) nothing is answered any more
 * and `fatal` is called: the process must end and start again.
 */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "base/base.h"
#include "base/queue.h"
#include "store/wtxn.h"

/* Intrusive; the submitter's memory until `done`. */
struct write_job {
	struct queue_node node; /* first */
	/* On the writer thread; may run twice. False before the first write:
	 * a domain error, the job's own affair. */
	bool (*run)(struct write_job *job, struct wtxn *w, GError **error);
	/* On the writer thread, after the commit (error NULL) or the failure
	 * (error is the job's to keep: steal or ignore, freed after). */
	void (*done)(struct write_job *job, GError **error);
};

struct writer_options {
	struct store *store;
	size_t max_items; /* waiting commands */
	size_t max_bytes; /* of what they hold */
	/* On the writer thread, before the `done`s of a batch that touched the
	 * configuration: makes the next routing snapshot. May be NULL. */
	void (*config_changed)(void *arg, const struct view *view);
	/* On the writer thread: outcome of a commit unknown. */
	void (*fatal)(void *arg);
	void *arg;
};

struct writer;
struct writer *writer_start(const struct writer_options *options);
/* False if full (say ERR_BUSY) or stopped; the job stays the caller's. */
bool writer_submit(struct writer *writer, struct write_job *job, size_t bytes)
    MUST_CHECK;
/* Runs what waits, ends the thread, frees. */
void writer_stop(struct writer **owner);

/* Runs one command alone on the calling thread (in-process CLI, tests). */
bool writer_run_alone(struct store *store, struct write_job *job,
    GError **error) MUST_CHECK;

#endif
