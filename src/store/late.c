/* SPDX-License-Identifier: MIT */
/*
 * LATE in the store. A row holds the keys of one commit. META's row "late"
 * says how far the round is: a start reads LATE back into memory and leaves
 * out what got its place. Doing so twice does no harm, so a key that came
 * into a bucket after the round had passed it is simply kept for the next.
 */
#include "store/late.h"

#include <string.h>

#include "store/late_set.h"
#include "store/private.h"
#include "store/record.h"

#define ROW_KEYS  60  /* of 32 bytes: two rows fill a page */
#define ROWS_GONE 200 /* rows removed a commit */

size_t
late_keys(const Rec__Late *row, const struct late_key **keys_out)
{
	*keys_out = (const struct late_key *)(const void *)row->keys.data;
	return row->keys.len / LATE_LEN;
}

static Rec__Late *
row_unpack(const struct key *key, struct slice value, GError **error)
{
	return (Rec__Late *)record_unpack(key, value, error);
}

static struct key
round_key(void)
{
	return key_name(TABLE_META, "late");
}

/* ---- into memory --------------------------------------------------------- */

static bool
round_load(const struct view *view, struct late_round *out, GError **error)
{
	AUTO_RECORD(Rec__Meta) meta = NULL;
	struct key key = round_key();
	const enum found found = RECORD_FIND(view, &key, &meta, error);

	if (found == FOUND_YES)
		*out = (struct late_round){
		    .round = meta->late_round,
		    .floor = meta->late_floor,
		    .settled = meta->late_settled,
		};
	return found != FOUND_ERROR;
}

static void
row_load(struct late_set *set, uint64_t id, const Rec__Late *row)
{
	const struct late_key *keys;
	const size_t count = late_keys(row, &keys);

	for (size_t i = 0; i < count; i++)
		if (id >= set->now.round ||
		    late_bucket_of(keys[i].bytes) >= set->now.settled)
			late_set_add(set, &keys[i]);
}

static bool
rows_load(struct late_set *set, const struct view *view, GError **error)
{
	struct key prefix = key_of(TABLE_LATE), key;
	AUTO(cursor_free)
	struct cursor *c = cursor_new(view, &prefix, ASCENDING, error);
	struct slice value;
	enum found found = FOUND_NO;

	while (c != NULL &&
	    (found = cursor_next(c, &key, &value, error)) == FOUND_YES) {
		AUTO_RECORD(Rec__Late) row = row_unpack(&key, value, error);
		size_t at = key_start(TABLE_LATE);
		const uint64_t id = key_get_u64(&key, &at);

		if (row == NULL)
			return false;
		if (set->first == 0)
			set->first = id;
		if (id >= set->now.floor)
			row_load(set, id, row);
	}
	return c != NULL && found == FOUND_NO;
}

struct late_set *
late_open(struct store *store, size_t max, GError **error)
{
	AUTO(late_close) struct late_set *set = g_new0(struct late_set, 1);
	AUTO(view_end) struct view *view = view_begin(store, error);

	set->max = max != 0 ? max : LATE_MAX;
	if (view == NULL || !round_load(view, &set->now, error) ||
	    !rows_load(set, view, error))
		return NULL;
	return g_steal_pointer(&set);
}

/* ---- at the commit ------------------------------------------------------- */

/* *last_out: the newest row's id. */
static bool
rows_write(struct wtxn *w, const GArray *added, uint64_t *last_out,
    GError **error)
{
	for (guint i = 0; i < added->len; i += ROW_KEYS) {
		Rec__Late row = REC__LATE__INIT;
		const guint count = MIN(ROW_KEYS, added->len - i);
		struct key key;

		if (!wtxn_next_id(w, SEQUENCE_LATE, last_out, error))
			return false;
		row.has_keys = true;
		row.keys.data = (uint8_t *)&g_array_index(added,
		    struct late_key, i);
		row.keys.len = (size_t)count * LATE_LEN;
		key = key_1(TABLE_LATE, *last_out);
		if (!RECORD_SAVE(w, &key, &row, error))
			return false;
	}
	return true;
}

static int
compare(const void *a, const void *b)
{
	return memcmp(a, b, LATE_LEN);
}

static bool
place(struct wtxn *w, const struct late_key *late, GError **error)
{
	struct key key = key_of(TABLE_MESSAGE_ID);

	key_bytes(&key, late->bytes, LATE_LEN);
	return wtxn_put(w, &key, "", 0, error);
}

