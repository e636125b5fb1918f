/* SPDX-License-Identifier: MIT */
/*
 * Delivers many mails over LMTP in parallel and keeps a ledger of what was
 * answered. One thread, epoll. A mail is a function of its number (and of
 * --size or --mails): sending a number again sends the same bytes, which is
 * what crash tests do with mails whose answer was lost. `lmtp_load --help`.
 *
 * Ledger: STATE, Message-ID, recipient, milliseconds it took, microseconds of
 * CLOCK_MONOTONIC then, reply; tabs between. ACK: a 2xx, NAK: another reply,
 * UNK: begun and never answered.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib-unix.h>
#include <glib.h>

#include "lmtp_load.d/connect.h"
#include "lmtp_load.d/mails.h"

#define LINE_MAX_LEN  4096
#define RECIPIENT_MAX 100
#define EVENTS        128
#define RETRY_US      (50 * 1000)
#define US            1000000.0

static struct mail_options opt = {.boxes = 1, .senders = 1000, .size = 2048};
static struct mails *mails;
static char *opt_socket;
static char *opt_host;
static char *opt_ledger;
static char *opt_only;
static int opt_sessions = 1;
static int64_t opt_count = 1000;
static int64_t opt_first;
static int opt_recipients = 1;
static int opt_per_session;
static double opt_rate;
static double opt_seconds = 120;
static gboolean opt_keep;
static gboolean opt_lockstep;

#define OPTION(name, letter, type, place, words)                               \
	{                                                                      \
		name, letter, 0, G_OPTION_ARG_##type, place, words, NULL       \
	}

static const GOptionEntry entries[] = {
    OPTION("socket", 'u', FILENAME, &opt_socket, "Unix socket"),
    OPTION("host", 'a', STRING, &opt_host, "HOST:PORT"),
    OPTION("sessions", 's', INT, &opt_sessions, "in parallel (1)"),
    OPTION("count", 'm', INT64, &opt_count, "mails (1000)"),
    OPTION("first", 'b', INT64, &opt_first, "number of the first (0)"),
    OPTION("only", 'M', FILENAME, &opt_only, "only these Message-IDs"),
    OPTION("per-session", 'n', INT, &opt_per_session, "mails a connection"),
    OPTION("size", 'l', INT, &opt.size, "bytes of a mail (2048)"),
    OPTION("mails", 'D', FILENAME, &opt.directory, "mails from this folder"),
    OPTION("to", 't', STRING, &opt.to, "recipient; % becomes a number"),
    OPTION("boxes", 'N', INT, &opt.boxes, "that number is below N (1)"),
    OPTION("recipients", 'r', INT, &opt_recipients, "of each mail (1)"),
    OPTION("senders", 'z', INT, &opt.senders, "different ones (1000)"),
    OPTION("rate", 'q', DOUBLE, &opt_rate, "mails a second, by plan"),
    OPTION("seconds", 'T', DOUBLE, &opt_seconds, "stop then (120)"),
    OPTION("keep", 'k', NONE, &opt_keep, "connect again when cut off"),
    OPTION("lockstep", 'p', NONE, &opt_lockstep, "no pipelining"),
    OPTION("ledger", 'o', FILENAME, &opt_ledger, "write the answers there"),
    OPTION("noise", 0, NONE, &opt.noise, "text that does not compress"),
    OPTION("tag", 'i', STRING, &opt.tag, "part of the Message-IDs"),
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

enum state {
	CLOSED,
	GREETING,
	LHLO,
	IDLE,
	ENVELOPE,
	BODY,
	RESET,
};

struct session {
	int fd;
	enum state state;
	GString *out;
	size_t out_at; /* written so far */
	char in[LINE_MAX_LEN];
	size_t in_len;
	bool is_writing;
	unsigned sent; /* mails on this connection */
	int64_t retry_at;
	/* The mail on its way. */
	int64_t number;
	int64_t begun_at;
	unsigned replies;
	bool is_open[RECIPIENT_MAX]; /* accepted, not yet answered */
	bool is_told[RECIPIENT_MAX]; /* stands in the ledger */
};

static struct session *sessions;
static int poller;
static FILE *ledger;
static GArray *numbers;   /* int64_t: --only; NULL: a range */
static GArray *latencies; /* double, ms */
static int64_t started_at;
static int64_t next_index;
static int64_t finished;
static int64_t acks;
static int64_t naks;
static int64_t unknown;

