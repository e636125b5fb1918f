/* SPDX-License-Identifier: MIT */
/*
 * The writer thread and its batches; the policy stands in writer.h. A batch
 * is an array of jobs; a job that fails before its first write stays in the
 * batch with its error, everything else that fails repeats the batch singly.
 */
#include "store/writer.h"

#include <pthread.h>

#include "base/clk.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/metric.h"
#include "store/private.h"

#define BATCH_COMMANDS 256
#define BATCH_BYTES    (16 * 1024 * 1024)
#define BATCH_US       (10 * 1000)

/* owner: writer */
struct writer {
	struct writer_options options;
	struct queue *queue;
	pthread_t thread;
	bool in_doubt; /* a commit's outcome is unknown: answer nobody */
};

struct batch {
	struct write_job *job[BATCH_COMMANDS];
	GError *error[BATCH_COMMANDS];
	size_t count;
};

/* Runs one job inside `w`. False: the transaction is spoilt. */
static bool
run_in(struct wtxn *w, struct write_job *job, GError **job_error,
    GError **error)
{
	uint64_t before = wtxn_writes(w);

	metric_add(METRIC_COMMANDS, 1);
	if (job->run(job, w, job_error))
		return true;
	if (wtxn_writes(w) == before && !err_is(*job_error, ERR_FULL) &&
	    !err_is(*job_error, ERR_FATAL))
		return true; /* refused, nothing written */
	g_propagate_error(error, g_steal_pointer(job_error));
	return false;
}

static bool
commit(struct writer *writer, struct wtxn **w, GError **error)
{
	int64_t from = clk_monotonic_us();
	bool config = wtxn_config_touched(*w);
	bool done;

	CRASH_POINT(writer_before_commit);
	done = wtxn_commit(w, error);
	CRASH_POINT(writer_after_commit);
	metric_add(METRIC_COMMIT_US, clk_monotonic_us() - from);
	metric_add(done ? METRIC_COMMITS : METRIC_COMMIT_FAILURES, 1);
	if (done && config && writer->options.config_changed != NULL) {
		AUTO(view_end)
		struct view *view = view_begin(writer->options.store, NULL);

		if (view != NULL)
			writer->options.config_changed(writer->options.arg,
			    view);
	}
	return done;
}

static bool
batch_is_full(const struct batch *batch, const struct wtxn *w, int64_t from)
{
	return batch->count == BATCH_COMMANDS || wtxn_bytes(w) >= BATCH_BYTES ||
	    clk_monotonic_us() - from >= BATCH_US;
}

/* Takes what waits and runs it in one transaction. False: repeat singly. */
static bool
run_batch(struct writer *writer, struct write_job *first, struct batch *batch,
    GError **error)
{
	int64_t from = clk_monotonic_us();
	AUTO(wtxn_abort)
	struct wtxn *w = wtxn_begin(writer->options.store, clk_wall_us(),
	    error);
	struct queue_node *next = &first->node;

	while (next != NULL) {
		size_t i = batch->count++;

		batch->job[i] = (struct write_job *)next;
		if (w == NULL ||
		    !run_in(w, batch->job[i], &batch->error[i], error))
			return false;
		next = batch_is_full(batch, w, from)
		    ? NULL
		    : queue_try_pop(writer->queue);
	}
	return commit(writer, &w, error);
}

static bool
run_alone(struct writer *writer, struct write_job *job, GError **error)
{
	AUTO(wtxn_abort)
	struct wtxn *w = wtxn_begin(writer->options.store, clk_wall_us(),
	    error);

	return w != NULL && job->run(job, w, error) &&
	    commit(writer, &w, error);
}

static void
fatal(struct writer *writer, const GError *error)
{
	writer->in_doubt = true;
	log_error("store outcome=unknown action=stop why=%s",
	    log_str(error->message));
	if (writer->options.fatal != NULL)
		writer->options.fatal(writer->options.arg);
}

static void
repeat_singly(struct writer *writer, struct batch *batch)
{
	for (size_t i = 0; i < batch->count && !writer->in_doubt; i++) {
		g_clear_error(&batch->error[i]);
		if (run_alone(writer, batch->job[i], &batch->error[i]))
			continue;
		if (err_is(batch->error[i], ERR_FATAL))
			fatal(writer, batch->error[i]);
	}
}

static void
batch_run(struct writer *writer, struct write_job *first)
{
	struct batch batch = {.count = 0};
	g_autoptr(GError) error = NULL;

	if (!run_batch(writer, first, &batch, &error)) {
		if (err_is(error, ERR_FATAL))
			fatal(writer, error);
		else
			repeat_singly(writer, &batch);
	}
	for (size_t i = 0; i < batch.count; i++) {
		/* In doubt: whoever waits is cut off and sends again. */
		if (!writer->in_doubt)
			batch.job[i]->done(batch.job[i], &batch.error[i]);
		g_clear_error(&batch.error[i]);
	}
}

static void *
writer_main(void *arg)
{
	struct writer *writer = arg;
	struct queue_node *node;

	thread_enter(THREAD_WRITER, "writer");
	while ((node = queue_pop(writer->queue)) != NULL)
		if (!writer->in_doubt)
			batch_run(writer, (struct write_job *)node);
	return NULL;
}

struct writer *
writer_start(const struct writer_options *options)
{
	struct writer *writer = g_new0(struct writer, 1);

	writer->options = *options;
	writer->queue = queue_new(options->max_items, options->max_bytes);
	if (pthread_create(&writer->thread, NULL, writer_main, writer) != 0)
		g_error("no thread for the writer");
	return writer;
}

bool
writer_submit(struct writer *writer, struct write_job *job, size_t bytes)
{
	return queue_push(writer->queue, &job->node, bytes);
}

void
writer_stop(struct writer **owner)
{
	struct writer *writer = *owner;

	if (writer == NULL)
		return;
	*owner = NULL;
	queue_close(writer->queue);
	(void)pthread_join(writer->thread, NULL); /* our own thread */
	queue_free(&writer->queue);
	g_free(writer);
}

bool
writer_run_alone(struct store *store, struct write_job *job, GError **error)
{
	struct writer writer = {.options = {.store = store}};

	return run_alone(&writer, job, error);
}
