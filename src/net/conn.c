/* SPDX-License-Identifier: MIT */
/*
 * One stream connection on a bare descriptor. Reading goes straight into one
 * contiguous piece of memory, one read() for each time the loop says there is
 * something; replies that are written during a callback, or between two, leave
 * in one writev(). libevent is told lazily: a paused connection stays armed
 * until bytes really come, a write is waited for only after EAGAIN, the idle
 * timer is moved only when it fires. Hence a mail costs no epoll_ctl().
 *
 * Every callback of libevent runs between conn_enter and conn_leave, so that
 * the owner may free the connection at any place: the memory goes at the end.
 * Owner: loop.
 */
#include "net/conn.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/event.h>

#include "base/clk.h"
#include "net/private.h"
#include "net/timer.h"

#define CONN_MAGIC  0x434f4e4eu
#define READ_FIRST  ((size_t)4096) /* first size of the buffer, and kept */
#define READ_ROOM   ((size_t)1024) /* a read into less is not worth it */
#define LINGER_READ 4096
#define US_PER_MS   1000

enum conn_state {
	CONN_OPEN,
	CONN_FINISHING, /* output leaves, nothing is read */
	CONN_LINGERING, /* our side is shut, waiting for the peer's end */
	CONN_OVER,      /* on_end was called, or the owner has freed it */
};

/* What was read and not consumed: bytes[start..end) of `room`. */
struct input {
	uint8_t *bytes;
	size_t start;
	size_t end;
	size_t room;
	size_t want; /* the room to allocate next */
};

struct conn {
	unsigned magic;
	int fd;
	enum conn_state state;
	unsigned entered; /* callbacks running */
	bool is_freed;    /* by its owner, during a callback */
	bool is_paused;
	bool is_reading; /* libevent waits for bytes */
	bool is_writing; /* libevent waits for room */
	bool is_kicked;  /* on_kick is to run */
	bool is_owed;    /* on_data is owed for what is there */
	struct event *read_event;
	struct event *write_event;
	struct event *kick_event;
	struct timer *idle_timer;
	int64_t moved_at; /* monotonic: the last byte either way */
	struct input in;
	struct evbuffer *out;
	const struct conn_handler *handler;
	struct conn_options options;
	void *arg;
};

static void
input_drop(struct input *in)
{
	g_free(in->bytes);
	in->bytes = NULL;
	in->start = 0;
	in->end = 0;
	in->room = 0;
}

static size_t
input_len(const struct input *in)
{
	return in->end - in->start;
}

/* Room at the end: by moving what is left to the front, then by growing. */
static void
input_make_room(struct input *in, size_t max)
{
	if (in->start > 0 && in->room - in->end < READ_ROOM) {
		memmove(in->bytes, in->bytes + in->start, input_len(in));
		in->end -= in->start;
		in->start = 0;
	}
	if (in->bytes != NULL && in->end < in->room)
		return;
	if (in->end >= in->want)
		in->want = MIN(2 * in->want, max);
	in->bytes = g_realloc(in->bytes, in->want);
	in->room = in->want;
}

/* Stops everything but the memory. */
static void
conn_shut(struct conn *c)
{
	c->state = CONN_OVER;
	g_clear_pointer(&c->read_event, event_free);
	g_clear_pointer(&c->write_event, event_free);
	g_clear_pointer(&c->kick_event, event_free);
	timer_free(&c->idle_timer);
	g_clear_pointer(&c->out, evbuffer_free);
	if (c->fd >= 0)
		(void)close(c->fd); /* unsent bytes were not promised */
	c->fd = -1;
}

static void
conn_destroy(struct conn *c)
{
	input_drop(&c->in);
	c->magic = 0;
	g_free(c);
}

static void
conn_enter(struct conn *c)
{
	c->entered++;
}

static void
conn_leave(struct conn *c)
{
	c->entered--;
	if (c->entered > 0)
		return;
	if (c->is_freed)
		conn_destroy(c);
	else if (input_len(&c->in) == 0 && c->in.room > READ_FIRST)
		input_drop(&c->in); /* large only while it is needed */
}

static void
conn_end(struct conn *c, enum conn_end end)
{
	if (c->state == CONN_OVER)
		return;
	c->state = CONN_OVER;
	(void)event_del(c->read_event);
	(void)event_del(c->write_event);
	(void)event_del(c->kick_event);
	timer_disarm(c->idle_timer);
	c->handler->on_end(c->arg, end);
}

