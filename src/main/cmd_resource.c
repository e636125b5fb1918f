/* SPDX-License-Identifier: MIT */
/*
 * list, show, add, set, rm, do and settings: the resources at a shell. They
 * only ask and print; what there is stands in admin/resource.c.
 */
#include "main/cmd.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "main/cli.h"
#include "main/client.h"
#include "main/conversation.h"
#include "main/job_line.h"
#include "main/table.h"
#include "main/term.h"
#include "model/json.h"

#define ARGS_MAX   200
#define PAGE_SHOWN 50  /* on a terminal */
#define PAGE_LARGE 200 /* elsewhere, all of them */

typedef bool command_fn(const struct cli *cli, struct client *client,
    GError **error);

static int
run_with(int argc, char **argv, const struct cli_form *form, command_fn *fn)
{
	AUTO(cli_free) struct cli *cli = NULL;
	AUTO(client_close) struct client *client = NULL;
	g_autoptr(GError) error = NULL;

	cli = cli_parse_form(argc, argv, form, &error);
	if (cli == NULL)
		return cli_failed(error);
	client = client_open(cli, &error);
	if (client == NULL || !fn(cli, client, &error))
		return cli_failed(error);
	return cli_done();
}

static void
print_json(const json_t *value)
{
	g_autofree char *line = json_line(value);

	printf("%s\n", line);
}

/* ---- list ---------------------------------------------------------------- */

struct listing {
	const char *resource;
	bool is_json;
	size_t limit; /* stops there; 0: all */
	size_t count;
};

static bool
on_page(void *arg, const json_t *page, GError **error)
{
	struct listing *l = arg;
	const json_t *items = json_object_get(page, "items");
	size_t count = json_array_size(items);

	(void)error;
	for (size_t i = 0; l->is_json && i < count; i++) {
		g_autofree char *line = json_line(json_array_get(items, i));

		printf("%s%s", l->count + i > 0 ? ",\n" : "", line);
	}
	if (!l->is_json && count > 0)
		table_print(l->resource, items,
		    l->count == 0 ? TABLE_FIRST : TABLE_NEXT);
	l->count += count;
	if (l->limit == 0 || l->count < l->limit)
		return true;
	if (!l->is_json && json_is_string(json_object_get(page, "cursor")))
		printf("%s… and more; limit=N shows N%s\n",
		    term_style(TERM_DIM), term_style(TERM_PLAIN));
	return false;
}

/* limit=N is no filter: it ends the list. A terminal has one of its own. */
static bool
limit_take(json_t *request, struct listing *l, GError **error)
{
	json_t *fields = json_object_get(request, "fields");
	const char *limit = json_string_value(json_object_get(fields, "limit"));
	uint64_t n = term_is_tty() && !l->is_json ? PAGE_SHOWN : 0;

	if (limit != NULL &&
	    !g_ascii_string_to_unsigned(limit, 10, 1, SIZE_MAX, &n, NULL))
		return fail(error, ERR_USAGE, "limit is a number from 1");
	l->limit = (size_t)n;
	json_put(request, "limit",
	    json_integer(
		(json_int_t)(n == 0 ? PAGE_LARGE : MIN(n, PAGE_LARGE))));
	(void)json_object_del(fields, "limit");
	return true;
}

static bool
list(const struct cli *cli, struct client *client, GError **error)
{
	struct listing l = {.resource = cli->args[0], .is_json = cli->is_json};
	json_t *request = client_request("list", cli->args[0], NULL);

	if (!client_fields(request, cli->args + 1, error) ||
	    !limit_take(request, &l, error)) {
		json_decref(request);
		return false;
	}
	if (l.is_json)
		printf("[");
	if (!client_pages(client, request, on_page, &l, error)) {
		if (l.is_json)
			printf("]\n");
		return false;
	}
	if (l.is_json)
		printf("]\n");
	else if (l.count == 0)
		printf("%s\n", table_empty(l.resource));
	return true;
}

int
cmd_list(int argc, char **argv)
{
	static const struct cli_form form = {
	    .usage = "RESOURCE [FILTER=VALUE...]",
	    .min = 1,
	    .max = ARGS_MAX,
	};

	return run_with(argc, argv, &form, list);
}

/* ---- show ---------------------------------------------------------------- */

static gboolean show_raw;

