/* SPDX-License-Identifier: MIT */
/* net/conn on one end of a socket pair; the test plays the other end. */
#include "net/conn.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/loop.h"
#include "net/timer.h"
#include "tests/lib/test.h"

#define GIVE_UP_MS 10000
#define NO_END     (-1)
#define BIG        ((size_t)4 << 20)

struct pair {
	struct loop *loop;
	struct conn *conn;
	struct timer *limit;
	struct timer *step;
	int peer;
	GString *got; /* consumed, with "|" after each line */
	size_t shown; /* calls of on_data */
	size_t longest;
	size_t drained;
	int end;
	bool is_late;
	void (*on_line)(struct pair *p, const char *line);
	void (*on_step)(struct pair *p);
	void (*on_drained)(struct pair *p);
};

static void
on_data(void *arg, const uint8_t *bytes, size_t len)
{
	struct pair *p = arg;
	const uint8_t *lf;

	p->shown++;
	p->longest = MAX(p->longest, len);
	while (p->conn != NULL && len > 0 &&
	    (lf = memchr(bytes, '\n', len)) != NULL) {
		const size_t n = (size_t)(lf - bytes);
		g_autofree char *line = g_strndup((const char *)bytes, n);

		g_string_append_printf(p->got, "%s|", line);
		conn_consume(p->conn, n + 1);
		bytes += n + 1;
		len -= n + 1;
		if (p->on_line == NULL)
			continue;
		p->on_line(p, line);
		if (strcmp(line, "pause") == 0)
			return;
	}
}

static void
on_end(void *arg, enum conn_end end)
{
	struct pair *p = arg;

	p->end = (int)end;
	conn_free(&p->conn);
	loop_stop(p->loop);
}

static void
on_drained(void *arg)
{
	struct pair *p = arg;

	p->drained++;
	if (p->on_drained != NULL)
		p->on_drained(p);
}

static const struct conn_handler handler = {on_data, on_end, on_drained};

static void
on_limit(void *arg)
{
	struct pair *p = arg;

	p->is_late = true;
	loop_stop(p->loop);
}

static void
on_step(void *arg)
{
	struct pair *p = arg;

	p->on_step(p);
}

static void
pair_open(struct pair *p, struct conn_options options)
{
	int fd[2];

	*p = (struct pair){.end = NO_END};
	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) == 0);
	p->got = g_string_new(NULL);
	p->peer = fd[1];
	p->loop = loop_new(NULL);
	p->limit = timer_new(p->loop, on_limit, p);
	p->step = timer_new(p->loop, on_step, p);
	timer_arm(p->limit, GIVE_UP_MS);
	p->conn = conn_new(p->loop, fd[0], &handler, &options, p);
}

static void
pair_close(struct pair *p)
{
	CHECK(!p->is_late);
	conn_free(&p->conn);
	timer_free(&p->step);
	timer_free(&p->limit);
	loop_free(&p->loop);
	(void)g_string_free(p->got, TRUE);
	if (p->peer >= 0)
		(void)close(p->peer);
}

static void
say(struct pair *p, const char *text)
{
	CHECK(write(p->peer, text, strlen(text)) == (ssize_t)strlen(text));
}

static void
hang_up(struct pair *p)
{
	(void)close(p->peer);
	p->peer = -1;
}

/* All that is there now, without waiting. */
static char *
hear(const struct pair *p)
{
	char text[4096] = {0};
	const ssize_t n = recv(p->peer, text, sizeof(text) - 1, MSG_DONTWAIT);

	return g_strndup(text, n > 0 ? (gsize)n : 0);
}

static const struct conn_options plain = {
    .read_max = 65536,
    .write_max = 65536,
};

TEST(what_is_left_is_shown_with_what_comes)
{
	struct pair p;

	pair_open(&p, plain);
	p.on_step = hang_up;
	say(&p, "one\ntw");
	timer_arm(p.step, 50);
	loop_run(p.loop);
	CHECK_STR(0, p.got->str, "one|");
	CHECK_EQ(0, p.end, CONN_END_PEER);
	pair_close(&p);
}

static void
say_rest(struct pair *p)
{
	say(p, "o\nthree\n");
	hang_up(p);
}

TEST(a_line_in_two_pieces_is_one_line)
{
	struct pair p;

	pair_open(&p, plain);
	p.on_step = say_rest;
	say(&p, "one\ntw");
	timer_arm(p.step, 30);
	loop_run(p.loop);
	CHECK_STR(0, p.got->str, "one|two|three|");
	pair_close(&p);
}

static void
echo(struct pair *p, const char *line)
{
	conn_printf(p->conn, "<%s>", line);
}

static void
expect_echo(struct pair *p)
{
	g_autofree char *text = hear(p);

	CHECK_STR(0, text, "<a><b>");
	hang_up(p);
}

