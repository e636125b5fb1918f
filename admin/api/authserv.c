/* SPDX-License-Identifier: MIT */
/*
 * Whose Authentication-Results the newest mails carry, so that doctor can
 * propose whom to trust (IN-21).
 */
#include "admin/api/api.h"
#include "intake/explain.h"

#define MAILS_MAX   200
#define SERVERS_MAX 20

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

		if (json_array_size(items) >= SERVERS_MAX)
			return;
		object = server_of(items, rec->facts->verdicts[i]->authserv);
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
