/* SPDX-License-Identifier: MIT */
/*
 * The runner; see jobs.h. It looks for work a few times a second: one step of
 * a cursor in a short view, as the ended jobs are passed over once. Owner of
 * everything here: the thread "jobs", or the in-process CLI.
 */
#include "jobs/jobs.h"

#include <pthread.h>

#include "base/cell.h"
#include "base/clk.h"
#include "base/log.h"
#include "base/queue.h"
#include "desk/entry.h"
#include "desk/job.h"
#include "desk/snapshot.h"
#include "jobs/kinds.h"
#include "store/view.h"
#include "store/writer.h"

#define IDLE_MS     250
#define PAUSE_MS    5           /* between pieces */
#define AGAIN_MS    (10 * 1000) /* when the disk is full */
#define TIDY_EVERY  CLK_HOUR
#define PIECE_BYTES ((size_t)64 * 1024) /* a guess, for the writer's queue */

struct jobs {
	struct jobs_options options;
	pthread_t thread;
	struct queue *stop; /* never has an item; closed to stop */
	struct queue *back; /* steps come back through it */
	struct job_id floor;
	int64_t tidied_at;
};

/* One write of ours: a piece of a job, its end in failure, or tidying up. */
struct step {
	struct write_job write; /* first */
	struct queue_node back;
	struct queue *to;
	struct cell *cell; /* the daemon's snapshots; NULL: as follows */
	const struct snapshot *snapshot;
	struct job_id id;
	struct entry_due due; /* what is tidied up */
	char *why;            /* the job failed, with this sentence */
	GError *error;
};

/* ---- a piece, in its transaction ----------------------------------------- */

static bool
piece_call(struct job_piece *piece, GError **error)
{
	const struct job_kind *kind = job_kind_find(piece->job->kind);

	if (kind == NULL)
		return fail(error, ERR_INVALID,
		    "this program has no jobs of the kind %s",
		    piece->job->kind);
	return kind->piece(piece, error);
}

static bool
piece_save(const struct job_piece *piece, Rec__Job *job, GError **error)
{
	record_set(&job->cursor, piece->cursor->str);
	job->has_done = job->has_total = true;
	job->done = piece->done;
	job->total = piece->total;
	if (piece->finished)
		return job_end(piece->w, piece->id, job,
		    REC__JOB__STATE__FINISHED, NULL, error);
	return job_save(piece->w, piece->id, job, error);
}

/* May run twice. A job that was cancelled meanwhile is left alone. */
static bool
piece_run(struct write_job *write, struct wtxn *w, GError **error)
{
	struct step *step = (struct step *)write;
	AUTO_RECORD(Rec__Job) job = NULL;
	g_autoptr(GString) cursor = NULL;
	struct job_piece piece = {.w = w, .snapshot = step->snapshot};
	struct snapshot *now = NULL;
	bool done;

	if (!job_load(wtxn_view(w), step->id, &job, error))
		return false;
	if (job->state != REC__JOB__STATE__RUNNING)
		return true;
	cursor = g_string_new(job->cursor);
	piece.id = step->id;
	piece.job = job;
	piece.cursor = cursor;
	piece.done = job->done;
	piece.total = job->total;
	piece.argument = job_argument(job);
	/* The snapshot of now: the job may be there because it was changed. */
	if (step->cell != NULL)
		piece.snapshot = now = cell_get(step->cell);
	done = piece_call(&piece, error) && piece_save(&piece, job, error);
	if (now != NULL)
		cell_release(step->cell, now);
	json_decref(piece.argument);
	return done;
}

static bool
failure_run(struct write_job *write, struct wtxn *w, GError **error)
{
	struct step *step = (struct step *)write;
	AUTO_RECORD(Rec__Job) job = NULL;

	if (!job_load(wtxn_view(w), step->id, &job, error))
		return false;
	return job->state != REC__JOB__STATE__RUNNING ||
	    job_end(w, step->id, job, REC__JOB__STATE__FAILED, step->why,
		error);
}

static bool
tidy_run(struct write_job *write, struct wtxn *w, GError **error)
{
	const struct step *step = (struct step *)write;

	return job_tidy(w, error) && entry_forget(w, &step->due, error);
}

/* ---- a step, by whoever writes ------------------------------------------- */

/* On the writer thread. */
static void
step_done(struct write_job *write, GError **error)
{
	struct step *step = (struct step *)write;

	if (error != NULL && *error != NULL)
		step->error = g_steal_pointer(error);
	if (!queue_force(step->to, &step->back, 0))
		g_error("the way back from the writer is closed");
}

/* Takes the way of writing from where it runs: the daemon or alone. */
typedef bool write_fn(void *arg, struct step *step, GError **error);

static bool
write_by_daemon(void *arg, struct step *step, GError **error)
{
	struct jobs *jobs = arg;
	bool submitted;

	step->cell = jobs->options.snapshot;
	step->to = jobs->back;
	step->write.done = step_done;
	submitted = writer_submit(jobs->options.writer, &step->write,
	    PIECE_BYTES);
	if (submitted)
		(void)queue_pop(jobs->back);
	if (!submitted)
		return fail(error, ERR_BUSY, "too many changes are waiting");
	if (step->error == NULL)
		return true;
	g_propagate_error(error, g_steal_pointer(&step->error));
	return false;
}

