/* SPDX-License-Identifier: MIT */
/*
 * The control socket. A connection asks one thing at a time: while a request
 * is out, its reading rests. The request runs on a reader thread (with a
 * short view), in a write job, or as a task; its answer is printed there and
 * comes back by loop_post. A client that went away meanwhile is no reason to
 * stop: the ask outlives its session and is dropped when it returns. Who may
 * connect is the socket's mode and the data directory's; the peer's user is
 * logged with each change. Owner: loop.
 */
#include "admin/control.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "admin/resource.h"
#include "admin/task.h"
#include "base/log.h"
#include "desk/snapshot.h"
#include "model/json.h"
#include "net/conn.h"
#include "net/listen.h"
#include "net/loop.h"
#include "store/store.h"
#include "store/view.h"
#include "store/writer.h"

#define CONTROL_MAGIC 0x43545243u
#define SESSION_MAGIC 0x43545253u
#define REQUEST_MAX   ((size_t)1024 * 1024)
#define SESSIONS_MAX  64
#define IDLE_MS       (10 * 60 * 1000)
#define FINISH_MS     1000

struct control {
	unsigned magic;
	struct control_options options;
	struct listen *listen;
	GPtrArray *sessions;
	unsigned asks; /* out */
	bool task_runs;
	bool stopping;
};

struct session {
	unsigned magic;
	struct control *control;
	struct conn *conn;
	struct ask *ask; /* the one that is out, or NULL */
	unsigned uid;
};

/* One request. Owner: who has it (loop, reader or writer thread). */
struct ask {
	struct pool_job pool; /* first: what a reader gets */
	struct write_job write;
	struct loop_call call;
	struct control *control;
	struct session *session; /* loop's; NULL when it is gone */
	json_t *request;
	json_t *answer;
	GError *error;
	bool is_task;
};

#define ASK_OF(member, pointer)                                                \
	((struct ask *)(void *)((char *)(pointer)-offsetof(struct ask, member)))

/* ---- answers ------------------------------------------------------------- */

static void
ask_free(struct ask *ask)
{
	json_decref(ask->request);
	json_decref(ask->answer);
	g_clear_error(&ask->error);
	g_free(ask);
}

static json_t *
error_json(const GError *error)
{
	json_t *why = json_object();
	json_t *answer = json_object();

	json_put(why, "kind", json_text(err_row(err_kind(error))->name));
	json_put(why, "message", json_text(error->message));
	json_put(answer, "error", why);
	return answer;
}

static void
session_say(struct session *s, json_t *answer)
{
	g_autofree char *line = json_line(answer);

	conn_write(s->conn, line, strlen(line));
	conn_write(s->conn, "\n", 1);
	json_decref(answer);
}

static void
session_refuse(struct session *s, enum err_kind kind, const char *why)
{
	g_autoptr(GError) error = NULL;

	err_set(&error, kind, "%s", why);
	session_say(s, error_json(error));
}

static void
log_change(const struct session *s, const struct ask *ask)
{
	enum resource_mode mode;

	if (ask->is_task || !resource_mode(ask->request, &mode, NULL) ||
	    mode != RESOURCE_WRITES)
		return;
	log_info("control uid=%u verb=%s resource=%s result=%s", s->uid,
	    log_str(json_string_value(json_object_get(ask->request, "verb"))),
	    log_str(
		json_string_value(json_object_get(ask->request, "resource"))),
	    ask->error != NULL ? log_str(ask->error->message) : "done");
}

/* What the daemon adds to the desk's own status. */
static void
add_status(const struct control *c, struct ask *ask)
{
	const char *resource = json_string_value(
	    json_object_get(ask->request, "resource"));
	json_t *daemon;

	if (ask->answer == NULL || g_strcmp0(resource, "status") != 0)
		return;
	json_put(ask->answer, "pid", json_integer(getpid()));
	daemon = c->options.status(c->options.arg);
	if (daemon != NULL)
		(void)json_object_update(ask->answer, daemon);
	json_decref(daemon);
}

