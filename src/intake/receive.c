/* SPDX-License-Identifier: MIT */
/*
 * Intake's three stations. Loop: hand over. Mail thread: parse in the child,
 * hash, compress. Writer: facts, decide, apply. The delivery goes round once;
 * what the stations need beside it lives in struct work, freed on the loop.
 */
#include "intake/receive.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "base/clk.h"
#include "base/crash.h"
#include "base/err.h"
#include "base/metric.h"
#include "base/rate.h"
#include "desk/snapshot.h"
#include "intake/apply.h"
#include "intake/decide.h"
#include "intake/facts.h"
#include "store/blob.h"
#include "store/record.h"
#include "store/writer.h"

#define LARGE_FROM ((size_t)64 * 1024)

#define RATE_KEYS ((size_t)64 * 1024) /* senders and tickets of an hour */

struct intake {
	struct intake_options options;
	struct rate *rate; /* a restart begins the hour anew */
	struct pool *small;
	struct pool *large;
};

/* One mail's way; owner: whoever has the delivery. */
struct work {
	struct write_job job; /* first: the writer's handle */
	struct intake *intake;
	struct delivery *delivery;
	struct mail_result read;
	Rec__Envelope *envelope;
	struct intake_mail in;
	struct intake_count count;
	struct blob *blob;
	uint64_t detail_len;
	struct outcome outcome;
};

static void
work_free(struct work **owner)
{
	struct work *work = *owner;

	if (work == NULL)
		return;
	*owner = NULL;
	mail_result_drop(&work->read);
	if (work->envelope != NULL)
		rec__envelope__free_unpacked(work->envelope, &record_allocator);
	blob_free(&work->blob);
	g_free(work);
}

/* ---- back on the loop ---------------------------------------------------- */

static char *
place_of(const struct outcome *o)
{
	switch (o->action) {
	case REC__ACTION__CREATE:
	case REC__ACTION__APPEND:
		return g_strdup_printf("ticket %" PRIu64 " entry %" PRIu64,
		    o->ticket, o->entry);
	case REC__ACTION__HOLD:
		return g_strdup_printf("held entry %" PRIu64, o->entry);
	case REC__ACTION__DUPLICATE:
		return g_strdup_printf("known entry %" PRIu64, o->entry);
	case REC__ACTION__DISCARD:
		return g_strdup_printf("discarded entry %" PRIu64, o->entry);
	case REC__ACTION__REJECT:
	case REC__ACTION__COMMAND:
	case _REC__ACTION_IS_INT_SIZE:
		break;
	}
	return g_strdup("kept");
}

static void
count(const struct outcome *o)
{
	metric_add(METRIC_MAIL_RECEIVED, 1);
	if (o->action == REC__ACTION__HOLD)
		metric_add(METRIC_MAIL_HELD, 1);
	else if (o->action == REC__ACTION__DUPLICATE)
		metric_add(METRIC_MAIL_DUPLICATES, 1);
	else if (o->action == REC__ACTION__DISCARD)
		metric_add(METRIC_MAIL_DISCARDED, 1);
	else
		metric_add(METRIC_MAIL_ENTRIES, 1);
}

static void
on_loop(struct loop_call *call)
{
	struct delivery *d = (struct delivery *)((char *)call -
	    offsetof(struct delivery, call));
	struct work *work = g_steal_pointer(&d->work);

	if (d->error == NULL) {
		d->detail = g_strdup_printf("kept as entry %" PRIu64,
		    work->outcome.entry);
		d->place = place_of(&work->outcome);
		count(&work->outcome);
	}
	work_free(&work);
	d->done(d);
}

static void
finish(struct work *work, GError **error)
{
	struct delivery *d = work->delivery;

	if (error != NULL && *error != NULL)
		d->error = g_steal_pointer(error);
	d->call.run = on_loop;
	work->intake->options.post(work->intake->options.post_arg, &d->call);
}

/* ---- on the writer thread ------------------------------------------------ */

static bool
decide_and_apply(struct work *work, struct wtxn *w,
    const struct snapshot *snapshot, GError **error)
{
	AUTO_RECORD(Rec__Facts) facts = NULL;
	struct decision decision;
	struct application a;

	work->in.received_at = wtxn_now(w);
	work->count.rate = work->intake->rate;
	work->in.count = &work->count;
	facts = facts_gather(wtxn_view(w), snapshot, &work->in, error);
	if (facts == NULL)
		return false;
	decide(facts, snapshot, &decision);
	a = (struct application){
	    .in = &work->in,
	    .facts = facts,
	    .decision = &decision,
	    .snapshot = snapshot,
	    .blob = work->blob,
	    .detail_len = work->detail_len,
	    .raw_len = work->delivery->len,
	};
	return apply(w, &a, &work->outcome, error);
}

static bool
write_run(struct write_job *job, struct wtxn *w, GError **error)
{
	struct work *work = (struct work *)job;
	struct cell *cell = work->intake->options.snapshot;
	struct snapshot *snapshot = cell_get(cell);
	bool done = decide_and_apply(work, w, snapshot, error);

	cell_release(cell, snapshot);
	return done;
}

static void
write_done(struct write_job *job, GError **error)
{
	finish((struct work *)job, error);
}

/* ---- on a mail thread ---------------------------------------------------- */

struct bytes {
	const uint8_t *at;
	size_t len;
	void *map; /* of a spool file, or NULL */
};