TEST(replies_of_one_call_leave_together)
{
	struct pair p;

	pair_open(&p, plain);
	p.on_line = echo;
	p.on_step = expect_echo;
	say(&p, "a\nb\n");
	timer_arm(p.step, 30);
	loop_run(p.loop);
	CHECK_EQ(0, p.drained, 1);
	pair_close(&p);
}

static void
resume(struct pair *p)
{
	CHECK_STR(0, p->got->str, "a|pause|");
	CHECK_EQ(0, p->shown, 1);
	conn_write(p->conn, "done", 4);
	conn_resume(p->conn);
}

static void
pause_once(struct pair *p, const char *line)
{
	if (strcmp(line, "pause") == 0)
		conn_pause(p->conn);
}

TEST(a_paused_connection_keeps_all_for_later)
{
	struct pair p;

	pair_open(&p, plain);
	p.on_line = pause_once;
	p.on_step = resume;
	say(&p, "a\npause\nb\n");
	timer_arm(p.step, 30);
	(void)shutdown(p.peer, SHUT_WR); /* its end comes after its lines */
	loop_run(p.loop);
	CHECK_STR(0, p.got->str, "a|pause|b|");
	CHECK_EQ(0, p.end, CONN_END_PEER);
	pair_close(&p);
}

struct posting {
	struct pair pair; /* first */
	struct loop_call call;
};

static void
resume_posted(struct loop_call *call)
{
	struct posting *p = (struct posting *)(void *)((char *)call -
	    offsetof(struct posting, call));

	conn_resume(p->pair.conn);
}

/* Both are seen in one turn of the loop, the resume first. */
static void
resume_and_shut(struct pair *p)
{
	struct posting *posting = (struct posting *)p;

	loop_post(p->loop, &posting->call);
	(void)shutdown(p->peer, SHUT_WR);
}

TEST(an_end_does_not_hide_what_came_before)
{
	struct posting p = {.call.run = resume_posted};

	pair_open(&p.pair, plain);
	p.pair.on_line = pause_once;
	p.pair.on_step = resume_and_shut;
	say(&p.pair, "a\npause\nb\n");
	timer_arm(p.pair.step, 30);
	loop_run(p.pair.loop);
	CHECK_STR(0, p.pair.got->str, "a|pause|b|");
	CHECK_EQ(0, p.pair.end, CONN_END_PEER);
	pair_close(&p.pair);
}

static void
pause_and_resume(struct pair *p, const char *line)
{
	if (strcmp(line, "pause") != 0)
		return;
	conn_pause(p->conn);
	conn_resume(p->conn);
}

TEST(a_resume_within_the_callback_is_not_recursive)
{
	struct pair p;

	pair_open(&p, plain);
	p.on_line = pause_and_resume;
	say(&p, "pause\npause\nb\n");
	(void)shutdown(p.peer, SHUT_WR);
	loop_run(p.loop);
	CHECK_STR(0, p.got->str, "pause|pause|b|");
	CHECK_EQ(0, p.shown, 3);
	pair_close(&p);
}

static void
free_it(struct pair *p, const char *line)
{
	if (strcmp(line, "free") != 0)
		return;
	conn_free(&p->conn);
	loop_stop(p->loop);
}

TEST(the_owner_may_free_within_the_callback)
{
	struct pair p;

	pair_open(&p, plain);
	p.on_line = free_it;
	say(&p, "a\nfree\nb\n");
	loop_run(p.loop);
	CHECK_STR(0, p.got->str, "a|free|");
	CHECK_EQ(0, p.end, NO_END);
	pair_close(&p);
}

TEST(no_more_is_shown_than_agreed)
{
	g_autofree char *big = g_strnfill(50000, 'x');
	struct pair p;

	pair_open(&p, (struct conn_options){.idle_ms = 60, .read_max = 10000});
	say(&p, big);
	loop_run(p.loop);
	CHECK_EQ(0, p.longest, 10000);
	CHECK_EQ(0, p.end, CONN_END_IDLE);
	pair_close(&p);
}

TEST(a_large_buffer_grows_and_goes)
{
	g_autofree char *big = g_strnfill(50000, 'x');
	struct pair p;

	pair_open(&p, plain);
	say(&p, big);
	say(&p, "\nnext\n");
	hang_up(&p);
	loop_run(p.loop);
	CHECK_EQ(0, p.got->len, 50000 + 1 + 5);
	CHECK(p.longest >= 50000);
	pair_close(&p);
}

/* The peer reads all and counts. */
static size_t
hear_all(const struct pair *p)
{
	static char text[65536];
	size_t len = 0;
	ssize_t n;

	while ((n = recv(p->peer, text, sizeof(text), MSG_DONTWAIT)) > 0)
		len += (size_t)n;
	return len;
}

struct counting {
	struct pair pair; /* first */
	size_t heard;
};

static void
hear_some(struct pair *p)
{
	struct counting *c = (struct counting *)p;

	c->heard += hear_all(p);
	if (c->heard < BIG)
		timer_arm(p->step, 1);
	else
		hang_up(p);
}