static int64_t
now_us(void)
{
	return g_get_monotonic_time();
}

static void
die(const char *what)
{
	(void)fprintf(stderr, "lmtp_load: %s: %s\n", what, g_strerror(errno));
	exit(2);
}

/* ---- what is to be sent -------------------------------------------------- */

static int64_t
mail_count(void)
{
	return numbers != NULL ? numbers->len : opt_count;
}

static int64_t
number_at(int64_t index)
{
	return numbers != NULL ? g_array_index(numbers, int64_t, index)
			       : opt_first + index;
}

static int64_t
planned_at(int64_t index)
{
	return opt_rate > 0 ? started_at + (int64_t)(index * US / opt_rate) : 0;
}

/* A line is a Message-ID of ours: TAG.NUMBER@load.example. */
static void
numbers_load(const char *path)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		die(path);
	lines = g_strsplit(text, "\n", -1);
	numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));
	for (size_t i = 0; lines[i] != NULL; i++) {
		const char *at = strrchr(lines[i], '@');
		int64_t number;

		while (at != NULL && at > lines[i] && at[-1] != '.')
			at--;
		if (at == NULL || *lines[i] == '\0')
			continue;
		number = g_ascii_strtoll(at, NULL, 10);
		g_array_append_val(numbers, number);
	}
}

/* ---- the ledger ---------------------------------------------------------- */

static void
tell(struct session *s, int i, const char *state, const char *reply)
{
	g_autofree char *id = mails_id(mails, s->number);
	g_autofree char *to = mails_recipient(mails, s->number, i);

	s->is_told[i] = true;
	if (ledger != NULL)
		(void)fprintf(ledger, "%s\t%s\t%s\t%.1f\t%" PRId64 "\t%s\n",
		    state, id, to, (double)(now_us() - s->begun_at) / 1000,
		    now_us(), reply);
}

static void
tell_reply(struct session *s, int i, const char *reply)
{
	bool is_ack = reply[0] == '2';

	*(is_ack ? &acks : &naks) += 1;
	s->is_open[i] = false;
	tell(s, i, is_ack ? "ACK" : "NAK", reply);
}

/* The same reply for all recipients that have none yet. */
static void
tell_rest(struct session *s, const char *reply)
{
	for (int i = 0; i < opt_recipients; i++)
		if (!s->is_told[i])
			tell_reply(s, i, reply);
}

static void
tell_unknown(struct session *s)
{
	for (int i = 0; i < opt_recipients; i++) {
		if (s->is_told[i])
			continue;
		unknown++;
		tell(s, i, "UNK", "");
	}
	finished++;
}

/* ---- a session ----------------------------------------------------------- */

static void
flush(struct session *s)
{
	while (s->out_at < s->out->len) {
		ssize_t n = send(s->fd, s->out->str + s->out_at,
		    s->out->len - s->out_at, MSG_NOSIGNAL);

		if (n < 0)
			break; /* EAGAIN; what is worse, reading will tell */
		s->out_at += (size_t)n;
	}
	if (s->out_at == s->out->len) {
		g_string_truncate(s->out, 0);
		s->out_at = 0;
	}
	if (s->is_writing != (s->out->len > 0)) {
		struct epoll_event event = {.data.ptr = s, .events = EPOLLIN};

		s->is_writing = !s->is_writing;
		if (s->is_writing)
			event.events |= EPOLLOUT;
		(void)epoll_ctl(poller, EPOLL_CTL_MOD, s->fd, &event);
	}
}

static void
session_open(struct session *s)
{
	struct epoll_event event = {.data.ptr = s, .events = EPOLLIN};

	s->fd = opt_socket != NULL ? connect_unix(opt_socket)
				   : connect_tcp(opt_host);
	s->retry_at = now_us() + RETRY_US;
	if (s->fd < 0)
		return;
	if (!g_unix_set_fd_nonblocking(s->fd, TRUE, NULL) ||
	    epoll_ctl(poller, EPOLL_CTL_ADD, s->fd, &event) != 0)
		die("a socket");
	s->state = GREETING;
	s->in_len = 0;
	s->sent = 0;
	s->is_writing = false;
	g_string_truncate(s->out, 0);
	s->out_at = 0;
}

