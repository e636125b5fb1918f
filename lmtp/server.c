/* SPDX-License-Identifier: MIT */
/*
 * The listener and what counts over all sessions: how many there are, how
 * many a peer has, how they are ended. One timer looks after the time of all
 * sessions while there are any. See server.h. Owner: loop.
 */
#include "lmtp/server.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clk.h"
#include "base/log.h"
#include "base/metric.h"
#include "lmtp/body.h"
#include "lmtp/door.h"
#include "lmtp/link.h"
#include "net/listen.h"
#include "net/loop.h"
#include "net/timer.h"

#define SERVER_MAGIC 0x1a3e5512u
#define TICK_MS      1000u

struct lmtp_server {
	unsigned magic;
	struct loop *loop;
	struct listen *listen; /* NULL when stopping */
	struct door *door;
	GQueue links;         /* by their own nodes */
	GHashTable *per_peer; /* name -> number of its sessions */
	struct timer *tick;
	struct timer *stop;         /* runs out at stop_ms */
	void (*stopped)(void *arg); /* NULL: not stopping, or was called */
	void *stopped_arg;
};

static unsigned
peer_count(const struct lmtp_server *server, const char *peer)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(server->per_peer, peer));
}

static void
peer_set(struct lmtp_server *server, const char *peer, unsigned count)
{
	if (count == 0)
		(void)g_hash_table_remove(server->per_peer, peer);
	else
		(void)g_hash_table_insert(server->per_peer, g_strdup(peer),
		    GUINT_TO_POINTER(count));
}

/* The Unix socket is the local MTA's, whose sessions are the server's. */
static const char *
over_limit(const struct lmtp_server *server, const char *peer)
{
	const struct lmtp_options *options = &server->door->options;

	if (server->links.length >= options->sessions_max)
		return "all";
	if (strcmp(peer, "unix:") != 0 &&
	    peer_count(server, peer) >= options->sessions_per_peer)
		return "peer";
	return NULL;
}

/* The socket is new, its buffer empty: one send without waiting is enough. */
static void
refuse(int fd, const char *peer, const char *limit)
{
	static const char words[] = "421 4.3.2 too many sessions\r\n";

	(void)send(fd, words, sizeof(words) - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	(void)close(fd); /* nothing was read */
	metric_add(METRIC_LMTP_REFUSED, 1);
	log_warn("lmtp peer=%s refused=session limit=%s", log_str(peer), limit);
}

static void
say_stopped(struct lmtp_server *server)
{
	void (*stopped)(void *arg) = server->stopped;

	timer_disarm(server->stop);
	server->stopped = NULL;
	if (stopped != NULL)
		stopped(server->stopped_arg); /* may free the server */
}

static void
drop_link(struct lmtp_server *server, struct link *link)
{
	const char *peer = link_peer(link);

	peer_set(server, peer, peer_count(server, peer) - 1);
	g_queue_unlink(&server->links, link_node(link));
	link_free(&link);
	metric_add(METRIC_LMTP_SESSIONS, -1);
}

static void
drop_links(struct lmtp_server *server)
{
	while (server->links.head != NULL)
		drop_link(server, server->links.head->data);
}

static void
on_link_ended(struct link *link, void *arg)
{
	struct lmtp_server *server = OBJ(lmtp_server, SERVER_MAGIC, arg);

	drop_link(server, link);
	if (server->links.length == 0 && server->listen == NULL)
		say_stopped(server);
}

static unsigned
tick_ms(const struct lmtp_server *server)
{
	return CLAMP(server->door->options.idle_ms / 4, 10u, TICK_MS);
}

static void
on_tick(void *arg)
{
	struct lmtp_server *server = OBJ(lmtp_server, SERVER_MAGIC, arg);
	const int64_t now_us = clk_monotonic_us();

	if (server->links.length == 0)
		return;
	timer_arm(server->tick, tick_ms(server));
	for (GList *at = server->links.head, *next; at != NULL; at = next) {
		next = at->next;
		link_tick(at->data, now_us);
	}
}

static void
on_accept(int fd, const char *peer, void *arg)
{
	struct lmtp_server *server = OBJ(lmtp_server, SERVER_MAGIC, arg);
	const struct link_options options = {
	    .loop = server->loop,
	    .door = server->door,
	    .peer = peer,
	    .ended = on_link_ended,
	    .arg = server,
	};
	const char *limit = over_limit(server, peer);

	metric_add(METRIC_LMTP_CONNECTIONS, 1);
	if (limit != NULL) {
		refuse(fd, peer, limit);
		return;
	}
	if (server->links.length == 0)
		timer_arm(server->tick, tick_ms(server));
	peer_set(server, peer, peer_count(server, peer) + 1);
	g_queue_push_tail_link(&server->links,
	    link_node(link_new(fd, &options)));
	metric_add(METRIC_LMTP_SESSIONS, 1);
}

/* Time is up, or there was nobody. */
static void
on_stop(void *arg)
{
	struct lmtp_server *server = OBJ(lmtp_server, SERVER_MAGIC, arg);

	if (server->links.length > 0)
		log_warn("lmtp stop cut=%u", server->links.length);
	drop_links(server);
	say_stopped(server);
}

struct lmtp_server *
lmtp_start(struct loop *loop, const struct lmtp_options *options,
    const struct lmtp_sink *sink, GError **error)
{
	AUTO(lmtp_free)
	struct lmtp_server *server = g_new0(struct lmtp_server, 1);

	server->magic = SERVER_MAGIC;
	server->loop = loop;
	server->door = door_new(options, sink);
	server->per_peer = g_hash_table_new_full(g_str_hash, g_str_equal,
	    g_free, NULL);
	g_queue_init(&server->links);
	server->tick = timer_new(loop, on_tick, server);
	server->stop = timer_new(loop, on_stop, server);
	if (!body_sweep(server->door->options.spool_dir, error))
		return NULL;
	server->listen = listen_open(loop, options->listen, options->base_dir,
	    on_accept, server, error);
	return server->listen != NULL ? g_steal_pointer(&server) : NULL;
}

void
lmtp_stop(struct lmtp_server *server, void (*stopped)(void *arg), void *arg)
{
	ON_THREAD(LOOP);
	listen_close(&server->listen);
	for (GList *at = server->links.head, *next; at != NULL; at = next) {
		next = at->next;
		link_drain(at->data);
	}
	server->stopped = stopped;
	server->stopped_arg = arg;
	timer_arm(server->stop,
	    server->links.length > 0 ? server->door->options.stop_ms : 0);
}

void
lmtp_free(struct lmtp_server **server)
{
	struct lmtp_server *own = g_steal_pointer(server);

	if (own == NULL)
		return;
	listen_close(&own->listen);
	drop_links(own);
	timer_free(&own->tick);
	timer_free(&own->stop);
	g_hash_table_unref(own->per_peer);
	door_unref(&own->door);
	own->magic = 0;
	g_free(own);
}

char *
lmtp_addresses(const struct lmtp_server *server)
{
	return listen_addresses(server->listen);
}
