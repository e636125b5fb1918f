/* SPDX-License-Identifier: MIT */
/*
 * One open write transaction. Ids, counters and journal events are gathered
 * in memory over the batch and written once, at the commit: a busy desk then
 * touches their pages once per sync instead of once per mail.
 */
#include "store/wtxn.h"

#include <string.h>

#include "base/checksum.h"
#include "store/late_set.h"
#include "store/private.h"
#include "store/record.h"

#define EVENTS_PER_ROW 40 /* keeps a journal row within a leaf page */

static const char *const sequence_names[] = {
    [SEQUENCE_TICKET] = "ticket",
    [SEQUENCE_ENTRY] = "entry",
    [SEQUENCE_CUSTOMER] = "customer",
    [SEQUENCE_OBJECT] = "object",
    [SEQUENCE_OUTBOX] = "outbox",
    [SEQUENCE_JOURNAL] = "journal",
    [SEQUENCE_AUDIT] = "audit",
    [SEQUENCE_LATE] = "late",
    [SEQUENCE_CUSTOMER_NUMBER] = "customer_number",
};
_Static_assert(COUNT(sequence_names) == SEQUENCE_COUNT, "one name a sequence");

static void
event_free(void *event)
{
	rec__event__free_unpacked(event, &record_allocator);
}

struct wtxn *
wtxn_begin(struct store *store, int64_t now, GError **error)
{
	const struct backend *backend = store_backend(store);
	void *txn = backend->write_begin(store_env(store), error);
	struct wtxn *w;

	if (txn == NULL)
		return NULL;
	w = g_new0(struct wtxn, 1);
	w->view.store = store;
	w->view.backend = backend;
	w->view.txn = txn;
	w->view.late = late_batch_new();
	w->now = now;
	w->row = g_byte_array_new();
	w->counters = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
	    (GDestroyNotify)g_bytes_unref, g_free);
	w->events = g_ptr_array_new_with_free_func(event_free);
	return w;
}

static void
wtxn_release(struct wtxn *w)
{
	g_byte_array_unref(w->row);
	g_hash_table_unref(w->counters);
	g_ptr_array_unref(w->events);
	late_batch_free(&w->view.late);
	g_free(w);
}

void
wtxn_abort(struct wtxn **w_owner)
{
	struct wtxn *w = *w_owner;

	if (w == NULL)
		return;
	*w_owner = NULL;
	w->view.backend->write_abort(store_env(w->view.store), w->view.txn);
	wtxn_release(w);
}

const struct view *
wtxn_view(const struct wtxn *w)
{
	return &w->view;
}

int64_t
wtxn_now(const struct wtxn *w)
{
	return w->now;
}

struct store *
wtxn_store(const struct wtxn *w)
{
	return w->view.store;
}

uint64_t
wtxn_writes(const struct wtxn *w)
{
	return w->writes;
}

size_t
wtxn_bytes(const struct wtxn *w)
{
	return w->bytes;
}

void
wtxn_touch_config(struct wtxn *w)
{
	w->config_touched = true;
}

bool
wtxn_config_touched(const struct wtxn *w)
{
	return w->config_touched;
}

bool
wtxn_put(struct wtxn *w, const struct key *key, const void *bytes, size_t len,
    GError **error)
{
	struct slice k = {.bytes = key->bytes, .len = key->len};
	struct slice payload = {.bytes = bytes, .len = len};
	uint64_t sum = row_checksum(k, payload);
	struct slice row;

	g_byte_array_set_size(w->row, 0);
	g_byte_array_append(w->row, bytes, (guint)len);
	g_byte_array_append(w->row, (const uint8_t *)&sum, sizeof(sum));
	row.bytes = w->row->data;
	row.len = w->row->len;
	w->writes++;
	w->bytes += k.len + row.len;
	return w->view.backend->put(w->view.txn, table_database(key->table), k,
	    row, error);
}

bool
wtxn_delete(struct wtxn *w, const struct key *key, GError **error)
{
	struct slice k = {.bytes = key->bytes, .len = key->len};

	w->writes++;
	return w->view.backend->del(w->view.txn, table_database(key->table), k,
		   error) != FOUND_ERROR;
}

/* ---- sequences ----------------------------------------------------------- */

static bool
number_find(const struct view *view, const struct key *key, int64_t *n_out,
    GError **error)
{
	AUTO_RECORD(Rec__Counter) counter = NULL;

	*n_out = 0;
	if (RECORD_FIND(view, key, &counter, error) == FOUND_ERROR)
		return false;
	if (counter != NULL)
		*n_out = counter->value;
	return true;
}

static bool
number_save(struct wtxn *w, const struct key *key, int64_t n, GError **error)
{
	Rec__Counter counter = REC__COUNTER__INIT;

	counter.has_value = true;
	counter.value = n;
	return RECORD_SAVE(w, key, &counter, error);
}

