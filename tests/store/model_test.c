/* SPDX-License-Identifier: MIT */
/*
 * The store suite: the same random work on a backend and on the memory
 * backend, its model, must give the same answers at each step; first on the
 * bare backends, then through tables and prefixes. SEED chooses the sequence,
 * ROUNDS how many. One thread.
 */
#include <stdlib.h>
#include <string.h>

#include <glib/gstdio.h>

#include "store/backend.h"
#include "store/store.h"
#include "store/view.h"
#include "store/wtxn.h"
#include "tests/lib/test.h"

#define MAP_SIZE  (UINT64_C(256) << 20)
#define SNAPSHOTS 3
#define STEPS     600
#define VALUE_MAX 9000

static guint32
seed_of(unsigned round)
{
	const char *text = g_getenv("SEED");

	return (guint32)(text != NULL ? g_ascii_strtoull(text, NULL, 10) : 1) +
	    round;
}

static unsigned
rounds(void)
{
	const char *text = g_getenv("ROUNDS");

	return text != NULL ? (unsigned)g_ascii_strtoull(text, NULL, 10) : 10;
}

/* ---- two backends at once ------------------------------------------------ */

struct side {
	const struct backend *b;
	void *env;
	void *txn; /* write transaction, or NULL */
	void *snapshot[SNAPSHOTS];
};

struct pair {
	GRand *rand;
	struct side side[2];
	unsigned step;
};

static void
pair_open(struct pair *p, const struct backend *under_test, unsigned round)
{
	g_autofree char *name = g_strdup_printf("%s-%u", under_test->name,
	    round);
	g_autofree char *path = g_build_filename(test_directory(), name, NULL);
	struct backend_options options = {.path = path, .map_size = MAP_SIZE};
	g_autoptr(GError) error = NULL;

	memset(p, 0, sizeof(*p));
	p->rand = g_rand_new_with_seed(seed_of(round));
	p->side[0].b = under_test;
	p->side[1].b = &backend_mem;
	for (size_t i = 0; i < 2; i++) {
		p->side[i].env = p->side[i].b->open(&options, &error);
		CHECK_OK(p->side[i].env != NULL, error);
	}
}

static void
pair_end_writing(struct pair *p, bool commit)
{
	g_autoptr(GError) error = NULL;

	for (size_t i = 0; i < 2; i++) {
		struct side *s = &p->side[i];
		void *txn = g_steal_pointer(&s->txn);

		if (txn == NULL)
			continue;
		if (commit)
			CHECK_OK(s->b->write_commit(s->env, txn, &error),
			    error);
		else
			s->b->write_abort(s->env, txn);
	}
}

static void
pair_end_snapshot(struct pair *p, size_t n)
{
	for (size_t i = 0; i < 2; i++) {
		struct side *s = &p->side[i];

		if (s->snapshot[n] != NULL)
			s->b->read_end(s->env, s->snapshot[n]);
		s->snapshot[n] = NULL;
	}
}

static void
pair_close(struct pair *p)
{
	pair_end_writing(p, false);
	for (size_t n = 0; n < SNAPSHOTS; n++)
		pair_end_snapshot(p, n);
	for (size_t i = 0; i < 2; i++)
		p->side[i].b->close(p->side[i].env);
	g_rand_free(p->rand);
}

/* Few short keys, so that they meet; now and then the longest. */
static struct slice
random_key(struct pair *p, uint8_t *room)
{
	size_t len = (size_t)g_rand_int_range(p->rand, 1, 6);

	if (g_rand_int_range(p->rand, 0, 40) == 0)
		len = 511;
	for (size_t i = 0; i < len; i++)
		room[i] = i < 6 ? (uint8_t)g_rand_int_range(p->rand, 0, 4) * 85
				: 0xff;
	return (struct slice){.bytes = room, .len = len};
}

static struct slice
random_value(struct pair *p, uint8_t *room)
{
	static const int limits[] = {1, 16, 200, VALUE_MAX};
	size_t len = (size_t)g_rand_int_range(p->rand, 0,
	    limits[g_rand_int_range(p->rand, 0, COUNT(limits))]);

	memset(room, (int)g_rand_int_range(p->rand, 0, 256), len);
	return (struct slice){.bytes = room, .len = len};
}

