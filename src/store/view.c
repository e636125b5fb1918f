/* SPDX-License-Identifier: MIT */
/*
 * Reading rows: keys to slices, with each row's checksum verified. A value
 * in the backend is the payload, then 8 bytes of checksum over prefix, key
 * and payload. Any thread; a view is used by one thread at a time.
 */
#include "store/view.h"

#include <string.h>

#include "base/checksum.h"
#include "store/private.h"

static const enum backend_db databases[TABLE_COUNT] = {
#define T(id, prefix, db, key, record, grows) [TABLE_##id] = BACKEND_##db,
#include "store/tables.def"
#undef T
};

enum backend_db
table_database(enum table table)
{
	return databases[table];
}

uint64_t
row_checksum(struct slice key, struct slice payload)
{
	return checksum(checksum(0, key.bytes, key.len), payload.bytes,
	    payload.len);
}

struct view *
view_begin(struct store *store, GError **error)
{
	const struct backend *backend = store_backend(store);
	void *txn = backend->read_begin(store_env(store), error);
	struct view *view;

	if (txn == NULL)
		return NULL;
	view = g_new0(struct view, 1);
	view->store = store;
	view->backend = backend;
	view->txn = txn;
	return view;
}

void
view_end(struct view **view)
{
	struct view *v = *view;

	if (v == NULL)
		return;
	*view = NULL;
	v->backend->read_end(store_env(v->store), v->txn);
	g_free(v);
}

static bool
row_check(enum table table, struct slice key, struct slice *value,
    GError **error)
{
	uint64_t sum;

	if (value->len < CHECKSUM_LEN)
		return fail(error, ERR_DAMAGED, "row of table %s is cut off",
		    table_name(table));
	value->len -= CHECKSUM_LEN;
	memcpy(&sum, value->bytes + value->len, sizeof(sum));
	if (sum == row_checksum(key, *value))
		return true;
	g_autofree char *hex = key_hex(key);
	return fail(error, ERR_DAMAGED,
	    "row %s of table %s has a wrong checksum", hex, table_name(table));
}

enum found
view_get(const struct view *view, const struct key *key,
    struct slice *value_out, GError **error)
{
	struct slice k = {.bytes = key->bytes, .len = key->len};
	enum found found;

	found = view->backend->get(view->txn, databases[key->table], k,
	    value_out, error);
	if (found == FOUND_YES && !row_check(key->table, k, value_out, error))
		return FOUND_ERROR;
	return found;
}

struct cursor {
	const struct view *view;
	void *backend_cursor;
	enum direction direction;
	enum backend_move move; /* the next one */
	struct key prefix;
	struct key at; /* where MOVE_SEEK begins */
};

/* The key just behind all keys that begin with `prefix`; a prefix of 0xff
 * bytes only is the end of the table, where any longer key will do. */
static struct key
prefix_end(const struct key *prefix)
{
	struct key end = *prefix;

	while (end.len > 0 && end.bytes[end.len - 1] == UINT8_MAX)
		end.len--;
	if (end.len > 0) {
		end.bytes[end.len - 1]++;
		return end;
	}
	memset(end.bytes, UINT8_MAX, sizeof(end.bytes));
	end.len = sizeof(end.bytes);
	return end;
}

struct cursor *
cursor_new(const struct view *view, const struct key *prefix,
    enum direction direction, GError **error)
{
	void *backend_cursor = view->backend->cursor_new(view->txn,
	    databases[prefix->table], error);
	struct cursor *c;

	if (backend_cursor == NULL)
		return NULL;
	c = g_new0(struct cursor, 1);
	c->view = view;
	c->backend_cursor = backend_cursor;
	c->direction = direction;
	c->prefix = *prefix;
	c->at = direction == ASCENDING ? *prefix : prefix_end(prefix);
	if (c->at.len == 0) /* LMDB takes no empty key; this is the smallest */
		key_u8(&c->at, 0);
	c->move = direction == ASCENDING ? MOVE_SEEK : MOVE_SEEK_BEFORE;
	return c;
}

void
cursor_free(struct cursor **cursor)
{
	struct cursor *c = *cursor;

	if (c == NULL)
		return;
	*cursor = NULL;
	c->view->backend->cursor_free(c->backend_cursor);
	g_free(c);
}

void
cursor_after(struct cursor *c, const struct key *key)
{
	c->at = *key;
	c->move = MOVE_SEEK_BEFORE;
	if (c->direction == DESCENDING)
		return;
	c->move = MOVE_SEEK;
	key_u8(&c->at, 0); /* the smallest key behind `key` */
}

static bool
is_in_prefix(const struct cursor *c, struct slice key)
{
	return key.len >= c->prefix.len &&
	    memcmp(key.bytes, c->prefix.bytes, c->prefix.len) == 0;
}

enum found
cursor_next(struct cursor *c, struct key *key_out, struct slice *value_out,
    GError **error)
{
	struct slice key = {.bytes = c->at.bytes, .len = c->at.len};
	enum found found;

	found = c->view->backend->cursor_move(c->backend_cursor, c->move, &key,
	    value_out, error);
	if (found != FOUND_YES)
		return found;
	if (!is_in_prefix(c, key))
		return FOUND_NO;
	if (key.len > sizeof(key_out->bytes))
		return fail_found(error, ERR_DAMAGED,
		    "overlong key in table %s", table_name(c->prefix.table));
	c->move = c->direction == ASCENDING ? MOVE_NEXT : MOVE_PREV;
	if (!row_check(c->prefix.table, key, value_out, error))
		return FOUND_ERROR;
	key_out->table = c->prefix.table;
	key_out->len = (uint16_t)key.len;
	memcpy(key_out->bytes, key.bytes, key.len);
	return FOUND_YES;
}

char *
key_hex(struct slice key)
{
	GString *hex = g_string_sized_new(key.len * 2);

	for (size_t i = 0; i < key.len; i++)
		g_string_append_printf(hex, "%02x", key.bytes[i]);
	return g_string_free(hex, FALSE);
}
