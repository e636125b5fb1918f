/* SPDX-License-Identifier: MIT */
/*
 * The embedded backend: LMDB. Every commit is fully synced (no flag relaxes
 * that); readers are pooled reset transactions, so that a view costs no slot
 * search. The data descriptor is made close-on-exec: children must not hold
 * the store. A commit that failed for want of room is ERR_FULL and did not
 * happen; any other I/O error leaves the outcome unknown (ERR_FATAL).
 */
#include "store/backend.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <lmdb.h>

#include "base/crash.h"
#include "base/log.h"

#define READERS_MAX 126
#define FULL_BELOW  (64 * 1024) /* bytes free: an EIO was a short write */
#define ALIGN_MAP   (1024 * 1024)

struct env {
	MDB_env *mdb;
	MDB_dbi dbi[BACKEND_DB_COUNT];
	char *path;
	pthread_mutex_t lock; /* of idle */
	GPtrArray *idle;      /* reset read transactions */
	uint64_t map_size;
};

/* What the rest of the program knows as one transaction. */
struct txn {
	struct env *env;
	MDB_txn *mdb;
};

static const char *const db_names[BACKEND_DB_COUNT] = {
    [BACKEND_MAIN] = "main",
    [BACKEND_LOG] = "log",
};

static bool
is_disk_full(const struct env *env)
{
	struct statvfs fs;

	return statvfs(env->path, &fs) == 0 &&
	    (uint64_t)fs.f_bavail * fs.f_frsize < FULL_BELOW;
}

static enum err_kind
kind_of(const struct env *env, int rc)
{
	switch (rc) {
	case MDB_MAP_FULL:
	case MDB_TXN_FULL:
	case ENOSPC:
	case EDQUOT:
		return ERR_FULL;
	case EIO:
		return is_disk_full(env) ? ERR_FULL : ERR_FATAL;
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_INVALID:
		return ERR_DAMAGED;
	case MDB_PANIC:
		return ERR_FATAL;
	case MDB_READERS_FULL:
	case ENOMEM:
		return ERR_TEMP;
	default:
		return ERR_FATAL;
	}
}

static bool
mdb_failed(const struct env *env, int rc, const char *doing, GError **error)
{
	return fail(error, kind_of(env, rc), "%s: %s", doing, mdb_strerror(rc));
}

static void
on_assert(MDB_env *mdb, const char *message)
{
	(void)mdb;
	log_error("store assertion=%s", log_str(message));
}

static void
env_close(void *arg)
{
	struct env *env = arg;

	for (guint i = 0; env->idle != NULL && i < env->idle->len; i++)
		mdb_txn_abort(g_ptr_array_index(env->idle, i));
	if (env->idle != NULL)
		g_ptr_array_unref(env->idle);
	if (env->mdb != NULL)
		mdb_env_close(env->mdb);
	(void)pthread_mutex_destroy(&env->lock);
	g_free(env->path);
	g_free(env);
}

static int
open_databases(struct env *env)
{
	MDB_txn *txn;
	int rc = mdb_txn_begin(env->mdb, NULL, 0, &txn);

	if (rc != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < BACKEND_DB_COUNT; i++)
		rc = mdb_dbi_open(txn, db_names[i], MDB_CREATE, &env->dbi[i]);
	if (rc == 0)
		return mdb_txn_commit(txn);
	mdb_txn_abort(txn);
	return rc;
}

static int
open_environment(struct env *env)
{
	mdb_filehandle_t fd;
	int dead;
	int rc;

	if ((rc = mdb_env_create(&env->mdb)) != 0 ||
	    (rc = mdb_env_set_mapsize(env->mdb, env->map_size)) != 0 ||
	    (rc = mdb_env_set_maxdbs(env->mdb, BACKEND_DB_COUNT)) != 0 ||
	    (rc = mdb_env_set_maxreaders(env->mdb, READERS_MAX)) != 0 ||
	    (rc = mdb_env_set_assert(env->mdb, on_assert)) != 0 ||
	    (rc = mdb_env_open(env->mdb, env->path,
		 MDB_NOTLS | MDB_NOSUBDIR | MDB_NORDAHEAD, 0600)) != 0 ||
	    (rc = mdb_env_get_fd(env->mdb, &fd)) != 0)
		return rc;
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
		return errno;
	if ((rc = mdb_reader_check(env->mdb, &dead)) != 0)
		return rc;
	return open_databases(env);
}

static void *
env_open(const struct backend_options *options, GError **error)
{
	struct env *env = g_new0(struct env, 1);
	int rc;

	env->path = g_strdup(options->path);
	env->map_size = options->map_size / ALIGN_MAP * ALIGN_MAP;
	env->idle = g_ptr_array_new();
	(void)pthread_mutex_init(&env->lock, NULL);
	rc = open_environment(env);
	if (rc != 0) {
		(void)mdb_failed(env, rc, "opening the store", error);
		env_close(env);
		return NULL;
	}
	return env;
}

