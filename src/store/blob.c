/* SPDX-License-Identifier: MIT */
/*
 * Packed Mail and raw bytes of an entry as zstd frames. LMDB puts a value
 * over half a page into pages of its own, wasting the rest of the last one:
 * one small frame is therefore cut into slices, three to a leaf page. A blob
 * of several pieces has one row a frame, so that an attachment in the middle
 * is read without what is before it.
 */
#include "store/blob.h"

#include <string.h>

#include <zstd.h>

#include "store/private.h"

#define LEVEL        3
#define SLICE_MAX    1330  /* with key, checksum and node header: 3 a page */
#define SLICED_BELOW 12000 /* compressed bytes; above, one row */

struct blob {
	GByteArray *piece; /* plain bytes that wait to become a frame */
	GPtrArray *frames; /* GByteArray each */
	size_t size;
	bool finished;
};

static void
frame_free(void *frame)
{
	g_byte_array_unref(frame);
}

struct blob *
blob_new(void)
{
	struct blob *blob = g_new0(struct blob, 1);

	blob->piece = g_byte_array_new();
	blob->frames = g_ptr_array_new_with_free_func(frame_free);
	return blob;
}

void
blob_free(struct blob **owner)
{
	struct blob *blob = *owner;

	if (blob == NULL)
		return;
	*owner = NULL;
	g_byte_array_unref(blob->piece);
	g_ptr_array_unref(blob->frames);
	g_free(blob);
}

/* A thread's compression context is kept: making one costs more than a small
 * mail's compression. */
static void
context_free(void *context)
{
	(void)ZSTD_freeCCtx(context);
}

static GPrivate thread_context = G_PRIVATE_INIT(context_free);

static ZSTD_CCtx *
compress_context(void)
{
	ZSTD_CCtx *context = g_private_get(&thread_context);

	if (context == NULL) {
		context = ZSTD_createCCtx();
		assert(context != NULL); /* small allocations die on failure */
		g_private_set(&thread_context, context);
	}
	return context;
}

static bool
flush_piece(struct blob *blob, GError **error)
{
	size_t room = ZSTD_compressBound(blob->piece->len);
	GByteArray *frame = g_byte_array_sized_new((guint)room);
	size_t len;

	g_byte_array_set_size(frame, (guint)room);
	len = ZSTD_compressCCtx(compress_context(), frame->data, room,
	    blob->piece->data, blob->piece->len, LEVEL);
	if (ZSTD_isError(len)) {
		g_byte_array_unref(frame);
		return fail(error, ERR_TEMP, "compressing: %s",
		    ZSTD_getErrorName(len));
	}
	g_byte_array_set_size(frame, (guint)len);
	g_ptr_array_add(blob->frames, frame);
	g_byte_array_set_size(blob->piece, 0);
	blob->size += len;
	return true;
}

bool
blob_add(struct blob *blob, const void *bytes, size_t len, GError **error)
{
	const uint8_t *from = bytes;

	assert(!blob->finished);
	while (len > 0) {
		size_t n = MIN(len, BLOB_PIECE - blob->piece->len);

		g_byte_array_append(blob->piece, from, (guint)n);
		from += n;
		len -= n;
		if (blob->piece->len < BLOB_PIECE)
			continue;
		if (!flush_piece(blob, error))
			return false;
		thread_give_way();
	}
	return true;
}

bool
blob_finish(struct blob *blob, GError **error)
{
	if (blob->piece->len > 0 && !flush_piece(blob, error))
		return false;
	blob->finished = true;
	return true;
}

size_t
blob_size(const struct blob *blob)
{
	return blob->size;
}

static struct key
part_key(uint64_t entry, uint32_t part)
{
	struct key key = key_1(TABLE_ENTRY, entry);

	key_u16(&key, (uint16_t)part);
	return key;
}

static bool
is_sliced(const struct blob *blob)
{
	return blob->frames->len == 1 && blob->size <= SLICED_BELOW;
}

void
blob_plan(const struct blob *blob, Rec__Blob *out)
{
	assert(blob->finished);
	out->frames = out->parts = blob->frames->len;
	if (is_sliced(blob))
		out->parts = (uint32_t)(blob->size + SLICE_MAX - 1) / SLICE_MAX;
}