static void
session_close(struct session *s)
{
	if (s->state == ENVELOPE || s->state == BODY)
		tell_unknown(s);
	(void)close(s->fd);
	s->fd = -1;
	s->state = CLOSED;
	s->retry_at = opt_keep ? now_us() + RETRY_US : INT64_MAX;
}

/* Command `step` of the envelope: MAIL, each RCPT, DATA. */
static void
put_command(struct session *s, int step)
{
	if (step == 0) {
		g_string_append_printf(s->out,
		    "MAIL FROM:<c%" PRId64 "@customers.example>\r\n",
		    s->number % opt.senders);
	} else if (step <= opt_recipients) {
		g_autofree char *to = mails_recipient(mails, s->number,
		    step - 1);

		g_string_append_printf(s->out, "RCPT TO:<%s>\r\n", to);
	} else {
		g_string_append(s->out, "DATA\r\n");
	}
}

static void
mail_begin(struct session *s)
{
	int64_t planned = planned_at(next_index);

	s->number = number_at(next_index++);
	s->begun_at = planned > 0 ? planned : now_us();
	s->replies = 0;
	s->sent++;
	memset(s->is_open, 0, sizeof(s->is_open));
	memset(s->is_told, 0, sizeof(s->is_told));
	s->state = ENVELOPE;
	for (int step = 0; step < opt_recipients + 2; step++)
		if (step == 0 || !opt_lockstep)
			put_command(s, step);
	flush(s);
}

static void
mail_end(struct session *s, enum state next)
{
	double ms = (double)(now_us() - s->begun_at) / 1000;

	finished++;
	g_array_append_val(latencies, ms);
	s->state = next;
	if (next == RESET)
		g_string_append(s->out, "RSET\r\n");
	if (opt_per_session > 0 && s->sent >= (unsigned)opt_per_session) {
		s->state = IDLE;
		session_close(s);
		s->retry_at = 0;
	}
}

static int
first_open(const struct session *s)
{
	for (int i = 0; i < opt_recipients; i++)
		if (s->is_open[i])
			return i;
	return -1;
}

static void
on_data_reply(struct session *s, const char *reply)
{
	if (reply[0] != '3') {
		tell_rest(s, reply);
		mail_end(s, RESET);
		return;
	}
	s->state = BODY;
	if (first_open(s) >= 0)
		mails_put(mails, s->number, s->out);
	else
		g_string_append(s->out, ".\r\n");
}

/* A refused MAIL is the answer to all its recipients; what the pipelined RCPT
 * are told then says nothing. */
static void
on_envelope_reply(struct session *s, const char *reply)
{
	int step = (int)s->replies++;

	if (step > opt_recipients) {
		on_data_reply(s, reply);
		return;
	}
	if (step == 0 && reply[0] != '2')
		tell_rest(s, reply);
	else if (step > 0 && reply[0] == '2')
		s->is_open[step - 1] = true;
	else if (step > 0 && !s->is_told[step - 1])
		tell_reply(s, step - 1, reply);
	if (opt_lockstep)
		put_command(s, step + 1);
}

static void
on_body_reply(struct session *s, const char *reply)
{
	int i = first_open(s);

	if (i >= 0)
		tell_reply(s, i, reply);
	if (first_open(s) < 0)
		mail_end(s, IDLE);
}

static void
on_reply(struct session *s, const char *reply)
{
	switch (s->state) {
	case GREETING:
		g_string_append(s->out, "LHLO load.example\r\n");
		s->state = reply[0] == '2' ? LHLO : GREETING;
		break;
	case LHLO:
	case RESET:
		s->state = IDLE;
		break;
	case ENVELOPE:
		on_envelope_reply(s, reply);
		break;
	case BODY:
		on_body_reply(s, reply);
		break;
	case IDLE: /* 421 on its way out */
	case CLOSED:
		break;
	}
}

static void
take_lines(struct session *s)
{
	size_t from = 0;
	char *end;

	while (s->state != CLOSED &&
	    (end = memchr(s->in + from, '\n', s->in_len - from)) != NULL) {
		char *line = s->in + from;

		*end = '\0';
		if (end > line && end[-1] == '\r')
			end[-1] = '\0';
		from = (size_t)(end - s->in) + 1;
		if (strlen(line) >= 3 && line[3] != '-')
			on_reply(s, line);
	}
	if (s->state == CLOSED)
		return;
	s->in_len -= from;
	memmove(s->in, s->in + from, s->in_len);
	flush(s);
}

