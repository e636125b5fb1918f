/* SPDX-License-Identifier: MIT */
/* Records of long jobs; see job.h. */
#include "desk/job.h"

#include <string.h>

#include "model/json.h"

#define TIDY_JOBS   100 /* in one piece */
#define TIDY_STAGED 500

static struct key
job_key(struct job_id id)
{
	return key_1(TABLE_JOB, id.n);
}

static void
tell(struct wtxn *w, struct job_id id)
{
	Rec__Event event = REC__EVENT__INIT;

	event.has_kind = true;
	event.kind = REC__EVENT__KIND__JOB_CHANGED;
	event.has_object = true;
	event.object = id.n;
	wtxn_event(w, &event);
}

/* ---- one ----------------------------------------------------------------- */

struct wanted {
	const char *kind;
	uint64_t total;
	Rec__Job__State state;
};

static bool
add(struct wtxn *w, const struct wanted *wanted, json_t *argument,
    struct job_id *out, GError **error)
{
	g_autofree char *kind = g_strdup(wanted->kind);
	g_autofree char *text = json_line(argument);
	Rec__Job job = REC__JOB__INIT;

	json_decref(argument);
	if (!wtxn_next_id(w, SEQUENCE_OBJECT, &out->n, error))
		return false;
	job.kind = kind;
	job.argument = text;
	job.has_state = job.has_total = job.has_created_at = true;
	job.state = wanted->state;
	job.total = wanted->total;
	job.created_at = wtxn_now(w);
	tell(w, *out);
	return job_save(w, *out, &job, error);
}

bool
job_add(struct wtxn *w, const char *kind, json_t *argument, uint64_t total,
    struct job_id *out, GError **error)
{
	const struct wanted wanted = {kind, total, REC__JOB__STATE__RUNNING};

	return add(w, &wanted, argument, out, error);
}

bool
job_prepare(struct wtxn *w, const char *kind, json_t *argument,
    struct job_id *out, GError **error)
{
	const struct wanted wanted = {kind, 0, REC__JOB__STATE__STAGING};

	return add(w, &wanted, argument, out, error);
}

bool
job_load(const struct view *view, struct job_id id, Rec__Job **out,
    GError **error)
{
	struct key key = job_key(id);

	return RECORD_LOAD(view, &key, out, error);
}

bool
job_save(struct wtxn *w, struct job_id id, const Rec__Job *job, GError **error)
{
	struct key key = job_key(id);

	return RECORD_SAVE(w, &key, job, error);
}

bool
job_start(struct wtxn *w, struct job_id id, uint64_t total, GError **error)
{
	AUTO_RECORD(Rec__Job) job = NULL;

	if (!job_load(wtxn_view(w), id, &job, error))
		return false;
	if (job->state != REC__JOB__STATE__STAGING)
		return fail(error, ERR_CONFLICT, "job %" PRIu64 " is %s", id.n,
		    job_state_name(job->state));
	job->state = REC__JOB__STATE__RUNNING;
	job->has_total = true;
	job->total = total;
	tell(w, id);
	return job_save(w, id, job, error);
}

bool
job_end(struct wtxn *w, struct job_id id, Rec__Job *job, Rec__Job__State state,
    const char *why, GError **error)
{
	job->has_state = job->has_ended_at = true;
	job->state = state;
	job->ended_at = wtxn_now(w);
	record_set(&job->error, why);
	tell(w, id);
	return job_save(w, id, job, error);
}

static bool
is_under_way(const Rec__Job *job)
{
	return job->state == REC__JOB__STATE__RUNNING ||
	    job->state == REC__JOB__STATE__STAGING;
}

bool
job_cancel(struct wtxn *w, struct job_id id, GError **error)
{
	AUTO_RECORD(Rec__Job) job = NULL;

	if (!job_load(wtxn_view(w), id, &job, error))
		return false;
	if (!is_under_way(job))
		return fail(error, ERR_CONFLICT, "job %" PRIu64 " is %s", id.n,
		    job_state_name(job->state));
	return job_end(w, id, job, REC__JOB__STATE__CANCELLED, NULL, error);
}

json_t *
job_argument(const Rec__Job *job)
{
	json_t *argument = json_loads(job->argument != NULL ? job->argument
							    : "{}",
	    0, NULL);

	return argument != NULL ? argument : json_object();
}

/* ---- all of them --------------------------------------------------------- */

/* True: this one, and the walk ends. */
typedef bool job_fn(void *arg, struct job_id id, const Rec__Job *job);

static enum found
walk(const struct view *view, struct job_id after, job_fn *fn, void *arg,
    GError **error)
{
	struct key prefix = key_of(TABLE_JOB);
	struct key from = job_key(after);
	AUTO(cursor_free)
	struct cursor *c = cursor_new(view, &prefix, ASCENDING, error);
	struct key key;
	struct slice value;
	enum found found;

	if (c == NULL)
		return FOUND_ERROR;
	cursor_after(c, &from);
	while ((found = cursor_next(c, &key, &value, error)) == FOUND_YES) {
		AUTO(record_free)
		ProtobufCMessage *message = record_unpack(&key, value, error);
		size_t at = key_start(TABLE_JOB);
		struct job_id id = {key_get_u64(&key, &at)};

		if (message == NULL)
			return FOUND_ERROR;
		if (fn(arg, id, (const Rec__Job *)message))
			return FOUND_YES;
	}
	return found;
}

