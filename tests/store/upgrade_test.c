/* SPDX-License-Identifier: MIT */
/*
 * The store suite: upgrades in pieces (R83). Two steps over 5,000 rows, of
 * which doing one twice, or in the other order, gives other numbers. Each
 * piece is interrupted once, half done; the store is closed and opened where
 * this program's schema allows it.
 */
#include <string.h>

#include "store/record.h"
#include "store/upgrade_steps.h"
#include "store/view.h"
#include "store/wtxn.h"
#include "tests/store/rows.h"

#define ROWS   5000
#define PIECE  500
#define PIECES (2 * ROWS / PIECE)

typedef uint32_t change_fn(uint32_t n);

/* A step has no argument: what a test wants of it. */
static bool is_interrupting;
static uint64_t stopped_at; /* first row of the piece that failed last */
static unsigned begun, pieces;

static uint32_t
add_one(uint32_t n)
{
	return n + 1;
}

static uint32_t
times_ten(uint32_t n)
{
	return n * 10;
}

static bool
row_change(struct wtxn *w, uint64_t id, change_fn *change, GError **error)
{
	struct key key = key_1(TABLE_OUTBOX, id);
	AUTO_RECORD(Rec__Outbox) row = NULL;

	if (!RECORD_LOAD(wtxn_view(w), &key, &row, error))
		return false;
	row->attempts = change(row->attempts);
	return RECORD_SAVE(w, &key, row, error);
}

static bool
piece_do(struct wtxn *w, GString *cursor, change_fn *change, GError **error)
{
	const uint64_t from = cursor->len > 0
	    ? g_ascii_strtoull(cursor->str, NULL, 10)
	    : 1;
	const bool stops = is_interrupting && stopped_at != from;

	if (++begun > 2 * PIECES)
		return fail(error, ERR_INVALID, "the upgrade does not end");
	for (uint64_t id = from; id < from + PIECE; id++) {
		if (stops && id == from + PIECE / 2) {
			stopped_at = from;
			return fail(error, ERR_TEMP, "interrupted");
		}
		if (!row_change(w, id, change, error))
			return false;
	}
	pieces++;
	g_string_truncate(cursor, 0);
	if (from + PIECE <= ROWS)
		g_string_printf(cursor, "%" PRIu64, from + PIECE);
	return true;
}

static bool
run_add(struct wtxn *w, GString *cursor, GError **error)
{
	return piece_do(w, cursor, add_one, error);
}

static bool
run_times(struct wtxn *w, GString *cursor, GError **error)
{
	return piece_do(w, cursor, times_ten, error);
}

static const struct upgrade_step steps[] = {
    {STORE_SCHEMA + 1, run_add  },
    {STORE_SCHEMA + 2, run_times},
};

static void
commit(struct wtxn **w)
{
	g_autoptr(GError) error = NULL;

	CHECK_OK(wtxn_commit(w, &error), error);
}

static void
rows_make(struct store *store)
{
	g_autoptr(GError) error = NULL;
	AUTO(wtxn_abort) struct wtxn *w = wtxn_begin(store, 1, &error);

	for (uint64_t id = 1; id <= ROWS; id++) {
		struct key key = key_1(TABLE_OUTBOX, id);
		Rec__Outbox row = REC__OUTBOX__INIT;

		row.has_attempts = true;
		row.attempts = (uint32_t)id;
		CHECK_OK(RECORD_SAVE(w, &key, &row, &error), error);
	}
	commit(&w);
}

static Rec__Meta *
meta_now(struct store *store)
{
	g_autoptr(GError) error = NULL;
	AUTO(view_end) struct view *view = view_begin(store, &error);
	struct key key = key_name(TABLE_META, "store");
	Rec__Meta *meta = NULL;

	CHECK_OK(RECORD_LOAD(view, &key, &meta, &error), error);
	return meta;
}

static unsigned
schema_now(struct store *store)
{
	AUTO_RECORD(Rec__Meta) meta = meta_now(store);

	return meta->schema;
}

