/* SPDX-License-Identifier: MIT */
/*
 * The delivery door with a sink that keeps nothing, for the scripts beside
 * this file. The first recipient's local part chooses the outcome: temp, full,
 * denied, toobig; unknown is refused at RCPT; slow is answered later. A kept
 * mail is answered with its size and a checksum of its bytes.
 *
 *	lmtp_server listen=unix:/tmp/x/s spool_dir=/tmp/x/spool errors_max=5 …
 *
 * Prints the addresses it listens on; SIGTERM drains and ends it.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "lmtp/server.h"
#include "net/loop.h"
#include "net/timer.h"

#define SLOW_MS 200

struct program {
	struct loop *loop;
	struct lmtp_server *server;
};

static const struct {
	const char *local;
	enum err_kind kind;
} outcomes[] = {
    {"temp@",   ERR_TEMP   },
    {"full@",   ERR_FULL   },
    {"denied@", ERR_DENIED },
    {"toobig@", ERR_TOO_BIG},
};

static bool
sink_recipient(void *arg, const char *address, struct delivery_recipient *out,
    GError **error)
{
	(void)arg;
	if (g_str_has_prefix(address, "unknown@"))
		return fail(error, ERR_NOT_FOUND, "no such mailbox");
	if (g_str_has_prefix(address, "later@"))
		return fail(error, ERR_TEMP, "cannot say now");
	out->mailbox = (struct mailbox_id){1};
	return true;
}

static bool
sink_room(void *arg, size_t size, GError **error)
{
	(void)arg;
	if (size == 77)
		return fail(error, ERR_BUSY, "too many wait");
	return true;
}

static uint32_t
sum(uint32_t value, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		value = (value ^ bytes[i]) * 16777619u;
	return value;
}

static uint32_t
sum_all(const struct delivery *d)
{
	uint32_t value = 2166136261u;
	uint8_t piece[4096];
	ssize_t n;

	if (d->raw != NULL)
		return sum(value, d->raw->data, d->raw->len);
	while ((n = read(d->spool_fd, piece, sizeof(piece))) > 0)
		value = sum(value, piece, (size_t)n);
	return value;
}

/* A mail that is answered later. */
struct wait {
	struct timer *timer;
	struct delivery *delivery;
};

static void
on_slow(void *arg)
{
	struct wait *wait = arg;
	struct delivery *d = wait->delivery;

	timer_free(&wait->timer);
	g_free(wait);
	d->done(d);
}

static void
wait_for(struct loop *loop, struct delivery *d)
{
	struct wait *wait = g_new0(struct wait, 1);

	wait->delivery = d;
	wait->timer = timer_new(loop, on_slow, wait);
	timer_arm(wait->timer, SLOW_MS);
}

static void
sink_deliver(void *arg, struct delivery *d)
{
	const struct program *program = arg;
	const char *first =
	    g_array_index(d->recipients, struct delivery_recipient, 0).address;

	for (size_t i = 0; i < COUNT(outcomes); i++)
		if (g_str_has_prefix(first, outcomes[i].local))
			err_set(&d->error, outcomes[i].kind, "as asked");
	if (d->error == NULL)
		d->detail = g_strdup_printf("size %zu sum %08" PRIx32 "%s%s",
		    d->len, sum_all(d), d->queue_id != NULL ? " queue " : "",
		    d->queue_id != NULL ? d->queue_id : "");
	if (g_str_has_prefix(first, "slow@"))
		wait_for(program->loop, d);
	else
		d->done(d);
}

static void
on_stopped(void *arg)
{
	struct program *program = arg;

	loop_stop(program->loop);
}

static void
on_term(void *arg)
{
	struct program *program = arg;

	lmtp_stop(program->server, on_stopped, program);
}

/* key=value of the command line; numbers are of the size given. */
struct option {
	const char *key;
	size_t offset;
	enum { TEXT, NUMBER, SIZE } type;
};

#define OPTION(name, type)                                                     \
	{                                                                      \
#name, offsetof(struct lmtp_options, name), type               \
	}

static const struct option table[] = {
    OPTION(listen, TEXT),
    OPTION(base_dir, TEXT),
    OPTION(spool_dir, TEXT),
    OPTION(xforward_peers, TEXT),
    OPTION(sessions_max, NUMBER),
    OPTION(sessions_per_peer, NUMBER),
    OPTION(recipients_max, NUMBER),
    OPTION(message_max, SIZE),
    OPTION(line_max, SIZE),
    OPTION(memory_max, SIZE),
    OPTION(in_flight_max, SIZE),
    OPTION(errors_max, NUMBER),
    OPTION(idle_ms, NUMBER),
    OPTION(data_rate_min, NUMBER),
    OPTION(stop_ms, NUMBER),
};

static void
option_set(struct lmtp_options *options, const struct option *option,
    const char *value)
{
	char *place = (char *)options + option->offset;
	const uint64_t number = g_ascii_strtoull(value, NULL, 10);

	if (option->type == TEXT)
		memcpy(place, &value, sizeof(value));
	else if (option->type == SIZE)
		memcpy(place, &(size_t){number}, sizeof(size_t));
	else
		memcpy(place, &(unsigned){(unsigned)number}, sizeof(unsigned));
}

static bool
option_parse(struct lmtp_options *options, const char *word)
{
	const size_t key = strcspn(word, "=");

	for (size_t i = 0; i < COUNT(table); i++) {
		if (strlen(table[i].key) != key || word[key] != '=' ||
		    strncmp(table[i].key, word, key) != 0)
			continue;
		option_set(options, &table[i], word + key + 1);
		return true;
	}
	(void)fprintf(stderr, "lmtp_server: unknown option %s\n", word);
	return false;
}

static int
run(struct program *program, const struct lmtp_options *options)
{
	const struct lmtp_sink sink = {sink_recipient, sink_room, sink_deliver,
	    program};
	g_autoptr(GError) error = NULL;

	program->server = lmtp_start(program->loop, options, &sink, &error);
	if (program->server == NULL) {
		log_error("lmtp_server error=%s", log_str(error->message));
		return 1;
	}
	g_autofree char *addresses = lmtp_addresses(program->server);

	(void)printf("%s\n", addresses);
	(void)fflush(stdout);
	loop_on_signal(program->loop, SIGTERM, on_term, program);
	loop_run(program->loop);
	lmtp_free(&program->server);
	return 0;
}

int
main(int argc, char **argv)
{
	struct lmtp_options options = {
	    .listen = "127.0.0.1:0",
	    .base_dir = ".",
	    .spool_dir = "spool",
	    .hostname = "desk.example",
	    .xforward_peers = "unix:",
	    .sessions_max = 50,
	    .sessions_per_peer = 50,
	    .recipients_max = 100,
	    .message_max = 1024 * 1024,
	    .line_max = 2048,
	    .memory_max = 65536,
	    .in_flight_max = 16 * 1024 * 1024,
	    .errors_max = 20,
	    .idle_ms = 60000,
	    .data_rate_min = 100,
	    .stop_ms = 2000,
	};
	g_autoptr(GError) error = NULL;
	AUTO(loop_free) struct loop *loop = loop_new(&error);
	struct program program = {.loop = loop};

	(void)signal(SIGPIPE, SIG_IGN);
	for (int i = 1; i < argc; i++)
		if (!option_parse(&options, argv[i]))
			return 2;
	return loop != NULL ? run(&program, &options) : 1;
}
