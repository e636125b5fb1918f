/* SPDX-License-Identifier: MIT */
/*
 * The store suite: the writer thread. Ten threads submit jobs; each is done
 * once, in the store once, whatever fails beside it. A wrapped backend fails
 * commits. Run under ThreadSanitizer by `make tsan`.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "store/private.h"
#include "store/scan.h"
#include "store/view.h"
#include "store/writer.h"
#include "store/wtxn.h"
#include "tests/store/rows.h"

#define THREADS 10
#define JOBS    60 /* a thread */

enum behaviour {
	GOOD,
	REFUSED,     /* fails before it writes */
	FAILS_DIRTY, /* fails after its first write */
	FULL,        /* the store has no room for it */
};

struct test_job {
	struct write_job job; /* first */
	enum behaviour behaviour;
	uint64_t number;
	atomic_uint done;
	enum err_kind failed_as; /* ERR_COUNT: it did not */
};

/* owner: the submitting thread until submitted, then the writer */
struct submitter {
	struct writer *writer;
	unsigned index;
	struct test_job jobs[JOBS];
};

static bool
job_run(struct write_job *arg, struct wtxn *w, GError **error)
{
	struct test_job *job = (struct test_job *)arg;
	struct key key = key_1(TABLE_OUTBOX, job->number);
	uint64_t id;

	if (job->behaviour == REFUSED)
		return fail(error, ERR_CONFLICT, "refused");
	if (!wtxn_put(w, &key, "mail", 4, error) ||
	    !wtxn_next_id(w, SEQUENCE_OUTBOX, &id, error))
		return false;
	wtxn_add(w, COUNTER_MAIL, 1, 1);
	if (job->behaviour == FAILS_DIRTY)
		return fail(error, ERR_INVALID, "failed after writing");
	if (job->behaviour == FULL)
		return fail(error, ERR_FULL, "no room");
	return true;
}

static void
job_done(struct write_job *arg, GError **error)
{
	struct test_job *job = (struct test_job *)arg;

	job->failed_as = *error == NULL ? ERR_COUNT : err_kind(*error);
	atomic_fetch_add(&job->done, 1);
}

static void
job_init(struct test_job *job, uint64_t number, enum behaviour behaviour)
{
	memset(job, 0, sizeof(*job));
	job->job.run = job_run;
	job->job.done = job_done;
	job->number = number;
	job->behaviour = behaviour;
}

static enum behaviour
behaviour_of(uint64_t number)
{
	static const enum behaviour rare[] = {REFUSED, FAILS_DIRTY, FULL};

	return number % 20 == 0 ? rare[number / 20 % 3] : GOOD;
}

static void *
submit_all(void *arg)
{
	struct submitter *s = arg;

	for (unsigned i = 0; i < JOBS; i++) {
		uint64_t number = s->index * JOBS + i + 1;

		job_init(&s->jobs[i], number, behaviour_of(number));
		while (!writer_submit(s->writer, &s->jobs[i].job, 100))
			g_usleep(100); /* full: try again */
	}
	return NULL;
}

static bool
count_row(void *arg, const struct key *key, struct slice value, GError **error)
{
	(void)key;
	(void)value;
	(void)error;
	++*(size_t *)arg;
	return true;
}

static void
check_store(struct store *store, size_t want)
{
	g_autoptr(GError) error = NULL;
	AUTO(view_end) struct view *view = view_begin(store, &error);
	size_t rows = 0;
	int64_t sum = 0;

	CHECK_OK(scan_table(view, TABLE_OUTBOX, count_row, &rows, &error),
	    error);
	CHECK_EQ(0, rows, want);
	CHECK(counter_get(view, COUNTER_MAIL, 1, &sum, &error));
	CHECK_EQ(0, sum, want);
}

static size_t
check_jobs(const struct test_job *jobs, size_t count)
{
	static const enum err_kind want[] = {[GOOD] = ERR_COUNT,
	    [REFUSED] = ERR_CONFLICT,
	    [FAILS_DIRTY] = ERR_INVALID,
	    [FULL] = ERR_FULL};
	size_t good = 0;

	for (size_t i = 0; i < count; i++) {
		CHECK_EQ(jobs[i].number, jobs[i].done, 1);
		CHECK_EQ(jobs[i].number, jobs[i].failed_as,
		    want[jobs[i].behaviour]);
		good += jobs[i].behaviour == GOOD;
	}
	return good;
}

TEST(jobs_of_ten_threads_are_each_done_once)
{
	for (size_t i = 0; i < COUNT(backends); i++) {
		AUTO(store_close)
		struct store *store = fresh_store(backends[i]);
		struct writer_options options = {.store = store,
		    .max_items = 50,
		    .max_bytes = 1 << 20};
		AUTO(writer_stop)
		struct writer *writer = writer_start(&options);
		g_autofree struct submitter *s = g_new0(struct submitter,
		    THREADS);
		pthread_t thread[THREADS];
		size_t good = 0;

		for (unsigned n = 0; n < THREADS; n++) {
			s[n].writer = writer;
			s[n].index = n;
			CHECK(pthread_create(&thread[n], NULL, submit_all,
				  &s[n]) == 0);
		}
		for (unsigned n = 0; n < THREADS; n++)
			(void)pthread_join(thread[n], NULL);
		writer_stop(&writer);
		for (unsigned n = 0; n < THREADS; n++)
			good += check_jobs(s[n].jobs, JOBS);
		CHECK(good > 0 && good < THREADS * JOBS);
		check_store(store, good);
	}
}

