/* SPDX-License-Identifier: MIT */
/* maildesk import KIND [FILE]: what another program has, into the desk. */
#include "main/cmd.h"

#include <string.h>

#include "main/cli.h"
#include "main/client.h"
#include "main/customers.h"

#define EXIT_BAD_ROWS 2

static gboolean is_dry;

static bool
import_customers(const struct cli *cli, struct client *client, bool *bad_out,
    GError **error)
{
	const struct customers_options options = {
	    .path = cli->args[1],
	    .is_dry = is_dry,
	    .is_json = cli->is_json,
	};

	return customers_import(client, &options, bad_out, error);
}

static const struct {
	const char *kind;
	bool (*run)(const struct cli *cli, struct client *client, bool *bad_out,
	    GError **error);
} kinds[] = {
    {"customers", import_customers},
};

static bool
run(const struct cli *cli, struct client *client, bool *bad_out, GError **error)
{
	g_autoptr(GString) known = g_string_new(NULL);

	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (strcmp(kinds[i].kind, cli->args[0]) == 0)
			return kinds[i].run(cli, client, bad_out, error);
		g_string_append_printf(known, " %s", kinds[i].kind);
	}
	return fail(error, ERR_USAGE, "there is no import of %s; there are:%s",
	    cli->args[0], known->str);
}

int
cmd_import(int argc, char **argv)
{
	static const GOptionEntry entries[] = {
	    {"dry-run", 0, 0, G_OPTION_ARG_NONE, &is_dry,
             "Only say what would be imported", NULL},
	    {0       },
	};
	static const struct cli_form form = {
	    .usage = "customers [FILE]",
	    .entries = entries,
	    .min = 1,
	    .max = 2,
	};
	g_autoptr(GError) error = NULL;
	AUTO(cli_free)
	struct cli *cli = cli_parse_form(argc, argv, &form, &error);
	AUTO(client_close)
	struct client *client = cli != NULL ? client_open(cli, &error) : NULL;
	bool bad = false;

	if (client == NULL || !run(cli, client, &bad, &error))
		return cli_failed(error);
	return bad ? EXIT_BAD_ROWS : cli_done();
}
