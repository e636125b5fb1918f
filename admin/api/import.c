/* SPDX-License-Identifier: MIT */
/*
 * Customers from a table, in the steps of who has it. A row is
 * {"line": 2, "fields": {"number": …, "name": …, "addresses": […]}};
 * up to 500 of them are the "rows" of
 *
 *	import_check   reads only: what would become of each
 *	import_begin   "import": a job that waits for its rows
 *	import_rows    stages rows for the job "id"
 *	import_start   lets the job "id" run; "total" rows
 */
#include "admin/api/api.h"

#include "desk/job.h"
#include "jobs/import_customer.h"

static const json_t *
rows_of(const struct api_call *call, GError **error)
{
	const json_t *rows = json_object_get(call->request, "rows");

	if (json_is_array(rows) && json_array_size(rows) <= API_LIMIT_MAX)
		return rows;
	return fail_null(error, ERR_USAGE, "give up to %d rows", API_LIMIT_MAX);
}

static uint64_t
number_of(const json_t *object, const char *name)
{
	return (uint64_t)json_integer_value(json_object_get(object, name));
}

/* A record of what the row gives; NULL is an error. */
static Rec__Customer *
row_read(const struct api_call *call, const json_t *row, GError **error)
{
	const struct json_lookup lookup = api_lookup(call->view);
	const json_t *fields = json_object_get(row, "fields");
	AUTO_RECORD(Rec__Customer) customer = g_new0(Rec__Customer, 1);

	rec__customer__init(customer);
	if (!json_is_object(fields))
		return fail_null(error, ERR_USAGE, "a row has fields");
	if (!json_into_record(fields, &customer->base, &lookup, error))
		return NULL;
	return g_steal_pointer(&customer);
}

/* ---- checking ------------------------------------------------------------ */

static json_t *
row_outcome(const struct api_call *call, const json_t *row, GError **error)
{
	static const char *const words[] = {"new", "changed", "unchanged"};
	AUTO_RECORD(Rec__Customer) customer = row_read(call, row, error);
	struct customer_id id = {0};
	enum import_outcome outcome;

	if (customer == NULL ||
	    !import_customer_check(call->view, customer, &id, &outcome, error))
		return NULL;
	return json_pack("{s:I, s:s}", "customer", (json_int_t)id.n, "outcome",
	    words[outcome]);
}

/* Of each row its outcome, or "problem". */
json_t *
customer_import_check(const struct api_call *call, GError **error)
{
	const json_t *rows = rows_of(call, error);
	json_t *outcomes;

	if (rows == NULL)
		return NULL;
	outcomes = json_array();
	for (size_t i = 0; i < json_array_size(rows); i++) {
		g_autoptr(GError) why = NULL;
		json_t *outcome = row_outcome(call, json_array_get(rows, i),
		    &why);

		if (outcome == NULL) {
			outcome = json_object();
			json_put(outcome, "problem", json_text(why->message));
		}
		(void)json_array_append_new(outcomes, outcome);
	}
	return json_pack("{s:o}", "rows", outcomes);
}

/* ---- staging ------------------------------------------------------------- */

json_t *
customer_import_begin(const struct api_call *call, GError **error)
{
	struct job_id job;

	if (!import_customer_begin(call->w, &job, error))
		return NULL;
	return json_pack("{s:I}", "import", (json_int_t)job.n);
}

static bool
stages(const struct api_call *call, struct job_id *out, GError **error)
{
	AUTO_RECORD(Rec__Job) job = NULL;

	if (!api_number(call->id, "job", &out->n, error) ||
	    !job_load(call->view, *out, &job, error))
		return false;
	if (job->state == REC__JOB__STATE__STAGING &&
	    g_strcmp0(job->kind, JOB_IMPORT_CUSTOMER) == 0)
		return true;
	return fail(error, ERR_CONFLICT,
	    "job %" PRIu64 " does not wait for customers", out->n);
}

static bool
row_stage(const struct api_call *call, struct job_id job, const json_t *row,
    GError **error)
{
	AUTO_RECORD(Rec__Customer) customer = row_read(call, row, error);

	return customer != NULL &&
	    import_customer_stage(call->w, job, number_of(row, "line"),
		customer, error);
}

json_t *
customer_import_rows(const struct api_call *call, GError **error)
{
	const json_t *rows = rows_of(call, error);
	struct job_id job;

	if (rows == NULL || !stages(call, &job, error))
		return NULL;
	for (size_t i = 0; i < json_array_size(rows); i++)
		if (!row_stage(call, job, json_array_get(rows, i), error))
			return NULL;
	return json_pack("{s:I}", "import", (json_int_t)job.n);
}

json_t *
customer_import_start(const struct api_call *call, GError **error)
{
	struct job_id job;

	if (!stages(call, &job, error) ||
	    !job_start(call->w, job, number_of(call->request, "total"), error))
		return NULL;
	return job_put(json_object(), job, "imports customers");
}