/* ---- transactions -------------------------------------------------------- */

static struct txn *
txn_new(struct env *env, MDB_txn *mdb)
{
	struct txn *txn = g_new(struct txn, 1);

	txn->env = env;
	txn->mdb = mdb;
	return txn;
}

static MDB_txn *
take_idle(struct env *env)
{
	MDB_txn *mdb = NULL;

	(void)pthread_mutex_lock(&env->lock);
	if (env->idle->len > 0)
		mdb = g_ptr_array_steal_index_fast(env->idle,
		    env->idle->len - 1);
	(void)pthread_mutex_unlock(&env->lock);
	return mdb;
}

static void *
read_begin(void *arg, GError **error)
{
	struct env *env = arg;
	MDB_txn *mdb = take_idle(env);
	int rc;

	rc = mdb != NULL ? mdb_txn_renew(mdb)
			 : mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, &mdb);
	if (rc == 0)
		return txn_new(env, mdb);
	if (mdb != NULL)
		mdb_txn_abort(mdb);
	(void)mdb_failed(env, rc, "opening a view", error);
	return NULL;
}

static void
read_end(void *arg, void *txn_arg)
{
	struct env *env = arg;
	struct txn *txn = txn_arg;

	mdb_txn_reset(txn->mdb);
	(void)pthread_mutex_lock(&env->lock);
	g_ptr_array_add(env->idle, txn->mdb);
	(void)pthread_mutex_unlock(&env->lock);
	g_free(txn);
}

static void *
write_begin(void *arg, GError **error)
{
	struct env *env = arg;
	MDB_txn *mdb;
	int rc = mdb_txn_begin(env->mdb, NULL, 0, &mdb);

	if (rc == 0)
		return txn_new(env, mdb);
	(void)mdb_failed(env, rc, "beginning to write", error);
	return NULL;
}

static void
write_abort(void *arg, void *txn_arg)
{
	struct txn *txn = txn_arg;

	(void)arg;
	mdb_txn_abort(txn->mdb);
	g_free(txn);
}

static bool
write_commit(void *arg, void *txn_arg, GError **error)
{
	struct env *env = arg;
	struct txn *txn = txn_arg;
	int rc;

	CRASH_POINT(lmdb_before_sync);
	rc = mdb_txn_commit(txn->mdb);

	g_free(txn);
	return rc == 0 || mdb_failed(env, rc, "committing", error);
}

/* ---- rows ---------------------------------------------------------------- */

static MDB_val
val_of(struct slice s)
{
	/* LMDB's keys and values are not const, but are not written to. */
	return (
	    MDB_val){.mv_size = s.len, .mv_data = (void *)(uintptr_t)s.bytes};
}

static struct slice
slice_of(MDB_val v)
{
	return (struct slice){.bytes = v.mv_data, .len = v.mv_size};
}

static enum found
row_get(void *arg, enum backend_db db, struct slice key,
    struct slice *value_out, GError **error)
{
	struct txn *txn = arg;
	MDB_val k = val_of(key);
	MDB_val v;
	int rc = mdb_get(txn->mdb, txn->env->dbi[db], &k, &v);

	if (rc == MDB_NOTFOUND)
		return FOUND_NO;
	if (rc != 0) {
		(void)mdb_failed(txn->env, rc, "reading a row", error);
		return FOUND_ERROR;
	}
	*value_out = slice_of(v);
	return FOUND_YES;
}

static bool
row_put(void *arg, enum backend_db db, struct slice key, struct slice value,
    GError **error)
{
	struct txn *txn = arg;
	MDB_val k = val_of(key);
	MDB_val v = val_of(value);
	int rc;

	rc = mdb_put(txn->mdb, txn->env->dbi[db], &k, &v,
	    db == BACKEND_LOG ? MDB_APPEND : 0);
	if (rc == MDB_KEYEXIST) /* a row of the log that is written again */
		rc = mdb_put(txn->mdb, txn->env->dbi[db], &k, &v, 0);
	return rc == 0 || mdb_failed(txn->env, rc, "writing a row", error);
}

static enum found
row_del(void *arg, enum backend_db db, struct slice key, GError **error)
{
	struct txn *txn = arg;
	MDB_val k = val_of(key);
	int rc = mdb_del(txn->mdb, txn->env->dbi[db], &k, NULL);

	if (rc == 0)
		return FOUND_YES;
	if (rc == MDB_NOTFOUND)
		return FOUND_NO;
	(void)mdb_failed(txn->env, rc, "deleting a row", error);
	return FOUND_ERROR;
}

/* ---- cursors ------------------------------------------------------------- */