static void
session_answer(struct session *s, struct ask *ask)
{
	json_t *answer;

	s->ask = NULL;
	log_change(s, ask);
	add_status(s->control, ask);
	if (ask->error != NULL) {
		answer = error_json(ask->error);
	} else {
		answer = json_object();
		json_put(answer, "ok", json_incref(ask->answer));
	}
	session_say(s, answer);
}

/* ---- asks on their way --------------------------------------------------- */

static void stop_go_on(struct control *c);

static void
on_answered(struct loop_call *call)
{
	struct ask *ask = ASK_OF(call, call);
	struct control *c = OBJ(control, CONTROL_MAGIC, ask->control);
	struct session *s = ask->session;

	c->asks--;
	if (ask->is_task)
		c->task_runs = false;
	if (s != NULL)
		session_answer(s, ask);
	ask_free(ask);
	if (c->stopping)
		stop_go_on(c);
	else if (s != NULL)
		conn_resume(s->conn);
}

static void
ask_return(struct ask *ask)
{
	ask->call.run = on_answered;
	loop_post(ask->control->options.loop, &ask->call);
}

static bool
read_on_view(struct ask *ask, GError **error)
{
	const struct control_options *o = &ask->control->options;
	AUTO(view_end) struct view *view = view_begin(o->store, error);
	struct snapshot *snapshot;
	bool done;

	if (view == NULL)
		return false;
	snapshot = cell_get(o->snapshot);
	done = resource_read(view, snapshot, ask->request, &ask->answer, error);
	cell_release(o->snapshot, snapshot);
	return done;
}

static void
read_run(struct pool_job *job, void *thread_data)
{
	struct ask *ask = ASK_OF(pool, job);
	bool done;

	(void)thread_data;
	if (ask->is_task)
		done = task_run(ask->control->options.store, ask->request,
		    &ask->answer, &ask->error);
	else
		done = read_on_view(ask, &ask->error);
	assert(done == (ask->error == NULL));
	ask_return(ask);
}

/* May run twice. */
static bool
write_run(struct write_job *job, struct wtxn *w, GError **error)
{
	struct ask *ask = ASK_OF(write, job);
	struct cell *cell = ask->control->options.snapshot;
	struct snapshot *snapshot = cell_get(cell);
	bool done;

	g_clear_pointer(&ask->answer, json_decref);
	done = resource_write(w, snapshot, ask->request, &ask->answer, error);
	cell_release(cell, snapshot);
	return done;
}

static void
write_done(struct write_job *job, GError **error)
{
	struct ask *ask = ASK_OF(write, job);

	if (error != NULL && *error != NULL)
		ask->error = g_steal_pointer(error);
	ask_return(ask);
}

static bool
submit_read(struct ask *ask, GError **error)
{
	struct control *c = ask->control;

	if (ask->is_task && c->task_runs)
		return fail(error, ERR_BUSY,
		    "another backup or check is running");
	ask->pool.run = read_run;
	if (!pool_submit(c->options.readers, &ask->pool, 0))
		return fail(error, ERR_BUSY, "too many requests are waiting");
	c->task_runs = c->task_runs || ask->is_task;
	return true;
}

static bool
submit_write(struct ask *ask, size_t bytes, GError **error)
{
	ask->write.run = write_run;
	ask->write.done = write_done;
	if (writer_submit(ask->control->options.writer, &ask->write, bytes))
		return true;
	return fail(error, ERR_BUSY, "too many changes are waiting");
}

static bool
submit(struct ask *ask, size_t bytes, GError **error)
{
	enum resource_mode mode;

	if (ask->is_task)
		return submit_read(ask, error);
	if (!resource_mode(ask->request, &mode, error))
		return false;
	return mode == RESOURCE_READS ? submit_read(ask, error)
				      : submit_write(ask, bytes, error);
}

/* ---- sessions ------------------------------------------------------------ */

static void
session_ask(struct session *s, json_t *request, size_t bytes)
{
	struct ask *ask = g_new0(struct ask, 1);
	g_autoptr(GError) error = NULL;

	ask->control = s->control;
	ask->session = s;
	ask->request = request;
	ask->is_task = task_is(request);
	if (!submit(ask, bytes, &error)) {
		session_say(s, error_json(error));
		ask_free(ask);
		return;
	}
	s->ask = ask;
	s->control->asks++;
	conn_pause(s->conn);
}

