/* SPDX-License-Identifier: MIT */
/* The customer as a resource: a plain noun, stored by desk/customer; merges
 * are jobs/merge_customer's. */
#include "desk/customer.h"
#include "admin/api/api.h"
#include "jobs/merge_customer.h"

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

static json_t *
merged_json(const struct api_call *call, uint64_t id, struct job_id job,
    GError **error)
{
	AUTO_RECORD(Rec__Customer) customer = NULL;
	g_autofree char *about =
	    g_strdup_printf("moves the tickets of customer %" PRIu64, id);

	if (!customer_load(call->view, (struct customer_id){id}, &customer,
		error))
		return NULL;
	return job_put(noun_json(call->view, id, &customer->base), job, about);
}

json_t *
customer_merge(const struct api_call *call, GError **error)
{
	struct customer_id id, into;
	struct job_id job;

	if (!api_id(call, JSON_FORMAT_CUSTOMER, &id.n, error) ||
	    !api_argument(call, JSON_FORMAT_CUSTOMER, "into", &into.n, error) ||
	    !merge_customer(call->w, id, into, &job, error))
		return NULL;
	return merged_json(call, id.n, job, error);
}

json_t *
customer_unmerge(const struct api_call *call, GError **error)
{
	struct customer_id id;
	struct job_id job;

	if (!api_id(call, JSON_FORMAT_CUSTOMER, &id.n, error) ||
	    !unmerge_customer(call->w, id, &job, error))
		return NULL;
	return merged_json(call, id.n, job, error);
}
