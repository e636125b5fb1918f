/* SPDX-License-Identifier: MIT */
/*
 * The dozen functions a store backend supplies: ordered bytes, snapshots, one
 * writer. Backends know neither tables nor records nor checksums. lmdb.c is
 * the embedded default, mem.c the model that tests hold it against.
 */
#ifndef STORE_BACKEND_H
#define STORE_BACKEND_H

#include "base/base.h"
#include "base/err.h"

/* MAIN: any order of keys. LOG: keys only rise. */
enum backend_db { BACKEND_MAIN, BACKEND_LOG, BACKEND_DB_COUNT };

struct slice {
	const uint8_t *bytes;
	size_t len;
};

struct backend_options {
	const char *path;  /* of the store's file */
	uint64_t map_size; /* bytes of address space */
};

struct backend_room {
	uint64_t used;  /* bytes of the file that hold data */
	uint64_t limit; /* bytes the map may hold */
};

/* Where a cursor is set: at the first key at or after, at the last key
 * before, or one step on. */
enum backend_move { MOVE_SEEK, MOVE_SEEK_BEFORE, MOVE_NEXT, MOVE_PREV };

struct backend {
	const char *name;
	void *(*open)(const struct backend_options *options, GError **error);
	void (*close)(void *env);
	/* A snapshot; any thread, each used by one thread at a time. */
	void *(*read_begin)(void *env, GError **error);
	void (*read_end)(void *env, void *txn);
	/* One at a time. */
	void *(*write_begin)(void *env, GError **error);
	void (*write_abort)(void *env, void *txn);
	/* Synced when it returns true. ERR_FULL: not committed. ERR_FATAL:
	 * outcome unknown. Takes txn in any case. */
	bool (*write_commit)(void *env, void *txn, GError **error);
	/* Results are borrowed until the txn ends or writes again. */
	enum found (*get)(void *txn, enum backend_db db, struct slice key,
	    struct slice *value_out, GError **error);
	void *(*cursor_new)(void *txn, enum backend_db db, GError **error);
	void (*cursor_free)(void *cursor);
	enum found (*cursor_move)(void *cursor, enum backend_move move,
	    struct slice *key, struct slice *value_out, GError **error);
	bool (*put)(void *txn, enum backend_db db, struct slice key,
	    struct slice value, GError **error);
	enum found (*del)(void *txn, enum backend_db db, struct slice key,
	    GError **error);
	/* A consistent copy of everything in a new file, synced. */
	bool (*copy)(void *env, const char *path, GError **error);
	/* Frees what dead processes hold; how many. */
	unsigned (*tidy)(void *env);
	struct backend_room (*room)(void *env);
};

extern const struct backend backend_lmdb;
extern const struct backend backend_mem;

#endif
