/* SPDX-License-Identifier: MIT */
/* Long jobs as a resource: seen and cancelled, not made by hand. */
#include "admin/api/api.h"

#include "desk/job.h"
#include "jobs/kinds.h"

const struct noun noun_job = {
    .name = "job",
    .kind = JSON_FORMAT_NUMBER,
    .table = TABLE_JOB,
    .record = &rec__job__descriptor,
};

/* 1234567 as 1,234,567 */
static void
number_append(GString *text, uint64_t n)
{
	size_t from = text->len;

	g_string_append_printf(text, "%" PRIu64, n);
	for (size_t at = text->len; at > from + 3; at -= 3)
		g_string_insert_c(text, (gssize)at - 3, ',');
}

char *
job_progress(const Rec__Job *job)
{
	GString *text = g_string_new(job_state_name(job->state));

	if (job->done == 0 && job->total == 0)
		return g_string_free(text, FALSE);
	g_string_append(text, ", ");
	number_append(text, job->done);
	if (job->total > 0) {
		g_string_append(text, " of ");
		number_append(text, job->total);
	}
	return g_string_free(text, FALSE);
}

json_t *
job_put(json_t *answer, struct job_id job, const char *about)
{
	json_put(answer, "job", json_integer((json_int_t)job.n));
	json_put(answer, "about", json_text(about));
	return answer;
}

static bool
may_cancel(const struct view *view, struct job_id id, GError **error)
{
	AUTO_RECORD(Rec__Job) job = NULL;
	const struct job_kind *kind;

	if (!job_load(view, id, &job, error))
		return false;
	kind = job_kind_find(job->kind);
	if (kind == NULL || kind->cancel == JOB_MAY_STOP)
		return true;
	return fail(error, ERR_CONFLICT,
	    "a job of the kind %s is not left half done", job->kind);
}

json_t *
job_cancel_call(const struct api_call *call, GError **error)
{
	AUTO_RECORD(Rec__Job) job = NULL;
	struct job_id id;

	if (!api_number(call->id, "job", &id.n, error) ||
	    !may_cancel(call->view, id, error) ||
	    !job_cancel(call->w, id, error) ||
	    !job_load(call->view, id, &job, error))
		return NULL;
	return noun_json(call->view, id.n, &job->base);
}
