/* SPDX-License-Identifier: MIT */
/*
 * A one-shot timer: one libevent timer and the call it makes. The call may
 * free the timer. Owner: loop.
 */
#include "net/timer.h"

#include <event2/event.h>

#include "net/private.h"

#define TIMER_MAGIC 0x54494d52u

struct timer {
	unsigned magic;
	struct event *event;
	void (*fn)(void *arg);
	void *arg;
};

static void
on_time(evutil_socket_t fd, short what, void *arg)
{
	const struct timer *timer = OBJ(timer, TIMER_MAGIC, arg);

	(void)fd;
	(void)what;
	timer->fn(timer->arg);
}

struct timer *
timer_new(struct loop *loop, void (*fn)(void *arg), void *arg)
{
	struct timer *timer = g_new0(struct timer, 1);

	timer->magic = TIMER_MAGIC;
	timer->fn = fn;
	timer->arg = arg;
	timer->event = evtimer_new(loop_base(loop), on_time, timer);
	assert(timer->event != NULL); /* memory only */
	return timer;
}

void
timer_free(struct timer **timer)
{
	if (timer == NULL || *timer == NULL)
		return;
	event_free((*timer)->event);
	(*timer)->magic = 0;
	g_clear_pointer(timer, g_free);
}

void
timer_arm(struct timer *timer, unsigned ms)
{
	const struct timeval after = loop_timeval(ms);
	const int failed = evtimer_add(timer->event, &after);

	assert(failed == 0);
}

void
timer_disarm(struct timer *timer)
{
	(void)evtimer_del(timer->event); /* not armed is fine */
}
