/* SPDX-License-Identifier: MIT */
/*
 * Large bytes of an entry: packed Mail, then the raw mail, cut into pieces of
 * BLOB_PIECE bytes, each a zstd frame of its own. One small frame is cut into
 * slices that fill leaf pages evenly; else a frame is one row. Packing needs
 * no store (mail threads do it), saving appends the rows under (entry, 1…).
 */
#ifndef STORE_BLOB_H
#define STORE_BLOB_H

#include "base/base.h"
#include "model.pb-c.h"
#include "store/view.h"
#include "store/wtxn.h"

/* 16 pages with LMDB's page header, the checksum and zstd's worst case. */
#define BLOB_PIECE 65200

struct blob;

/* Bytes from `offset` on. */
struct range {
	uint64_t offset;
	uint64_t len;
};

/* Appends more bytes; pieces are compressed as they fill. Owner: caller. */
struct blob *blob_new(void);
void blob_free(struct blob **owner);
bool blob_add(struct blob *blob, const void *bytes, size_t len, GError **error)
    MUST_CHECK;
/* No more bytes; call before blob_save. */
bool blob_finish(struct blob *blob, GError **error) MUST_CHECK;
/* Compressed bytes so far. */
size_t blob_size(const struct blob *blob);

/* Says in how many frames and rows it will be stored. */
void blob_plan(const struct blob *blob, Rec__Blob *out);
/* Writes the rows, as planned. May run twice. */
bool blob_save(struct wtxn *w, uint64_t entry, const struct blob *blob,
    GError **error) MUST_CHECK;
/* Appends a range of the blob to `out`; clipped to the blob's end. */
bool blob_read(const struct view *view, uint64_t entry, const Rec__Blob *info,
    struct range range, GByteArray *out, GError **error) MUST_CHECK;
bool blob_remove(struct wtxn *w, uint64_t entry, const Rec__Blob *info,
    GError **error) MUST_CHECK;

#endif