/* A long ticket comes in pages of its entries. */
static bool
entries_complete(struct client *client, json_t *ticket, const char *id,
    GError **error)
{
	json_t *entries = json_object_get(ticket, "entries");

	for (;;) {
		const json_t *cursor = json_object_get(ticket,
		    "entries_cursor");
		json_t *request, *more;

		if (!json_is_string(cursor))
			return true;
		request = client_request("show", "ticket", id);
		json_put(request, "cursor",
		    json_string(json_string_value(cursor)));
		if (!client_call(client, request, &more, error))
			return false;
		(void)json_array_extend(entries,
		    json_object_get(more, "entries"));
		(void)json_object_set(ticket, "entries_cursor",
		    json_object_get(more, "entries_cursor"));
		json_decref(more);
	}
}

static void
show_text(const char *resource, const json_t *answer)
{
	if (strcmp(resource, "ticket") == 0)
		conversation_ticket(answer);
	else if (strcmp(resource, "mail") == 0 ||
	    strcmp(resource, "entry") == 0)
		conversation_mail(answer);
	else
		table_record(answer);
}

static bool
raw(const struct cli *cli, struct client *client, GError **error)
{
	json_int_t offset = 0;

	for (;;) {
		json_t *request = client_request("raw", cli->args[0],
		    cli->args[1]);
		json_t *answer;
		const json_t *next;
		g_autofree uint8_t *bytes = NULL;
		gsize len;
		bool goes_on;

		json_put(request, "offset", json_integer(offset));
		if (!client_call(client, request, &answer, error))
			return false;
		bytes = g_base64_decode(json_string_value(
					    json_object_get(answer, "bytes")),
		    &len);
		(void)fwrite(bytes, 1, len, stdout); /* cli_done looks */
		next = json_object_get(answer, "next");
		goes_on = json_is_integer(next);
		offset = json_integer_value(next);
		json_decref(answer);
		if (!goes_on)
			return true;
	}
}

static bool
show(const struct cli *cli, struct client *client, GError **error)
{
	const char *id = cli->args[1];
	json_t *answer;
	bool done;

	if (show_raw)
		return raw(cli, client, error);
	if (!client_call(client, client_request("show", cli->args[0], id),
		&answer, error))
		return false;
	done = entries_complete(client, answer, id, error);
	if (done && cli->is_json)
		print_json(answer);
	else if (done)
		show_text(cli->args[0], answer);
	json_decref(answer);
	return done;
}

int
cmd_show(int argc, char **argv)
{
	static const GOptionEntry entries[] = {
	    {"raw", 0, 0, G_OPTION_ARG_NONE, &show_raw,
             "The raw mail of a mail or entry", NULL},
	    {0   },
	};
	static const struct cli_form form = {
	    .usage = "RESOURCE [ID]",
	    .entries = entries,
	    .min = 1,
	    .max = 2,
	};

	return run_with(argc, argv, &form, show);
}

/* ---- add, set, rm, do ---------------------------------------------------- */

/* "mailbox 12 (Support)" */
static char *
named(const char *resource, const json_t *object)
{
	char room[24];
	const char *id = json_member(object, "id", room);
	const char *name = json_string_value(json_object_get(object, "name"));

	if (id == NULL)
		return g_strdup(resource);
	if (name == NULL)
		return g_strdup_printf("%s %s", resource, id);
	return g_strdup_printf("%s %s (%s)", resource, id, name);
}

/* Of an action on a mail: where it is now. */
static void
print_place(const json_t *answer)
{
	const json_t *ticket = json_object_get(answer, "ticket");
	const char *action = json_string_value(
	    json_object_get(answer, "action"));
	const char *held = json_string_value(json_object_get(answer, "held"));

	if (action == NULL)
		return;
	if (json_is_integer(ticket))
		printf(": now in ticket %" JSON_INTEGER_FORMAT,
		    json_integer_value(ticket));
	else if (held != NULL)
		printf(": held (%s)", held);
	else
		printf(": discarded, it goes in 30 days");
}

static bool
job_print(struct client *client, const json_t *answer, GError **error)
{
	char room[24];
	const char *id = json_member(answer, "job", room);

	return id == NULL ||
	    job_line_print(client, id,
		json_string_value(json_object_get(answer, "about")), error);
}

static bool
change(const struct cli *cli, struct client *client, json_t *request,
    const char *said, GError **error)
{
	const char *resource = json_string_value(
	    json_object_get(request, "resource"));
	g_autofree char *copy = g_strdup(resource);
	g_autofree char *name = NULL;
	json_t *answer;
	bool done = true;

	if (!client_call(client, request, &answer, error))
		return false;
	name = named(copy, answer);
	if (cli->is_json) {
		print_json(answer);
	} else {
		printf("%s %s", said, name);
		print_place(answer);
		printf("\n");
		done = job_print(client, answer, error);
	}
	json_decref(answer);
	return done;
}