static void
want_read(struct conn *c)
{
	if (!c->is_reading && event_add(c->read_event, NULL) == 0)
		c->is_reading = true;
}

static void
rest_read(struct conn *c)
{
	(void)event_del(c->read_event);
	c->is_reading = false;
}

/* May bytes be read and shown now? */
static bool
may_show(const struct conn *c)
{
	return c->state == CONN_OPEN && !c->is_paused &&
	    (c->options.write_max == 0 ||
		evbuffer_get_length(c->out) <= c->options.write_max);
}

static bool
may_read(const struct conn *c)
{
	return c->state == CONN_LINGERING ||
	    (may_show(c) && input_len(&c->in) < c->options.read_max);
}

/* Has on_kick run soon, from the loop. */
static void
kick(struct conn *c)
{
	if (c->is_kicked || c->state == CONN_OVER)
		return;
	c->is_kicked = true;
	event_active(c->kick_event, 0, 0);
}

static void
write_later(struct conn *c)
{
	if (!c->is_writing && event_add(c->write_event, NULL) == 0)
		c->is_writing = true;
}

/* All has left: the owner may write more, which waits for the next turn. */
static void
drained(struct conn *c)
{
	if (c->is_writing)
		(void)event_del(c->write_event);
	c->is_writing = false;
	if (c->state == CONN_FINISHING) {
		c->state = CONN_LINGERING;
		(void)shutdown(c->fd, SHUT_WR);
		want_read(c);
		return;
	}
	if (c->handler->on_drained != NULL)
		c->handler->on_drained(c->arg);
	if (c->state != CONN_OVER && evbuffer_get_length(c->out) > 0)
		write_later(c);
}

static void
flush(struct conn *c)
{
	int n;

	if (c->state == CONN_OVER || evbuffer_get_length(c->out) == 0)
		return;
	n = evbuffer_write(c->out, c->fd);
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		conn_end(c, CONN_END_ERROR);
		return;
	}
	if (n > 0)
		c->moved_at = clk_monotonic_us();
	if (evbuffer_get_length(c->out) > 0)
		write_later(c);
	else
		drained(c);
}

/* After something changed: goes on with what is possible now. */
static void
go_on(struct conn *c)
{
	if (c->state == CONN_OVER)
		return;
	if (c->is_owed && may_show(c))
		kick(c);
	if (may_read(c))
		want_read(c);
}

static void
show(struct conn *c)
{
	c->is_owed = false;
	c->handler->on_data(c->arg, c->in.bytes + c->in.start,
	    input_len(&c->in));
	if (!c->is_writing)
		flush(c);
	go_on(c);
}

/* Our side is shut: reads to the peer's end, so that close() sends no reset
 * that would overtake our last words. */
static void
linger(struct conn *c)
{
	uint8_t dropped[LINGER_READ];
	const ssize_t n = read(c->fd, dropped, sizeof(dropped));

	if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return;
	conn_end(c, CONN_END_PEER);
}

static void
fill(struct conn *c)
{
	struct input *in = &c->in;
	ssize_t n;

	input_make_room(in, c->options.read_max);
	n = read(c->fd, in->bytes + in->end, in->room - in->end);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		conn_end(c, n == 0 ? CONN_END_PEER : CONN_END_ERROR);
		return;
	}
	in->end += (size_t)n;
	if (in->end == in->room)
		in->want = MIN(2 * in->room, c->options.read_max);
	c->moved_at = clk_monotonic_us();
	show(c);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = OBJ(conn, CONN_MAGIC, arg);

	(void)fd;
	(void)what;
	conn_enter(c);
	if (!may_read(c))
		rest_read(c);
	else if (c->state == CONN_LINGERING)
		linger(c);
	else if (c->is_owed && input_len(&c->in) > 0)
		show(c); /* first, or the peer's end would hide it */
	else
		fill(c);
	conn_leave(c);
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = OBJ(conn, CONN_MAGIC, arg);

	(void)fd;
	(void)what;
	conn_enter(c);
	flush(c);
	go_on(c);
	conn_leave(c);
}

static void
on_kick(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = OBJ(conn, CONN_MAGIC, arg);

	(void)fd;
	(void)what;
	conn_enter(c);
	c->is_kicked = false;
	if (c->state == CONN_FINISHING && evbuffer_get_length(c->out) == 0)
		drained(c);
	else if (!c->is_writing)
		flush(c);
	if (c->is_owed && may_show(c)) {
		c->is_owed = false;
		if (input_len(&c->in) > 0)
			show(c);
	}
	go_on(c);
	conn_leave(c);
}

