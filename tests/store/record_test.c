/* SPDX-License-Identifier: MIT */
/*
 * The store suite: rows, checksums, ids, counters and the journal, on each
 * backend. One thread.
 */
#include <string.h>

#include "store/private.h"
#include "store/record.h"
#include "store/scan.h"
#include "store/view.h"
#include "store/wtxn.h"
#include "tests/store/rows.h"

#define NOW INT64_C(1700000000000000)

static struct wtxn *
begin(struct store *store)
{
	g_autoptr(GError) error = NULL;
	struct wtxn *w = wtxn_begin(store, NOW, &error);

	CHECK_OK(w != NULL, error);
	return w;
}

static void
commit(struct wtxn **w)
{
	g_autoptr(GError) error = NULL;

	CHECK_OK(wtxn_commit(w, &error), error);
}

static void
save_category(struct store *store, uint64_t id, const char *name)
{
	g_autoptr(GError) error = NULL;
	AUTO(wtxn_abort) struct wtxn *w = begin(store);
	struct key key = key_1(TABLE_CATEGORY, id);
	Rec__Category category = REC__CATEGORY__INIT;

	category.name = (char *)(uintptr_t)name;
	CHECK_OK(RECORD_SAVE(w, &key, &category, &error), error);
	commit(&w);
}

TEST(a_record_comes_back_as_it_was_saved)
{
	for (size_t i = 0; i < COUNT(backends); i++) {
		AUTO(store_close)
		struct store *store = fresh_store(backends[i]);
		struct key key = key_1(TABLE_CATEGORY, 7);
		AUTO_RECORD(Rec__Category) category = NULL;
		g_autoptr(GError) error = NULL;

		save_category(store, 7, "Orders \xc3\xa4");
		AUTO(view_end) struct view *view = view_begin(store, &error);
		CHECK_OK(RECORD_LOAD(view, &key, &category, &error), error);
		CHECK_STR(i, category != NULL ? category->name : NULL,
		    "Orders \xc3\xa4");
	}
}

TEST(a_record_that_is_not_there_is_named)
{
	AUTO(store_close) struct store *store = fresh_store(&backend_mem);
	struct key key = key_1(TABLE_CATEGORY, 7);
	AUTO_RECORD(Rec__Category) category = NULL;
	g_autoptr(GError) error = NULL;
	AUTO(view_end) struct view *view = view_begin(store, NULL);

	CHECK_EQ(0, RECORD_FIND(view, &key, &category, &error), FOUND_NO);
	CHECK(error == NULL);
	CHECK(!RECORD_LOAD(view, &key, &category, &error));
	CHECK(err_is(error, ERR_NOT_FOUND));
	CHECK(strstr(error->message, "category 7") != NULL);
}

TEST(an_aborted_transaction_leaves_nothing)
{
	for (size_t i = 0; i < COUNT(backends); i++) {
		AUTO(store_close)
		struct store *store = fresh_store(backends[i]);
		AUTO(wtxn_abort) struct wtxn *w = begin(store);
		struct key key = key_1(TABLE_OUTBOX, 1);
		struct slice value;
		uint64_t id;
		g_autoptr(GError) error = NULL;

		CHECK(wtxn_put(w, &key, "x", 1, &error));
		CHECK(wtxn_next_id(w, SEQUENCE_TICKET, &id, &error));
		wtxn_add(w, COUNTER_MAIL, 3, 5);
		wtxn_abort(&w);
		w = begin(store);
		CHECK_EQ(i, view_get(wtxn_view(w), &key, &value, &error),
		    FOUND_NO);
		CHECK(wtxn_next_id(w, SEQUENCE_TICKET, &id, &error));
		CHECK_EQ(i, id, 1);
	}
}

/* ---- damage -------------------------------------------------------------- */

/* Changes the stored row behind the checksum's back. */
static void
damage_row(struct store *store, const struct key *key, size_t at, bool cut)
{
	const struct backend *b = store_backend(store);
	g_autoptr(GError) error = NULL;
	void *txn = b->write_begin(store_env(store), &error);
	struct slice k = {.bytes = key->bytes, .len = key->len};
	enum backend_db db = table_database(key->table);
	struct slice row;
	g_autofree uint8_t *copy = NULL;

	CHECK_EQ(at, b->get(txn, db, k, &row, &error), FOUND_YES);
	copy = g_memdup2(row.bytes, row.len);
	if (!cut)
		copy[at % row.len] ^= 0x10;
	row.len = cut ? at % row.len : row.len;
	row.bytes = copy;
	CHECK_OK(b->put(txn, db, k, row, &error), error);
	CHECK_OK(b->write_commit(store_env(store), txn, &error), error);
}

