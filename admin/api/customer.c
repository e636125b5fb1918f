/* SPDX-License-Identifier: MIT */
/* The customer as a resource: a plain noun, stored by desk/customer. */
#include "desk/customer.h"
#include "admin/api/api.h"

static void
start(ProtobufCMessage *message, int64_t now)
{
	Rec__Customer *customer = (Rec__Customer *)message;

	customer->has_created_at = true;
	customer->created_at = now;
}

static bool
save(struct wtxn *w, uint64_t *id, ProtobufCMessage *message, GError **error)
{
	struct customer_id own = {*id};
	bool done = customer_save(w, &own, (Rec__Customer *)message, error);

	*id = own.n;
	return done;
}

const struct noun noun_customer = {
    .name = "customer",
    .kind = JSON_FORMAT_CUSTOMER,
    .table = TABLE_CUSTOMER,
    .record = &rec__customer__descriptor,
    .start = start,
    .save = save,
};
