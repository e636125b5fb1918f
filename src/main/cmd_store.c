/* SPDX-License-Identifier: MIT */
/*
 * check, backup, restore, compact: the store as a whole. The first two work
 * beside the running daemon, which does them; the others need it stopped.
 */
#include "main/cmd.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "main/cli.h"
#include "main/client.h"
#include "main/term.h"
#include "model/json.h"
#include "store/store.h"

static json_int_t
number(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static void
print_json(const json_t *value)
{
	g_autofree char *line = json_line(value);

	printf("%s\n", line);
}

static bool
ask(const struct cli *cli, json_t *request, json_t **out, GError **error)
{
	AUTO(client_close) struct client *client = client_open(cli, error);

	if (client != NULL)
		return client_call(client, request, out, error);
	json_decref(request);
	return false;
}

/* ---- check --------------------------------------------------------------- */

static void
check_print(const json_t *report)
{
	const json_t *problems = json_object_get(report, "problems");

	for (size_t i = 0; i < json_array_size(problems); i++)
		printf("PROBLEM %s\n",
		    json_string_value(json_array_get(problems, i)));
	printf("%s: %" JSON_INTEGER_FORMAT " tickets, %" JSON_INTEGER_FORMAT
	       " entries, %" JSON_INTEGER_FORMAT " mails (%" JSON_INTEGER_FORMAT
	       " held), %" JSON_INTEGER_FORMAT
	       " customers in %" JSON_INTEGER_FORMAT " rows\n",
	    json_array_size(problems) == 0 ? "all is well" : "damaged",
	    number(report, "tickets"), number(report, "entries"),
	    number(report, "mails"), number(report, "held"),
	    number(report, "customers"), number(report, "rows"));
}

static int
check_run(const struct cli *cli)
{
	g_autoptr(GError) error = NULL;
	json_t *report;
	bool is_well;

	if (!ask(cli, client_request("check", NULL, NULL), &report, &error))
		return cli_failed(error);
	is_well = json_array_size(json_object_get(report, "problems")) == 0;
	if (cli->is_json)
		print_json(report);
	else
		check_print(report);
	json_decref(report);
	return is_well ? cli_done() : 1;
}

/* Pages that were damaged below the checksums may end whoever reads them. */
static int
check_died(const struct cli *cli, int number_of_signal)
{
	json_t *report;

	if (!cli->is_json) {
		printf("PROBLEM reading the store ended the checker (%s): its "
		       "pages are damaged\ndamaged: restore the last backup\n",
		    strsignal(number_of_signal));
		return 1;
	}
	report = json_pack("{s:[s]}", "problems",
	    "reading the store ended the checker: its pages are damaged");
	print_json(report);
	json_decref(report);
	return 1;
}

int
cmd_check_child(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	AUTO(cli_free) struct cli *cli = cli_parse(argc, argv, &error);

	return cli != NULL ? check_run(cli) : cli_failed(error);
}

/* Ourselves, with the same arguments; -1 if there is no process to be had. */
static int
child_wait(char **argv)
{
	char name[] = "check-child";
	g_autofree char **args = NULL;
	guint count = g_strv_length(argv);
	pid_t child;
	int status;
	int bad;

	args = g_new0(char *, count + 2);
	args[0] = name;
	memcpy(args + 1, argv, count * sizeof(*argv));
	args[1] = name;
	bad = posix_spawn(&child, "/proc/self/exe", NULL, NULL, args, environ);
	if (bad != 0)
		return -1;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

/* Reads in a child, whose death is damage. */
int
cmd_check(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	AUTO(cli_free) struct cli *cli = cli_parse(argc, argv, &error);
	int status;

	if (cli == NULL)
		return cli_failed(error);
	status = child_wait(argv);
	if (status == -1)
		return check_run(cli);
	return WIFSIGNALED(status) ? check_died(cli, WTERMSIG(status))
				   : WEXITSTATUS(status);
}

/* ---- backup and restore -------------------------------------------------- */

int
cmd_backup(int argc, char **argv)
{
	static const struct cli_form form = {.usage = "FILE",
	    .min = 1,
	    .max = 1};
	g_autoptr(GError) error = NULL;
	AUTO(cli_free)
	struct cli *cli = cli_parse_form(argc, argv, &form, &error);
	g_autofree char *path = NULL;
	g_autofree char *size = NULL;
	json_t *request, *answer;

	if (cli == NULL)
		return cli_failed(error);
	path = g_canonicalize_filename(cli->args[0], NULL);
	request = client_request("backup", NULL, NULL);
	json_put(request, "path", json_text(path));
	if (!ask(cli, request, &answer, &error))
		return cli_failed(error);
	size = term_size((uint64_t)number(answer, "bytes"));
	if (cli->is_json)
		print_json(answer);
	else
		printf("%s: a checked copy, %s\n", path, size);
	json_decref(answer);
	return cli_done();
}

int
cmd_restore(int argc, char **argv)
{
	static const struct cli_form form = {.usage = "FILE",
	    .min = 1,
	    .max = 1};
	g_autoptr(GError) error = NULL;
	AUTO(cli_free)
	struct cli *cli = cli_parse_form(argc, argv, &form, &error);

	if (cli == NULL || !store_restore(cli_data(cli), cli->args[0], &error))
		return cli_failed(error);
	printf("%s: restored from %s. Mails that were waiting to be sent are "
	       "held until you release them.\n",
	    cli_data(cli), cli->args[0]);
	return cli_done();
}

/* ---- compact ------------------------------------------------------------- */

int
cmd_compact(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	AUTO(cli_free) struct cli *cli = cli_parse(argc, argv, &error);
	g_autofree char *old = NULL;
	g_autofree char *new = NULL;
	uint64_t before, after;

	if (cli == NULL ||
	    !store_compact(cli_data(cli), &before, &after, &error))
		return cli_failed(error);
	old = term_size(before);
	new = term_size(after);
	printf("%s: %s became %s\n", cli_data(cli), old, new);
	return cli_done();
}