static bool
sequence_load(struct wtxn *w, enum sequence sequence, GError **error)
{
	struct sequence_state *state = &w->sequence[sequence];
	struct key key = key_name(TABLE_SEQUENCE, sequence_names[sequence]);
	int64_t last;

	if (state->loaded)
		return true;
	if (!number_find(&w->view, &key, &last, error))
		return false;
	state->last = (uint64_t)last;
	state->loaded = true;
	return true;
}

bool
wtxn_next_id(struct wtxn *w, enum sequence sequence, uint64_t *id_out,
    GError **error)
{
	struct sequence_state *state = &w->sequence[sequence];

	if (!sequence_load(w, sequence, error))
		return false;
	*id_out = ++state->last;
	state->dirty = true;
	w->writes++;
	return true;
}

bool
wtxn_raise_id(struct wtxn *w, enum sequence sequence, uint64_t floor,
    GError **error)
{
	struct sequence_state *state = &w->sequence[sequence];

	if (!sequence_load(w, sequence, error))
		return false;
	if (floor == 0 || state->last >= floor - 1)
		return true;
	state->last = floor - 1;
	state->dirty = true;
	return true;
}

static bool
flush_sequences(struct wtxn *w, GError **error)
{
	for (size_t i = 0; i < SEQUENCE_COUNT; i++) {
		struct key key = key_name(TABLE_SEQUENCE, sequence_names[i]);

		if (w->sequence[i].dirty &&
		    !number_save(w, &key, (int64_t)w->sequence[i].last, error))
			return false;
	}
	return true;
}

/* ---- counters ------------------------------------------------------------ */

static struct key
counter_key(enum counter counter, uint64_t id)
{
	struct key key = key_of(TABLE_COUNTER);

	key_u8(&key, (uint8_t)counter);
	key_u64(&key, id);
	return key;
}

void
wtxn_add(struct wtxn *w, enum counter counter, uint64_t id, int64_t n)
{
	struct key key = counter_key(counter, id);
	g_autoptr(GBytes) name = g_bytes_new(key.bytes, key.len);
	int64_t *sum = g_hash_table_lookup(w->counters, name);

	w->writes++;
	if (sum == NULL) {
		sum = g_new0(int64_t, 1);
		g_hash_table_insert(w->counters, g_bytes_ref(name), sum);
	}
	*sum += n;
}

bool
counter_get(const struct view *view, enum counter counter, uint64_t id,
    int64_t *n_out, GError **error)
{
	struct key key = counter_key(counter, id);

	return number_find(view, &key, n_out, error);
}

static bool
flush_counters(struct wtxn *w, GError **error)
{
	GHashTableIter iter;
	void *name;
	void *sum;

	g_hash_table_iter_init(&iter, w->counters);
	while (g_hash_table_iter_next(&iter, &name, &sum)) {
		struct key key = {.table = TABLE_COUNTER, .len = 0};
		gsize len;
		const void *bytes = g_bytes_get_data(name, &len);
		int64_t before;

		key_bytes(&key, bytes, len);
		if (!number_find(&w->view, &key, &before, error) ||
		    !number_save(w, &key, before + *(int64_t *)sum, error))
			return false;
	}
	return true;
}

/* ---- journal ------------------------------------------------------------- */

void
wtxn_event(struct wtxn *w, const Rec__Event *event)
{
	Rec__Event *copy = rec__event__unpack(&record_allocator, 0, NULL);

	w->writes++;
	rec__event__init(copy);
	*copy = *event;
	copy->field = g_strdup(event->field);
	g_ptr_array_add(w->events, copy);
}

static bool
flush_row(struct wtxn *w, size_t from, size_t count, GError **error)
{
	Rec__JournalRow row = REC__JOURNAL_ROW__INIT;
	struct key key;
	uint64_t id;

	if (!wtxn_next_id(w, SEQUENCE_JOURNAL, &id, error))
		return false;
	row.has_at = true;
	row.at = w->now;
	row.n_events = count;
	row.events = (Rec__Event **)(w->events->pdata + from);
	key = key_1(TABLE_JOURNAL, id);
	return RECORD_SAVE(w, &key, &row, error);
}

static bool
flush_journal(struct wtxn *w, GError **error)
{
	size_t count = w->events->len;

	for (size_t i = 0; i < count; i += EVENTS_PER_ROW)
		if (!flush_row(w, i, MIN(EVENTS_PER_ROW, count - i), error))
			return false;
	return true;
}

bool
wtxn_commit(struct wtxn **w_owner, GError **error)
{
	AUTO(wtxn_abort) struct wtxn *w = g_steal_pointer(w_owner);
	bool done;

	/* The journal and late keys take ids, so the sequences come last. */
	if (!late_write(w, error) || !flush_journal(w, error) ||
	    !flush_counters(w, error) || !flush_sequences(w, error))
		return fail_while(error, "committing");
	done = w->view.backend->write_commit(store_env(w->view.store),
	    w->view.txn, error);
	if (done)
		late_done(store_late(w->view.store), w->view.late);
	wtxn_release(g_steal_pointer(&w));
	return done;
}
