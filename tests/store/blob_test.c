/* SPDX-License-Identifier: MIT */
/*
 * The store suite: raw mails in pieces, on each backend: what is read at any
 * offset is what was added, whatever the size. SEED chooses the ranges.
 */
#include <string.h>

#include "store/blob.h"
#include "store/private.h"
#include "store/view.h"
#include "store/wtxn.h"
#include "tests/store/rows.h"

#define MIB    (1024 * 1024)
#define ENTRY  17
#define RANGES 60

enum filling { ZEROS, TEXT, NOISE };

static GByteArray *
bytes_make(size_t len, enum filling filling)
{
	GByteArray *bytes = g_byte_array_sized_new((guint)len + 1);
	g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)len + 1);

	g_byte_array_set_size(bytes, (guint)len);
	for (size_t i = 0; i < len; i++)
		switch (filling) {
		case ZEROS:
			bytes->data[i] = 0;
			break;
		case TEXT:
			bytes->data[i] = (uint8_t)("order "[i % 6] +
			    i / 900 % 9);
			break;
		case NOISE:
			bytes->data[i] = (uint8_t)g_rand_int(rand);
			break;
		}
	return bytes;
}

/* Adds in unequal bites. */
static struct blob *
blob_of(const GByteArray *bytes)
{
	struct blob *blob = blob_new();
	g_autoptr(GError) error = NULL;

	for (size_t at = 0, bite = 1; at < bytes->len; bite = bite * 7 + 1) {
		size_t n = MIN(bite, bytes->len - at);

		CHECK_OK(blob_add(blob, bytes->data + at, n, &error), error);
		at += n;
	}
	CHECK_OK(blob_finish(blob, &error), error);
	return blob;
}

static void
save(struct store *store, const GByteArray *bytes, Rec__Blob *info)
{
	AUTO(blob_free) struct blob *blob = blob_of(bytes);
	g_autoptr(GError) error = NULL;
	AUTO(wtxn_abort) struct wtxn *w = wtxn_begin(store, 1, &error);

	info->has_detail_len = info->has_raw_len = true;
	info->detail_len = bytes->len / 3;
	info->raw_len = bytes->len - info->detail_len;
	blob_plan(blob, info);
	CHECK_OK(blob_save(w, ENTRY, blob, &error), error);
	CHECK_OK(wtxn_commit(&w, &error), error);
}

static void
check_range(struct store *store, const Rec__Blob *info, const GByteArray *bytes,
    uint64_t offset, size_t len)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GByteArray) got = g_byte_array_new();
	AUTO(view_end) struct view *view = view_begin(store, &error);
	size_t from = (size_t)MIN(offset, bytes->len);
	size_t want = MIN(len, bytes->len - from);

	CHECK_OK(blob_read(view, ENTRY, info, (struct range){offset, len}, got,
		     &error),
	    error);
	CHECK_EQ(len, got->len, want);
	if (got->len == want && want > 0 &&
	    memcmp(got->data, bytes->data + from, want) != 0)
		test_failed(__FILE__, __LINE__,
		    "blob of %u bytes: wrong at %" PRIu64 "+%zu", bytes->len,
		    offset, len);
}

static size_t
parts_left(struct store *store)
{
	g_autoptr(GError) error = NULL;
	AUTO(view_end) struct view *view = view_begin(store, &error);
	struct key prefix = key_1(TABLE_ENTRY, ENTRY);
	AUTO(cursor_free)
	struct cursor *c = cursor_new(view, &prefix, ASCENDING, &error);
	struct key key;
	struct slice value;
	size_t count = 0;

	while (cursor_next(c, &key, &value, &error) == FOUND_YES)
		count++;
	return count;
}

static void
check_size(const struct backend *backend, size_t len, enum filling filling)
{
	AUTO(store_close) struct store *store = fresh_store(backend);
	g_autoptr(GByteArray) bytes = bytes_make(len, filling);
	g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)len);
	Rec__Blob info = REC__BLOB__INIT;
	g_autoptr(GError) error = NULL;

	save(store, bytes, &info);
	CHECK_EQ(len, parts_left(store), info.parts);
	check_range(store, &info, bytes, 0, len);
	check_range(store, &info, bytes, 0, len + 1);
	check_range(store, &info, bytes, len, 10);
	check_range(store, &info, bytes, len > 0 ? len - 1 : 0, 10);
	for (size_t i = 0; i < RANGES; i++)
		check_range(store, &info, bytes,
		    (uint64_t)g_rand_int_range(rand, 0, (gint32)len + 9),
		    (size_t)g_rand_int_range(rand, 0, (gint32)len + 9));
	AUTO(wtxn_abort) struct wtxn *w = wtxn_begin(store, 1, &error);
	CHECK_OK(blob_remove(w, ENTRY, &info, &error), error);
	CHECK_OK(wtxn_commit(&w, &error), error);
	CHECK_EQ(len, parts_left(store), 0);
}

TEST(any_range_of_any_size_is_read_as_it_was_added)
{
	static const size_t row[] = {0, 1, 2, 1330, 1331, 2011, 2012, 2013,
	    11999, 12000, 12001, 65199, 65200, 65201, 130400, MIB};

	for (size_t i = 0; i < COUNT(row); i++) {
		check_size(&backend_lmdb, row[i], NOISE);
		check_size(&backend_lmdb, row[i], TEXT);
		check_size(&backend_mem, row[i], ZEROS);
	}
}

TEST(a_length_beyond_all_numbers_is_clipped_too)
{
	AUTO(store_close) struct store *store = fresh_store(&backend_mem);
	g_autoptr(GByteArray) bytes = bytes_make(1000, TEXT);
	Rec__Blob info = REC__BLOB__INIT;

	save(store, bytes, &info);
	check_range(store, &info, bytes, 10, SIZE_MAX);
}

TEST(a_missing_or_foreign_part_is_damage)
{
	AUTO(store_close) struct store *store = fresh_store(&backend_lmdb);
	g_autoptr(GByteArray) bytes = bytes_make(5000, NOISE);
	Rec__Blob info = REC__BLOB__INIT;
	struct key key = key_1(TABLE_ENTRY, ENTRY);

	save(store, bytes, &info);
	CHECK(info.parts > 2);
	key_u16(&key, 2);
	for (size_t i = 0; i < 2; i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GByteArray) got = g_byte_array_new();
		AUTO(wtxn_abort) struct wtxn *w = wtxn_begin(store, 1, &error);

		CHECK(i == 0 ? wtxn_put(w, &key, "nonsense", 8, &error)
			     : wtxn_delete(w, &key, &error));
		CHECK_OK(wtxn_commit(&w, &error), error);
		AUTO(view_end) struct view *view = view_begin(store, &error);
		CHECK(!blob_read(view, ENTRY, &info, (struct range){0, 5000},
		    got, &error));
		CHECK(err_is(error, ERR_DAMAGED));
	}
}