struct search {
	const char *kind, *name;
	uint64_t number;
	int64_t now;
	struct job_id found;
};

struct next {
	struct job_id floor, found;
	bool stages; /* one before did: the floor stays below it */
};

static bool
runs(void *arg, struct job_id id, const Rec__Job *job)
{
	struct next *n = arg;

	n->found = id;
	n->stages = n->stages || is_under_way(job);
	if (!n->stages)
		n->floor = id;
	return job->state == REC__JOB__STATE__RUNNING;
}

enum found
job_next(const struct view *view, struct job_id *floor, struct job_id *out,
    GError **error)
{
	struct next n = {.floor = *floor};
	enum found found = walk(view, *floor, runs, &n, error);

	*floor = n.floor;
	if (found == FOUND_YES)
		*out = n.found;
	return found;
}

static bool
runs_for(void *arg, struct job_id id, const Rec__Job *job)
{
	struct search *s = arg;
	json_t *argument;
	bool is_it;

	if (job->state != REC__JOB__STATE__RUNNING ||
	    g_strcmp0(job->kind, s->kind) != 0)
		return false;
	argument = job_argument(job);
	is_it = (uint64_t)json_integer_value(
		    json_object_get(argument, s->name)) == s->number;
	json_decref(argument);
	s->found = id;
	return is_it;
}

enum found
job_find(const struct view *view, const char *kind, const char *name,
    uint64_t number, struct job_id *out, GError **error)
{
	struct search s = {.kind = kind, .name = name, .number = number};
	enum found found = walk(view, (struct job_id){0}, runs_for, &s, error);

	if (found == FOUND_YES)
		*out = s.found;
	return found;
}

/* ---- tidying up ---------------------------------------------------------- */

static bool
is_old(const Rec__Job *job, int64_t now)
{
	if (job->state == REC__JOB__STATE__STAGING)
		return job->created_at < now - JOB_STAGING_US;
	return !is_under_way(job) && job->ended_at < now - JOB_KEPT_US;
}

static bool
finds_old(void *arg, struct job_id id, const Rec__Job *job)
{
	struct search *s = arg;

	s->found = id;
	return is_old(job, s->now);
}

static enum found
old_find(const struct view *view, int64_t now, struct job_id after,
    struct job_id *out, GError **error)
{
	struct search s = {.now = now};
	enum found found = walk(view, after, finds_old, &s, error);

	*out = s.found;
	return found;
}

/* The first job that has staged rows and will not take them. */
static enum found
orphan_find(const struct view *view, struct job_id *out, GError **error)
{
	uint64_t after = 0;

	for (;;) {
		struct key prefix = key_of(TABLE_STAGED);
		struct key from = key_2(TABLE_STAGED, after, UINT64_MAX);
		AUTO(cursor_free)
		struct cursor *c = cursor_new(view, &prefix, ASCENDING, error);
		AUTO_RECORD(Rec__Job) job = NULL;
		struct key key;
		struct slice value;
		size_t at = key_start(TABLE_STAGED);
		enum found found;

		if (c == NULL)
			return FOUND_ERROR;
		cursor_after(c, &from);
		found = cursor_next(c, &key, &value, error);
		if (found != FOUND_YES)
			return found;
		out->n = after = key_get_u64(&key, &at);
		key = job_key(*out);
		found = RECORD_FIND(view, &key, &job, error);
		if (found == FOUND_ERROR)
			return found;
		if (job == NULL || !is_under_way(job))
			return FOUND_YES;
	}
}

enum found
job_tidy_wanted(const struct view *view, int64_t now, GError **error)
{
	struct job_id id;
	enum found found = old_find(view, now, (struct job_id){0}, &id, error);

	return found == FOUND_NO ? orphan_find(view, &id, error) : found;
}

static bool
rows_remove(struct wtxn *w, struct job_id id, GError **error)
{
	for (unsigned i = 0; i < TIDY_STAGED; i++) {
		struct key prefix = key_1(TABLE_STAGED, id.n);
		AUTO(cursor_free)
		struct cursor *c = cursor_new(wtxn_view(w), &prefix, ASCENDING,
		    error);
		struct key key;
		struct slice value;
		enum found found;

		if (c == NULL)
			return false;
		found = cursor_next(c, &key, &value, error);
		if (found != FOUND_YES)
			return found == FOUND_NO;
		if (!wtxn_delete(w, &key, error))
			return false;
	}
	return true;
}

static bool
jobs_remove(struct wtxn *w, GError **error)
{
	struct job_id id = {0};

	for (unsigned i = 0; i < TIDY_JOBS; i++) {
		enum found found = old_find(wtxn_view(w), wtxn_now(w), id, &id,
		    error);
		struct key key = job_key(id);

		if (found != FOUND_YES)
			return found == FOUND_NO;
		if (!wtxn_delete(w, &key, error))
			return false;
	}
	return true;
}

bool
job_tidy(struct wtxn *w, GError **error)
{
	struct job_id id;
	enum found found;

	if (!jobs_remove(w, error))
		return false;
	found = orphan_find(wtxn_view(w), &id, error);
	if (found == FOUND_YES)
		return rows_remove(w, id, error);
	return found == FOUND_NO;
}

const char *
job_state_name(Rec__Job__State state)
{
	static const char *const names[] = {"running", "finished", "failed",
	    "cancelled", "waiting for its rows"};

	return (size_t)state < COUNT(names) ? names[state] : "unknown";
}