TEST(a_full_socket_drains_once)
{
	g_autofree char *big = g_strnfill(BIG, 'x');
	struct counting c = {0};
	struct pair *p = &c.pair;

	pair_open(p, plain);
	p->on_step = hear_some;
	conn_write(p->conn, big, BIG);
	CHECK_EQ(0, conn_write_pending(p->conn), BIG);
	timer_arm(p->step, 20);
	loop_run(p->loop);
	CHECK_EQ(0, c.heard, BIG);
	CHECK_EQ(0, p->drained, 1);
	pair_close(p);
}

static void
check_rest_then_read(struct pair *p)
{
	CHECK_EQ(0, p->shown, 0);
	p->on_step = hear_some;
	hear_some(p);
}

TEST(reading_rests_above_the_outgoing_mark)
{
	g_autofree char *big = g_strnfill(BIG, 'x');
	struct counting c = {0};
	struct pair *p = &c.pair;

	pair_open(p, plain);
	p->on_step = check_rest_then_read;
	conn_write(p->conn, big, BIG);
	say(p, "a\n");
	timer_arm(p->step, 30);
	loop_run(p->loop);
	CHECK_STR(0, p->got->str, "a|");
	pair_close(p);
}

static void
write_again(struct pair *p)
{
	if (p->drained < 5)
		conn_write(p->conn, "x", 1);
	else
		conn_finish(p->conn, GIVE_UP_MS);
}

static void
hang_up_when_told(struct pair *p)
{
	g_autofree char *text = hear(p);

	CHECK_STR(0, text, "xxxxx");
	hang_up(p);
}

TEST(a_drained_connection_may_be_fed_again)
{
	struct pair p;

	pair_open(&p, plain);
	p.on_drained = write_again;
	p.on_step = hang_up_when_told;
	conn_write(p.conn, "x", 1);
	timer_arm(p.step, 50);
	loop_run(p.loop);
	CHECK_EQ(0, p.drained, 5);
	CHECK_EQ(0, p.end, CONN_END_PEER);
	pair_close(&p);
}

static void
say_bye(struct pair *p, const char *line)
{
	(void)line;
	conn_printf(p->conn, "bye");
	conn_finish(p->conn, GIVE_UP_MS);
}

static void
expect_bye(struct pair *p)
{
	char text[8] = {0};

	CHECK_EQ(0, p->end, NO_END);
	CHECK_EQ(0, read(p->peer, text, sizeof(text)), 3);
	CHECK_STR(0, text, "bye");
	CHECK_EQ(0, read(p->peer, text, sizeof(text)), 0);
	say(p, "ignored\n");
	hang_up(p);
}

TEST(the_last_words_arrive_before_the_end)
{
	struct pair p;

	pair_open(&p, plain);
	p.on_line = say_bye;
	p.on_step = expect_bye;
	say(&p, "quit\n");
	timer_arm(p.step, 50);
	loop_run(p.loop);
	CHECK_STR(0, p.got->str, "quit|");
	CHECK_EQ(0, p.end, CONN_END_PEER);
	pair_close(&p);
}

TEST(a_finish_has_its_time)
{
	static const size_t row[] = {0, BIG}; /* bytes waiting */

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *big = g_strnfill(row[i], 'x');
		struct pair p;

		pair_open(&p, plain);
		conn_write(p.conn, big, row[i]);
		conn_finish(p.conn, 40);
		CHECK_EQ(i, p.end, NO_END);
		loop_run(p.loop);
		CHECK_EQ(i, p.end, CONN_END_IDLE);
		pair_close(&p);
	}
}

static void
say_dot(struct pair *p)
{
	if (p->shown >= 5)
		return;
	say(p, ".\n");
	timer_arm(p->step, 40);
}

TEST(only_silence_is_idle)
{
	struct pair p;

	pair_open(&p, (struct conn_options){.idle_ms = 150, .read_max = 100});
	p.on_step = say_dot;
	timer_arm(p.step, 40);
	loop_run(p.loop);
	CHECK_STR(0, p.got->str, ".|.|.|.|.|");
	CHECK_EQ(0, p.end, CONN_END_IDLE);
	pair_close(&p);
}

TEST(who_is_paused_does_not_idle_out)
{
	struct pair p;

	pair_open(&p, (struct conn_options){.idle_ms = 20, .read_max = 100});
	p.on_line = pause_once;
	p.on_step = resume;
	say(&p, "a\npause\nb\n");
	timer_arm(p.step, 120);
	loop_run(p.loop);
	CHECK_STR(0, p.got->str, "a|pause|b|");
	CHECK_EQ(0, p.end, CONN_END_IDLE);
	pair_close(&p);
}

TEST(a_dead_peer_is_an_error_and_no_signal)
{
	struct pair p;

	pair_open(&p, plain);
	conn_pause(p.conn);
	conn_write(p.conn, "x", 1);
	hang_up(&p);
	loop_run(p.loop);
	CHECK_EQ(0, p.end, CONN_END_ERROR);
	pair_close(&p);
}
