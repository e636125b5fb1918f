/* SPDX-License-Identifier: MIT */
/*
 * Late keys on every backend: whatever was put and committed is found in
 * LATE or in its table, exactly, by who writes and by who reads, after many
 * rounds and after each new start; and LATE does not grow for ever.
 */
#include "store/late.h"

#include <stdlib.h>
#include <string.h>

#include "store/record.h"
#include "store/scan.h"
#include "tests/store/rows.h"

#define SMALL  200 /* keys kept in memory */
#define KEYS   4000
#define BATCH  17
#define PREFIX 24

struct fixture {
	struct store *store;
	struct store_options options;
};

static struct late_key
key_number(unsigned n)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	struct late_key key;
	gsize len = LATE_LEN;

	g_checksum_update(sum, (const guchar *)&n, sizeof(n));
	g_checksum_get_digest(sum, key.bytes, &len);
	return key;
}

static void
fixture_open(struct fixture *f)
{
	g_autoptr(GError) error = NULL;

	f->store = store_open(&f->options, &error);
	CHECK_OK(f->store != NULL, error);
}

static void
fixture_init(struct fixture *f, const struct backend *backend)
{
	char *dir = g_strdup_printf("%s/late-XXXXXX", test_directory());

	*f = (struct fixture){
	    .options = {.backend = backend,
			.dir = dir,
			.map_size = UINT64_C(256) << 20,
			.late_max = SMALL,
			.create = STORE_CREATE}
        };
	CHECK(g_mkdtemp(dir) != NULL);
	fixture_open(f);
	f->options.create = STORE_MUST_EXIST;
}

static void
fixture_drop(struct fixture *f)
{
	store_close(&f->store);
	g_free((char *)(uintptr_t)f->options.dir);
}

static struct wtxn *
begin(struct fixture *f)
{
	g_autoptr(GError) error = NULL;
	struct wtxn *w = wtxn_begin(f->store, 1, &error);

	CHECK_OK(w != NULL, error);
	return w;
}

static void
put_numbers(struct wtxn *w, unsigned from, unsigned count)
{
	g_autoptr(GError) error = NULL;

	for (unsigned n = from; n < from + count; n++) {
		const struct late_key key = key_number(n);

		CHECK_OK(wtxn_put_late(w, &key, &error), error);
	}
}

static void
commit(struct wtxn *w)
{
	g_autoptr(GError) error = NULL;

	CHECK_OK(wtxn_commit(&w, &error), error);
}

static bool
is_settled(const struct view *view, const struct late_key *late)
{
	struct key key = key_of(TABLE_MESSAGE_ID);
	g_autoptr(GError) error = NULL;
	struct slice value;
	enum found found;

	key_bytes(&key, late->bytes, LATE_LEN);
	found = view_get(view, &key, &value, &error);
	CHECK_OK(found != FOUND_ERROR, error);
	return found == FOUND_YES;
}

static bool
is_waiting(const struct view *view, const struct late_key *key)
{
	g_autoptr(GError) error = NULL;
	struct late_key got[2] = {0};
	struct late_found found = {.at = got, .max = COUNT(got)};

	CHECK_OK(late_list(view, key->bytes, PREFIX, &found, &error), error);
	for (size_t i = 0; i < found.count; i++)
		if (memcmp(got[i].bytes, key->bytes, LATE_LEN) == 0)
			return true;
	return false;
}

/* All of 0…count-1 are there, and the next is not. */
static void
check_numbers(const struct view *view, unsigned count)
{
	for (unsigned n = 0; n <= count; n++) {
		const struct late_key key = key_number(n);

		CHECK_EQ(n, is_settled(view, &key) || is_waiting(view, &key),
		    n < count);
	}
}

static void
check_read(struct fixture *f, unsigned count)
{
	g_autoptr(GError) error = NULL;
	AUTO(view_end) struct view *view = view_begin(f->store, &error);

	CHECK_OK(view != NULL, error);
	check_numbers(view, count);
}

static void
check_written(struct fixture *f, unsigned count)
{
	AUTO(wtxn_abort) struct wtxn *w = begin(f);

	check_numbers(wtxn_view(w), count);
}

static bool
count_row(void *arg, const struct key *key, struct slice value, GError **error)
{
	unsigned *rows = arg;

	(void)key;
	(void)value;
	(void)error;
	(*rows)++;
	return true;
}

static unsigned
rows_of(struct fixture *f, enum table table)
{
	g_autoptr(GError) error = NULL;
	AUTO(view_end) struct view *view = view_begin(f->store, &error);
	unsigned rows = 0;

	CHECK_OK(scan_table(view, table, count_row, &rows, &error), error);
	return rows;
}

static void
restart(struct fixture *f)
{
	/* Memory has nothing to start again from. */
	if (f->options.backend == &backend_mem)
		return;
	store_close(&f->store);
	fixture_open(f);
}

TEST(every_key_is_found_through_many_rounds_and_starts)
{
	for (size_t b = 0; b < COUNT(backends); b++) {
		struct fixture f;

		fixture_init(&f, backends[b]);
		for (unsigned n = 0; n < KEYS; n += BATCH) {
			struct wtxn *w = begin(&f);

			put_numbers(w, n, BATCH);
			if (n % 5 == 0)
				check_numbers(wtxn_view(w), n + BATCH);
			commit(w);
			if (n % (BATCH * 13) == 0)
				restart(&f);
			if (n % (BATCH * 29) == 0)
				check_read(&f, n + BATCH);
			if (n % (BATCH * 31) == 0)
				check_written(&f, n + BATCH);
		}
		CHECK(rows_of(&f, TABLE_MESSAGE_ID) > KEYS / 2);
		CHECK(rows_of(&f, TABLE_LATE) < 4 * SMALL / BATCH);
		fixture_drop(&f);
	}
}

TEST(an_aborted_key_is_nowhere)
{
	for (size_t b = 0; b < COUNT(backends); b++) {
		struct fixture f;

		fixture_init(&f, backends[b]);
		for (unsigned n = 0; n < 3 * SMALL; n += BATCH) {
			struct wtxn *w = begin(&f);

			put_numbers(w, n, 3 * BATCH);
			wtxn_abort(&w);
			check_written(&f, n);
			w = begin(&f);
			put_numbers(w, n, BATCH);
			commit(w);
			check_written(&f, n + BATCH);
		}
		fixture_drop(&f);
	}
}

/* One Message-ID sent again and again: a commit never has much to settle. */
TEST(a_crowd_of_one_hash_takes_its_places_at_once)
{
	struct fixture f;
	struct late_key key = key_number(1);
	unsigned settled;

	fixture_init(&f, &backend_lmdb);
	for (unsigned n = 0; n < 2000; n += 50) {
		g_autoptr(GError) error = NULL;
		struct wtxn *w = begin(&f);

		for (unsigned i = n; i < n + 50; i++) {
			memcpy(key.bytes + 4, &i, sizeof(i));
			CHECK_OK(wtxn_put_late(w, &key, &error), error);
		}
		commit(w);
	}
	settled = rows_of(&f, TABLE_MESSAGE_ID);
	CHECK(settled >= 2000 - 512 - 50);
	for (unsigned i = 0; i < 2000; i++) {
		AUTO(wtxn_abort) struct wtxn *w = begin(&f);

		memcpy(key.bytes + 4, &i, sizeof(i));
		CHECK(is_settled(wtxn_view(w), &key) ||
		    is_waiting(wtxn_view(w), &key));
	}
	fixture_drop(&f);
}