TEST(a_flipped_bit_or_a_cut_row_is_damage_wherever_it_is)
{
	for (size_t i = 0; i < 30; i++) {
		AUTO(store_close)
		struct store *store = fresh_store(backends[i % 2]);
		struct key key = key_1(TABLE_CATEGORY, 7);
		AUTO_RECORD(Rec__Category) category = NULL;
		g_autoptr(GError) error = NULL;
		g_autoptr(GError) scan_error = NULL;

		save_category(store, 7, "Orders");
		damage_row(store, &key, i / 2, i % 3 == 0);
		AUTO(view_end) struct view *view = view_begin(store, NULL);
		CHECK_EQ(i, RECORD_FIND(view, &key, &category, &error),
		    FOUND_ERROR);
		CHECK(err_is(error, ERR_DAMAGED));
		CHECK(strstr(error->message, "CATEGORY") != NULL);
		CHECK(
		    !scan_table(view, TABLE_CATEGORY, NULL, NULL, &scan_error));
		CHECK(err_is(scan_error, ERR_DAMAGED));
	}
}

TEST(a_row_under_another_key_is_damage)
{
	AUTO(store_close) struct store *store = fresh_store(&backend_mem);
	const struct backend *b = store_backend(store);
	struct key from = key_1(TABLE_CATEGORY, 7);
	struct key to = key_1(TABLE_CATEGORY, 8);
	struct slice row;
	g_autoptr(GError) error = NULL;
	void *txn;

	save_category(store, 7, "Orders");
	txn = b->write_begin(store_env(store), NULL);
	CHECK_EQ(0,
	    b->get(txn, BACKEND_MAIN, (struct slice){from.bytes, from.len},
		&row, NULL),
	    FOUND_YES);
	CHECK(b->put(txn, BACKEND_MAIN, (struct slice){to.bytes, to.len}, row,
	    NULL));
	CHECK(b->write_commit(store_env(store), txn, NULL));
	AUTO(view_end) struct view *view = view_begin(store, NULL);
	CHECK_EQ(0, view_get(view, &to, &row, &error), FOUND_ERROR);
	CHECK(err_is(error, ERR_DAMAGED));
}

TEST(a_row_that_is_no_record_is_damage)
{
	AUTO(store_close) struct store *store = fresh_store(&backend_mem);
	AUTO(wtxn_abort) struct wtxn *w = begin(store);
	struct key key = key_1(TABLE_CATEGORY, 7);
	AUTO_RECORD(Rec__Category) category = NULL;
	g_autoptr(GError) error = NULL;

	CHECK(wtxn_put(w, &key, "\xff\xff\xff", 3, &error));
	CHECK_EQ(0, RECORD_FIND(wtxn_view(w), &key, &category, &error),
	    FOUND_ERROR);
	CHECK(err_is(error, ERR_DAMAGED));
}

static bool
count_row(void *arg, const struct key *key, struct slice value, GError **error)
{
	(void)key;
	(void)value;
	(void)error;
	++*(size_t *)arg;
	return true;
}

TEST(a_scan_sees_each_row_of_each_table_once)
{
	for (size_t i = 0; i < COUNT(backends); i++) {
		AUTO(store_close)
		struct store *store = fresh_store(backends[i]);
		AUTO(wtxn_abort) struct wtxn *w = begin(store);
		size_t before = 0;
		size_t after = 0;
		g_autoptr(GError) error = NULL;

		CHECK_OK(scan_all(store, count_row, &before, &error), error);
		g_clear_error(&error);
		for (enum table t = 0; t < TABLE_COUNT; t++) {
			struct key key = key_2(t, 3, t);

			CHECK_OK(wtxn_put(w, &key, "", 0, &error), error);
		}
		commit(&w);
		CHECK_OK(scan_all(store, count_row, &after, &error), error);
		CHECK_EQ(i, after - before, TABLE_COUNT);
	}
}

