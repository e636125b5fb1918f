/* SPDX-License-Identifier: MIT */
/*
 * The model that tests hold the other backends against: everything in memory,
 * nothing kept. A database is a sorted array of pointers to rows that never
 * change. A write transaction works on a copy of the arrays; its commit makes
 * that copy the current version, and views keep the version they began with.
 * Slow by design, obvious by design. Counts are C11 atomics, which
 * ThreadSanitizer can see.
 */
#include "store/backend.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define KEY_LEN_MAX 511 /* as LMDB */

struct row {
	_Atomic unsigned refs;
	size_t key_len;
	size_t value_len;
	uint8_t bytes[]; /* key, then value */
};

struct rows {
	struct row **row;
	size_t count;
	size_t room;
};

struct version {
	_Atomic unsigned refs;
	struct rows db[BACKEND_DB_COUNT];
};

struct mem {
	pthread_mutex_t lock; /* of current */
	struct version *current;
	pthread_mutex_t writing; /* held by the one write transaction */
	uint64_t map_size;
};

/* A view's version is shared, a write transaction's its own. */
struct mem_txn {
	struct version *version;
};

/* ---- rows ---------------------------------------------------------------- */

static struct slice
row_key(const struct row *row)
{
	return (struct slice){.bytes = row->bytes, .len = row->key_len};
}

static struct slice
row_value(const struct row *row)
{
	return (struct slice){.bytes = row->bytes + row->key_len,
	    .len = row->value_len};
}

static struct row *
row_new(struct slice key, struct slice value)
{
	struct row *row = g_malloc(sizeof(*row) + key.len + value.len);

	atomic_init(&row->refs, 1);
	row->key_len = key.len;
	row->value_len = value.len;
	memcpy(row->bytes, key.bytes, key.len);
	if (value.len > 0)
		memcpy(row->bytes + key.len, value.bytes, value.len);
	return row;
}

static void
row_drop(struct row *row)
{
	if (atomic_fetch_sub(&row->refs, 1) == 1)
		g_free(row);
}

