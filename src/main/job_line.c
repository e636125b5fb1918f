/* SPDX-License-Identifier: MIT */
/* A long job in one line; see job_line.h. */
#include "main/job_line.h"

#include <stdio.h>

#include "main/client.h"

static const char *
text(const json_t *job, const char *name)
{
	return json_string_value(json_object_get(job, name));
}

static bool
is_well(const json_t *job, const char *id, GError **error)
{
	const char *why = text(job, "error");

	if (g_strcmp0(text(job, "state"), "failed") != 0)
		return true;
	return fail(error, ERR_CONFLICT, "job %s failed: %s", id,
	    why != NULL ? why : "it does not say why");
}

bool
job_line_print(struct client *client, const char *id, const char *about,
    GError **error)
{
	json_t *job;
	bool well;

	if (!client_call(client, client_request("show", "job", id), &job,
		error))
		return false;
	printf("job %s: %s: %s; see: maildesk show job %s\n", id, about,
	    text(job, "progress"), id);
	well = is_well(job, id, error);
	json_decref(job);
	return well;
}