/* ---- ids, counters, journal ---------------------------------------------- */

TEST(ids_rise_and_are_never_given_twice)
{
	for (size_t i = 0; i < COUNT(backends); i++) {
		AUTO(store_close)
		struct store *store = fresh_store(backends[i]);
		uint64_t last = 0;
		g_autoptr(GError) error = NULL;

		for (size_t n = 0; n < 10; n++) {
			AUTO(wtxn_abort) struct wtxn *w = begin(store);
			uint64_t id = 0;
			uint64_t other = 0;

			if (n == 5)
				CHECK(wtxn_raise_id(w, SEQUENCE_TICKET, 1000,
				    &error));
			if (n == 7) /* below what was given out: no effect */
				CHECK(wtxn_raise_id(w, SEQUENCE_TICKET, 20,
				    &error));
			CHECK(wtxn_next_id(w, SEQUENCE_TICKET, &id, &error));
			CHECK(id > last);
			last = id;
			CHECK(wtxn_next_id(w, SEQUENCE_TICKET, &id, &error));
			CHECK(id > last);
			last = id;
			CHECK(wtxn_next_id(w, SEQUENCE_ENTRY, &other, &error));
			CHECK_EQ(n, other, n + 1);
			if (n == 5)
				CHECK_EQ(n, id, 1001);
			commit(&w);
		}
	}
}

TEST(a_raised_id_is_the_first_one_also_across_transactions)
{
	AUTO(store_close) struct store *store = fresh_store(&backend_mem);
	AUTO(wtxn_abort) struct wtxn *w = begin(store);
	uint64_t id = 0;

	CHECK(wtxn_raise_id(w, SEQUENCE_TICKET, 5000, NULL));
	commit(&w);
	w = begin(store);
	CHECK(wtxn_next_id(w, SEQUENCE_TICKET, &id, NULL));
	CHECK_EQ(0, id, 5000);
}

TEST(counters_sum_up_over_transactions)
{
	for (size_t i = 0; i < COUNT(backends); i++) {
		AUTO(store_close)
		struct store *store = fresh_store(backends[i]);
		int64_t n = -1;
		g_autoptr(GError) error = NULL;

		for (int64_t round = 1; round <= 3; round++) {
			AUTO(wtxn_abort) struct wtxn *w = begin(store);

			wtxn_add(w, COUNTER_TICKET_STATUS, 2, round);
			wtxn_add(w, COUNTER_TICKET_STATUS, 2, 10);
			wtxn_add(w, COUNTER_TICKET_STATUS, 3, -1);
			wtxn_add(w, COUNTER_MAIL, 2, 100);
			commit(&w);
		}
		AUTO(view_end) struct view *view = view_begin(store, &error);
		CHECK(counter_get(view, COUNTER_TICKET_STATUS, 2, &n, &error));
		CHECK_EQ(i, n, 36);
		CHECK(counter_get(view, COUNTER_TICKET_STATUS, 3, &n, &error));
		CHECK_EQ(i, n, -3);
		CHECK(counter_get(view, COUNTER_MAIL, 2, &n, &error));
		CHECK_EQ(i, n, 300);
		CHECK(counter_get(view, COUNTER_MAIL, 9, &n, &error));
		CHECK_EQ(i, n, 0);
	}
}

struct journal_seen {
	uint64_t last_row;
	uint64_t events;
	bool is_ordered;
};

static bool
see_row(void *arg, const struct key *key, struct slice value, GError **error)
{
	struct journal_seen *seen = arg;
	ProtobufCMessage *message = record_unpack(key, value, error);
	const Rec__JournalRow *row = (const Rec__JournalRow *)message;
	size_t at = key_start(TABLE_JOURNAL);
	uint64_t id = key_get_u64(key, &at);

	if (message == NULL)
		return false;
	seen->is_ordered &= id > seen->last_row && row->at == NOW;
	seen->last_row = id;
	for (size_t i = 0; i < row->n_events; i++)
		seen->is_ordered &= row->events[i]->ticket == ++seen->events;
	record_free(&message);
	return true;
}

