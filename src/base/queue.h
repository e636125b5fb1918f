/* SPDX-License-Identifier: MIT */
/*
 * A bounded first-in-first-out queue that moves ownership of intrusive nodes
 * from any thread to any thread, on a pthread mutex and conditions
 * (ThreadSanitizer cannot see through GLib's). The bound is in items and in
 * bytes; who may wait and who may not is the caller's choice of function.
 *
 *	struct job { struct queue_node node; ... };
 *	queue_push(q, &job->node, job->len)   job belongs to the queue now
 */
#ifndef BASE_QUEUE_H
#define BASE_QUEUE_H

#include "base/base.h"

struct queue_node {
	struct queue_node *next;
	size_t weight; /* bytes, as given at push */
};

struct queue;

struct queue *queue_new(size_t max_items, size_t max_bytes);
/* The queue must be empty or closed and drained: it frees no items. */
void queue_free(struct queue **q);

/* Appends; false if full or closed, and the item stays the caller's. Never
 * waits. An item heavier than max_bytes fits into an empty queue. */
bool queue_push(struct queue *q, struct queue_node *node, size_t bytes)
    MUST_CHECK;
/* Appends whatever the bounds say, false only if closed: for items whose
 * number is bounded elsewhere (a session waits for at most one answer). */
bool queue_force(struct queue *q, struct queue_node *node, size_t bytes)
    MUST_CHECK;
/* Waits for an item; NULL when closed and empty. */
struct queue_node *queue_pop(struct queue *q);
/* Waits for an item, but no longer than `wait_ms`: an item, or NULL. */
struct queue_node *queue_pop_within(struct queue *q, unsigned wait_ms);
/* Never waits: an item or NULL. */
struct queue_node *queue_try_pop(struct queue *q);
/* Takes all that is there as a list in order (by ->next); NULL if none. */
struct queue_node *queue_take_all(struct queue *q);
/* No pushes from now on; waiting poppers get what is left, then NULL. */
void queue_close(struct queue *q);
bool queue_is_closed(struct queue *q);
size_t queue_count(const struct queue *q);

#endif
