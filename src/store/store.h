/* SPDX-License-Identifier: MIT */
/*
 * The store: one open data directory. DATA/lock is held by flock while it is
 * open (a second daemon is refused), DATA/store.mdb is the backend's file.
 * Opened once per process, never across fork. Any thread may read (view.h);
 * writing is the writer's (writer.h, wtxn.h).
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/base.h"
#include "base/err.h"
#include "store/backend.h"

#define STORE_SCHEMA 3
#define STORE_FILE   "store.mdb"
#define STORE_LOCK   "lock"

struct store;

struct store_options {
	const struct backend *backend; /* NULL: LMDB */
	const char *dir;               /* the data directory, must exist */
	uint64_t map_size;             /* 0: 1 TiB */
	size_t late_max;               /* keys kept for later; 0: 256 Ki */
	enum store_create { STORE_MUST_EXIST, STORE_CREATE } create;
};

/* Locks, opens, checks the schema version, runs upgrades. ERR_BUSY: another
 * process holds the directory; ERR_NOT_FOUND: no store there; ERR_CONFLICT:
 * there is one already (STORE_CREATE), or a newer program made it. */
struct store *store_open(const struct store_options *options, GError **error)
    MUST_CHECK;
void store_close(struct store **owner);

const char *store_dir(const struct store *store);
/* 16 bytes, made with the store; a restored copy keeps it. */
const uint8_t *store_id(const struct store *store);

/* Free space. `refuse_below` bytes free on the file system, or less than
 * an eighth of the map: store_has_room is false. Refreshed by store_tick. */
void store_set_reserve(struct store *store, uint64_t refuse_below);
bool store_has_room(const struct store *store);
/* Each second, from a reader thread: space, alarm at 80 %, and each minute
 * the reader slots of dead processes. */
void store_tick(struct store *store);

/* Writes a copy to `path` (new file): checked, synced, renamed into place. */
bool store_backup(struct store *store, const char *path, GError **error)
    MUST_CHECK;
/* Puts the copy at `path` into `dir` (no store there yet) and marks it
 * restored: its outbox is held until released. */
bool store_restore(const char *dir, const char *path, GError **error)
    MUST_CHECK;
/* Writes a new store record by record and puts it in the place of the old;
 * the store must not be open elsewhere. Bytes before and after. */
bool store_compact(const char *dir, uint64_t *before_out, uint64_t *after_out,
    GError **error) MUST_CHECK;

#endif