/* Equal slices, so that the last is no crumb. */
static bool
save_sliced(struct wtxn *w, uint64_t entry, const GByteArray *frame,
    GError **error)
{
	uint32_t parts = (frame->len + SLICE_MAX - 1) / SLICE_MAX;
	uint32_t each = (frame->len + parts - 1) / parts;

	for (uint32_t i = 0; i < parts; i++) {
		struct key key = part_key(entry, i + 1);
		size_t len = MIN(each, frame->len - i * each);

		if (!wtxn_put(w, &key, frame->data + i * each, len, error))
			return false;
	}
	return true;
}

static bool
save_frames(struct wtxn *w, uint64_t entry, const struct blob *blob,
    GError **error)
{
	for (guint i = 0; i < blob->frames->len; i++) {
		const GByteArray *frame = g_ptr_array_index(blob->frames, i);
		struct key key = part_key(entry, i + 1);

		if (!wtxn_put(w, &key, frame->data, frame->len, error))
			return false;
	}
	return true;
}

bool
blob_save(struct wtxn *w, uint64_t entry, const struct blob *blob,
    GError **error)
{
	assert(blob->finished);
	if (blob->frames->len >= UINT16_MAX)
		return fail(error, ERR_TOO_BIG, "too big to be stored");
	if (is_sliced(blob))
		return save_sliced(w, entry, g_ptr_array_index(blob->frames, 0),
		    error);
	return save_frames(w, entry, blob, error);
}

static bool
append_part(const struct view *view, uint64_t entry, uint32_t part,
    GByteArray *frame, GError **error)
{
	struct key key = part_key(entry, part);
	struct slice value;
	enum found found = view_get(view, &key, &value, error);

	if (found == FOUND_NO)
		return fail(error, ERR_DAMAGED,
		    "part %u of entry %" PRIu64 " is missing", part, entry);
	if (found == FOUND_ERROR)
		return false;
	g_byte_array_append(frame, value.bytes, (guint)value.len);
	return true;
}

static bool
load_frame(const struct view *view, uint64_t entry, const Rec__Blob *info,
    uint32_t index, GByteArray *frame, GError **error)
{
	if (index >= info->frames || info->parts > UINT16_MAX)
		return fail(error, ERR_DAMAGED,
		    "entry %" PRIu64 " has no frame %u", entry, index);
	if (info->frames > 1)
		return append_part(view, entry, index + 1, frame, error);
	for (uint32_t part = 1; part <= info->parts; part++)
		if (!append_part(view, entry, part, frame, error))
			return false;
	return true;
}

static bool
unpack_frame(const GByteArray *frame, uint8_t *plain, size_t *len_out,
    GError **error)
{
	size_t len = ZSTD_decompress(plain, BLOB_PIECE, frame->data,
	    frame->len);

	if (ZSTD_isError(len))
		return fail(error, ERR_DAMAGED,
		    "stored mail does not unpack: %s", ZSTD_getErrorName(len));
	*len_out = len;
	return true;
}

bool
blob_read(const struct view *view, uint64_t entry, const Rec__Blob *info,
    struct range range, GByteArray *out, GError **error)
{
	g_autofree uint8_t *plain = g_malloc(BLOB_PIECE);
	uint64_t whole = info->detail_len + info->raw_len;
	uint64_t offset = MIN(range.offset, whole);
	uint64_t end = offset + MIN(range.len, whole - offset);

	while (offset < end) {
		g_autoptr(GByteArray) frame = g_byte_array_new();
		uint32_t index = (uint32_t)(offset / BLOB_PIECE);
		size_t skip = (size_t)(offset % BLOB_PIECE);
		size_t have;
		size_t n;

		if (!load_frame(view, entry, info, index, frame, error) ||
		    !unpack_frame(frame, plain, &have, error))
			return fail_while(error, "reading entry %" PRIu64,
			    entry);
		if (have <= skip)
			return fail(error, ERR_DAMAGED,
			    "entry %" PRIu64 " is shorter than it should be",
			    entry);
		n = (size_t)MIN(have - skip, end - offset);
		g_byte_array_append(out, plain + skip, (guint)n);
		offset += n;
	}
	return true;
}

bool
blob_remove(struct wtxn *w, uint64_t entry, const Rec__Blob *info,
    GError **error)
{
	for (uint32_t part = 1; part <= info->parts; part++) {
		struct key key = part_key(entry, part);

		if (!wtxn_delete(w, &key, error))
			return false;
	}
	return true;
}
