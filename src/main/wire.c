/* SPDX-License-Identifier: MIT */
/*
 * The daemon: store, writer, readers, long jobs, mail processes, control
 * socket, LMTP.
 * Started in that order, stopped in reverse: first nobody new is let in, then
 * what is under way is answered, then the parts end. A commit whose outcome
 * is unknown ends the process at once: its next start reads what is true.
 */
#include "main/wire.h"

#include <signal.h>
#include <unistd.h>

#include "admin/control.h"
#include "base/cell.h"
#include "base/clk.h"
#include "base/log.h"
#include "base/token.h"
#include "desk/snapshot.h"
#include "intake/receive.h"
#include "intake/recipient.h"
#include "jobs/jobs.h"
#include "lmtp/server.h"
#include "main/config.h"
#include "net/loop.h"
#include "net/timer.h"
#include "store/store.h"
#include "store/writer.h"

#define TICK_MS          1000
#define READER_JOBS_MAX  1024
#define WRITER_BYTES_MAX (512 * 1024 * 1024)
#define EXIT_IN_DOUBT    70 /* EX_SOFTWARE: the service manager restarts us */

struct daemon {
	const struct config *config;
	const char *dir;
	struct store *store;
	struct cell *snapshot;
	struct loop *loop;
	struct writer *writer;
	struct pool *readers;
	struct jobs *jobs;
	struct intake *intake;
	struct control *control;
	struct lmtp_server *lmtp;
	struct timer *tick;
	struct pool_job tick_job;
	struct loop_call tick_done;
	bool tick_runs;
	bool stopping;
};

/* ---- snapshot ------------------------------------------------------------ */

static void
on_config_changed(void *arg, const struct view *view)
{
	struct daemon *d = arg;
	g_autoptr(GError) error = NULL;
	struct snapshot *next = snapshot_load(view, &error);

	if (next != NULL)
		cell_set(d->snapshot, next);
	else
		log_error("snapshot why=%s", log_str(error->message));
}

static bool
snapshot_first(struct daemon *d, GError **error)
{
	AUTO(view_end) struct view *view = view_begin(d->store, error);
	struct snapshot *first;

	if (view == NULL)
		return false;
	first = snapshot_load(view, error);
	if (first == NULL)
		return false;
	d->snapshot = cell_new(snapshot_clear);
	cell_set(d->snapshot, first);
	return true;
}

/* ---- the writer's end ---------------------------------------------------- */

/* Nothing may be answered any more, nothing can be tidied up. */
static void
on_fatal(void *arg)
{
	(void)arg;
	_exit(EXIT_IN_DOUBT);
}

/* ---- LMTP's sink --------------------------------------------------------- */

static bool
on_recipient(void *arg, const char *address, struct delivery_recipient *out,
    GError **error)
{
	struct daemon *d = arg;
	struct snapshot *snapshot = cell_get(d->snapshot);
	bool ours = recipient_route(snapshot, address, out, error);

	cell_release(d->snapshot, snapshot);
	return ours;
}

static bool
on_room(void *arg, size_t size, GError **error)
{
	struct daemon *d = arg;

	(void)size;
	if (store_has_room(d->store))
		return true;
	return fail(error, ERR_FULL, "the store's disk is full");
}

static void
on_delivery(void *arg, struct delivery *delivery)
{
	struct daemon *d = arg;

	intake_deliver(d->intake, delivery);
}

/* ---- each second --------------------------------------------------------- */

static void
on_tick_done(struct loop_call *call)
{
	struct daemon *d = (struct daemon *)((char *)call -
	    offsetof(struct daemon, tick_done));

	d->tick_runs = false;
	if (!d->stopping)
		timer_arm(d->tick, TICK_MS);
}

static void
tick_run(struct pool_job *job, void *thread_data)
{
	struct daemon *d = (struct daemon *)((char *)job -
	    offsetof(struct daemon, tick_job));

	(void)thread_data;
	store_tick(d->store);
	loop_post(d->loop, &d->tick_done);
}

static void
on_tick(void *arg)
{
	struct daemon *d = arg;

	d->tick_job.run = tick_run;
	d->tick_done.run = on_tick_done;
	d->tick_runs = pool_submit(d->readers, &d->tick_job, 0);
	if (!d->tick_runs)
		timer_arm(d->tick, TICK_MS);
}

/* ---- start --------------------------------------------------------------- */

static unsigned
number(const struct daemon *d, enum option option)
{
	return (unsigned)config_number(d->config, option);
}

static bool
start_store(struct daemon *d, GError **error)
{
	struct store_options options = {
	    .dir = d->dir,
	    .map_size = config_number(d->config, OPTION_STORE_MAP_SIZE),
	};

	d->store = store_open(&options, error);
	if (d->store == NULL)
		return false;
	store_set_reserve(d->store,
	    config_number(d->config, OPTION_STORE_RESERVE));
	return snapshot_first(d, error);
}

static void
start_threads(struct daemon *d)
{
	struct writer_options writer = {
	    .store = d->store,
	    .max_items = number(d, OPTION_QUEUE),
	    .max_bytes = WRITER_BYTES_MAX,
	    .config_changed = on_config_changed,
	    .fatal = on_fatal,
	    .arg = d,
	};
	struct pool_options readers = {
	    .name = "reader",
	    .role = THREAD_READER,
	    .threads = number(d, OPTION_READERS),
	    .max_items = READER_JOBS_MAX,
	    .max_bytes = SIZE_MAX,
	};

	d->writer = writer_start(&writer);
	d->readers = pool_new(&readers);
}

