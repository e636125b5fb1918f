/* SPDX-License-Identifier: MIT */
/*
 * A fixed pool of threads on one bounded queue. All signals are blocked on
 * its threads, so that they reach the loop. A thread that cannot be started
 * is fatal: this happens at start-up only.
 */
#include "base/pool.h"

#include <pthread.h>
#include <signal.h>

struct pool {
	struct pool_options options;
	struct queue *jobs;
	unsigned count;
	pthread_t thread[];
};

static void *
pool_thread(void *arg)
{
	struct pool *pool = arg;
	const struct pool_options *o = &pool->options;
	struct queue_node *node;
	void *data;

	thread_enter(o->role, o->name);
	data = o->setup != NULL ? o->setup(o->arg) : NULL;
	while ((node = queue_pop(pool->jobs)) != NULL) {
		struct pool_job *job = (struct pool_job *)node;

		job->run(job, data);
	}
	if (o->teardown != NULL)
		o->teardown(data);
	return NULL;
}

struct pool *
pool_new(const struct pool_options *options)
{
	struct pool *pool = g_malloc0(
	    sizeof(*pool) + options->threads * sizeof(pool->thread[0]));
	sigset_t all;
	sigset_t before;

	pool->options = *options;
	pool->jobs = queue_new(options->max_items, options->max_bytes);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	for (; pool->count < options->threads; pool->count++) {
		const int failed = pthread_create(&pool->thread[pool->count],
		    NULL, pool_thread, pool);

		if (failed != 0)
			g_error("starting a thread: %s", g_strerror(failed));
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return pool;
}

bool
pool_submit(struct pool *pool, struct pool_job *job, size_t bytes)
{
	return queue_push(pool->jobs, &job->node, bytes);
}

void
pool_free(struct pool **pool)
{
	if (pool == NULL || *pool == NULL)
		return;
	queue_close((*pool)->jobs);
	for (unsigned i = 0; i < (*pool)->count; i++)
		(void)pthread_join((*pool)->thread[i], NULL);
	queue_free(&(*pool)->jobs);
	g_clear_pointer(pool, g_free);
}
