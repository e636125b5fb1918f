/* SPDX-License-Identifier: MIT */
/*
 * The table of everything that can be asked: resource, verb, whether it
 * writes, and the function that does it. A new resource is rows here and a
 * file in admin/api/. Actions ("do") stand as "do:NAME".
 */
#include "admin/resource.h"

#include <string.h>

#include "admin/api/api.h"
#include "store/wtxn.h"

struct row {
	const char *resource; /* "": of the desk as a whole */
	const char *verb;
	enum resource_mode mode;
	json_t *(*run)(const struct api_call *call, GError **error);
	const struct noun *noun;
};

#define READS  RESOURCE_READS
#define WRITES RESOURCE_WRITES

static const struct row rows[] = {
    {"ticket",   "list",         READS,  ticket_list,           NULL          },
    {"ticket",   "show",         READS,  ticket_show,           NULL          },
    {"ticket",   "set",          WRITES, ticket_set,            NULL          },
    {"ticket",   "do:include",   WRITES, ticket_include,        NULL          },
    {"ticket",   "do:exclude",   WRITES, ticket_exclude,        NULL          },
    {"ticket",   "do:spam",      WRITES, ticket_spam,           NULL          },
    {"ticket",   "do:unspam",    WRITES, ticket_unspam,         NULL          },
    {"ticket",   "do:merge",     WRITES, ticket_merge,          NULL          },
    {"entry",    "show",         READS,  entry_show,            NULL          },
    {"entry",    "raw",          READS,  entry_bytes,           NULL          },
    {"mail",     "list",         READS,  mail_list,             NULL          },
    {"mail",     "show",         READS,  mail_show,             NULL          },
    {"mail",     "raw",          READS,  entry_bytes,           NULL          },
    {"mail",     "do:attach",    WRITES, mail_attach,           NULL          },
    {"mail",     "do:open",      WRITES, mail_open,             NULL          },
    {"mail",     "do:decide",    WRITES, mail_decide,           NULL          },
    {"mail",     "do:spam",      WRITES, mail_spam,             NULL          },
    {"mail",     "do:release",   WRITES, mail_release,          NULL          },
    {"mail",     "do:discard",   WRITES, mail_discard,          NULL          },
    {"block",    "list",         READS,  noun_list,             &noun_block   },
    {"block",    "show",         READS,  noun_show,             &noun_block   },
    {"block",    "add",          WRITES, noun_add,              &noun_block   },
    {"block",    "set",          WRITES, noun_set,              &noun_block   },
    {"block",    "rm",           WRITES, noun_remove,           &noun_block   },
    {"mailbox",  "list",         READS,  noun_list,             &noun_mailbox },
    {"mailbox",  "show",         READS,  noun_show,             &noun_mailbox },
    {"mailbox",  "add",          WRITES, noun_add,              &noun_mailbox },
    {"mailbox",  "set",          WRITES, noun_set,              &noun_mailbox },
    {"mailbox",  "rm",           WRITES, noun_remove,           &noun_mailbox },
    {"category", "list",         READS,  noun_list,             &noun_category},
    {"category", "show",         READS,  noun_show,             &noun_category},
    {"category", "add",          WRITES, noun_add,              &noun_category},
    {"category", "set",          WRITES, noun_set,              &noun_category},
    {"category", "rm",           WRITES, noun_remove,           &noun_category},
    {"customer", "list",         READS,  noun_list,             &noun_customer},
    {"customer", "show",         READS,  noun_show,             &noun_customer},
    {"customer", "add",          WRITES, noun_add,              &noun_customer},
    {"customer", "set",          WRITES, noun_set,              &noun_customer},
    {"customer", "do:merge",     WRITES, customer_merge,        &noun_customer},
    {"customer", "do:unmerge",   WRITES, customer_unmerge,      &noun_customer},
    {"user",     "list",         READS,  noun_list,             &noun_user    },
    {"user",     "show",         READS,  noun_show,             &noun_user    },
    {"user",     "add",          WRITES, noun_add,              &noun_user    },
    {"user",     "set",          WRITES, noun_set,              &noun_user    },
    {"user",     "do:password",  WRITES, user_password,         &noun_user    },
    {"setting",  "list",         READS,  setting_list,          NULL          },
    {"setting",  "show",         READS,  setting_show,          NULL          },
    {"setting",  "set",          WRITES, setting_set,           NULL          },
    {"setting",  "rm",           WRITES, setting_reset,         NULL          },
    {"job",      "list",         READS,  noun_list,             &noun_job     },
    {"job",      "show",         READS,  noun_show,             &noun_job     },
    {"authserv", "list",         READS,  authserv_list,         NULL          },
    {"trace",    "list",         READS,  trace_list,            NULL          },
    {"job",      "do:cancel",    WRITES, job_cancel_call,       &noun_job     },
    {"status",   "show",         READS,  status_show,           NULL          },
    {"keys",     "do:rotate",    WRITES, keys_rotate,           NULL          },
    {"",	 "explain",      READS,  explain_call,          NULL          },
    {"",	 "explain_last", READS,  explain_last_call,     NULL          },
    {"",	 "export",       READS,  export_page,           NULL          },
    {"customer", "import_check", READS,  customer_import_check, NULL          },
    {"customer", "import_begin", WRITES, customer_import_begin, NULL          },
    {"customer", "import_rows",  WRITES, customer_import_rows,  NULL          },
    {"customer", "import_start", WRITES, customer_import_start, NULL          },
};

