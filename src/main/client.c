/* SPDX-License-Identifier: MIT */
/*
 * The client's two ways; see client.h. While another command holds the store
 * (for a moment) or the daemon starts, it is tried again for a while.
 */
#include "main/client.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "admin/control.h"
#include "admin/resource.h"
#include "admin/task.h"
#include "base/clk.h"
#include "desk/snapshot.h"
#include "jobs/jobs.h"
#include "main/cli.h"
#include "main/config.h"
#include "main/connect.h"
#include "model/json.h"
#include "store/store.h"
#include "store/writer.h"

#define TRIES        50
#define TRY_PAUSE_US 100000
#define ANSWER_MS    60000
#define TASK_MS      (24 * 3600 * 1000) /* backups and checks take long */
#define READ_STEP    ((size_t)64 * 1024)

struct client {
	int fd;              /* of the daemon, or -1 */
	struct store *store; /* or NULL */
};

/* ---- opening ------------------------------------------------------------- */

static bool
is_nobody_there(int failed)
{
	return failed == ECONNREFUSED || failed == ENOENT || failed == ENOTDIR;
}

/* One try; ERR_BUSY: try again. */
static bool
reach(struct client *client, const struct cli *cli, GError **error)
{
	struct store_options options = {
	    .dir = cli_data(cli),
	    .map_size = config_number(cli->config, OPTION_STORE_MAP_SIZE),
	};
	g_autofree char *path = g_build_filename(options.dir, CONTROL_SOCKET,
	    NULL);

	client->fd = connect_unix(path);
	if (client->fd >= 0)
		return true;
	if (!is_nobody_there(errno))
		return fail(error, errno == EACCES ? ERR_DENIED : ERR_BUSY,
		    "reaching the desk in %s: %s", options.dir,
		    g_strerror(errno));
	client->store = store_open(&options, error);
	return client->store != NULL;
}

struct client *
client_open(const struct cli *cli, GError **error)
{
	AUTO(client_close) struct client *client = g_new0(struct client, 1);

	client->fd = -1;
	for (unsigned i = 0; i < TRIES; i++) {
		g_autoptr(GError) why = NULL;

		if (reach(client, cli, &why))
			return g_steal_pointer(&client);
		if (!err_is(why, ERR_BUSY) || i + 1 == TRIES) {
			g_propagate_error(error, g_steal_pointer(&why));
			return NULL;
		}
		g_usleep(TRY_PAUSE_US);
	}
	return NULL;
}

void
client_close(struct client **owner)
{
	struct client *client = *owner;

	if (client == NULL)
		return;
	*owner = NULL;
	if (client->fd >= 0)
		(void)close(client->fd); /* all answers were read */
	store_close(&client->store);
	g_free(client);
}

bool
client_is_daemon(const struct client *client)
{
	return client->fd >= 0;
}

/* ---- the daemon ---------------------------------------------------------- */

