/* SPDX-License-Identifier: MIT */
/*
 * Long jobs: what may touch more than a hundred records is done in pieces,
 * each a write transaction of its own, by src/jobs. Here is the record that
 * says what is wanted and how far it is. A command adds it; it runs as soon
 * as that command is committed. Ended ones go after 30 days.
 */
#ifndef DESK_JOB_H
#define DESK_JOB_H

#include <jansson.h>

#include "base/base.h"
#include "base/clk.h"
#include "base/err.h"
#include "model/ids.h"
#include "store/record.h"

/* Kinds that commands of desk/ add themselves; the others are named by
 * src/jobs. Decides held mails again, oldest first: those held for "held" (a
 * reason's code), of "from" (a folded address) if it is given. */
#define JOB_DECIDE_HELD "decide_held"

#define JOB_KEPT_US    (30 * CLK_DAY)
#define JOB_STAGING_US CLK_DAY /* rows that nobody completes */

/* A running one. Takes `argument`. `total` 0: nobody has counted. */
bool job_add(struct wtxn *w, const char *kind, json_t *argument, uint64_t total,
    struct job_id *out, GError **error) MUST_CHECK;
/* The same in state STAGING: it waits for job_start. */
bool job_prepare(struct wtxn *w, const char *kind, json_t *argument,
    struct job_id *out, GError **error) MUST_CHECK;
/* ERR_CONFLICT if it does not stage. */
bool job_start(struct wtxn *w, struct job_id id, uint64_t total, GError **error)
    MUST_CHECK;

bool job_load(const struct view *view, struct job_id id, Rec__Job **out,
    GError **error) MUST_CHECK;
bool job_save(struct wtxn *w, struct job_id id, const Rec__Job *job,
    GError **error) MUST_CHECK;
/* Saves it as ended in `state`; `why` is a sentence or NULL. */
bool job_end(struct wtxn *w, struct job_id id, Rec__Job *job,
    Rec__Job__State state, const char *why, GError **error) MUST_CHECK;
/* What it did so far stays. ERR_CONFLICT if it has ended. */
bool job_cancel(struct wtxn *w, struct job_id id, GError **error) MUST_CHECK;

/* The first running one behind `floor`, which moves on over those that have
 * ended, so that asking again costs nothing. Begins at 0. */
enum found job_next(const struct view *view, struct job_id *floor,
    struct job_id *out, GError **error) MUST_CHECK;
/* Is one of this kind running whose argument has this number? */
enum found job_find(const struct view *view, const char *kind, const char *name,
    uint64_t number, struct job_id *out, GError **error) MUST_CHECK;
json_t *job_argument(const Rec__Job *job);

/* Is there something to tidy up at `now`: ended jobs and jobs that stage for
 * too long, rows that nobody will import? And a piece of doing it. */
enum found job_tidy_wanted(const struct view *view, int64_t now, GError **error)
    MUST_CHECK;
bool job_tidy(struct wtxn *w, GError **error) MUST_CHECK;

/* "running", "finished" … */
const char *job_state_name(Rec__Job__State state);

#endif
