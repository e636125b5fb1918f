/* SPDX-License-Identifier: MIT */
/* Keys in memory; see late_set.h. */
#include "store/late_set.h"

#include <string.h>

#define BUCKET_BITS 12
#define ROOM_FIRST  16

uint32_t
late_bucket_of(const uint8_t *bytes)
{
	return ((uint32_t)bytes[0] << 8 | bytes[1]) >> (16 - BUCKET_BITS);
}
_Static_assert(LATE_BUCKETS == 1 << BUCKET_BITS, "a bucket for all bits");

void
late_set_add(struct late_set *set, const struct late_key *key)
{
	struct late_bucket *b = &set->bucket[late_bucket_of(key->bytes)];

	if (b->count == b->room) {
		b->room = b->room == 0 ? ROOM_FIRST : b->room * 2;
		b->at = g_renew(struct late_key, b->at, b->room);
	}
	b->at[b->count++] = *key;
	set->count++;
}

void
late_set_clear(struct late_set *set, uint32_t bucket)
{
	struct late_bucket *b = &set->bucket[bucket];

	set->count -= b->count;
	g_free(b->at);
	*b = (struct late_bucket){.at = NULL};
}

void
late_collect(const struct late_key *keys, size_t count, struct slice prefix,
    struct late_found *found)
{
	for (size_t i = 0; i < count && found->count < found->max; i++)
		if (memcmp(keys[i].bytes, prefix.bytes, prefix.len) == 0)
			found->at[found->count++] = keys[i];
}

void
late_close(struct late_set **owner)
{
	struct late_set *set = *owner;

	if (set == NULL)
		return;
	*owner = NULL;
	for (uint32_t i = 0; i < LATE_BUCKETS; i++)
		g_free(set->bucket[i].at);
	g_free(set);
}

struct late_batch *
late_batch_new(void)
{
	struct late_batch *batch = g_new0(struct late_batch, 1);

	batch->added = g_array_new(FALSE, FALSE, sizeof(struct late_key));
	return batch;
}

void
late_batch_free(struct late_batch **owner)
{
	struct late_batch *batch = *owner;

	if (batch == NULL)
		return;
	*owner = NULL;
	g_array_unref(batch->added);
	g_free(batch);
}

void
late_done(struct late_set *set, const struct late_batch *batch)
{
	if (batch->added->len == 0)
		return;
	for (uint32_t i = batch->from; i < batch->to; i++)
		late_set_clear(set, i);
	for (guint i = 0; i < batch->added->len; i++)
		late_set_add(set,
		    &g_array_index(batch->added, struct late_key, i));
	set->now = batch->now;
	set->first = batch->first;
}
