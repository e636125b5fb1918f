/* SPDX-License-Identifier: MIT */
/* net/loop and net/timer: posts from threads, stops, signals, times. */
#include "net/loop.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "base/clk.h"
#include "net/timer.h"
#include "tests/lib/test.h"

#define POSTERS 3
#define POSTS   1000 /* a poster */

struct counted {
	struct loop_call call; /* first */
	struct shared *shared;
	int poster;
	int number;
};

struct shared {
	struct loop *loop;
	int next[POSTERS];
	int done;
	int out_of_order;
	struct counted call[POSTERS][POSTS];
};

static void
run_counted(struct loop_call *call)
{
	struct counted *c = (struct counted *)call;
	struct shared *s = c->shared;

	if (s->next[c->poster]++ != c->number)
		s->out_of_order++;
	if (++s->done == POSTERS * POSTS)
		loop_stop(s->loop);
}

static void *
post_all(void *arg)
{
	struct counted *first = arg;

	for (int i = 0; i < POSTS; i++)
		loop_post(first[i].shared->loop, &first[i].call);
	return NULL;
}

static struct loop *
new_loop(void)
{
	g_autoptr(GError) error = NULL;
	struct loop *loop = loop_new(&error);

	CHECK_OK(loop != NULL, error);
	return loop;
}

TEST(posts_run_once_and_in_order)
{
	g_autofree struct shared *s = g_new0(struct shared, 1);
	pthread_t thread[POSTERS];

	s->loop = new_loop();
	for (int p = 0; p < POSTERS; p++) {
		for (int i = 0; i < POSTS; i++)
			s->call[p][i] = (struct counted){
			    .call.run = run_counted,
			    .shared = s,
			    .poster = p,
			    .number = i,
			};
		CHECK(pthread_create(&thread[p], NULL, post_all, s->call[p]) ==
		    0);
	}
	loop_run(s->loop);
	for (int p = 0; p < POSTERS; p++)
		(void)pthread_join(thread[p], NULL);
	CHECK_EQ(0, s->done, POSTERS * POSTS);
	CHECK_EQ(0, s->out_of_order, 0);
	CHECK_EQ(0, thread_role(), THREAD_LOOP);
	loop_free(&s->loop);
}

TEST(a_stop_before_the_run_is_not_lost)
{
	AUTO(loop_free) struct loop *loop = new_loop();

	loop_stop(loop);
	loop_run(loop);
	CHECK(true);
}

struct ticks {
	struct loop *loop;
	struct timer *timer;
	int64_t at;
	int count;
};

static void
stop_at_time(void *arg)
{
	struct ticks *t = arg;

	t->count++;
	t->at = clk_monotonic_us();
	timer_free(&t->timer);
	loop_stop(t->loop);
}

TEST(a_timer_fires_once_where_it_was_moved_to)
{
	struct ticks t = {.loop = new_loop()};
	const int64_t start = clk_monotonic_us();

	t.timer = timer_new(t.loop, stop_at_time, &t);
	timer_arm(t.timer, 60000);
	timer_arm(t.timer, 30);
	loop_run(t.loop);
	CHECK_EQ(0, t.count, 1);
	CHECK(t.at - start >= 25000 && t.at - start < 20 * CLK_SECOND);
	loop_free(&t.loop);
}

static void
count_tick(void *arg)
{
	((struct ticks *)arg)->count++;
}

TEST(a_disarmed_timer_is_silent)
{
	struct ticks t = {.loop = new_loop()};
	AUTO(timer_free)
	struct timer *silent = timer_new(t.loop, count_tick, &t);

	t.timer = timer_new(t.loop, stop_at_time, &t);
	timer_arm(silent, 1);
	timer_disarm(silent);
	timer_disarm(silent);
	timer_arm(t.timer, 20);
	loop_run(t.loop);
	CHECK_EQ(0, t.count, 1);
	timer_free(&silent);
	loop_free(&t.loop);
}

static void
stop_on_signal(void *arg)
{
	loop_stop(arg);
}

TEST(a_signal_is_a_callback)
{
	AUTO(loop_free) struct loop *loop = new_loop();

	loop_on_signal(loop, SIGUSR1, stop_on_signal, loop);
	CHECK_EQ(0, kill(getpid(), SIGUSR1), 0);
	loop_run(loop);
}
