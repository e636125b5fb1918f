/* SPDX-License-Identifier: MIT */
/*
 * The kinds of long jobs: a name in the job's record, and the function that
 * does one piece. A new kind is a row in kinds.c.
 *
 * A piece is under 10 ms of work: so many records, whatever they hold. It
 * runs in a write transaction that also saves how far the job is, so that a
 * kill at any moment resumes exactly; and like every command it may run
 * twice. Its error ends the job, unless a later try may do better (err.def);
 * nothing of the failed piece stays.
 */
#ifndef JOBS_KINDS_H
#define JOBS_KINDS_H

#include <jansson.h>

#include "base/base.h"
#include "base/err.h"
#include "model.pb-c.h"
#include "model/ids.h"
#include "store/wtxn.h"

struct snapshot;

struct job_piece {
	struct wtxn *w;
	const struct snapshot *snapshot;
	struct job_id id;
	const Rec__Job *job;
	json_t *argument; /* borrowed */
	GString *cursor;  /* in and out; empty at first */
	uint64_t done, total;
	bool finished; /* out */
};

typedef bool job_piece_fn(struct job_piece *piece, GError **error);

struct job_kind {
	const char *kind;
	job_piece_fn *piece;
	enum job_cancel { JOB_MAY_STOP, JOB_TO_ITS_END } cancel;
};

/* NULL: there is none of that name. */
const struct job_kind *job_kind_find(const char *kind);

/* A number of the argument; 0 if it has none. */
uint64_t job_piece_number(const struct job_piece *piece, const char *name);
/* A cursor that is an id. */
uint64_t job_piece_at(const struct job_piece *piece);
void job_piece_set_at(struct job_piece *piece, uint64_t id);

#endif
