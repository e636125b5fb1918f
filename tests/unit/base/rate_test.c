/* SPDX-License-Identifier: MIT */
/* base/rate: counts within hours, in bounded memory, whoever comes. */
#include "base/rate.h"

#include <pthread.h>

#include "base/clk.h"
#include "tests/lib/test.h"

#define START INT64_C(1800000000000000)

TEST(a_key_is_counted_within_its_hour)
{
	static const struct {
		uint64_t key;
		int64_t after; /* the start */
		unsigned count;
	} row[] = {
	    {1, 0,                1},
	    {1, 0,                2},
	    {2, CLK_MINUTE,       1},
	    {1, CLK_HOUR - 1,     3},
	    {1, CLK_HOUR,         1}, /* exactly 3,600 s after the first */
	    {1, CLK_HOUR,         2},
	    {2, CLK_HOUR,         2},
	    {2, 61 * CLK_MINUTE,  1},
	    {1, 2 * CLK_HOUR - 1, 3},
	    {1, 9 * CLK_HOUR,     1},
	    {0, 9 * CLK_HOUR,     1},
	    {0, 9 * CLK_HOUR,     2},
	};
	AUTO(rate_free) struct rate *rate = rate_new(100);

	for (size_t i = 0; i < COUNT(row); i++) {
		const int64_t now = START + row[i].after;

		CHECK_EQ(i, rate_peek(rate, row[i].key, now), row[i].count);
		CHECK_EQ(i, rate_peek(rate, row[i].key, now), row[i].count);
		CHECK_EQ(i, rate_add(rate, row[i].key, now), row[i].count);
	}
}

TEST(a_clock_that_was_put_back_locks_nobody_out)
{
	static const int64_t back[] = {1, CLK_HOUR, 1000 * CLK_DAY, START,
	    START - INT64_MIN / 2};

	for (size_t i = 0; i < COUNT(back); i++) {
		AUTO(rate_free) struct rate *rate = rate_new(2);

		for (unsigned n = 1; n <= 50; n++)
			CHECK_EQ(i, rate_add(rate, 1, START), n);
		CHECK_EQ(i, rate_peek(rate, 1, START - back[i]), 1);
		CHECK_EQ(i, rate_add(rate, 1, START - back[i]), 1);
		CHECK_EQ(i, rate_add(rate, 1, START - back[i]), 2);
	}
}

TEST(any_time_is_taken)
{
	static const int64_t at[] = {INT64_MIN, INT64_MAX, 0, INT64_MAX,
	    INT64_MIN, -1};
	AUTO(rate_free) struct rate *rate = rate_new(1);

	for (size_t i = 0; i < COUNT(at); i++) {
		CHECK_EQ(i, rate_add(rate, 1, at[i]), 1);
		CHECK_EQ(i, rate_add(rate, 1, at[i]), 2);
		CHECK_EQ(i, rate_add(rate, i + 7, at[i]), 1);
	}
}

TEST(those_that_came_least_give_way)
{
	AUTO(rate_free) struct rate *rate = rate_new(3);

	CHECK_EQ(0, rate_add(rate, 1, START), 1);
	CHECK_EQ(1, rate_add(rate, 1, START), 2);
	CHECK_EQ(2, rate_add(rate, 2, START), 1);
	CHECK_EQ(3, rate_add(rate, 3, START), 1);
	CHECK_EQ(4, rate_add(rate, 3, START), 2);
	CHECK_EQ(5, rate_add(rate, 4, START), 1); /* for 2 */
	CHECK_EQ(6, rate_peek(rate, 1, START), 3);
	CHECK_EQ(7, rate_peek(rate, 2, START), 1);
	CHECK_EQ(8, rate_peek(rate, 3, START), 3);
	CHECK_EQ(9, rate_peek(rate, 4, START), 2);
}

TEST(those_whose_hour_is_over_give_way_first)
{
	const int64_t later = START + CLK_HOUR;
	AUTO(rate_free) struct rate *rate = rate_new(2);

	for (unsigned n = 1; n <= 500; n++)
		CHECK_EQ(n, rate_add(rate, 1, START), n);
	CHECK_EQ(0, rate_add(rate, 2, later), 1);
	CHECK_EQ(1, rate_add(rate, 3, later), 1); /* for 1 */
	CHECK_EQ(2, rate_peek(rate, 2, later), 2);
	CHECK_EQ(3, rate_peek(rate, 1, START), 1);
}

/* A million senders: keys over their limit are still known behind them. */
TEST(a_flood_of_keys_does_not_push_out_those_over_a_limit)
{
	enum { LIMITED = 100, LIMIT = 60, PLACES = 1000, FLOOD = 1000000 };
	AUTO(rate_free) struct rate *rate = rate_new(PLACES);
	const int64_t before = clk_monotonic_us();

	for (uint64_t key = 0; key < LIMITED; key++)
		for (unsigned n = 1; n <= LIMIT; n++)
			CHECK_EQ(key, rate_add(rate, key, START), n);
	for (uint64_t key = LIMITED; key < FLOOD; key++)
		CHECK_EQ(key, rate_add(rate, key << 20, START + 1), 1);
	for (uint64_t key = 0; key < LIMITED; key++)
		CHECK_EQ(key, rate_add(rate, key, START + 2), LIMIT + 1);
	CHECK(clk_monotonic_us() - before < 30 * CLK_SECOND);
}

/* Against a plain model, with as many places as keys. */
TEST(counts_are_those_of_a_plain_model)
{
	enum { KEYS = 50, STEPS = 200000 };
	struct {
		int64_t began_at;
		unsigned count;
	} model[KEYS] = {0};
	AUTO(rate_free) struct rate *rate = rate_new(KEYS);
	int64_t now = START;

	for (unsigned i = 0; i < STEPS; i++) {
		const uint64_t key = (uint64_t)g_test_rand_int_range(0, KEYS);

		now += g_test_rand_int_range(-1000, 60 * 1000 * 1000);
		if (model[key].count == 0 || now < model[key].began_at ||
		    now - model[key].began_at >= CLK_HOUR) {
			model[key].began_at = now;
			model[key].count = 0;
		}
		model[key].count++;
		CHECK_EQ(i, rate_add(rate, key * key, now), model[key].count);
	}
}

#define THREADS 4
#define ROUNDS  20000

static void *
peek_all(void *arg)
{
	const struct rate *rate = arg;
	intptr_t wrong = 0;

	for (unsigned i = 0; i < ROUNDS; i++)
		wrong += rate_peek(rate, i % 5, START) > ROUNDS;
	return (void *)wrong;
}

TEST(readers_look_while_a_writer_counts)
{
	AUTO(rate_free) struct rate *rate = rate_new(3);
	pthread_t reader[THREADS];

	for (size_t i = 0; i < THREADS; i++)
		CHECK(pthread_create(&reader[i], NULL, peek_all, rate) == 0);
	for (unsigned i = 0; i < ROUNDS; i++)
		CHECK(rate_add(rate, i % 5, START) > 0);
	for (size_t i = 0; i < THREADS; i++) {
		void *wrong = NULL;

		(void)pthread_join(reader[i], &wrong);
		CHECK_EQ(i, (intptr_t)wrong, 0);
	}
}