/* ---- finding the row ----------------------------------------------------- */

static void
add_word(GString *list, const char *word)
{
	g_auto(GStrv) there = g_strsplit(list->str, ", ", -1);

	if (word[0] != '\0' &&
	    !g_strv_contains((const char *const *)there, word))
		g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "",
		    word);
}

static bool
no_such(const char *resource, const char *verb, GError **error)
{
	g_autoptr(GString) resources = g_string_new(NULL);
	g_autoptr(GString) verbs = g_string_new(NULL);

	for (size_t i = 0; i < COUNT(rows); i++) {
		if (strcmp(rows[i].resource, resource) == 0)
			add_word(verbs, rows[i].verb);
		add_word(resources, rows[i].resource);
	}
	if (verbs->len > 0)
		return fail(error, ERR_USAGE, "a %s cannot %s; what it can: %s",
		    resource, verb, verbs->str);
	return fail(error, ERR_USAGE, "there is no resource %s; there are: %s",
	    resource, resources->str);
}

static char *
verb_of(const json_t *request)
{
	const char *verb = json_string_value(json_object_get(request, "verb"));
	const char *action = json_string_value(
	    json_object_get(request, "action"));

	if (verb != NULL && strcmp(verb, "do") == 0)
		return g_strconcat("do:", action != NULL ? action : "", NULL);
	return g_strdup(verb != NULL ? verb : "");
}

static const struct row *
find_row(const json_t *request, GError **error)
{
	const char *resource = json_string_value(
	    json_object_get(request, "resource"));
	g_autofree char *verb = verb_of(request);

	if (resource == NULL)
		resource = "";
	for (size_t i = 0; i < COUNT(rows); i++)
		if (strcmp(rows[i].resource, resource) == 0 &&
		    strcmp(rows[i].verb, verb) == 0)
			return &rows[i];
	(void)no_such(resource, verb, error);
	return NULL;
}

bool
resource_mode(const json_t *request, enum resource_mode *mode_out,
    GError **error)
{
	const struct row *row = find_row(request, error);

	if (row == NULL)
		return false;
	*mode_out = row->mode;
	return true;
}

/* ---- running it ---------------------------------------------------------- */

static bool
run(const struct row *row, struct api_call *call, json_t **out, GError **error)
{
	json_t *none = json_object();
	const json_t *fields = json_object_get(call->request, "fields");
	json_t *answer;

	call->noun = row->noun;
	call->fields = json_is_object(fields) ? fields : none;
	call->id = json_member(call->request, "id", call->room);
	answer = row->run(call, error);
	json_decref(none);
	if (answer == NULL)
		return false;
	*out = answer;
	return true;
}

bool
resource_read(const struct view *view, const struct snapshot *snapshot,
    const json_t *request, json_t **out, GError **error)
{
	const struct row *row = find_row(request, error);
	struct api_call call = {
	    .view = view,
	    .snapshot = snapshot,
	    .request = request,
	};

	if (row == NULL)
		return false;
	assert(row->mode == RESOURCE_READS);
	return run(row, &call, out, error);
}

bool
resource_write(struct wtxn *w, const struct snapshot *snapshot,
    const json_t *request, json_t **out, GError **error)
{
	const struct row *row = find_row(request, error);
	struct api_call call = {
	    .view = wtxn_view(w),
	    .w = w,
	    .snapshot = snapshot,
	    .request = request,
	};

	if (row == NULL)
		return false;
	assert(row->mode == RESOURCE_WRITES);
	return run(row, &call, out, error);
}