struct alone {
	struct store *store;
	const struct snapshot *snapshot;
};

static bool
write_alone(void *arg, struct step *step, GError **error)
{
	const struct alone *alone = arg;

	step->snapshot = alone->snapshot;
	return writer_run_alone(alone->store, &step->write, error);
}

/* A full disk or a busy writer is no reason to give the job up. */
static bool
may_do_better(const GError *error)
{
	return err_row(err_kind(error))->try_again &&
	    !err_is(error, ERR_DAMAGED);
}

static bool
job_fail(write_fn *write, void *arg, struct job_id id, const GError *why,
    GError **error)
{
	g_autofree char *sentence = g_strdup(why->message);
	struct step step = {.write.run = failure_run,
	    .id = id,
	    .why = sentence};

	log_warn("job id=%" PRIu64 " result=failed why=%s", id.n,
	    log_str(sentence));
	return write(arg, &step, error);
}

static bool
job_step(write_fn *write, void *arg, struct job_id id, GError **error)
{
	struct step step = {.write.run = piece_run, .id = id};
	g_autoptr(GError) why = NULL;

	if (write(arg, &step, &why))
		return true;
	if (!may_do_better(why))
		return job_fail(write, arg, id, why, error);
	g_propagate_error(error, g_steal_pointer(&why));
	return false;
}

static enum found
find_work(struct store *store, struct job_id *floor, struct job_id *out,
    GError **error)
{
	AUTO(view_end) struct view *view = view_begin(store, error);

	return view != NULL ? job_next(view, floor, out, error) : FOUND_ERROR;
}

enum found
jobs_run_piece(struct store *store, const struct snapshot *snapshot,
    GError **error)
{
	struct alone alone = {store, snapshot};
	struct job_id floor = {0};
	struct job_id id = {0};
	enum found found = find_work(store, &floor, &id, error);

	if (found == FOUND_YES && !job_step(write_alone, &alone, id, error))
		return FOUND_ERROR;
	return found;
}

bool
jobs_run_all(struct store *store, const struct snapshot *snapshot,
    GError **error)
{
	enum found found = FOUND_YES;

	while (found == FOUND_YES)
		found = jobs_run_piece(store, snapshot, error);
	return found == FOUND_NO;
}

/* ---- the daemon's thread ------------------------------------------------- */

static bool
tidy_wanted(const struct jobs *jobs, struct entry_due *due, GError **error)
{
	AUTO(view_end)
	struct view *view = view_begin(jobs->options.store, error);
	int64_t now = clk_wall_us();
	enum found found;

	if (view == NULL)
		return false;
	found = job_tidy_wanted(view, now, error);
	if (found == FOUND_ERROR || !entry_due_find(view, now, due, error))
		return false;
	return found == FOUND_YES || due->count > 0;
}

/* Each hour, and as long as there is something. False: nothing was. */
static bool
tidy(struct jobs *jobs, GError **error)
{
	struct step step = {.write.run = tidy_run};

	if (jobs->tidied_at != 0 &&
	    clk_monotonic_us() - jobs->tidied_at < TIDY_EVERY)
		return false;
	if (tidy_wanted(jobs, &step.due, error))
		return write_by_daemon(jobs, &step, error);
	jobs->tidied_at = clk_monotonic_us();
	return false;
}

/* One thing to do; how long to rest after it. */
static unsigned
work(struct jobs *jobs)
{
	g_autoptr(GError) error = NULL;
	struct job_id id = {0};
	bool did = false;

	switch (find_work(jobs->options.store, &jobs->floor, &id, &error)) {
	case FOUND_YES:
		did = job_step(write_by_daemon, jobs, id, &error);
		jobs->tidied_at = 0; /* it may have left rows */
		break;
	case FOUND_NO:
		did = tidy(jobs, &error);
		break;
	case FOUND_ERROR:
		break;
	}
	if (error == NULL)
		return did ? PAUSE_MS : IDLE_MS;
	log_warn("jobs why=%s again_s=%d", log_str(error->message),
	    AGAIN_MS / 1000);
	return AGAIN_MS;
}

static void *
jobs_main(void *arg)
{
	struct jobs *jobs = arg;

	thread_enter(THREAD_ANY, "jobs");
	while (!queue_is_closed(jobs->stop))
		(void)queue_pop_within(jobs->stop, work(jobs));
	return NULL;
}

struct jobs *
jobs_start(const struct jobs_options *options)
{
	struct jobs *jobs = g_new0(struct jobs, 1);

	jobs->options = *options;
	jobs->stop = queue_new(1, 0);
	jobs->back = queue_new(1, 0);
	if (pthread_create(&jobs->thread, NULL, jobs_main, jobs) != 0)
		g_error("no thread for the long jobs");
	return jobs;
}

void
jobs_stop(struct jobs **owner)
{
	struct jobs *jobs = *owner;

	if (jobs == NULL)
		return;
	*owner = NULL;
	queue_close(jobs->stop);
	(void)pthread_join(jobs->thread, NULL); /* our own thread */
	queue_free(&jobs->stop);
	queue_free(&jobs->back);
	g_free(jobs);
}
