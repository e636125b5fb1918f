/* SPDX-License-Identifier: MIT */
/* base/pool: every job runs once, threads have data of their own. */
#include "base/pool.h"

#include <semaphore.h>
#include <stdatomic.h>

#include "tests/lib/test.h"

#define JOBS 500

struct job {
	struct pool_job job;
	sem_t *wait; /* NULL: does not wait */
	sem_t *started;
};

static atomic_int set_up;
static atomic_int torn_down;
static atomic_int ran;
static atomic_int role_wrong;

static void *
setup(void *arg)
{
	atomic_fetch_add(&set_up, 1);
	return arg;
}

static void
teardown(void *data)
{
	atomic_fetch_add((atomic_int *)data, 1);
}

static void
run(struct pool_job *arg, void *data)
{
	struct job *job = (struct job *)arg;

	if (thread_role() != THREAD_READER || data != &torn_down)
		atomic_fetch_add(&role_wrong, 1);
	if (job->started != NULL)
		(void)sem_post(job->started);
	if (job->wait != NULL)
		(void)sem_wait(job->wait);
	atomic_fetch_add(&ran, 1);
}

static struct pool_options
options(unsigned threads, size_t max_items)
{
	return (struct pool_options){
	    .name = "test",
	    .role = THREAD_READER,
	    .threads = threads,
	    .max_items = max_items,
	    .max_bytes = SIZE_MAX,
	    .setup = setup,
	    .teardown = teardown,
	    .arg = &torn_down,
	};
}

TEST(what_is_queued_runs_before_the_end)
{
	const struct pool_options o = options(3, JOBS);
	g_autofree struct job *job = g_new0(struct job, JOBS);
	struct pool *pool;

	atomic_store(&ran, 0);
	atomic_store(&set_up, 0);
	atomic_store(&torn_down, 0);
	pool = pool_new(&o);
	for (int i = 0; i < JOBS; i++) {
		job[i].job.run = run;
		CHECK_EQ(i, pool_submit(pool, &job[i].job, 1), true);
	}
	pool_free(&pool);
	CHECK(pool == NULL);
	CHECK_EQ(0, ran, JOBS);
	CHECK_EQ(0, set_up, 3);
	CHECK_EQ(0, torn_down, 3);
	CHECK_EQ(0, role_wrong, 0);
}

TEST(a_busy_pool_refuses_above_its_bound)
{
	const struct pool_options o = options(1, 2);
	struct job job[4] = {0};
	struct pool *pool = pool_new(&o);
	sem_t wait;
	sem_t started;

	(void)sem_init(&wait, 0, 0);
	(void)sem_init(&started, 0, 0);
	for (size_t i = 0; i < COUNT(job); i++)
		job[i].job.run = run;
	job[0].wait = &wait;
	job[0].started = &started;
	CHECK(pool_submit(pool, &job[0].job, 1));
	(void)sem_wait(&started);
	CHECK(pool_submit(pool, &job[1].job, 1));
	CHECK(pool_submit(pool, &job[2].job, 1));
	CHECK(!pool_submit(pool, &job[3].job, 1));
	(void)sem_post(&wait);
	pool_free(&pool);
	(void)sem_destroy(&wait);
	(void)sem_destroy(&started);
}
