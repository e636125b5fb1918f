/* SPDX-License-Identifier: MIT */
/*
 * maildesk export: everything as JSON lines on standard output, page by page,
 * so that it holds nothing up; with --eml each stored mail, as it came, in a
 * file of its own as well. A ticket that came in pieces is one line again.
 * `export customers` writes them as a table instead.
 */
#include "main/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "main/cli.h"
#include "main/client.h"
#include "main/customers.h"
#include "model/json.h"

struct exporting {
	struct client *client;
	const char *eml; /* or NULL */
	json_t *waiting; /* a ticket that may go on, or NULL */
};

/* ---- raw mails ----------------------------------------------------------- */

static bool
piece_write(FILE *file, const json_t *answer, json_int_t *next_out)
{
	const char *text = json_string_value(json_object_get(answer, "bytes"));
	const json_t *next = json_object_get(answer, "next");
	gsize len;
	g_autofree uint8_t *bytes = g_base64_decode(text != NULL ? text : "",
	    &len);

	*next_out = json_is_integer(next) ? json_integer_value(next) : -1;
	return fwrite(bytes, 1, len, file) == len;
}

static bool
pieces_write(struct exporting *e, FILE *file, const char *id, GError **error)
{
	json_int_t offset = 0;

	while (offset >= 0) {
		json_t *request = client_request("raw", "entry", id);
		json_t *answer;
		bool done;

		json_put(request, "offset", json_integer(offset));
		if (!client_call(e->client, request, &answer, error))
			return false;
		done = piece_write(file, answer, &offset);
		json_decref(answer);
		if (!done)
			return fail(error, ERR_TEMP, "writing: %s",
			    g_strerror(errno));
	}
	return true;
}

static bool
eml_write(struct exporting *e, const json_t *entry, GError **error)
{
	char room[24];
	const char *id = json_member(entry, "id", room);
	g_autofree char *name = g_strconcat(id, ".eml", NULL);
	g_autofree char *path = g_build_filename(e->eml, name, NULL);
	FILE *file = fopen(path, "wbe");
	bool done;

	if (file == NULL)
		return fail(error, ERR_TEMP, "%s: %s", path, g_strerror(errno));
	done = pieces_write(e, file, id, error);
	if (fclose(file) != 0 && done)
		return fail(error, ERR_TEMP, "%s: %s", path, g_strerror(errno));
	return done;
}

static bool
emls_write(struct exporting *e, const json_t *object, GError **error)
{
	const json_t *entries = json_object_get(object, "entries");

	if (e->eml == NULL)
		return true;
	if (json_is_object(object) && json_object_get(object, "size") != NULL)
		return eml_write(e, object, error);
	for (size_t i = 0; i < json_array_size(entries); i++) {
		const json_t *entry = json_array_get(entries, i);

		if (json_object_get(entry, "size") != NULL &&
		    !eml_write(e, entry, error))
			return false;
	}
	return true;
}

/* ---- lines --------------------------------------------------------------- */

static bool
print(struct exporting *e, const json_t *object, GError **error)
{
	g_autofree char *line = json_line(object);

	if (printf("%s\n", line) < 0)
		return fail(error, ERR_TEMP, "writing: %s", g_strerror(errno));
	return emls_write(e, object, error);
}

static bool
flush(struct exporting *e, GError **error)
{
	json_t *waiting = e->waiting;
	bool done;

	e->waiting = NULL;
	if (waiting == NULL)
		return true;
	done = print(e, waiting, error);
	json_decref(waiting);
	return done;
}

static bool
take(struct exporting *e, json_t *object, GError **error)
{
	const char *type = json_string_value(json_object_get(object, "type"));

	if (e->waiting != NULL &&
	    json_is_true(json_object_get(object, "continued"))) {
		(void)json_array_extend(json_object_get(e->waiting, "entries"),
		    json_object_get(object, "entries"));
		return true;
	}
	if (!flush(e, error))
		return false;
	if (g_strcmp0(type, "ticket") != 0)
		return print(e, object, error);
	e->waiting = json_incref(object);
	return true;
}

static bool
on_page(void *arg, const json_t *page, GError **error)
{
	struct exporting *e = arg;
	const json_t *items = json_object_get(page, "items");

	for (size_t i = 0; i < json_array_size(items); i++)
		if (!take(e, json_array_get(items, i), error))
			return false;
	return true;
}

static bool
export_all(struct exporting *e, GError **error)
{
	bool done;

	if (e->eml != NULL && g_mkdir_with_parents(e->eml, 0700) != 0)
		return fail(error, ERR_TEMP, "making %s: %s", e->eml,
		    g_strerror(errno));
	done = client_pages(e->client, client_request("export", NULL, NULL),
		   on_page, e, error) &&
	    flush(e, error);
	json_decref(e->waiting);
	return done;
}

static bool
run(const struct cli *cli, struct exporting *e, GError **error)
{
	if (cli->count == 0)
		return export_all(e, error);
	if (strcmp(cli->args[0], "customers") == 0)
		return customers_export(e->client, error);
	return fail(error, ERR_USAGE,
	    "there is no export of %s; there are: customers, and everything "
	    "without a word",
	    cli->args[0]);
}

int
cmd_export(int argc, char **argv)
{
	g_autofree char *eml = NULL;
	const GOptionEntry entries[] = {
	    {"eml", 0, 0, G_OPTION_ARG_FILENAME, &eml,
             "Write each mail to DIR/ENTRY.eml too", "DIR"},
	    {0   },
	};
	const struct cli_form form = {
	    .usage = "[customers]",
	    .entries = entries,
	    .max = 1,
	};
	g_autoptr(GError) error = NULL;
	AUTO(cli_free)
	struct cli *cli = cli_parse_form(argc, argv, &form, &error);
	AUTO(client_close)
	struct client *client = cli != NULL ? client_open(cli, &error) : NULL;
	struct exporting e = {.client = client, .eml = eml};

	if (client == NULL || !run(cli, &e, &error))
		return cli_failed(error);
	return cli_done();
}
