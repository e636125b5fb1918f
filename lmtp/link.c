/* SPDX-License-Identifier: MIT */
/*
 * Between net/conn and lmtp/session; see link.h. link_flush is the last thing
 * each callback does, because it may end the connection. Owner: loop.
 */
#include "lmtp/link.h"

#include "lmtp/session.h"
#include "net/conn.h"

#define LINK_MAGIC 0x1a3e5511u
#define READ_MAX   (size_t)(32 * 1024)
#define WRITE_MAX  (size_t)(64 * 1024)
#define FINISH_MS  5000

struct link {
	unsigned magic;
	GList node;
	struct conn *conn;
	struct session *session;
	char *peer;
	bool finishing; /* conn_finish was called */
	void (*ended)(struct link *link, void *arg);
	void *arg;
};

static void
write_out(struct link *link)
{
	GString *out = session_out(link->session);

	if (out->len == 0)
		return;
	conn_write(link->conn, out->str, out->len);
	g_string_truncate(out, 0);
}

static void
link_flush(struct link *link)
{
	const enum session_state state = link->session->state;

	write_out(link);
	if (state == SESSION_COMMIT)
		conn_pause(link->conn);
	if (state == SESSION_CLOSING && !link->finishing) {
		link->finishing = true;
		conn_finish(link->conn, FINISH_MS);
	}
}

static void
on_bytes(void *arg, const uint8_t *bytes, size_t len)
{
	struct link *link = OBJ(link, LINK_MAGIC, arg);

	conn_consume(link->conn, session_feed(link->session, bytes, len));
	link_flush(link);
}

static void
on_end(void *arg, enum conn_end end)
{
	struct link *link = OBJ(link, LINK_MAGIC, arg);

	(void)end; /* gone is gone */
	link->ended(link, link->arg);
}

/* The sink answered after COMMIT had paused the connection. */
static void
on_answered(void *arg)
{
	struct link *link = OBJ(link, LINK_MAGIC, arg);

	conn_resume(link->conn);
	link_flush(link);
}

static const struct conn_handler handler = {
    .on_data = on_bytes,
    .on_end = on_end,
};

struct link *
link_new(int fd, const struct link_options *options)
{
	static const struct conn_options limits = {
	    .read_max = READ_MAX,
	    .write_max = WRITE_MAX,
	}; /* idle_ms 0: session_tick knows more about time */
	struct link *link = g_new0(struct link, 1);

	link->magic = LINK_MAGIC;
	link->node.data = link;
	link->peer = g_strdup(options->peer);
	link->ended = options->ended;
	link->arg = options->arg;
	link->session = session_new(options->door, options->peer, on_answered,
	    link);
	link->conn = conn_new(options->loop, fd, &handler, &limits, link);
	link_flush(link);
	return link;
}

void
link_free(struct link **link)
{
	struct link *own = g_steal_pointer(link);

	if (own == NULL)
		return;
	session_end(&own->session);
	conn_free(&own->conn);
	g_free(own->peer);
	own->magic = 0;
	g_free(own);
}

const char *
link_peer(const struct link *link)
{
	return link->peer;
}

GList *
link_node(struct link *link)
{
	return &link->node;
}

void
link_tick(struct link *link, int64_t now_us)
{
	session_tick(link->session, now_us);
	link_flush(link);
}

void
link_drain(struct link *link)
{
	session_drain(link->session);
	link_flush(link);
}