static void
start_jobs(struct daemon *d)
{
	struct jobs_options options = {
	    .store = d->store,
	    .writer = d->writer,
	    .snapshot = d->snapshot,
	};

	d->jobs = jobs_start(&options);
}

static void
post_to_loop(void *arg, struct loop_call *call)
{
	struct loop *loop = arg;

	loop_post(loop, call);
}

static void
start_intake(struct daemon *d)
{
	struct intake_options options = {
	    .post = post_to_loop,
	    .post_arg = d->loop,
	    .writer = d->writer,
	    .snapshot = d->snapshot,
	    .processes = number(d, OPTION_PROCESSES),
	    .waiting_max = number(d, OPTION_QUEUE),
	    .process =
		{
			  .wall_ms = number(d, OPTION_PARSE_WALL),
			  .cpu_s = number(d, OPTION_PARSE_CPU),
			  .memory_max = config_number(d->config, OPTION_PARSE_MEMORY),
			  },
	};

	d->intake = intake_start(&options);
}

static json_t *
on_status(void *arg)
{
	struct daemon *d = arg;
	g_autofree char *lmtp = NULL;

	if (d->lmtp != NULL)
		lmtp = lmtp_addresses(d->lmtp);
	return json_pack("{s:s, s:s*, s:b}", "data", d->dir, "lmtp", lmtp,
	    "room", store_has_room(d->store));
}

static bool
start_control(struct daemon *d, GError **error)
{
	struct control_options options = {
	    .loop = d->loop,
	    .store = d->store,
	    .writer = d->writer,
	    .readers = d->readers,
	    .snapshot = d->snapshot,
	    .dir = d->dir,
	    .status = on_status,
	    .arg = d,
	};

	d->control = control_start(&options, error);
	return d->control != NULL;
}

static bool
start_lmtp(struct daemon *d, GError **error)
{
	const struct config *c = d->config;
	g_autofree char *spool = g_build_filename(d->dir, "spool", NULL);
	const char *hostname = config_text(c, OPTION_LMTP_HOSTNAME);
	struct lmtp_sink sink = {
	    .recipient = on_recipient,
	    .room = on_room,
	    .deliver = on_delivery,
	    .arg = d,
	};
	struct lmtp_options options = {
	    .listen = config_text(c, OPTION_LMTP_LISTEN),
	    .base_dir = d->dir,
	    .spool_dir = spool,
	    .hostname = hostname[0] != '\0' ? hostname : g_get_host_name(),
	    .xforward_peers = config_text(c, OPTION_LMTP_XFORWARD),
	    .sessions_max = number(d, OPTION_SESSIONS),
	    .sessions_per_peer = number(d, OPTION_SESSIONS_PEER),
	    .recipients_max = number(d, OPTION_RECIPIENTS),
	    .message_max = config_number(c, OPTION_MESSAGE),
	    .line_max = config_number(c, OPTION_COMMAND_LINE),
	    .memory_max = config_number(c, OPTION_MEMORY),
	    .in_flight_max = config_number(c, OPTION_IN_FLIGHT),
	    .errors_max = number(d, OPTION_ERRORS),
	    .idle_ms = number(d, OPTION_IDLE),
	    .data_rate_min = number(d, OPTION_DATA_RATE),
	    .stop_ms = number(d, OPTION_STOP),
	};

	d->lmtp = lmtp_start(d->loop, &options, &sink, error);
	return d->lmtp != NULL;
}

/* ---- stop ---------------------------------------------------------------- */

static void
on_lmtp_stopped(void *arg)
{
	struct daemon *d = arg;

	loop_stop(d->loop);
}

static void
on_signal(void *arg)
{
	struct daemon *d = arg;

	if (d->stopping)
		return;
	d->stopping = true;
	log_info("daemon action=stop");
	lmtp_stop(d->lmtp, on_lmtp_stopped, d);
}

static bool
start(struct daemon *d, GError **error)
{
	if (!start_store(d, error))
		return false;
	d->loop = loop_new(error);
	if (d->loop == NULL)
		return false;
	loop_on_signal(d->loop, SIGTERM, on_signal, d);
	loop_on_signal(d->loop, SIGINT, on_signal, d);
	start_threads(d);
	start_jobs(d);
	start_intake(d);
	if (!start_control(d, error) || !start_lmtp(d, error))
		return false;
	d->tick = timer_new(d->loop, on_tick, d);
	timer_arm(d->tick, TICK_MS);
	return true;
}

/* Mail threads and readers post to the loop, the writer is fed by both. */
static void
stop(struct daemon *d)
{
	d->stopping = true;
	control_stop(&d->control); /* turns the loop until all is answered */
	intake_stop(&d->intake);
	pool_free(&d->readers);
	jobs_stop(&d->jobs);
	writer_stop(&d->writer);
	lmtp_free(&d->lmtp);
	timer_free(&d->tick);
	loop_free(&d->loop);
	cell_free(&d->snapshot);
	store_close(&d->store);
}

bool
wire_run(const struct config *config, const char *dir, GError **error)
{
	struct daemon d = {.config = config, .dir = dir};
	bool started = start(&d, error);

	if (started) {
		g_autofree char *lmtp = lmtp_addresses(d.lmtp);

		log_info("daemon action=ready version=%s data=%s lmtp=%s",
		    MAILDESK_VERSION, log_str(dir), log_str(lmtp));
		loop_run(d.loop);
	}
	stop(&d);
	return started;
}
