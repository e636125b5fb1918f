/* SPDX-License-Identifier: MIT */
/* The category as a resource: a plain noun, stored by desk/category. */
#include "desk/category.h"
#include "admin/api/api.h"

static void
start(ProtobufCMessage *message, int64_t now)
{
	(void)message;
	(void)now;
}

static bool
save(struct wtxn *w, uint64_t *id, ProtobufCMessage *message, GError **error)
{
	struct category_id own = {*id};
	bool done = category_save(w, &own, (const Rec__Category *)message,
	    error);

	*id = own.n;
	return done;
}

static bool
remove_one(struct wtxn *w, uint64_t id, GError **error)
{
	return category_remove(w, (struct category_id){id}, error);
}

const struct noun noun_category = {
    .name = "category",
    .kind = JSON_FORMAT_CATEGORY,
    .table = TABLE_CATEGORY,
    .record = &rec__category__descriptor,
    .start = start,
    .save = save,
    .remove = remove_one,
};
