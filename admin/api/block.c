/* SPDX-License-Identifier: MIT */
/* Blocked senders as a resource: a plain noun, stored by desk/block. */
#include "desk/block.h"
#include "admin/api/api.h"

static void
start(ProtobufCMessage *message, int64_t now)
{
	Rec__Block *block = (Rec__Block *)message;

	block->has_at = true;
	block->at = now;
}

static bool
save(struct wtxn *w, uint64_t *id, ProtobufCMessage *message, GError **error)
{
	return block_save(w, id, (const Rec__Block *)message, error);
}

const struct noun noun_block = {
    .name = "block",
    .kind = JSON_FORMAT_NUMBER,
    .table = TABLE_BLOCK,
    .record = &rec__block__descriptor,
    .start = start,
    .save = save,
    .remove = block_remove,
};
