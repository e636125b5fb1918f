/* SPDX-License-Identifier: MIT */
/* base/queue: order, bounds, closing, many threads. */
#include "base/queue.h"

#include <pthread.h>
#include <stdatomic.h>

#include "tests/lib/test.h"

#define PUSHERS 4
#define POPPERS 3
#define ITEMS   2000 /* a pusher */

struct item {
	struct queue_node node;
	int number;
};

static int
number_of(struct queue_node *node)
{
	return ((struct item *)node)->number;
}

TEST(items_come_out_in_the_order_of_pushing)
{
	struct item item[5] = {0};
	AUTO(queue_free) struct queue *q = queue_new(5, 100);
	struct queue_node *list;

	for (int i = 0; i < 5; i++) {
		item[i].number = i;
		CHECK_EQ(i, queue_push(q, &item[i].node, 1), true);
	}
	CHECK_EQ(0, queue_count(q), 5);
	CHECK_EQ(0, number_of(queue_pop(q)), 0);
	CHECK_EQ(1, number_of(queue_try_pop(q)), 1);
	list = queue_take_all(q);
	for (int i = 2; i < 5; i++, list = list->next)
		CHECK_EQ(i, number_of(list), i);
	CHECK(list == NULL);
	CHECK(queue_try_pop(q) == NULL);
	CHECK(queue_take_all(q) == NULL);
	CHECK_EQ(0, queue_count(q), 0);
}

TEST(a_full_queue_refuses)
{
	static const struct {
		size_t max_items;
		size_t max_bytes;
		size_t bytes[3];
		bool is_taken[3];
	} row[] = {
	    {2, 100, {1, 1, 1},        {true, true, false} },
	    {9, 100, {50, 50, 1},      {true, true, false} },
	    {9, 100, {60, 50, 40},     {true, false, true} },
	    {9, 100, {500, 1, 0},      {true, false, false}},
	    {9, 100, {100, 0, 1},      {true, true, false} },
	    {9, 100, {1, SIZE_MAX, 1}, {true, false, true} },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		AUTO(queue_free)
		struct queue *q = queue_new(row[i].max_items, row[i].max_bytes);
		struct item item[3] = {0};

		for (size_t j = 0; j < 3; j++)
			CHECK_EQ(i * 10 + j,
			    queue_push(q, &item[j].node, row[i].bytes[j]),
			    row[i].is_taken[j]);
		(void)queue_take_all(q);
	}
}

TEST(what_was_taken_gives_its_room_back)
{
	AUTO(queue_free) struct queue *q = queue_new(9, 10);
	struct item item[4] = {0};

	CHECK(queue_push(q, &item[0].node, 6));
	CHECK(queue_push(q, &item[1].node, 4));
	CHECK(!queue_push(q, &item[2].node, 1));
	CHECK(queue_pop(q) == &item[0].node);
	CHECK(queue_push(q, &item[2].node, 6));
	CHECK(!queue_push(q, &item[3].node, 1));
	(void)queue_take_all(q);
	CHECK(queue_push(q, &item[0].node, 5));
	CHECK(queue_push(q, &item[3].node, 5));
	(void)queue_take_all(q);
}

TEST(an_answer_is_forced_into_a_full_queue)
{
	AUTO(queue_free) struct queue *q = queue_new(1, 10);
	struct item item[3] = {0};

	CHECK(queue_push(q, &item[0].node, 1));
	CHECK(!queue_push(q, &item[1].node, 1));
	CHECK(queue_force(q, &item[1].node, 1));
	CHECK_EQ(0, queue_count(q), 2);
	queue_close(q);
	CHECK(!queue_force(q, &item[2].node, 1));
	CHECK(!queue_push(q, &item[2].node, 1));
	CHECK(queue_pop(q) == &item[0].node);
	CHECK(queue_pop(q) == &item[1].node);
	CHECK(queue_pop(q) == NULL);
}

struct exchange {
	struct queue *q;
	atomic_int next_pusher;
	_Atomic int64_t sum;
	struct item item[PUSHERS][ITEMS];
};

static void *
push_all(void *arg)
{
	struct exchange *x = arg;
	struct item *item = x->item[atomic_fetch_add(&x->next_pusher, 1)];

	for (int i = 0; i < ITEMS; i++) {
		item[i].number = i;
		while (!queue_push(x->q, &item[i].node, 1))
			g_usleep(10);
	}
	return NULL;
}

static void *
pop_all(void *arg)
{
	struct exchange *x = arg;
	struct queue_node *node;

	while ((node = queue_pop(x->q)) != NULL)
		atomic_fetch_add(&x->sum, number_of(node));
	return NULL;
}

TEST(threads_hand_over_each_item_once)
{
	g_autofree struct exchange *x = g_new0(struct exchange, 1);
	pthread_t pusher[PUSHERS];
	pthread_t popper[POPPERS];

	x->q = queue_new(64, SIZE_MAX);
	for (size_t i = 0; i < POPPERS; i++)
		CHECK(pthread_create(&popper[i], NULL, pop_all, x) == 0);
	for (size_t i = 0; i < PUSHERS; i++)
		CHECK(pthread_create(&pusher[i], NULL, push_all, x) == 0);
	for (size_t i = 0; i < PUSHERS; i++)
		(void)pthread_join(pusher[i], NULL);
	queue_close(x->q);
	for (size_t i = 0; i < POPPERS; i++)
		(void)pthread_join(popper[i], NULL);
	CHECK_EQ(0, x->sum, (int64_t)PUSHERS * ITEMS * (ITEMS - 1) / 2);
	queue_free(&x->q);
}

TEST(a_wait_ends_with_an_item_its_time_or_the_queue)
{
	struct item item = {.number = 7};
	struct queue *q = queue_new(4, SIZE_MAX);

	CHECK(queue_pop_within(q, 1) == NULL);
	CHECK(!queue_is_closed(q));
	CHECK(queue_push(q, &item.node, 1));
	CHECK(queue_pop_within(q, 60000) == &item.node);
	queue_close(q);
	CHECK(queue_pop_within(q, 60000) == NULL);
	CHECK(queue_is_closed(q));
	queue_free(&q);
}
