/* SPDX-License-Identifier: MIT */
/*
 * What the store suite's tests share: the backends each of them runs on, and
 * a fresh store on one of them.
 */
#ifndef TESTS_STORE_ROWS_H
#define TESTS_STORE_ROWS_H

#include <glib/gstdio.h>

#include "store/backend.h"
#include "store/store.h"
#include "tests/lib/test.h"

static const struct backend *const backends[] = {&backend_lmdb, &backend_mem};

static inline struct store *
fresh_store(const struct backend *backend)
{
	g_autofree char *dir = g_strdup_printf("%s/store-XXXXXX",
	    test_directory());
	struct store_options options = {.backend = backend,
	    .dir = dir,
	    .map_size = UINT64_C(256) << 20,
	    .create = STORE_CREATE};
	g_autoptr(GError) error = NULL;
	struct store *store = NULL;

	if (g_mkdtemp(dir) != NULL)
		store = store_open(&options, &error);
	CHECK_OK(store != NULL, error);
	return store;
}

#endif
