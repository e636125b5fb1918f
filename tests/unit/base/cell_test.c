/* SPDX-License-Identifier: MIT */
/* base/cell: the last holder clears, readers see whole values. */
#include "base/cell.h"

#include <pthread.h>
#include <stdatomic.h>

#include "tests/lib/test.h"

#define READERS 3
#define SWAPS   500

struct value {
	int one;
	int same;
};

static atomic_int cleared;

static void
clear(void *memory)
{
	struct value *v = memory;

	v->one = -1;
	v->same = -2;
	atomic_fetch_add(&cleared, 1);
}

static struct value *
value_new(int n)
{
	struct value *v = g_atomic_rc_box_new0(struct value);

	v->one = n;
	v->same = n;
	return v;
}

TEST(a_held_value_outlives_its_place)
{
	AUTO(cell_free) struct cell *cell = cell_new(clear);
	struct value *v;

	atomic_store(&cleared, 0);
	CHECK(cell_get(cell) == NULL);
	cell_set(cell, value_new(1));
	v = cell_get(cell);
	cell_set(cell, value_new(2));
	CHECK_EQ(0, v->one, 1);
	CHECK_EQ(0, cleared, 0);
	cell_release(cell, v);
	CHECK_EQ(1, cleared, 1);
	cell_set(cell, NULL);
	CHECK_EQ(2, cleared, 2);
	CHECK(cell_get(cell) == NULL);
}

static void *
read_all(void *arg)
{
	struct cell *cell = arg;
	intptr_t wrong = 0;

	for (int i = 0; i < SWAPS; i++) {
		struct value *v = cell_get(cell);

		wrong += v->one != v->same;
		cell_release(cell, v);
	}
	return (void *)wrong;
}

TEST(readers_see_whole_values)
{
	AUTO(cell_free) struct cell *cell = cell_new(clear);
	pthread_t reader[READERS];

	cell_set(cell, value_new(0));
	for (size_t i = 0; i < READERS; i++)
		CHECK(pthread_create(&reader[i], NULL, read_all, cell) == 0);
	for (int i = 1; i < SWAPS; i++)
		cell_set(cell, value_new(i));
	for (size_t i = 0; i < READERS; i++) {
		void *wrong = NULL;

		(void)pthread_join(reader[i], &wrong);
		CHECK_EQ(i, (intptr_t)wrong, 0);
	}
}