static void
on_readable(struct session *s)
{
	ssize_t n;

	if (s->in_len == sizeof(s->in))
		s->in_len = 0; /* no line is that long */
	n = recv(s->fd, s->in + s->in_len, sizeof(s->in) - s->in_len, 0);
	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		session_close(s);
		return;
	}
	s->in_len += (size_t)n;
	take_lines(s);
}

/* ---- the loop ------------------------------------------------------------ */

/* Gives idle sessions work; the milliseconds until there is more to do. */
static int
dispatch(int64_t now)
{
	int wait_ms = 100;

	for (int i = 0; i < opt_sessions; i++) {
		struct session *s = &sessions[i];

		if (s->state == CLOSED && s->retry_at <= now &&
		    next_index < mail_count())
			session_open(s);
		if (s->state == CLOSED && s->retry_at < INT64_MAX)
			wait_ms = 5;
		if (s->state != IDLE || next_index >= mail_count())
			continue;
		if (planned_at(next_index) <= now)
			mail_begin(s);
		else
			wait_ms = 1;
	}
	return wait_ms;
}

static bool
is_hopeless(void)
{
	for (int i = 0; i < opt_sessions; i++)
		if (sessions[i].state != CLOSED ||
		    sessions[i].retry_at < INT64_MAX)
			return false;
	return true;
}

static void
run(void)
{
	struct epoll_event events[EVENTS];
	int64_t until = now_us() + (int64_t)(opt_seconds * US);

	started_at = now_us();
	while (finished < mail_count() && now_us() < until && !is_hopeless()) {
		int wait_ms = dispatch(now_us());
		int n = epoll_wait(poller, events, EVENTS, wait_ms);

		for (int i = 0; i < n; i++) {
			struct session *s = events[i].data.ptr;

			if (s->state == CLOSED)
				continue;
			if (events[i].events & EPOLLOUT)
				flush(s);
			if (events[i].events & ~(uint32_t)EPOLLOUT)
				on_readable(s);
		}
	}
}

static gint
by_value(gconstpointer a, gconstpointer b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
percentile(double part)
{
	if (latencies->len == 0)
		return 0;
	return g_array_index(latencies, double,
	    (guint)(part * (latencies->len - 1)));
}

static void
report(void)
{
	double seconds = (double)(now_us() - started_at) / US;

	g_array_sort(latencies, by_value);
	printf("RESULT acked=%" PRId64 " nak=%" PRId64 " unk=%" PRId64
	       " seconds=%.3f per_second=%.1f p50_ms=%.2f p95_ms=%.2f "
	       "p99_ms=%.2f max_ms=%.2f\n",
	    acks, naks, unknown, seconds, (double)acks / seconds,
	    percentile(0.5), percentile(0.95), percentile(0.99), percentile(1));
}

static void
parse_options(int argc, char **argv)
{
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) error = NULL;

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error) ||
	    argc > 1 || (opt_socket == NULL) == (opt_host == NULL) ||
	    opt_recipients < 1 || opt_recipients > RECIPIENT_MAX ||
	    opt.boxes < 1 || opt.senders < 1) {
		(void)fprintf(stderr, "lmtp_load: %s\n",
		    error != NULL ? error->message : "see --help");
		exit(2);
	}
	if (opt.to == NULL)
		opt.to = g_strdup("support@example.org");
	if (opt.tag == NULL)
		opt.tag = g_strdup("load");
}

int
main(int argc, char **argv)
{
	parse_options(argc, argv);
	mails = mails_new(&opt);
	if (mails == NULL)
		die(opt.directory);
	if (opt_only != NULL)
		numbers_load(opt_only);
	if (opt_ledger != NULL && (ledger = fopen(opt_ledger, "a")) == NULL)
		die(opt_ledger);
	latencies = g_array_new(FALSE, FALSE, sizeof(double));
	poller = epoll_create1(EPOLL_CLOEXEC);
	sessions = g_new0(struct session, (size_t)opt_sessions);
	for (int i = 0; i < opt_sessions; i++) {
		sessions[i].fd = -1;
		sessions[i].out = g_string_new(NULL);
	}
	run();
	for (int i = 0; i < opt_sessions; i++)
		if (sessions[i].state != CLOSED)
			session_close(&sessions[i]);
	report();
	if (ledger != NULL && fclose(ledger) != 0)
		die("the ledger");
	return naks + unknown == 0 ? 0 : 1;
}
