/* SPDX-License-Identifier: MIT */
/*
 * The floor under a delivery: how long one bare LMDB commit takes on this
 * disk. Puts one value of 2 KiB under a rising key, syncs, and again; prints
 * "RESULT commits=N p50_us=… p99_us=…". Used by tests/bench/run.py, which
 * subtracts it from the time of a mail delivered over one session.
 * Usage: lmdb_commit DIR [COUNT]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>
#include <lmdb.h>

#define MAP_SIZE  ((size_t)1 << 30)
#define VALUE_LEN 2048

static void
check(int status, const char *what)
{
	if (status == 0)
		return;
	(void)fprintf(stderr, "lmdb_commit: %s: %s\n", what,
	    mdb_strerror(status));
	exit(2);
}

static void
put_one(MDB_env *env, MDB_dbi dbi, uint64_t number)
{
	static char bytes[VALUE_LEN];
	uint64_t rising = GUINT64_TO_BE(number);
	MDB_val key = {.mv_size = sizeof(rising), .mv_data = &rising};
	MDB_val value = {.mv_size = sizeof(bytes), .mv_data = bytes};
	MDB_txn *txn;

	memset(bytes, (int)(number % 251), sizeof(bytes));
	check(mdb_txn_begin(env, NULL, 0, &txn), "begin");
	check(mdb_put(txn, dbi, &key, &value, MDB_APPEND), "put");
	check(mdb_txn_commit(txn), "commit");
}

static MDB_env *
open_store(const char *dir, MDB_dbi *dbi_out)
{
	MDB_env *env;
	MDB_txn *txn;

	check(mdb_env_create(&env), "create");
	check(mdb_env_set_mapsize(env, MAP_SIZE), "map size");
	check(mdb_env_open(env, dir, 0, 0600), dir);
	check(mdb_txn_begin(env, NULL, 0, &txn), "begin");
	check(mdb_dbi_open(txn, NULL, 0, dbi_out), "open");
	check(mdb_drop(txn, *dbi_out, 0), "drop");
	check(mdb_txn_commit(txn), "commit");
	return env;
}

static gint
by_value(gconstpointer a, gconstpointer b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	uint64_t count = argc > 2 ? g_ascii_strtoull(argv[2], NULL, 10) : 2000;
	g_autoptr(GArray) took = g_array_new(FALSE, FALSE, sizeof(int64_t));
	MDB_dbi dbi;
	MDB_env *env;

	if (argc < 2 || count == 0) {
		(void)fprintf(stderr, "usage: lmdb_commit DIR [COUNT]\n");
		return 2;
	}
	env = open_store(argv[1], &dbi);
	for (uint64_t i = 0; i < count; i++) {
		int64_t from = g_get_monotonic_time();
		int64_t us;

		put_one(env, dbi, i);
		us = g_get_monotonic_time() - from;
		g_array_append_val(took, us);
	}
	mdb_env_close(env);
	g_array_sort(took, by_value);
	printf("RESULT commits=%" PRIu64 " p50_us=%" PRId64 " p99_us=%" PRId64
	       "\n",
	    count, g_array_index(took, int64_t, count / 2),
	    g_array_index(took, int64_t, count * 99 / 100));
	return 0;
}
