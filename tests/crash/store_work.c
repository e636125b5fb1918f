/* SPDX-License-Identifier: MIT */
/*
 * A daemon in miniature, for crash tests of the store alone.
 *
 *	store_work write DIR COUNT   commits jobs through the writer thread and
 *	                             prints `ACK number nanoseconds` for each
 *	store_work lie DIR COUNT     the same, but answers before the commit: a
 *	                             test that does not notice proves nothing
 *	store_work read DIR          checks all and prints `HAVE number` lines
 *
 * A failure is told on standard error; the exit status is 1 then.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/token.h"
#include "store/private.h"
#include "store/scan.h"
#include "store/view.h"
#include "store/writer.h"
#include "store/wtxn.h"

#define MAP_SIZE (UINT64_C(64) << 20)
#define VALUE    3000
#define PAUSE_US 200

struct numbered {
	struct write_job job; /* first */
	uint64_t number;
};

static atomic_int failures;

static void
tell_ack(uint64_t number)
{
	char line[80];
	struct timespec t;
	int len;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	len = snprintf(line, sizeof(line), "ACK %" PRIu64 " %lld%09ld\n",
	    number, (long long)t.tv_sec, t.tv_nsec);
	if (write(STDOUT_FILENO, line, (size_t)len) != len)
		atomic_fetch_add(&failures, 1);
}

static void
complain(const GError *error)
{
	atomic_fetch_add(&failures, 1);
	(void)fprintf(stderr, "store_work: %s\n",
	    error != NULL ? error->message : "no reason given");
}

static bool
job_run(struct write_job *arg, struct wtxn *w, GError **error)
{
	const struct numbered *job = (const struct numbered *)arg;
	struct key outbox = key_1(TABLE_OUTBOX, job->number);
	uint8_t value[VALUE];
	struct key entry;
	uint64_t id;

	memset(value, (int)(job->number % 251), sizeof(value));
	if (!wtxn_next_id(w, SEQUENCE_ENTRY, &id, error))
		return false;
	entry = key_2(TABLE_ENTRY, id, job->number);
	wtxn_add(w, COUNTER_MAIL, 1, 1);
	return wtxn_put(w, &entry, value, job->number % VALUE, error) &&
	    wtxn_put(w, &outbox, "", 0, error);
}

static void
job_done(struct write_job *arg, GError **error)
{
	struct numbered *job = (struct numbered *)arg;

	if (*error == NULL)
		tell_ack(job->number);
	else
		complain(*error);
	g_free(job);
}

static void
job_done_silently(struct write_job *arg, GError **error)
{
	(void)error;
	g_free(arg);
}

static void
on_fatal(void *arg)
{
	(void)arg;
	_exit(1);
}

static struct store *
open_store(const char *dir, GError **error)
{
	struct store_options options = {.dir = dir, .map_size = MAP_SIZE};
	g_autofree char *file = g_build_filename(dir, STORE_FILE, NULL);

	(void)g_mkdir(dir, 0700); /* may be there */
	options.create = g_file_test(file, G_FILE_TEST_EXISTS)
	    ? STORE_MUST_EXIST
	    : STORE_CREATE;
	return store_open(&options, error);
}

static void
submit(struct writer *writer, uint64_t number, bool lies)
{
	struct numbered *job = g_new0(struct numbered, 1);

	job->job.run = job_run;
	job->job.done = lies ? job_done_silently : job_done;
	job->number = number;
	while (!writer_submit(writer, &job->job, VALUE))
		g_usleep(PAUSE_US);
	if (lies)
		tell_ack(number);
	if (number % 3 == 0)
		g_usleep(PAUSE_US); /* so that batches differ */
}

static bool
seen_row(void *arg, const struct key *key, struct slice value, GError **error)
{
	size_t at = key_start(key->table);

	(void)value;
	(void)error;
	*(uint64_t *)arg = key_get_u64(key, &at);
	return true;
}

static bool
last_number(struct store *store, uint64_t *last_out, GError **error)
{
	AUTO(view_end) struct view *view = view_begin(store, error);

	*last_out = 0;
	return view != NULL &&
	    scan_table(view, TABLE_OUTBOX, seen_row, last_out, error);
}

static bool
work(const char *dir, uint64_t count, bool lies, GError **error)
{
	AUTO(store_close) struct store *store = open_store(dir, error);
	struct writer_options options = {.store = store,
	    .max_items = 64,
	    .max_bytes = 1 << 20,
	    .fatal = on_fatal};
	AUTO(writer_stop) struct writer *writer = NULL;
	uint64_t last;

	if (store == NULL || !last_number(store, &last, error))
		return false;
	writer = writer_start(&options);
	for (uint64_t n = 1; n <= count; n++)
		submit(writer, last + n, lies);
	return true;
}

struct reading {
	uint64_t entries;
	uint64_t numbers;
};

static bool
read_row(void *arg, const struct key *key, struct slice value, GError **error)
{
	struct reading *r = arg;
	size_t at = key_start(key->table);
	uint64_t number = key_get_u64(key, &at);

	if (key->table == TABLE_OUTBOX) {
		printf("HAVE %" PRIu64 "\n", number);
		r->numbers++;
	}
	if (key->table != TABLE_ENTRY)
		return true;
	number = key_get_u64(key, &at);
	r->entries++;
	if (value.len != number % VALUE ||
	    (value.len > 0 && value.bytes[0] != number % 251))
		return fail(error, ERR_DAMAGED, "wrong bytes in entry %" PRIu64,
		    number);
	return true;
}

static bool
read_all(const char *dir, GError **error)
{
	struct store_options options = {.dir = dir, .map_size = MAP_SIZE};
	AUTO(store_close) struct store *store = store_open(&options, error);
	AUTO(view_end) struct view *view = NULL;
	struct reading r = {.entries = 0};
	int64_t counted;

	if (store == NULL || (view = view_begin(store, error)) == NULL ||
	    !scan_table(view, TABLE_ENTRY, read_row, &r, error) ||
	    !scan_table(view, TABLE_OUTBOX, read_row, &r, error) ||
	    !counter_get(view, COUNTER_MAIL, 1, &counted, error))
		return false;
	if (r.entries != r.numbers || (uint64_t)counted != r.numbers)
		return fail(error, ERR_DAMAGED,
		    "%" PRIu64 " entries, %" PRIu64 " numbers, %" PRId64
		    " counted",
		    r.entries, r.numbers, counted);
	return true;
}

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	bool done = false;

	token_init_or_die();
	if (argc == 3 && strcmp(argv[1], "read") == 0)
		done = read_all(argv[2], &error);
	else if (argc == 4)
		done = work(argv[2], g_ascii_strtoull(argv[3], NULL, 10),
		    strcmp(argv[1], "lie") == 0, &error);
	if (!done)
		complain(error);
	return done && atomic_load(&failures) == 0 ? 0 : 1;
}
