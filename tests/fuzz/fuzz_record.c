/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as what a damaged or hostile store holds: a row of each table
 * (key read field by field, value unpacked and packed again), and the frames
 * and the record of a mail's bytes. The first byte chooses the table.
 */
#include <string.h>

#include <glib/gstdio.h>

#include "base/token.h"
#include "desk/entry.h"
#include "store/blob.h"
#include "store/private.h"
#include "store/record.h"
#include "store/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define READ_MAX (256 * 1024)
#define ENTRY    1

/* ---- rows ---------------------------------------------------------------- */

static void
read_key(const struct key *key)
{
	size_t at = key_start(key->table);
	const char *text = key_get_text(key, &at);

	if (text != NULL)
		g_assert_cmpuint(strlen(text), <, KEY_MAX);
	(void)key_get_u8(key, &at);
	(void)key_get_u16(key, &at);
	(void)key_get_u64(key, &at);
	(void)key_get_u64(key, &at);
	(void)key_get_text(key, &at);
}

static void
read_record(const struct key *key, struct slice value)
{
	AUTO(record_free) ProtobufCMessage *message = NULL;
	AUTO(record_free) ProtobufCMessage *again = NULL;
	g_autofree uint8_t *packed = NULL;
	g_autoptr(GError) error = NULL;
	size_t len;

	message = record_unpack(key, value, &error);
	g_assert_true((message == NULL) == (error != NULL));
	if (message == NULL)
		return;
	len = protobuf_c_message_get_packed_size(message);
	packed = g_malloc(len + 1);
	g_assert_cmpuint(protobuf_c_message_pack(message, packed), ==, len);
	/* Unknown fields with tag 0 are read by protobuf-c, but not again. */
	again = record_unpack(key, (struct slice){.bytes = packed, .len = len},
	    &error);
	g_assert_true((again == NULL) == (error != NULL));
}

/* The second byte is the key's length. */
static void
read_row(enum table table, const uint8_t *bytes, size_t len)
{
	struct key key = key_of(table);
	const size_t key_len = MIN(len, len > 0 ? bytes[0] + 1u : 0);

	key_bytes(&key, bytes, key_len);
	read_key(&key);
	read_record(&key,
	    (struct slice){.bytes = bytes + key_len, .len = len - key_len});
}

/* ---- mails' bytes -------------------------------------------------------- */

static struct store *
store_get(void)
{
	static struct store *store;
	g_autoptr(GError) error = NULL;
	g_autofree char *dir = NULL;
	struct store_options options = {.backend = &backend_mem,
	    .create = STORE_CREATE};

	if (store != NULL)
		return store;
	token_init_or_die();
	dir = g_dir_make_tmp("maildesk-fuzz-XXXXXX", &error);
	options.dir = dir;
	store = dir != NULL ? store_open(&options, &error) : NULL;
	g_assert_no_error(error);
	return store;
}

static void
put_part(struct wtxn *w, uint16_t part, const uint8_t *bytes, size_t len)
{
	struct key key = key_1(TABLE_ENTRY, ENTRY);
	g_autoptr(GError) error = NULL;

	key_u16(&key, part);
	if (!wtxn_put(w, &key, bytes, len, &error))
		g_error("%s", error->message);
}

static void
read_blob(const struct view *view, const Rec__Blob *info, uint64_t offset)
{
	const struct range range = {offset, READ_MAX};
	g_autoptr(GByteArray) out = g_byte_array_new();
	g_autoptr(GError) error = NULL;

	if (blob_read(view, ENTRY, info, range, out, &error))
		g_assert_cmpuint(out->len, <=, READ_MAX);
	else
		g_assert_nonnull(error);
}

/* Two lengths (how much the record says there is), frames, rows, where to
 * read, then bytes that are split into the rows. */
static void
read_frames(const uint8_t *bytes, size_t len)
{
	AUTO(wtxn_abort) struct wtxn *w = NULL;
	Rec__Blob info = REC__BLOB__INIT;
	g_autoptr(GError) error = NULL;
	uint64_t numbers[3];
	uint16_t rows;

	if (len < sizeof(numbers) + 2)
		return;
	memcpy(numbers, bytes, sizeof(numbers));
	info.frames = bytes[sizeof(numbers)] % 8;
	info.parts = rows = bytes[sizeof(numbers) + 1] % 8;
	info.detail_len = numbers[0];
	info.raw_len = numbers[1];
	bytes += sizeof(numbers) + 2;
	len -= sizeof(numbers) + 2;
	w = wtxn_begin(store_get(), 1, &error);
	g_assert_no_error(error);
	for (uint16_t i = 0; i < rows; i++)
		put_part(w, i + 1, bytes + len / rows * i, len / rows);
	read_blob(wtxn_view(w), &info, 0);
	read_blob(wtxn_view(w), &info, numbers[2]);
	read_blob(wtxn_view(w), &info, BLOB_PIECE - 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len < 2)
		return 0;
	if (bytes[0] < TABLE_COUNT)
		read_row(bytes[0], bytes + 1, len - 1);
	else
		read_frames(bytes + 1, len - 1);
	return 0;
}
