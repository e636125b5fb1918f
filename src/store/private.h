/* SPDX-License-Identifier: MIT */
/* What the files of store/ know of each other; nobody else includes this. */
#ifndef STORE_PRIVATE_H
#define STORE_PRIVATE_H

#include "model.pb-c.h"
#include "store/backend.h"
#include "store/key.h"
#include "store/store.h"
#include "store/wtxn.h"

struct late_batch;
struct late_set;

struct view {
	struct store *store;
	const struct backend *backend;
	void *txn;
	struct late_batch *late; /* of a write transaction, else NULL */
};

struct sequence_state {
	uint64_t last; /* the newest id given out */
	bool loaded;
	bool dirty;
};

struct wtxn {
	struct view view; /* the open transaction, read from inside */
	int64_t now;
	GByteArray *row; /* payload and checksum of the row being put */
	struct sequence_state sequence[SEQUENCE_COUNT];
	GHashTable *counters; /* key bytes (GBytes) -> int64_t * */
	GPtrArray *events;    /* Rec__Event, ours */
	uint64_t writes;
	size_t bytes;
	bool config_touched;
};

const struct backend *store_backend(const struct store *store);
void *store_env(const struct store *store);
/* The writer's alone. */
struct late_set *store_late(const struct store *store);

enum backend_db table_database(enum table table);
uint64_t row_checksum(struct slice key, struct slice payload);
char *key_hex(struct slice key);

#endif