static void
on_idle(void *arg)
{
	struct conn *c = OBJ(conn, CONN_MAGIC, arg);
	const int64_t limit = (int64_t)c->options.idle_ms * US_PER_MS;
	const int64_t quiet = clk_monotonic_us() - c->moved_at;

	conn_enter(c);
	if (c->state != CONN_OPEN)
		conn_end(c, CONN_END_IDLE);
	else if (c->is_paused)
		timer_arm(c->idle_timer, c->options.idle_ms);
	else if (quiet < limit)
		timer_arm(c->idle_timer,
		    (unsigned)((limit - quiet) / US_PER_MS) + 1);
	else
		conn_end(c, CONN_END_IDLE);
	conn_leave(c);
}

static void
set_non_blocking(int fd)
{
	const int flags = fcntl(fd, F_GETFL);

	if (flags >= 0 && (flags & O_NONBLOCK) == 0)
		(void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

struct conn *
conn_new(struct loop *loop, int fd, const struct conn_handler *handler,
    const struct conn_options *options, void *arg)
{
	struct event_base *base = loop_base(loop);
	struct conn *c = g_new0(struct conn, 1);

	assert(options->read_max > 0);
	set_non_blocking(fd);
	c->magic = CONN_MAGIC;
	c->fd = fd;
	c->handler = handler;
	c->options = *options;
	c->arg = arg;
	c->in.want = MIN(READ_FIRST, options->read_max);
	c->out = evbuffer_new();
	c->read_event = event_new(base, fd, EV_READ | EV_PERSIST, on_readable,
	    c);
	c->write_event = event_new(base, fd, EV_WRITE | EV_PERSIST, on_writable,
	    c);
	c->kick_event = event_new(base, -1, 0, on_kick, c);
	c->idle_timer = timer_new(loop, on_idle, c);
	assert(c->out != NULL && c->read_event != NULL &&
	    c->write_event != NULL && c->kick_event != NULL);
	conn_set_idle(c, options->idle_ms);
	want_read(c);
	return c;
}

void
conn_free(struct conn **conn)
{
	struct conn *c = conn != NULL ? *conn : NULL;

	if (c == NULL)
		return;
	*conn = NULL;
	conn_shut(c);
	if (c->entered > 0)
		c->is_freed = true;
	else
		conn_destroy(c);
}

void
conn_finish(struct conn *conn, unsigned ms)
{
	if (conn->state != CONN_OPEN)
		return;
	conn->state = CONN_FINISHING;
	timer_arm(conn->idle_timer, ms);
	kick(conn);
}

void
conn_consume(struct conn *conn, size_t len)
{
	struct input *in = &conn->in;

	assert(len <= input_len(in));
	in->start += len;
	if (in->start == in->end) {
		in->start = 0;
		in->end = 0;
	}
	if (conn->entered == 0)
		go_on(conn);
}

void
conn_write(struct conn *conn, const void *bytes, size_t len)
{
	if (conn->state != CONN_OPEN || len == 0)
		return;
	if (evbuffer_add(conn->out, bytes, len) != 0)
		g_error("out of memory");
	if (conn->entered == 0)
		kick(conn);
}

void
conn_printf(struct conn *conn, const char *format, ...)
{
	va_list args;

	if (conn->state != CONN_OPEN)
		return;
	va_start(args, format);
	if (evbuffer_add_vprintf(conn->out, format, args) < 0)
		g_error("out of memory");
	va_end(args);
	if (conn->entered == 0)
		kick(conn);
}

size_t
conn_write_pending(const struct conn *conn)
{
	return conn->out != NULL ? evbuffer_get_length(conn->out) : 0;
}

void
conn_pause(struct conn *conn)
{
	conn->is_paused = true;
}

void
conn_resume(struct conn *conn)
{
	if (!conn->is_paused)
		return;
	conn->is_paused = false;
	conn->is_owed = true;
	conn->moved_at = clk_monotonic_us();
	go_on(conn);
}

void
conn_set_idle(struct conn *conn, unsigned idle_ms)
{
	conn->options.idle_ms = idle_ms;
	conn->moved_at = clk_monotonic_us();
	if (conn->state != CONN_OPEN)
		return; /* the timer is conn_finish's by now */
	if (idle_ms > 0)
		timer_arm(conn->idle_timer, idle_ms);
	else
		timer_disarm(conn->idle_timer);
}