struct lmdb_cursor {
	struct env *env;
	MDB_cursor *mdb;
};

static void *
row_cursor_new(void *arg, enum backend_db db, GError **error)
{
	struct txn *txn = arg;
	struct lmdb_cursor *c = g_new0(struct lmdb_cursor, 1);
	int rc = mdb_cursor_open(txn->mdb, txn->env->dbi[db], &c->mdb);

	c->env = txn->env;
	if (rc == 0)
		return c;
	g_free(c);
	(void)mdb_failed(txn->env, rc, "opening a cursor", error);
	return NULL;
}

static void
row_cursor_free(void *arg)
{
	struct lmdb_cursor *c = arg;

	mdb_cursor_close(c->mdb);
	g_free(c);
}

/* The last key before `k`: one back from the first at or after it, or the
 * very last when there is none. */
static int
seek_before(MDB_cursor *mdb, MDB_val *k, MDB_val *v)
{
	int rc = mdb_cursor_get(mdb, k, v, MDB_SET_RANGE);

	if (rc == 0)
		return mdb_cursor_get(mdb, k, v, MDB_PREV);
	if (rc == MDB_NOTFOUND)
		return mdb_cursor_get(mdb, k, v, MDB_LAST);
	return rc;
}

static int
cursor_step(MDB_cursor *mdb, enum backend_move move, MDB_val *k, MDB_val *v)
{
	switch (move) {
	case MOVE_SEEK:
		return mdb_cursor_get(mdb, k, v, MDB_SET_RANGE);
	case MOVE_SEEK_BEFORE:
		return seek_before(mdb, k, v);
	case MOVE_NEXT:
		return mdb_cursor_get(mdb, k, v, MDB_NEXT);
	case MOVE_PREV:
		return mdb_cursor_get(mdb, k, v, MDB_PREV);
	}
	return EINVAL;
}

static enum found
row_cursor_move(void *arg, enum backend_move move, struct slice *key,
    struct slice *value_out, GError **error)
{
	struct lmdb_cursor *c = arg;
	MDB_val k = val_of(*key);
	MDB_val v;
	int rc = cursor_step(c->mdb, move, &k, &v);

	if (rc == MDB_NOTFOUND)
		return FOUND_NO;
	if (rc != 0) {
		(void)mdb_failed(c->env, rc, "walking rows", error);
		return FOUND_ERROR;
	}
	*key = slice_of(k);
	*value_out = slice_of(v);
	return FOUND_YES;
}

/* ---- the file ------------------------------------------------------------ */

static bool
env_copy(void *arg, const char *path, GError **error)
{
	struct env *env = arg;
	int rc = mdb_env_copy2(env->mdb, path, 0);

	return rc == 0 || mdb_failed(env, rc, "copying the store", error);
}

static unsigned
env_tidy(void *arg)
{
	struct env *env = arg;
	int dead = 0;

	if (mdb_reader_check(env->mdb, &dead) != 0)
		return 0;
	return (unsigned)dead;
}

/* Pages the free list names; walked only when the map is over half used. */
static uint64_t
free_pages(struct env *env)
{
	MDB_txn *txn;
	MDB_cursor *cursor;
	MDB_val k;
	MDB_val v;
	uint64_t pages = 0;

	if (mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, &txn) != 0)
		return 0;
	if (mdb_cursor_open(txn, 0, &cursor) == 0) {
		while (mdb_cursor_get(cursor, &k, &v, MDB_NEXT) == 0) {
			size_t n;

			memcpy(&n, v.mv_data, sizeof(n));
			pages += n;
		}
		mdb_cursor_close(cursor);
	}
	mdb_txn_abort(txn);
	return pages;
}

static struct backend_room
env_room(void *arg)
{
	struct env *env = arg;
	struct backend_room room = {.used = 0, .limit = env->map_size};
	MDB_envinfo info;
	MDB_stat stat;

	if (mdb_env_info(env->mdb, &info) != 0 ||
	    mdb_env_stat(env->mdb, &stat) != 0)
		return room;
	room.used = (info.me_last_pgno + 1) * stat.ms_psize;
	if (room.used > room.limit / 2)
		room.used -= MIN(room.used, free_pages(env) * stat.ms_psize);
	return room;
}

const struct backend backend_lmdb = {
    .name = "lmdb",
    .open = env_open,
    .close = env_close,
    .read_begin = read_begin,
    .read_end = read_end,
    .write_begin = write_begin,
    .write_abort = write_abort,
    .write_commit = write_commit,
    .get = row_get,
    .cursor_new = row_cursor_new,
    .cursor_free = row_cursor_free,
    .cursor_move = row_cursor_move,
    .put = row_put,
    .del = row_del,
    .copy = env_copy,
    .tidy = env_tidy,
    .room = env_room,
};
