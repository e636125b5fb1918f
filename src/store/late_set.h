/* SPDX-License-Identifier: MIT */
/*
 * Private to src/store: keys in memory, by the first bits of their hash; and
 * what one write transaction adds to them. Plain memory, no transaction.
 */
#ifndef STORE_LATE_SET_H
#define STORE_LATE_SET_H

#include "store/late.h"

#define LATE_BUCKETS 4096
#define LATE_CROWD   512
#define LATE_MAX     (256 * 1024) /* keys in memory: 8 MiB, then they settle */

struct late_bucket {
	struct late_key *at;
	uint32_t count, room;
};

/* A round gives the keys of LATE's rows below `round` their places, bucket by
 * bucket; then those rows go, below `floor`. */
struct late_round {
	uint64_t round;
	uint64_t floor;
	uint32_t settled; /* buckets of this round that are done */
};

struct late_set {
	struct late_bucket bucket[LATE_BUCKETS];
	size_t count, max;
	uint64_t first; /* no row of LATE is below it */
	struct late_round now;
};

/* What a transaction changes, once it is committed. */
struct late_batch {
	GArray *added;         /* struct late_key */
	struct late_round now; /* as it will be */
	uint64_t first;
	uint32_t from, to; /* buckets that got their places */
};

uint32_t late_bucket_of(const uint8_t *bytes);
void late_set_add(struct late_set *set, const struct late_key *key);
void late_set_clear(struct late_set *set, uint32_t bucket);
/* Adds those that begin with the prefix. */
void late_collect(const struct late_key *keys, size_t count,
    struct slice prefix, struct late_found *found);

/* ---- for store.c and wtxn.c ---- */

struct late_set *late_open(struct store *store, size_t max, GError **error)
    MUST_CHECK;
void late_close(struct late_set **owner);
struct late_batch *late_batch_new(void);
void late_batch_free(struct late_batch **owner);
/* Before the commit: rows of LATE, and places for older keys. */
bool late_write(struct wtxn *w, GError **error) MUST_CHECK;
/* After it. */
void late_done(struct late_set *set, const struct late_batch *batch);

#endif