static bool
change_fields(const struct cli *cli, struct client *client, json_t *request,
    char *const *args, GError **error)
{
	const char *said = strcmp(cli->name, "add") == 0 ? "added" : "changed";

	if (client_fields(request, args, error))
		return change(cli, client, request, said, error);
	json_decref(request);
	return false;
}

static bool
add(const struct cli *cli, struct client *client, GError **error)
{
	return change_fields(cli, client,
	    client_request("add", cli->args[0], NULL), cli->args + 1, error);
}

int
cmd_add(int argc, char **argv)
{
	static const struct cli_form form = {
	    .usage = "RESOURCE FIELD=VALUE...",
	    .min = 1,
	    .max = ARGS_MAX,
	};

	return run_with(argc, argv, &form, add);
}

static bool
set(const struct cli *cli, struct client *client, GError **error)
{
	return change_fields(cli, client,
	    client_request("set", cli->args[0], cli->args[1]), cli->args + 2,
	    error);
}

int
cmd_set(int argc, char **argv)
{
	static const struct cli_form form = {
	    .usage = "RESOURCE ID FIELD=VALUE...",
	    .min = 2,
	    .max = ARGS_MAX,
	};

	return run_with(argc, argv, &form, set);
}

static bool
rm(const struct cli *cli, struct client *client, GError **error)
{
	return change(cli, client,
	    client_request("rm", cli->args[0], cli->args[1]), "removed", error);
}

int
cmd_rm(int argc, char **argv)
{
	static const struct cli_form form = {
	    .usage = "RESOURCE ID",
	    .min = 2,
	    .max = 2,
	};

	return run_with(argc, argv, &form, rm);
}

/* ACTION RESOURCE [ID] [FIELD=VALUE...] */
static bool
do_action(const struct cli *cli, struct client *client, GError **error)
{
	bool has_id = cli->count > 2 && strchr(cli->args[2], '=') == NULL;
	json_t *request = client_request("do", cli->args[1],
	    has_id ? cli->args[2] : NULL);

	json_put(request, "action", json_text(cli->args[0]));
	if (client_fields(request, cli->args + (has_id ? 3 : 2), error))
		return change(cli, client, request, cli->args[0], error);
	json_decref(request);
	return false;
}

int
cmd_do(int argc, char **argv)
{
	static const struct cli_form form = {
	    .usage = "ACTION RESOURCE [ID] [FIELD=VALUE...]",
	    .min = 2,
	    .max = ARGS_MAX,
	};

	return run_with(argc, argv, &form, do_action);
}

/* ---- settings ------------------------------------------------------------ */

static bool
settings_list(const struct cli *cli, struct client *client, GError **error)
{
	struct listing l = {.resource = "setting", .is_json = cli->is_json};
	bool done;

	if (l.is_json)
		printf("[");
	done = client_pages(client, client_request("list", "setting", NULL),
	    on_page, &l, error);
	if (l.is_json)
		printf("]\n");
	return done;
}

static bool
settings_one(const struct cli *cli, struct client *client, const char *verb,
    GError **error)
{
	json_t *request = client_request(verb, "setting", cli->args[1]);
	json_t *answer;

	if (cli->count == 3)
		json_put(request, "fields",
		    json_pack("{s:o}", "value", json_text(cli->args[2])));
	if (!client_call(client, request, &answer, error))
		return false;
	if (cli->is_json)
		print_json(answer);
	else
		printf("%s\n",
		    json_string_value(json_object_get(answer, "value")));
	json_decref(answer);
	return true;
}

static bool
settings(const struct cli *cli, struct client *client, GError **error)
{
	static const struct {
		const char *word, *verb;
		size_t args;
	} words[] = {
	    {"get",   "show", 2},
	    {"set",   "set",  3},
	    {"reset", "rm",   2},
	};

	if (strcmp(cli->args[0], "list") == 0 && cli->count == 1)
		return settings_list(cli, client, error);
	for (size_t i = 0; i < COUNT(words); i++)
		if (strcmp(words[i].word, cli->args[0]) == 0 &&
		    words[i].args == cli->count)
			return settings_one(cli, client, words[i].verb, error);
	return fail(error, ERR_USAGE,
	    "usage: maildesk settings list | "
	    "get KEY | set KEY VALUE | reset KEY");
}

int
cmd_settings(int argc, char **argv)
{
	static const struct cli_form form = {
	    .usage = "list | get KEY | set KEY VALUE | reset KEY",
	    .min = 1,
	    .max = 3,
	};

	return run_with(argc, argv, &form, settings);
}
