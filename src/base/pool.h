/* SPDX-License-Identifier: MIT */
/*
 * A fixed number of threads that take jobs from one bounded queue. A job is
 * an intrusive node with the function that runs it; the function owns the
 * job from then on and hands its result over itself (loop_post, a queue).
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include "base/base.h"
#include "base/queue.h"

struct pool_job {
	struct queue_node node; /* first */
	/* `thread_data` is what `setup` returned on this thread. */
	void (*run)(struct pool_job *job, void *thread_data);
};

struct pool_options {
	const char *name; /* of the threads */
	enum thread_role role;
	unsigned threads;
	size_t max_items;
	size_t max_bytes;
	/* Both may be NULL. Called on each thread at its start and end. */
	void *(*setup)(void *arg);
	void (*teardown)(void *thread_data);
	void *arg;
};

struct pool;

struct pool *pool_new(const struct pool_options *options);
/* False if full or stopping; the job stays the caller's. */
bool pool_submit(struct pool *pool, struct pool_job *job, size_t bytes)
    MUST_CHECK;
/* Runs what is queued, joins the threads, frees. */
void pool_free(struct pool **pool);

#endif