static int
compare(struct slice a, struct slice b)
{
	size_t both = MIN(a.len, b.len);
	int order = both == 0 ? 0 : memcmp(a.bytes, b.bytes, both);

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

/* The place of the first row at or after `key`. */
static size_t
rows_seek(const struct rows *rows, struct slice key)
{
	size_t low = 0;
	size_t high = rows->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(row_key(rows->row[middle]), key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
rows_has_at(const struct rows *rows, size_t at, struct slice key)
{
	return at < rows->count && compare(row_key(rows->row[at]), key) == 0;
}

static void
rows_insert(struct rows *rows, size_t at, struct row *row)
{
	if (rows->count == rows->room) {
		rows->room = rows->room * 2 + 16;
		rows->row = g_renew(struct row *, rows->row, rows->room);
	}
	memmove(rows->row + at + 1, rows->row + at,
	    (rows->count - at) * sizeof(*rows->row));
	rows->row[at] = row;
	rows->count++;
}

static void
rows_remove(struct rows *rows, size_t at)
{
	row_drop(rows->row[at]);
	rows->count--;
	memmove(rows->row + at, rows->row + at + 1,
	    (rows->count - at) * sizeof(*rows->row));
}

/* ---- versions ------------------------------------------------------------ */

static struct version *
version_new(void)
{
	struct version *version = g_new0(struct version, 1);

	atomic_init(&version->refs, 1);
	return version;
}

static void
version_drop(struct version *version)
{
	if (atomic_fetch_sub(&version->refs, 1) != 1)
		return;
	for (size_t db = 0; db < BACKEND_DB_COUNT; db++) {
		for (size_t i = 0; i < version->db[db].count; i++)
			row_drop(version->db[db].row[i]);
		g_free(version->db[db].row);
	}
	g_free(version);
}

static struct version *
version_copy(const struct version *from)
{
	struct version *to = version_new();

	for (size_t db = 0; db < BACKEND_DB_COUNT; db++) {
		size_t count = from->db[db].count;

		to->db[db].row = g_new(struct row *, count + 1);
		to->db[db].room = count + 1;
		to->db[db].count = count;
		for (size_t i = 0; i < count; i++) {
			to->db[db].row[i] = from->db[db].row[i];
			atomic_fetch_add(&to->db[db].row[i]->refs, 1);
		}
	}
	return to;
}

static struct version *
version_current(struct mem *mem)
{
	struct version *version;

	(void)pthread_mutex_lock(&mem->lock);
	version = mem->current;
	atomic_fetch_add(&version->refs, 1);
	(void)pthread_mutex_unlock(&mem->lock);
	return version;
}

/* ---- environment and transactions ---------------------------------------- */

static void *
mem_open(const struct backend_options *options, GError **error)
{
	struct mem *mem = g_new0(struct mem, 1);

	(void)error;
	mem->map_size = options->map_size;
	mem->current = version_new();
	(void)pthread_mutex_init(&mem->lock, NULL);
	(void)pthread_mutex_init(&mem->writing, NULL);
	return mem;
}

static void
mem_close(void *env)
{
	struct mem *mem = env;

	version_drop(mem->current);
	(void)pthread_mutex_destroy(&mem->lock);
	(void)pthread_mutex_destroy(&mem->writing);
	g_free(mem);
}

static void *
mem_read_begin(void *env, GError **error)
{
	struct mem_txn *txn = g_new0(struct mem_txn, 1);

	(void)error;
	txn->version = version_current(env);
	return txn;
}

static void
mem_read_end(void *env, void *arg)
{
	struct mem_txn *txn = arg;

	(void)env;
	version_drop(txn->version);
	g_free(txn);
}

static void *
mem_write_begin(void *env, GError **error)
{
	struct mem *mem = env;
	struct mem_txn *txn = g_new0(struct mem_txn, 1);

	(void)error;
	(void)pthread_mutex_lock(&mem->writing);
	txn->version = version_copy(mem->current);
	return txn;
}

static void
mem_write_abort(void *env, void *arg)
{
	struct mem *mem = env;

	mem_read_end(env, arg);
	(void)pthread_mutex_unlock(&mem->writing);
}

static bool
mem_write_commit(void *env, void *arg, GError **error)
{
	struct mem *mem = env;
	struct mem_txn *txn = arg;
	struct version *old;

	(void)error;
	(void)pthread_mutex_lock(&mem->lock);
	old = mem->current;
	mem->current = txn->version;
	(void)pthread_mutex_unlock(&mem->lock);
	version_drop(old);
	g_free(txn);
	(void)pthread_mutex_unlock(&mem->writing);
	return true;
}

/* ---- access -------------------------------------------------------------- */

static enum found
mem_get(void *arg, enum backend_db db, struct slice key,
    struct slice *value_out, GError **error)
{
	struct mem_txn *txn = arg;
	const struct rows *rows = &txn->version->db[db];
	size_t at = rows_seek(rows, key);

	(void)error;
	if (!rows_has_at(rows, at, key))
		return FOUND_NO;
	*value_out = row_value(rows->row[at]);
	return FOUND_YES;
}

static bool
mem_put(void *arg, enum backend_db db, struct slice key, struct slice value,
    GError **error)
{
	struct mem_txn *txn = arg;
	struct rows *rows = &txn->version->db[db];
	size_t at;

	if (key.len == 0 || key.len > KEY_LEN_MAX)
		return fail(error, ERR_FATAL, "a key of %zu bytes", key.len);
	at = rows_seek(rows, key);
	if (rows_has_at(rows, at, key)) {
		struct row *old = rows->row[at];

		rows->row[at] = row_new(key, value);
		row_drop(old); /* last: key and value may lie in it */
		return true;
	}
	rows_insert(rows, at, row_new(key, value));
	return true;
}

static enum found
mem_del(void *arg, enum backend_db db, struct slice key, GError **error)
{
	struct mem_txn *txn = arg;
	struct rows *rows = &txn->version->db[db];
	size_t at = rows_seek(rows, key);

	(void)error;
	if (!rows_has_at(rows, at, key))
		return FOUND_NO;
	rows_remove(rows, at);
	return FOUND_YES;
}

/* A cursor knows the key it stands on, not its place: it survives writes. */
struct mem_cursor {
	const struct rows *rows;
	size_t len; /* 0: it stands nowhere yet */
	uint8_t key[KEY_LEN_MAX];
};

static void *
mem_cursor_new(void *arg, enum backend_db db, GError **error)
{
	struct mem_txn *txn = arg;
	struct mem_cursor *c = g_new0(struct mem_cursor, 1);

	(void)error;
	c->rows = &txn->version->db[db];
	return c;
}

static void
mem_cursor_free(void *cursor)
{
	g_free(cursor);
}

/* The row a move leads to; rows->count or above: there is none. */
static size_t
move_target(const struct mem_cursor *c, enum backend_move move,
    struct slice key)
{
	struct slice here = {.bytes = c->key, .len = c->len};
	size_t at;

	switch (move) {
	case MOVE_SEEK:
		return rows_seek(c->rows, key);
	case MOVE_SEEK_BEFORE:
		return rows_seek(c->rows, key) - 1; /* SIZE_MAX: none */
	case MOVE_NEXT:
		at = rows_seek(c->rows, here);
		return c->len > 0 && rows_has_at(c->rows, at, here) ? at + 1
								    : at;
	case MOVE_PREV:
		return (c->len > 0 ? rows_seek(c->rows, here)
				   : c->rows->count) -
		    1;
	}
	return SIZE_MAX;
}

static enum found
mem_cursor_move(void *cursor, enum backend_move move, struct slice *key,
    struct slice *value_out, GError **error)
{
	struct mem_cursor *c = cursor;
	size_t at = move_target(c, move, *key);
	const struct row *row;

	(void)error;
	if (at >= c->rows->count)
		return FOUND_NO;
	row = c->rows->row[at];
	c->len = row->key_len;
	memcpy(c->key, row->bytes, row->key_len);
	*key = row_key(row);
	*value_out = row_value(row);
	return FOUND_YES;
}

/* ---- the rest ------------------------------------------------------------ */

static bool
mem_copy(void *env, const char *path, GError **error)
{
	(void)env;
	return fail(error, ERR_INVALID,
	    "%s: a store in memory is not copied to a file", path);
}

static unsigned
mem_tidy(void *env)
{
	(void)env;
	return 0;
}

static struct backend_room
mem_room(void *env)
{
	struct mem *mem = env;
	struct version *version = version_current(mem);
	struct backend_room room = {.used = 0, .limit = mem->map_size};

	for (size_t db = 0; db < BACKEND_DB_COUNT; db++)
		for (size_t i = 0; i < version->db[db].count; i++)
			room.used += version->db[db].row[i]->key_len +
			    version->db[db].row[i]->value_len;
	version_drop(version);
	return room;
}

const struct backend backend_mem = {
    .name = "mem",
    .open = mem_open,
    .close = mem_close,
    .read_begin = mem_read_begin,
    .read_end = mem_read_end,
    .write_begin = mem_write_begin,
    .write_abort = mem_write_abort,
    .write_commit = mem_write_commit,
    .get = mem_get,
    .cursor_new = mem_cursor_new,
    .cursor_free = mem_cursor_free,
    .cursor_move = mem_cursor_move,
    .put = mem_put,
    .del = mem_del,
    .copy = mem_copy,
    .tidy = mem_tidy,
    .room = mem_room,
};
