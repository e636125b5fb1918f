/* SPDX-License-Identifier: MIT */
/*
 * The bounded queue: a singly linked list under one mutex, one condition for
 * those who wait for an item. Signals are given with the lock held, because
 * the popper may be the one who frees the queue. The count is atomic only so
 * that queue_count needs no lock. Any thread.
 */
#include "base/queue.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#define NS_PER_SECOND 1000000000L
#define NS_PER_MS     1000000L

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct queue_node *first;
	struct queue_node *last;
	_Atomic size_t count;
	size_t bytes;
	size_t max_items;
	size_t max_bytes;
	bool is_closed;
};

struct queue *
queue_new(size_t max_items, size_t max_bytes)
{
	struct queue *q = g_new0(struct queue, 1);
	pthread_condattr_t monotonic;

	q->max_items = max_items;
	q->max_bytes = max_bytes;
	(void)pthread_mutex_init(&q->lock, NULL);
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&q->more, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
	return q;
}

void
queue_free(struct queue **q)
{
	if (q == NULL || *q == NULL)
		return;
	assert((*q)->first == NULL);
	(void)pthread_cond_destroy(&(*q)->more);
	(void)pthread_mutex_destroy(&(*q)->lock);
	g_clear_pointer(q, g_free);
}

size_t
queue_count(const struct queue *q)
{
	return atomic_load_explicit(&q->count, memory_order_relaxed);
}

static void
set_count(struct queue *q, size_t count)
{
	atomic_store_explicit(&q->count, count, memory_order_relaxed);
}

static bool
has_room(const struct queue *q, size_t bytes)
{
	const size_t count = queue_count(q);

	if (count == 0)
		return q->max_items > 0;
	return count < q->max_items && q->bytes <= q->max_bytes &&
	    bytes <= q->max_bytes - q->bytes;
}

static void
append(struct queue *q, struct queue_node *node, size_t bytes)
{
	node->next = NULL;
	node->weight = bytes;
	if (q->last != NULL)
		q->last->next = node;
	else
		q->first = node;
	q->last = node;
	q->bytes += bytes;
	set_count(q, queue_count(q) + 1);
	(void)pthread_cond_signal(&q->more);
}

static struct queue_node *
take_first(struct queue *q)
{
	struct queue_node *node = q->first;

	if (node == NULL)
		return NULL;
	q->first = node->next;
	if (q->first == NULL)
		q->last = NULL;
	q->bytes -= node->weight;
	set_count(q, queue_count(q) - 1);
	node->next = NULL;
	return node;
}

bool
queue_push(struct queue *q, struct queue_node *node, size_t bytes)
{
	bool is_taken;

	(void)pthread_mutex_lock(&q->lock);
	is_taken = !q->is_closed && has_room(q, bytes);
	if (is_taken)
		append(q, node, bytes);
	(void)pthread_mutex_unlock(&q->lock);
	return is_taken;
}

bool
queue_force(struct queue *q, struct queue_node *node, size_t bytes)
{
	bool is_taken;

	(void)pthread_mutex_lock(&q->lock);
	is_taken = !q->is_closed;
	if (is_taken)
		append(q, node, bytes);
	(void)pthread_mutex_unlock(&q->lock);
	return is_taken;
}

struct queue_node *
queue_pop(struct queue *q)
{
	struct queue_node *node;

	(void)pthread_mutex_lock(&q->lock);
	while (q->first == NULL && !q->is_closed)
		(void)pthread_cond_wait(&q->more, &q->lock);
	node = take_first(q);
	(void)pthread_mutex_unlock(&q->lock);
	return node;
}

static struct timespec
time_in(unsigned wait_ms)
{
	struct timespec at;

	(void)clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += wait_ms / 1000;
	at.tv_nsec += (wait_ms % 1000) * NS_PER_MS;
	if (at.tv_nsec >= NS_PER_SECOND) {
		at.tv_sec++;
		at.tv_nsec -= NS_PER_SECOND;
	}
	return at;
}

struct queue_node *
queue_pop_within(struct queue *q, unsigned wait_ms)
{
	const struct timespec until = time_in(wait_ms);
	struct queue_node *node;
	int rc = 0;

	(void)pthread_mutex_lock(&q->lock);
	while (q->first == NULL && !q->is_closed && rc == 0)
		rc = pthread_cond_timedwait(&q->more, &q->lock, &until);
	node = take_first(q);
	(void)pthread_mutex_unlock(&q->lock);
	return node;
}

struct queue_node *
queue_try_pop(struct queue *q)
{
	struct queue_node *node;

	(void)pthread_mutex_lock(&q->lock);
	node = take_first(q);
	(void)pthread_mutex_unlock(&q->lock);
	return node;
}

struct queue_node *
queue_take_all(struct queue *q)
{
	struct queue_node *list;

	(void)pthread_mutex_lock(&q->lock);
	list = q->first;
	q->first = NULL;
	q->last = NULL;
	q->bytes = 0;
	set_count(q, 0);
	(void)pthread_mutex_unlock(&q->lock);
	return list;
}

void
queue_close(struct queue *q)
{
	(void)pthread_mutex_lock(&q->lock);
	q->is_closed = true;
	(void)pthread_cond_broadcast(&q->more);
	(void)pthread_mutex_unlock(&q->lock);
}

bool
queue_is_closed(struct queue *q)
{
	bool is_closed;

	(void)pthread_mutex_lock(&q->lock);
	is_closed = q->is_closed;
	(void)pthread_mutex_unlock(&q->lock);
	return is_closed;
}