static void
session_line(struct session *s, const char *line, size_t len)
{
	json_error_t where;
	json_t *request = json_loadb(line, len, JSON_REJECT_DUPLICATES, &where);

	if (json_is_object(request)) {
		session_ask(s, request, len);
		return;
	}
	json_decref(request);
	session_refuse(s, ERR_USAGE, "a request is one JSON object a line");
}

/* Line by line, until one is out. */
static void
on_data(void *arg, const uint8_t *bytes, size_t len)
{
	struct session *s = OBJ(session, SESSION_MAGIC, arg);

	while (s->ask == NULL && len > 0) {
		const uint8_t *end = memchr(bytes, '\n', len);
		size_t line;

		if (end == NULL && len < REQUEST_MAX)
			return;
		if (end == NULL) {
			session_refuse(s, ERR_TOO_BIG,
			    "a request is at most 1 MiB");
			conn_finish(s->conn, FINISH_MS);
			return;
		}
		line = (size_t)(end - bytes);
		session_line(s, (const char *)bytes, line);
		conn_consume(s->conn, line + 1);
		bytes += line + 1;
		len -= line + 1;
	}
}

static void
on_end(void *arg, enum conn_end end)
{
	struct session *s = OBJ(session, SESSION_MAGIC, arg);
	struct control *c = s->control;

	(void)end;
	if (s->ask != NULL)
		s->ask->session = NULL;
	(void)g_ptr_array_remove_fast(c->sessions, s);
	if (c->stopping)
		stop_go_on(c);
}

static void
session_free(void *arg)
{
	struct session *s = OBJ(session, SESSION_MAGIC, arg);

	conn_free(&s->conn);
	s->magic = 0;
	g_free(s);
}

static const struct conn_handler handler = {
    .on_data = on_data,
    .on_end = on_end,
};

static unsigned
peer_uid(int fd)
{
	struct ucred peer = {.uid = UINT32_MAX};
	socklen_t len = sizeof(peer);

	(void)getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len);
	return peer.uid;
}

static void
on_accept(int fd, const char *peer, void *arg)
{
	static const struct conn_options options = {
	    .idle_ms = IDLE_MS,
	    .read_max = REQUEST_MAX,
	};
	struct control *c = OBJ(control, CONTROL_MAGIC, arg);
	struct session *s = g_new0(struct session, 1);

	(void)peer;
	s->magic = SESSION_MAGIC;
	s->control = c;
	s->uid = peer_uid(fd);
	s->conn = conn_new(c->options.loop, fd, &handler, &options, s);
	g_ptr_array_add(c->sessions, s);
	if (c->sessions->len <= SESSIONS_MAX)
		return;
	session_refuse(s, ERR_BUSY, "too many clients");
	conn_finish(s->conn, FINISH_MS);
}

/* ---- start and stop ------------------------------------------------------ */

struct control *
control_start(const struct control_options *options, GError **error)
{
	AUTO(control_stop) struct control *c = g_new0(struct control, 1);

	c->magic = CONTROL_MAGIC;
	c->options = *options;
	c->sessions = g_ptr_array_new_with_free_func(session_free);
	c->listen = listen_open(options->loop, "unix:" CONTROL_SOCKET,
	    options->dir, on_accept, c, error);
	return c->listen != NULL ? g_steal_pointer(&c) : NULL;
}

/* When all is answered: lets the answers leave, then ends the loop. */
static void
stop_go_on(struct control *c)
{
	if (c->asks > 0)
		return;
	for (guint i = 0; i < c->sessions->len; i++) {
		struct session *s = g_ptr_array_index(c->sessions, i);

		conn_finish(s->conn, FINISH_MS);
	}
	if (c->sessions->len == 0)
		loop_stop(c->options.loop);
}

void
control_stop(struct control **owner)
{
	struct control *c = *owner;

	if (c == NULL)
		return;
	*owner = NULL;
	listen_close(&c->listen);
	c->stopping = true;
	if (c->asks > 0)
		loop_run(c->options.loop);
	g_ptr_array_unref(c->sessions);
	c->magic = 0;
	g_free(c);
}