static void
schema_write(struct store *store, unsigned schema)
{
	g_autoptr(GError) error = NULL;
	AUTO_RECORD(Rec__Meta) meta = meta_now(store);
	AUTO(wtxn_abort) struct wtxn *w = wtxn_begin(store, 1, &error);
	struct key key = key_name(TABLE_META, "store");

	meta->schema = schema;
	CHECK_OK(RECORD_SAVE(w, &key, meta, &error), error);
	commit(&w);
}

static struct store *
reopened(struct store **store)
{
	g_autofree char *dir = g_strdup(store_dir(*store));
	struct store_options options = {.dir = dir, .map_size = 1 << 28};
	g_autoptr(GError) error = NULL;
	struct store *again;

	store_close(store);
	again = store_open(&options, &error);
	CHECK_OK(again != NULL, error);
	return again;
}

static void
check_upgraded(struct store *store)
{
	g_autoptr(GError) error = NULL;
	AUTO(view_end) struct view *view = view_begin(store, &error);
	AUTO_RECORD(Rec__Meta) meta = meta_now(store);
	size_t wrong = 0;

	CHECK_EQ(0, meta->schema, STORE_SCHEMA + 2);
	CHECK(meta->upgrade_cursor == NULL);
	for (uint64_t id = 1; id <= ROWS; id++) {
		struct key key = key_1(TABLE_OUTBOX, id);
		AUTO_RECORD(Rec__Outbox) row = NULL;

		CHECK_OK(RECORD_LOAD(view, &key, &row, &error), error);
		wrong += row->attempts != (id + 1) * 10;
	}
	CHECK_EQ(0, wrong, 0);
}

static void
upgrade_begin(struct store *store, bool interrupting)
{
	is_interrupting = interrupting;
	stopped_at = 0;
	begun = pieces = 0;
	rows_make(store);
}

TEST(an_upgrade_changes_each_row_once)
{
	for (size_t i = 0; i < COUNT(backends); i++) {
		AUTO(store_close)
		struct store *store = fresh_store(backends[i]);
		g_autoptr(GError) error = NULL;

		upgrade_begin(store, false);
		for (int again = 0; again < 2; again++)
			CHECK_OK(upgrade_apply(store, steps, COUNT(steps),
				     schema_now(store), &error),
			    error);
		CHECK_EQ(i, pieces, PIECES);
		check_upgraded(store);
	}
}

TEST(an_upgrade_that_is_interrupted_in_each_piece_goes_on)
{
	for (size_t i = 0; i < COUNT(backends); i++) {
		AUTO(store_close)
		struct store *store = fresh_store(backends[i]);
		g_autoptr(GError) error = NULL;
		unsigned stops = 0;

		upgrade_begin(store, true);
		while (stops <= PIECES &&
		    !upgrade_apply(store, steps, COUNT(steps),
			schema_now(store), &error)) {
			CHECK(err_is(error, ERR_TEMP));
			CHECK(strstr(error->message, "interrupted") != NULL);
			g_clear_error(&error);
			stops++;
			if (backends[i] == &backend_lmdb &&
			    schema_now(store) == STORE_SCHEMA)
				store = reopened(&store);
		}
		CHECK_EQ(i, stops, PIECES);
		CHECK_EQ(i, pieces, PIECES);
		check_upgraded(store);
	}
}

TEST(a_store_of_a_newer_program_is_refused_and_says_what_to_do)
{
	AUTO(store_close) struct store *store = fresh_store(&backend_lmdb);
	g_autofree char *dir = g_strdup(store_dir(store));
	struct store_options options = {.dir = dir, .map_size = 1 << 28};
	g_autoptr(GError) error = NULL;

	schema_write(store, STORE_SCHEMA + 1);
	store_close(&store);
	store = store_open(&options, &error);
	CHECK(store == NULL && err_is(error, ERR_CONFLICT));
	CHECK(error != NULL &&
	    strstr(error->message, "install the newer program") != NULL);
}