static void
check_same(const struct pair *p, const char *what, const enum found *found,
    const struct slice *got)
{
	if (found[0] != found[1])
		test_failed(__FILE__, __LINE__, "step %u: %s: %d, model %d",
		    p->step, what, found[0], found[1]);
	if (found[0] != FOUND_YES || found[1] != FOUND_YES)
		return;
	if (got[0].len != got[1].len ||
	    (got[0].len > 0 &&
		memcmp(got[0].bytes, got[1].bytes, got[0].len) != 0))
		test_failed(__FILE__, __LINE__,
		    "step %u: %s: %zu bytes differ from the model's %zu",
		    p->step, what, got[0].len, got[1].len);
}

static void
step_get(struct pair *p, void *const *txn, enum backend_db db)
{
	uint8_t room[511];
	struct slice key = random_key(p, room);
	struct slice value[2] = {
	    {NULL, 0},
            {NULL, 0}
        };
	enum found found[2];
	g_autoptr(GError) error = NULL;

	for (size_t i = 0; i < 2; i++)
		found[i] = p->side[i].b->get(txn[i], db, key, &value[i],
		    &error);
	check_same(p, "get", found, value);
}

/* A seek, then some steps one way, a turn, and some back. */
static void
step_walk(struct pair *p, void *const *txn, enum backend_db db)
{
	uint8_t room[511];
	struct slice from = random_key(p, room);
	enum backend_move move = g_rand_boolean(p->rand) ? MOVE_SEEK
							 : MOVE_SEEK_BEFORE;
	int steps = g_rand_int_range(p->rand, 1, 12);
	g_autoptr(GError) error = NULL;
	void *cursor[2];
	enum found found[2] = {FOUND_YES, FOUND_YES};

	for (size_t i = 0; i < 2; i++)
		cursor[i] = p->side[i].b->cursor_new(txn[i], db, &error);
	while (steps-- > 0 && found[0] == FOUND_YES) {
		struct slice key[2] = {from, from};
		struct slice value[2] = {
		    {NULL, 0},
                    {NULL, 0}
                };

		for (size_t i = 0; i < 2; i++)
			found[i] = p->side[i].b->cursor_move(cursor[i], move,
			    &key[i], &value[i], &error);
		check_same(p, "key of a walk", found, key);
		check_same(p, "value of a walk", found, value);
		if (move <= MOVE_SEEK_BEFORE ||
		    g_rand_int_range(p->rand, 0, 5) == 0)
			move = g_rand_boolean(p->rand) ? MOVE_NEXT : MOVE_PREV;
	}
	for (size_t i = 0; i < 2; i++)
		p->side[i].b->cursor_free(cursor[i]);
}

static void
step_put(struct pair *p, enum backend_db db)
{
	uint8_t key_room[511];
	uint8_t value_room[VALUE_MAX];
	struct slice key = random_key(p, key_room);
	struct slice value = random_value(p, value_room);
	g_autoptr(GError) error = NULL;

	for (size_t i = 0; i < 2; i++)
		CHECK_OK(p->side[i].b->put(p->side[i].txn, db, key, value,
			     &error),
		    error);
}

static void
step_del(struct pair *p, enum backend_db db)
{
	uint8_t room[511];
	struct slice key = random_key(p, room);
	const struct slice nothing[2] = {
	    {NULL, 0},
            {NULL, 0}
        };
	enum found found[2];
	g_autoptr(GError) error = NULL;

	for (size_t i = 0; i < 2; i++)
		found[i] = p->side[i].b->del(p->side[i].txn, db, key, &error);
	check_same(p, "delete", found, nothing);
}

static void
begin_writing(struct pair *p)
{
	g_autoptr(GError) error = NULL;

	for (size_t i = 0; i < 2; i++) {
		struct side *s = &p->side[i];

		s->txn = s->b->write_begin(s->env, &error);
		CHECK_OK(s->txn != NULL, error);
	}
}

