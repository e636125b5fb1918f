/* SPDX-License-Identifier: MIT */
/*
 * libevent's base, the calls posted from other threads and the signals. A
 * post appends to a list under a mutex; only the one that finds the list
 * empty writes to the eventfd, so many posts cost one wake-up. The base does
 * not cache the time: a timer armed after long work counts from then on, not
 * from the start of the turn. Owner: loop; loop_post and loop_stop: any.
 */
#include "net/loop.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/thread.h>

#include "base/err.h"
#include "net/private.h"

#define LOOP_MAGIC    0x4c4f4f50u
#define HANDLER_MAGIC 0x5349474eu
#define MS_PER_SECOND 1000
#define US_PER_MS     1000

struct handler {
	unsigned magic;
	struct event *event;
	void (*fn)(void *arg);
	void *arg;
};

struct loop {
	unsigned magic;
	struct event_base *base;
	struct event *wake;
	int wake_fd;
	atomic_bool is_stopping;
	pthread_mutex_t lock; /* of the two below */
	struct loop_call *first;
	struct loop_call *last;
	GPtrArray *handlers;
};

struct event_base *
loop_base(const struct loop *loop)
{
	return loop->base;
}

struct timeval
loop_timeval(unsigned ms)
{
	return (struct timeval){
	    .tv_sec = ms / MS_PER_SECOND,
	    .tv_usec = (suseconds_t)(ms % MS_PER_SECOND) * US_PER_MS,
	};
}

static void
prepare_process(void)
{
	static const struct sigaction ignore = {.sa_handler = SIG_IGN};

	(void)evthread_use_pthreads();
	(void)sigaction(SIGPIPE, &ignore, NULL);
}

static void
run_calls(struct loop_call *call)
{
	while (call != NULL) {
		struct loop_call *next = call->next;

		call->run(call); /* may free or post it again */
		call = next;
	}
}

static void
on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct loop *loop = OBJ(loop, LOOP_MAGIC, arg);
	struct loop_call *list;
	uint64_t count;

	(void)what;
	/* Before the list is taken: a later post then wakes us again. */
	if (read(fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
		assert(errno == EINTR);
	(void)pthread_mutex_lock(&loop->lock);
	list = loop->first;
	loop->first = NULL;
	loop->last = NULL;
	(void)pthread_mutex_unlock(&loop->lock);
	run_calls(list);
	if (atomic_load(&loop->is_stopping))
		(void)event_base_loopbreak(loop->base);
}

static void
wake(struct loop *loop)
{
	static const uint64_t one = 1;

	while (write(loop->wake_fd, &one, sizeof(one)) < 0)
		if (errno != EINTR)
			break; /* EAGAIN: it is awake */
}

static struct event_base *
base_new(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base;

	(void)event_config_set_flag(config, EVENT_BASE_FLAG_NO_CACHE_TIME);
	base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

static void
handler_free(void *memory)
{
	struct handler *h = memory;

	event_free(h->event);
	g_free(h);
}

struct loop *
loop_new(GError **error)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	AUTO(loop_free) struct loop *loop = g_new0(struct loop, 1);

	(void)pthread_once(&once, prepare_process);
	loop->magic = LOOP_MAGIC;
	(void)pthread_mutex_init(&loop->lock, NULL);
	loop->handlers = g_ptr_array_new_with_free_func(handler_free);
	loop->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (loop->wake_fd < 0)
		return fail_null(error, ERR_TEMP, "eventfd: %s",
		    g_strerror(errno));
	loop->base = base_new();
	if (loop->base == NULL)
		return fail_null(error, ERR_TEMP, "starting the event loop: %s",
		    g_strerror(errno));
	loop->wake = event_new(loop->base, loop->wake_fd, EV_READ | EV_PERSIST,
	    on_wake, loop);
	if (loop->wake == NULL || event_add(loop->wake, NULL) != 0)
		return fail_null(error, ERR_TEMP,
		    "the event loop takes no descriptor");
	return g_steal_pointer(&loop);
}

void
loop_free(struct loop **loop)
{
	struct loop *l = loop != NULL ? *loop : NULL;

	if (l == NULL)
		return;
	g_ptr_array_unref(l->handlers);
	if (l->wake != NULL)
		event_free(l->wake);
	if (l->base != NULL)
		event_base_free(l->base);
	if (l->wake_fd >= 0)
		(void)close(l->wake_fd); /* nothing buffered */
	(void)pthread_mutex_destroy(&l->lock);
	g_clear_pointer(loop, g_free);
}

void
loop_run(struct loop *loop)
{
	thread_enter(THREAD_LOOP, "loop");
	/* A stop that came before the base ran wakes it up again. */
	while (!atomic_load(&loop->is_stopping))
		if (event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY) < 0)
			g_error("event loop: %s", g_strerror(errno));
	atomic_store(&loop->is_stopping, false);
}

void
loop_stop(struct loop *loop)
{
	atomic_store(&loop->is_stopping, true);
	(void)event_base_loopbreak(loop->base);
	wake(loop);
}

void
loop_post(struct loop *loop, struct loop_call *call)
{
	bool is_first;

	call->next = NULL;
	(void)pthread_mutex_lock(&loop->lock);
	is_first = loop->first == NULL;
	if (is_first)
		loop->first = call;
	else
		loop->last->next = call;
	loop->last = call;
	(void)pthread_mutex_unlock(&loop->lock);
	if (is_first)
		wake(loop);
}

static void
on_signal(evutil_socket_t number, short what, void *arg)
{
	const struct handler *h = OBJ(handler, HANDLER_MAGIC, arg);

	(void)number;
	(void)what;
	h->fn(h->arg);
}

void
loop_on_signal(struct loop *loop, int signal_number, void (*fn)(void *arg),
    void *arg)
{
	struct handler *h = g_new0(struct handler, 1);

	h->magic = HANDLER_MAGIC;
	h->fn = fn;
	h->arg = arg;
	h->event = evsignal_new(loop->base, signal_number, on_signal, h);
	if (h->event == NULL || event_add(h->event, NULL) != 0)
		g_error("signal %d cannot be caught", signal_number);
	g_ptr_array_add(loop->handlers, h);
}
