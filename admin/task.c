/* SPDX-License-Identifier: MIT */
/* Backup and check; see task.h. */
#include "admin/task.h"

#include <string.h>
#include <sys/stat.h>

#include "desk/check.h"
#include "model/json.h"
#include "store/store.h"

typedef bool task_fn(struct store *store, const json_t *request, json_t **out,
    GError **error);

static task_fn run_backup, run_check;

static const struct {
	const char *verb;
	task_fn *run;
} tasks[] = {
    {"backup", run_backup},
    {"check",  run_check },
};

static task_fn *
find(const json_t *request)
{
	const char *verb = json_string_value(json_object_get(request, "verb"));

	for (size_t i = 0; verb != NULL && i < COUNT(tasks); i++)
		if (strcmp(tasks[i].verb, verb) == 0)
			return tasks[i].run;
	return NULL;
}

bool
task_is(const json_t *request)
{
	return find(request) != NULL;
}

bool
task_run(struct store *store, const json_t *request, json_t **out,
    GError **error)
{
	return find(request)(store, request, out, error);
}

static bool
run_backup(struct store *store, const json_t *request, json_t **out,
    GError **error)
{
	const char *path = json_string_value(json_object_get(request, "path"));
	struct stat file;

	if (path == NULL || !g_path_is_absolute(path))
		return fail(error, ERR_USAGE,
		    "a backup needs an absolute path");
	if (!store_backup(store, path, error))
		return false;
	*out = json_object();
	json_put(*out, "path", json_text(path));
	if (stat(path, &file) == 0)
		json_put(*out, "bytes", json_integer(file.st_size));
	return true;
}

static json_t *
report_json(const struct check_report *report, const GPtrArray *problems)
{
	const struct {
		const char *name;
		uint64_t n;
	} counts[] = {
	    {"rows",      report->rows     },
	    {"tickets",   report->tickets  },
	    {"entries",   report->entries  },
	    {"mails",     report->mails    },
	    {"held",      report->held     },
	    {"customers", report->customers},
	};
	json_t *object = json_object();
	json_t *list = json_array();

	for (guint i = 0; i < problems->len; i++)
		(void)json_array_append_new(list,
		    json_text(g_ptr_array_index(problems, i)));
	json_put(object, "problems", list);
	for (size_t i = 0; i < COUNT(counts); i++)
		json_put(object, counts[i].name,
		    json_integer((json_int_t)counts[i].n));
	return object;
}

static bool
run_check(struct store *store, const json_t *request, json_t **out,
    GError **error)
{
	g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
	struct check_report report;

	(void)request;
	if (!desk_check(store, problems, &report, error))
		return false;
	*out = report_json(&report, problems);
	return true;
}