static void
begin_snapshot(struct pair *p, size_t n)
{
	g_autoptr(GError) error = NULL;

	pair_end_snapshot(p, n);
	for (size_t i = 0; i < 2; i++) {
		struct side *s = &p->side[i];

		s->snapshot[n] = s->b->read_begin(s->env, &error);
		CHECK_OK(s->snapshot[n] != NULL, error);
	}
}

static void
step_write(struct pair *p, enum backend_db db)
{
	int choice = g_rand_int_range(p->rand, 0, 40);

	if (p->side[0].txn == NULL)
		begin_writing(p);
	else if (choice < 2)
		pair_end_writing(p, choice == 0);
	else if (choice < 26)
		step_put(p, db);
	else
		step_del(p, db);
}

static void
step_read(struct pair *p, enum backend_db db)
{
	size_t n = (size_t)g_rand_int_range(p->rand, 0, SNAPSHOTS);
	bool inside = p->side[0].txn != NULL && g_rand_boolean(p->rand);
	void *txn[2];

	if (!inside &&
	    (p->side[0].snapshot[n] == NULL ||
		g_rand_int_range(p->rand, 0, 20) == 0))
		begin_snapshot(p, n);
	for (size_t i = 0; i < 2; i++)
		txn[i] = inside ? p->side[i].txn : p->side[i].snapshot[n];
	if (g_rand_boolean(p->rand))
		step_get(p, txn, db);
	else
		step_walk(p, txn, db);
}

static void
run_round(const struct backend *under_test, unsigned round)
{
	struct pair p;

	pair_open(&p, under_test, round);
	for (p.step = 0; p.step < STEPS && !g_test_failed(); p.step++) {
		enum backend_db db = g_rand_boolean(p.rand) ? BACKEND_MAIN
							    : BACKEND_LOG;

		if (g_rand_boolean(p.rand))
			step_write(&p, db);
		else
			step_read(&p, db);
	}
	pair_close(&p);
}

TEST(lmdb_answers_random_work_as_the_model_does)
{
	for (unsigned round = 0; round < rounds(); round++)
		run_round(&backend_lmdb, round);
}

TEST(the_model_agrees_with_itself)
{
	run_round(&backend_mem, 0);
}

/* ---- tables and prefixes ------------------------------------------------- */

static struct store *
open_on(const struct backend *backend)
{
	g_autofree char *dir = g_strdup_printf("%s/dir-%s-XXXXXX",
	    test_directory(), backend->name);
	struct store_options options = {.backend = backend,
	    .dir = dir,
	    .map_size = MAP_SIZE,
	    .create = STORE_CREATE};
	g_autoptr(GError) error = NULL;
	struct store *store;

	CHECK(g_mkdtemp(dir) != NULL);
	store = store_open(&options, &error);
	CHECK_OK(store != NULL, error);
	return store;
}

/* What a walk saw, as text. */
static char *
walk(const struct view *view, const struct key *prefix,
    enum direction direction, const struct key *after)
{
	g_autoptr(GError) error = NULL;
	AUTO(cursor_free)
	struct cursor *c = cursor_new(view, prefix, direction, &error);
	GString *seen = g_string_new(NULL);
	struct key key;
	struct slice value;
	enum found found = FOUND_YES;

	if (after != NULL && c != NULL)
		cursor_after(c, after);
	while (c != NULL &&
	    (found = cursor_next(c, &key, &value, &error)) == FOUND_YES) {
		for (size_t i = 0; i < key.len; i++)
			g_string_append_printf(seen, "%02x", key.bytes[i]);
		g_string_append_printf(seen, "=%zu,", value.len);
	}
	CHECK_OK(error == NULL, error);
	return g_string_free(seen, FALSE);
}

static void
fill(struct store *store)
{
	g_autoptr(GError) error = NULL;
	AUTO(wtxn_abort) struct wtxn *w = wtxn_begin(store, 1, &error);

	for (uint64_t a = 1; a <= 3; a++)
		for (uint64_t b = 0; b < 5; b++) {
			struct key ticket = key_2(TABLE_TICKET, a, b * 100);
			struct key entry = key_1(TABLE_ENTRY, a * 7);

			key_u16(&entry, (uint16_t)b);
			CHECK_OK(wtxn_put(w, &ticket, "abcdef", b, &error),
			    error);
			CHECK_OK(wtxn_put(w, &entry, "abcdef", b, &error),
			    error);
		}
	struct key top = key_1(TABLE_TICKET, UINT64_MAX);
	CHECK_OK(wtxn_put(w, &top, "top", 3, &error), error);
	CHECK_OK(wtxn_commit(&w, &error), error);
}