/* ---- commits that fail --------------------------------------------------- */

static struct {
	atomic_int countdown; /* commits until the next failure; < 0: never */
	enum err_kind as;
	bool is_done_nevertheless;
} failing;

static bool
failing_commit(void *env, void *txn, GError **error)
{
	if (atomic_fetch_sub(&failing.countdown, 1) != 0)
		return backend_mem.write_commit(env, txn, error);
	if (failing.is_done_nevertheless)
		(void)backend_mem.write_commit(env, txn, NULL);
	else
		backend_mem.write_abort(env, txn);
	return fail(error, failing.as, "committing: made to fail");
}

static struct backend
failing_backend(int after, enum err_kind as, bool is_done_nevertheless)
{
	struct backend backend = backend_mem;

	backend.write_commit = failing_commit;
	failing.as = as;
	failing.is_done_nevertheless = is_done_nevertheless;
	atomic_store(&failing.countdown, after + 1); /* the first makes it */
	return backend;
}

static void
on_fatal(void *arg)
{
	atomic_fetch_add((atomic_int *)arg, 1);
}

static void
run_jobs(const struct backend *backend, struct test_job *jobs, size_t count,
    atomic_int *fatals)
{
	AUTO(store_close) struct store *store = fresh_store(backend);
	struct writer_options options = {.store = store,
	    .max_items = 1000,
	    .max_bytes = 1 << 20,
	    .fatal = on_fatal,
	    .arg = fatals};
	AUTO(writer_stop) struct writer *writer = writer_start(&options);

	for (size_t i = 0; i < count; i++) {
		job_init(&jobs[i], i + 1, GOOD);
		CHECK(writer_submit(writer, &jobs[i].job, 1));
	}
	writer_stop(&writer);
	if (atomic_load(fatals) == 0)
		check_store(store, count);
}

TEST(a_full_commit_is_repeated_job_by_job)
{
	struct backend backend = failing_backend(0, ERR_FULL, false);
	struct test_job jobs[30];
	atomic_int fatals = 0;
	size_t failed = 0;

	run_jobs(&backend, jobs, COUNT(jobs), &fatals);
	CHECK_EQ(0, fatals, 0);
	for (size_t i = 0; i < COUNT(jobs); i++) {
		CHECK_EQ(i, jobs[i].done, 1);
		failed += jobs[i].failed_as != ERR_COUNT;
	}
	CHECK_EQ(0, failed, 0);
}

/* Answered are the first ones, each once, and not all. */
static void
check_answered_first(const struct test_job *jobs, size_t count)
{
	size_t answered = 0;

	for (size_t i = 0; i < count; i++) {
		CHECK(jobs[i].done <= 1);
		answered += jobs[i].done;
		if (jobs[i].done == 1)
			CHECK_EQ(i, answered, i + 1);
	}
	CHECK(answered < count);
}

TEST(after_a_commit_in_doubt_nobody_is_answered)
{
	for (int i = 0; i < 6; i++) {
		bool is_done_nevertheless = i % 2 == 0;
		struct backend backend = failing_backend(i / 2, ERR_FATAL,
		    is_done_nevertheless);
		struct test_job jobs[900];
		atomic_int fatals = 0;

		run_jobs(&backend, jobs, COUNT(jobs), &fatals);
		CHECK_EQ(i, fatals, 1);
		check_answered_first(jobs, COUNT(jobs));
	}
}

TEST(a_command_alone_is_committed_or_says_why_not)
{
	for (size_t i = 0; i < COUNT(backends); i++) {
		AUTO(store_close)
		struct store *store = fresh_store(backends[i]);
		static const enum behaviour row[] = {GOOD, REFUSED,
		    FAILS_DIRTY};

		for (size_t n = 0; n < COUNT(row); n++) {
			struct test_job job;
			g_autoptr(GError) error = NULL;

			job_init(&job, n + 1, row[n]);
			CHECK_EQ(n, writer_run_alone(store, &job.job, &error),
			    row[n] == GOOD);
			CHECK_EQ(n, error == NULL, row[n] == GOOD);
		}
		check_store(store, 1);
	}
}

static void
on_config(void *arg, const struct view *view)
{
	struct key key = key_1(TABLE_OUTBOX, 1);
	struct slice value;

	/* Told before the answers, with a view of what was committed. */
	CHECK_EQ(0, view_get(view, &key, &value, NULL), FOUND_YES);
	++*(int *)arg;
}

static bool
config_run(struct write_job *job, struct wtxn *w, GError **error)
{
	wtxn_touch_config(w);
	return job_run(job, w, error);
}

TEST(a_batch_that_touched_the_configuration_is_told)
{
	AUTO(store_close) struct store *store = fresh_store(&backend_mem);
	int told = 0;
	struct writer_options options = {.store = store,
	    .max_items = 10,
	    .max_bytes = 1 << 20,
	    .config_changed = on_config,
	    .arg = &told};
	AUTO(writer_stop) struct writer *writer = writer_start(&options);
	struct test_job plain;
	struct test_job job;

	job_init(&job, 1, GOOD);
	job.job.run = config_run;
	CHECK(writer_submit(writer, &job.job, 1));
	while (atomic_load(&job.done) == 0)
		g_usleep(100);
	job_init(&plain, 2, GOOD);
	CHECK(writer_submit(writer, &plain.job, 1));
	writer_stop(&writer);
	CHECK_EQ(0, told, 1);
}
