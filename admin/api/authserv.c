/* SPDX-License-Identifier: MIT */
/*
 * Whose Authentication-Results the newest mails carry, so that doctor can
 * propose whom to trust (IN-21).
 */
#include <string.h>

#include "admin/api/api.h"
#include "intake/explain.h"

#define MAILS_MAX   200
#define SERVERS_MAX 20

static bool
is_plain(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < len; i++)
		if (!g_ascii_isalnum(name[i]) && strchr("-._", name[i]) == NULL)
			return false;
	return len > 0;
}

/* NULL: none that may be proposed. */
static json_t *
server_of(json_t *items, const char *name)
{
	json_t *object;

	for (size_t i = 0; i < json_array_size(items); i++) {
		object = json_array_get(items, i);
		if (g_strcmp0(json_string_value(
				  json_object_get(object, "authserv")),
			name) == 0)
			return object;
	}
	/* What a stranger wrote is shown in a command to be pasted. */
	if (json_array_size(items) >= SERVERS_MAX || !is_plain(name))
		return NULL;
	object = json_object();
	json_put(object, "authserv", json_text(name));
	json_put(object, "mails", json_integer(0));
	(void)json_array_append_new(items, object);
	return object;
}

static void
visit(void *arg, uint64_t entry, const Rec__Entry *rec)
{
	json_t *items = arg;

	(void)entry;
	for (size_t i = 0; i < rec->facts->n_verdicts; i++) {
		json_t *object;

		const char *name = rec->facts->verdicts[i]->authserv;

		object = server_of(items, name);
		if (object == NULL)
			continue;
		json_put(object, "mails",
		    json_integer(1 +
			json_integer_value(json_object_get(object, "mails"))));
	}
}

json_t *
authserv_list(const struct api_call *call, GError **error)
{
	struct explain_walk walk = {
	    .limit = MAILS_MAX,
	    .visit = visit,
	    .arg = json_array(),
	};

	if (explain_walk(call->view, &walk, error))
		return api_page(walk.arg, 0);
	json_decref(walk.arg);
	return NULL;
}
