/* SPDX-License-Identifier: MIT */
/*
 * One pointer to a shared immutable value under a mutex. References are
 * counted by GLib; they are also given back under the lock, so that the last
 * holder's destruction is ordered after every reader's last look in a way
 * that ThreadSanitizer can see. Any thread.
 */
#include "base/cell.h"

#include <pthread.h>

struct cell {
	pthread_mutex_t lock;
	GDestroyNotify clear;
	void *value;
};

struct cell *
cell_new(GDestroyNotify clear)
{
	struct cell *cell = g_new0(struct cell, 1);

	cell->clear = clear;
	(void)pthread_mutex_init(&cell->lock, NULL);
	return cell;
}

void
cell_free(struct cell **cell)
{
	if (cell == NULL || *cell == NULL)
		return;
	cell_set(*cell, NULL);
	(void)pthread_mutex_destroy(&(*cell)->lock);
	g_clear_pointer(cell, g_free);
}

void
cell_set(struct cell *cell, void *value)
{
	void *old;

	(void)pthread_mutex_lock(&cell->lock);
	old = cell->value;
	cell->value = value;
	(void)pthread_mutex_unlock(&cell->lock);
	cell_release(cell, old);
}

void *
cell_get(struct cell *cell)
{
	void *value;

	(void)pthread_mutex_lock(&cell->lock);
	value = cell->value;
	if (value != NULL)
		value = g_atomic_rc_box_acquire(value);
	(void)pthread_mutex_unlock(&cell->lock);
	return value;
}

void
cell_release(struct cell *cell, void *value)
{
	if (value == NULL)
		return;
	(void)pthread_mutex_lock(&cell->lock);
	if (cell->clear != NULL)
		g_atomic_rc_box_release_full(value, cell->clear);
	else
		g_atomic_rc_box_release(value);
	(void)pthread_mutex_unlock(&cell->lock);
}