TEST(the_journal_holds_each_event_once_in_order)
{
	static const size_t row[] = {0, 1, 39, 40, 41, 200};

	for (size_t i = 0; i < COUNT(row) * 2; i++) {
		AUTO(store_close)
		struct store *store = fresh_store(backends[i % 2]);
		struct journal_seen seen = {.is_ordered = true};
		Rec__Event event = REC__EVENT__INIT;
		g_autoptr(GError) error = NULL;

		event.has_ticket = true;
		event.field = (char *)(uintptr_t) "title";
		for (size_t n = 1; n <= row[i / 2] * 2; n++) {
			AUTO(wtxn_abort) struct wtxn *w = begin(store);

			event.ticket = n;
			wtxn_event(w, &event);
			for (; n % row[i / 2] != 0; n++) {
				event.ticket = n + 1;
				wtxn_event(w, &event);
			}
			commit(&w);
		}
		AUTO(view_end) struct view *view = view_begin(store, NULL);
		CHECK_OK(scan_table(view, TABLE_JOURNAL, see_row, &seen,
			     &error),
		    error);
		CHECK_EQ(i, seen.events, row[i / 2] * 2);
		CHECK(seen.is_ordered);
	}
}

/* ---- the directory ------------------------------------------------------- */

TEST(a_store_is_opened_once_and_made_once)
{
	g_autofree char *dir = g_strdup_printf("%s/o-XXXXXX", test_directory());
	struct store_options options = {.dir = dir, .map_size = 1 << 26};
	AUTO(store_close) struct store *first = NULL;
	AUTO(store_close) struct store *second = NULL;
	g_autoptr(GError) error = NULL;
	uint8_t id[16];

	CHECK(g_mkdtemp(dir) != NULL);
	first = store_open(&options, &error);
	CHECK(first == NULL && err_is(error, ERR_NOT_FOUND));
	g_clear_error(&error);
	options.create = STORE_CREATE;
	first = store_open(&options, &error);
	CHECK_OK(first != NULL, error);
	memcpy(id, store_id(first), sizeof(id));
	second = store_open(&options, &error);
	CHECK(second == NULL && err_is(error, ERR_BUSY));
	g_clear_error(&error);
	store_close(&first);
	second = store_open(&options, &error);
	CHECK(second == NULL && err_is(error, ERR_CONFLICT));
	g_clear_error(&error);
	options.create = STORE_MUST_EXIST;
	second = store_open(&options, &error);
	CHECK_OK(second != NULL, error);
	CHECK(second != NULL && memcmp(id, store_id(second), 16) == 0);
}

/* A copy is verified in a map of 1 TiB, which ThreadSanitizer has not always
 * room for; no threads are involved. */
#ifndef __SANITIZE_THREAD__
TEST(a_backup_holds_every_row_and_can_be_restored)
{
	g_autofree char *dir = g_strdup_printf("%s/b-XXXXXX", test_directory());
	g_autofree char *file = NULL;
	g_autofree char *restored = NULL;
	AUTO(store_close) struct store *from = fresh_store(&backend_lmdb);
	AUTO(store_close) struct store *to = NULL;
	struct key key = key_1(TABLE_CATEGORY, 7);
	struct key entry = key_1(TABLE_ENTRY, 9);
	struct store_options options = {.map_size = 1 << 26};
	AUTO_RECORD(Rec__Category) category = NULL;
	g_autoptr(GError) error = NULL;

	CHECK(g_mkdtemp(dir) != NULL);
	file = g_build_filename(dir, "copy", NULL);
	restored = g_build_filename(dir, "restored", NULL);
	save_category(from, 7, "Orders");
	AUTO(wtxn_abort) struct wtxn *w = begin(from);
	CHECK(wtxn_put(w, &entry, "entry", 5, &error));
	commit(&w);
	CHECK_OK(store_backup(from, file, &error), error);
	g_clear_error(&error);
	CHECK(!store_backup(from, file, &error)); /* never over a file */
	CHECK(err_is(error, ERR_CONFLICT));
	g_clear_error(&error);
	CHECK_OK(store_restore(restored, file, &error), error);
	g_clear_error(&error);
	options.dir = restored;
	to = store_open(&options, &error);
	CHECK_OK(to != NULL, error);
	if (to == NULL)
		return;
	CHECK(memcmp(store_id(from), store_id(to), 16) == 0);
	AUTO(view_end) struct view *view = view_begin(to, NULL);
	CHECK_OK(RECORD_LOAD(view, &key, &category, &error), error);
}
#endif