TEST(prefix_walks_see_the_rows_of_their_prefix_in_both_directions)
{
	struct key row[] = {
	    key_of(TABLE_TICKET),
	    key_1(TABLE_TICKET, 2),
	    key_1(TABLE_TICKET, 99),
	    key_1(TABLE_TICKET, UINT64_MAX),
	    key_of(TABLE_ENTRY),
	    key_1(TABLE_ENTRY, 14),
	    key_of(TABLE_TICKET_STATUS),
	};
	static const size_t count[] = {16, 5, 0, 1, 15, 5, 0};
	AUTO(store_close) struct store *lmdb = open_on(&backend_lmdb);
	AUTO(store_close) struct store *mem = open_on(&backend_mem);

	fill(lmdb);
	fill(mem);
	for (size_t i = 0; i < COUNT(row) * 2; i++) {
		enum direction way = i % 2 == 0 ? ASCENDING : DESCENDING;
		g_autoptr(GError) error = NULL;
		AUTO(view_end) struct view *of_lmdb = view_begin(lmdb, &error);
		AUTO(view_end) struct view *of_mem = view_begin(mem, &error);
		g_autofree char *a = walk(of_lmdb, &row[i / 2], way, NULL);
		g_autofree char *b = walk(of_mem, &row[i / 2], way, NULL);
		g_auto(GStrv) rows = g_strsplit(a, ",", -1);

		CHECK_STR(i, a, b);
		CHECK_EQ(i, g_strv_length(rows),
		    count[i / 2] + (count[i / 2] > 0));
	}
}

TEST(a_walk_goes_on_beyond_the_key_it_stopped_at)
{
	struct key after[] = {
	    key_2(TABLE_TICKET, 2, 100), /* is there */
	    key_2(TABLE_TICKET, 2, 150), /* is not */
	};
	AUTO(store_close) struct store *store = open_on(&backend_lmdb);
	struct key prefix = key_1(TABLE_TICKET, 2);
	g_autoptr(GError) error = NULL;

	fill(store);
	AUTO(view_end) struct view *view = view_begin(store, &error);
	for (size_t i = 0; i < COUNT(after); i++) {
		g_autofree char *up = walk(view, &prefix, ASCENDING, &after[i]);
		g_autofree char *down = walk(view, &prefix, DESCENDING,
		    &after[i]);

		CHECK(g_str_has_prefix(up,
		    "4b000000000000000200000000000000c8=2,"));
		CHECK(g_str_has_prefix(down,
		    i == 0 ? "4b00000000000000020000000000000000=0,"
			   : "4b00000000000000020000000000000064=1,"));
	}
}

TEST(keys_of_numbers_and_texts_sort_as_their_tuples)
{
	struct key row[] = {
	    key_1(TABLE_TICKET, 0),
	    key_1(TABLE_TICKET, 1),
	    key_2(TABLE_TICKET, 1, 0),
	    key_2(TABLE_TICKET, 1, 255),
	    key_2(TABLE_TICKET, 1, 256),
	    key_1(TABLE_TICKET, 256),
	    key_1(TABLE_TICKET, UINT64_MAX),
	    key_name(TABLE_ADDRESS, ""),
	    key_name(TABLE_ADDRESS, "a"),
	    key_name(TABLE_ADDRESS, "a@b"),
	    key_name(TABLE_ADDRESS, "aa"),
	    key_name(TABLE_ADDRESS, "\xc3\xa4"),
	};

	for (size_t i = 1; i < COUNT(row); i++) {
		int order = memcmp(row[i - 1].bytes, row[i].bytes,
		    MIN(row[i - 1].len, row[i].len));

		CHECK_EQ(i,
		    order < 0 || (order == 0 && row[i - 1].len < row[i].len),
		    1);
	}
}
