/* SPDX-License-Identifier: MIT */
/* What the files of store/ know of each other; nobody else includes this. */
#ifndef STORE_PRIVATE_H
#define STORE_PRIVATE_H

#include "model.pb-c.h"
#include "store/backend.h"
#include "store/key.h"
#include "store/store.h"

struct view {
	struct store *store;
	const struct backend *backend;
	void *txn;
};

const struct backend *store_backend(const struct store *store);
void *store_env(const struct store *store);

enum backend_db table_database(enum table table);
uint64_t row_checksum(struct slice key, struct slice payload);
char *key_hex(struct slice key);

#endif