static bool
line_send(int fd, const char *line, GError **error)
{
	size_t len = strlen(line);

	while (len > 0) {
		const ssize_t n = send(fd, line, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(error, ERR_TEMP, "asking the daemon: %s",
			    g_strerror(errno));
		line += n;
		len -= (size_t)n;
	}
	return true;
}

static bool
line_read(int fd, GByteArray *line, int timeout_ms, GError **error)
{
	g_autofree uint8_t *step = g_malloc(READ_STEP);

	for (;;) {
		struct pollfd door = {.fd = fd, .events = POLLIN};
		const int ready = poll(&door, 1, timeout_ms);
		ssize_t n;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return fail(error, ERR_TEMP,
			    "the daemon does not answer");
		n = read(fd, step, READ_STEP);
		if (n <= 0)
			return fail(error, ERR_TEMP,
			    "the daemon ended while it was asked");
		g_byte_array_append(line, step, (guint)n);
		if (step[n - 1] == '\n')
			return true;
	}
}

static bool
error_take(const json_t *answer, GError **error)
{
	const json_t *why = json_object_get(answer, "error");
	const char *kind = json_string_value(json_object_get(why, "kind"));
	const char *message = json_string_value(
	    json_object_get(why, "message"));
	enum err_kind found = ERR_TEMP;

	for (enum err_kind i = 0; kind != NULL && i < ERR_COUNT; i++)
		if (strcmp(err_row(i)->name, kind) == 0)
			found = i;
	return fail(error, found, "%s",
	    message != NULL ? message : "the daemon's answer is none");
}

static bool
call_daemon(int fd, const json_t *request, json_t **out, GError **error)
{
	g_autofree char *text = json_line(request);
	g_autofree char *line = g_strconcat(text, "\n", NULL);
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	int timeout_ms = task_is(request) ? TASK_MS : ANSWER_MS;
	json_t *answer, *ok;
	bool is_ok;

	if (!line_send(fd, line, error) ||
	    !line_read(fd, bytes, timeout_ms, error))
		return false;
	answer = json_loadb((const char *)bytes->data, bytes->len, 0, NULL);
	ok = json_object_get(answer, "ok");
	is_ok = ok != NULL;
	if (is_ok)
		*out = json_incref(ok);
	else
		(void)error_take(answer, error);
	json_decref(answer);
	return is_ok;
}

/* ---- the store ----------------------------------------------------------- */

struct local_write {
	struct write_job job; /* first */
	const json_t *request;
	const struct snapshot *snapshot;
	json_t *answer;
};

static bool
local_run(struct write_job *job, struct wtxn *w, GError **error)
{
	struct local_write *write = (struct local_write *)job;

	return resource_write(w, write->snapshot, write->request,
	    &write->answer, error);
}

/* Nobody else would do the long job that was added. */
static bool
jobs_finish(struct store *store, const struct snapshot *snapshot,
    const json_t *answer, GError **error)
{
	return json_object_get(answer, "job") == NULL ||
	    jobs_run_all(store, snapshot, error);
}

static bool
local_store(struct store *store, const struct snapshot *snapshot,
    const json_t *request, json_t **out, GError **error)
{
	struct local_write write = {
	    .job.run = local_run,
	    .request = request,
	    .snapshot = snapshot,
	};

	if (!writer_run_alone(store, &write.job, error) ||
	    !jobs_finish(store, snapshot, write.answer, error)) {
		json_decref(write.answer);
		return false;
	}
	*out = write.answer;
	return true;
}

static bool
call_store(struct store *store, const json_t *request, json_t **out,
    GError **error)
{
	AUTO(snapshot_release) struct snapshot *snapshot = NULL;
	AUTO(view_end) struct view *view = NULL;
	enum resource_mode mode;

	if (task_is(request))
		return task_run(store, request, out, error);
	if (!resource_mode(request, &mode, error))
		return false;
	view = view_begin(store, error);
	if (view == NULL)
		return false;
	snapshot = snapshot_load(view, error);
	if (snapshot == NULL)
		return false;
	if (mode == RESOURCE_READS)
		return resource_read(view, snapshot, request, out, error);
	view_end(&view);
	return local_store(store, snapshot, request, out, error);
}

/* ---- both ---------------------------------------------------------------- */

static bool
call(struct client *client, const json_t *request, json_t **out, GError **error)
{
	return client->fd >= 0 ? call_daemon(client->fd, request, out, error)
			       : call_store(client->store, request, out, error);
}

bool
client_call(struct client *client, json_t *request, json_t **out,
    GError **error)
{
	bool done = call(client, request, out, error);

	json_decref(request);
	return done;
}

static bool
pages(struct client *client, json_t *request, client_page_fn *page, void *arg,
    GError **error)
{
	for (;;) {
		json_t *answer;
		const json_t *cursor;
		bool goes_on;

		if (!call(client, request, &answer, error))
			return false;
		cursor = json_object_get(answer, "cursor");
		if (json_is_string(cursor))
			json_put(request, "cursor",
			    json_string(json_string_value(cursor)));
		goes_on = json_is_string(cursor);
		if (!page(arg, answer, error)) {
			json_decref(answer);
			return error == NULL || *error == NULL;
		}
		json_decref(answer);
		if (!goes_on)
			return true;
	}
}

bool
client_pages(struct client *client, json_t *request, client_page_fn *page,
    void *arg, GError **error)
{
	bool done = pages(client, request, page, arg, error);

	json_decref(request);
	return done;
}

json_t *
client_request(const char *verb, const char *resource, const char *id)
{
	json_t *request = json_object();

	json_put(request, "verb", json_text(verb));
	if (resource != NULL)
		json_put(request, "resource", json_text(resource));
	if (id != NULL)
		json_put(request, "id", json_text(id));
	return request;
}

bool
client_fields(json_t *request, char *const *args, GError **error)
{
	json_t *fields = json_object();

	json_put(request, "fields", fields);
	for (; *args != NULL; args++) {
		const char *equals = strchr(*args, '=');
		g_autofree char *name = NULL;

		if (!g_utf8_validate(*args, -1, NULL))
			return fail(error, ERR_USAGE,
			    "the arguments are not UTF-8");
		if (equals == NULL || equals == *args)
			return fail(error, ERR_USAGE,
			    "FIELD=VALUE is needed, not %s", *args);
		name = g_strndup(*args, (gsize)(equals - *args));
		json_put(fields, name, json_string(equals + 1));
	}
	return true;
}