static bool
bytes_open(const struct delivery *d, struct bytes *out, GError **error)
{
	void *map;

	*out = (struct bytes){.len = d->len};
	if (d->spool_fd < 0) {
		out->at = d->raw->data;
		return true;
	}
	map = mmap(NULL, d->len, PROT_READ, MAP_PRIVATE, d->spool_fd, 0);
	if (map == MAP_FAILED)
		return fail(error, ERR_TEMP, "mapping the spool file: %s",
		    g_strerror(errno));
	out->at = out->map = map;
	return true;
}

static void
bytes_close(struct bytes *bytes)
{
	if (bytes->map != NULL)
		(void)munmap(bytes->map, bytes->len); /* read only */
}

static bool
compress(struct work *work, const struct bytes *raw, GError **error)
{
	gsize len;
	const void *detail = g_bytes_get_data(work->read.packed, &len);

	work->detail_len = len;
	work->blob = blob_new();
	return blob_add(work->blob, detail, len, error) &&
	    blob_add(work->blob, raw->at, raw->len, error) &&
	    blob_finish(work->blob, error);
}

static bool
read_mail(struct work *work, struct mail_process *process,
    const struct bytes *raw, GError **error)
{
	if (!mail_process_parse(process, raw->at, raw->len, &work->read, error))
		return false;
	work->in.hashes = mail_hashes_of(work->read.mail, raw->at, raw->len);
	return compress(work, raw, error);
}

static Rec__Envelope *
envelope_record(const struct delivery *d)
{
	Rec__Envelope *e = g_new0(Rec__Envelope, 1);

	rec__envelope__init(e);
	e->sender = delivery_word(d->sender);
	e->queue_id = delivery_word(d->queue_id);
	e->client = delivery_word(d->client);
	e->helo = delivery_word(d->helo);
	e->source = g_strdup(d->source);
	e->n_recipients = d->recipients->len;
	e->recipients = g_new0(Rec__Recipient *, d->recipients->len);
	for (guint i = 0; i < d->recipients->len; i++)
		e->recipients[i] = delivery_recipient_record(
		    &g_array_index(d->recipients, struct delivery_recipient,
			i));
	return e;
}

static bool
prepare(struct work *work, struct mail_process *process, GError **error)
{
	struct bytes raw;
	bool done;

	if (!bytes_open(work->delivery, &raw, error))
		return false;
	done = read_mail(work, process, &raw, error);
	bytes_close(&raw);
	work->envelope = envelope_record(work->delivery);
	work->in.mail = work->read.mail;
	work->in.envelope = work->envelope;
	return done;
}

static void
pool_run(struct pool_job *job, void *thread_data)
{
	struct delivery *d = (struct delivery *)((char *)job -
	    offsetof(struct delivery, pool));
	struct work *work = d->work;
	g_autoptr(GError) error = NULL;

	if (prepare(work, thread_data, &error)) {
		CRASH_POINT(intake_parsed);
		work->job.run = write_run;
		work->job.done = write_done;
		if (writer_submit(work->intake->options.writer, &work->job,
			blob_size(work->blob)))
			return;
		err_set(&error, ERR_BUSY, "the writer's queue is full");
	}
	finish(work, &error);
}

/* ---- on the loop --------------------------------------------------------- */

void
intake_deliver(struct intake *intake, struct delivery *d)
{
	struct work *work = g_new0(struct work, 1);
	struct pool *pool = d->len > LARGE_FROM ? intake->large : intake->small;

	ON_THREAD(LOOP);
	work->intake = intake;
	work->delivery = d;
	d->work = work;
	d->pool.run = pool_run;
	if (pool_submit(pool, &d->pool, d->len))
		return;
	g_clear_pointer(&d->work, g_free);
	err_set(&d->error, ERR_BUSY, "too many mails are waiting to be read");
	d->done(d);
}

static void *
thread_setup(void *arg)
{
	const struct intake *intake = arg;

	return mail_process_new(&intake->options.process);
}

/* Mails that take long, hostile ones most of all, leave the CPU to the
 * others. The thread only gives way, for it shares locks with them; its
 * child shares nothing and gets what is left over. */
static void *
large_setup(void *arg)
{
	const struct intake *intake = arg;
	struct mail_process_options options = intake->options.process;

	thread_is_long();
	options.background = true;
	return mail_process_new(&options);
}

static void
thread_teardown(void *process_arg)
{
	struct mail_process *process = process_arg;

	mail_process_free(&process);
}

struct intake *
intake_start(const struct intake_options *options)
{
	struct intake *intake = g_new0(struct intake, 1);
	struct pool_options pool = {
	    .name = "mail",
	    .role = THREAD_MAIL,
	    .threads = options->processes,
	    .max_items = options->waiting_max,
	    .max_bytes = SIZE_MAX, /* the door's budget bounds the bytes */
	    .setup = thread_setup,
	    .teardown = thread_teardown,
	    .arg = intake,
	};

	intake->options = *options;
	intake->rate = rate_new(RATE_KEYS);
	intake->small = pool_new(&pool);
	pool.name = "mail-large";
	pool.threads = (options->processes + 1) / 2;
	pool.setup = large_setup;
	intake->large = pool_new(&pool);
	return intake;
}

void
intake_stop(struct intake **owner)
{
	struct intake *intake = *owner;

	if (intake == NULL)
		return;
	*owner = NULL;
	pool_free(&intake->small);
	pool_free(&intake->large);
	rate_free(&intake->rate);
	g_free(intake);
}