static bool
bucket_settle(struct wtxn *w, struct late_bucket *b, GError **error)
{
	if (b->count > 0)
		qsort(b->at, b->count, sizeof(b->at[0]), compare);
	for (uint32_t i = 0; i < b->count; i++)
		if (!place(w, &b->at[i], error))
			return false;
	return true;
}

/* As many keys find their places as are new, so memory stays as it is; twice
 * as many while there are more than there should be (a start reads some that
 * have their places). The end of a round begins the next, behind row `last`. */
static bool
settle(struct wtxn *w, struct late_set *set, uint64_t last, GError **error)
{
	struct late_batch *batch = w->view.late;
	const size_t added = batch->added->len;
	const size_t want = set->count > set->max + added ? 2 * added : added;
	size_t done = 0;

	batch->from = batch->to = set->now.settled;
	while (done < want && batch->to < LATE_BUCKETS) {
		struct late_bucket *b = &set->bucket[batch->to++];

		if (!bucket_settle(w, b, error))
			return false;
		done += b->count;
	}
	batch->now.settled = batch->to;
	if (batch->to == LATE_BUCKETS)
		batch->now = (struct late_round){
		    .round = last + 1,
		    .floor = set->now.round,
		};
	return true;
}

static bool
rows_remove(struct wtxn *w, GError **error)
{
	struct late_batch *batch = w->view.late;

	for (unsigned n = 0; n < ROWS_GONE && batch->first < batch->now.floor;
	     n++) {
		struct key key = key_1(TABLE_LATE, batch->first++);

		if (!wtxn_delete(w, &key, error))
			return false;
	}
	return true;
}

static bool
round_save(struct wtxn *w, const struct late_round *now, GError **error)
{
	Rec__Meta meta = REC__META__INIT;
	struct key key = round_key();

	meta.has_late_round = meta.has_late_floor = true;
	meta.has_late_settled = true;
	meta.late_round = now->round;
	meta.late_floor = now->floor;
	meta.late_settled = now->settled;
	return RECORD_SAVE(w, &key, &meta, error);
}

bool
late_write(struct wtxn *w, GError **error)
{
	struct late_set *set = store_late(w->view.store);
	struct late_batch *batch = w->view.late;
	uint64_t last = 0;

	if (batch->added->len == 0)
		return true; /* a new store has no set yet */
	batch->now = set->now;
	batch->first = set->first;
	if (!rows_write(w, batch->added, &last, error))
		return false;
	if (batch->first == 0)
		batch->first = last;
	if (set->count + batch->added->len <= set->max)
		return true;
	return settle(w, set, last, error) && rows_remove(w, error) &&
	    round_save(w, &batch->now, error);
}

/* ---- reading ------------------------------------------------------------- */

/* Hashes do not crowd, but one Message-ID sent a thousand times does: then
 * keys take their places at once, and no commit has many to settle. */
bool
wtxn_put_late(struct wtxn *w, const struct late_key *key, GError **error)
{
	const struct late_set *set = store_late(w->view.store);

	if (set->bucket[late_bucket_of(key->bytes)].count >= LATE_CROWD)
		return place(w, key, error);
	g_array_append_val(w->view.late->added, *key);
	w->writes++;
	return true;
}

/* A snapshot: what its own rows of LATE hold. */
static bool
list_rows(const struct view *view, struct slice wanted,
    struct late_found *found, GError **error)
{
	struct key prefix = key_of(TABLE_LATE), key;
	AUTO(cursor_free)
	struct cursor *c = cursor_new(view, &prefix, DESCENDING, error);
	struct slice value;
	enum found more = FOUND_NO;

	while (c != NULL && found->count < found->max &&
	    (more = cursor_next(c, &key, &value, error)) == FOUND_YES) {
		AUTO_RECORD(Rec__Late) row = row_unpack(&key, value, error);
		const struct late_key *keys;
		size_t count;

		if (row == NULL)
			return false;
		count = late_keys(row, &keys);
		late_collect(keys, count, wanted, found);
	}
	return c != NULL && more != FOUND_ERROR;
}

bool
late_list(const struct view *view, const void *prefix, size_t len,
    struct late_found *found, GError **error)
{
	const struct slice wanted = {.bytes = prefix, .len = len};
	const struct late_bucket *b;
	const GArray *added;

	assert(len >= 2);
	if (view->late == NULL)
		return list_rows(view, wanted, found, error);
	b = &store_late(view->store)->bucket[late_bucket_of(prefix)];
	added = view->late->added;
	late_collect(b->at, b->count, wanted, found);
	late_collect((const struct late_key *)(const void *)added->data,
	    added->len, wanted, found);
	return true;
}
