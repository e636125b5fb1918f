/* SPDX-License-Identifier: MIT */
/* maildesk keys rotate: a new key for reply addresses; old ones stay valid. */
#include "main/cmd.h"

#include <stdio.h>
#include <string.h>

#include "main/cli.h"
#include "main/client.h"
#include "model/json.h"

static bool
rotate(const struct cli *cli, GError **error)
{
	AUTO(client_close) struct client *client = NULL;
	json_t *request, *answer;
	g_autofree char *line = NULL;

	if (strcmp(cli->args[0], "rotate") != 0)
		return fail(error, ERR_USAGE, "usage: maildesk keys rotate");
	client = client_open(cli, error);
	if (client == NULL)
		return false;
	request = client_request("do", "keys", NULL);
	json_put(request, "action", json_text("rotate"));
	if (!client_call(client, request, &answer, error))
		return false;
	line = json_line(answer);
	if (cli->is_json)
		printf("%s\n", line);
	else
		printf("key %" JSON_INTEGER_FORMAT " makes the reply "
		       "addresses from now on; %" JSON_INTEGER_FORMAT
		       " are valid\n",
		    json_integer_value(json_object_get(answer, "newest")),
		    json_integer_value(json_object_get(answer, "keys")));
	json_decref(answer);
	return true;
}

int
cmd_keys(int argc, char **argv)
{
	static const struct cli_form form = {.usage = "rotate",
	    .min = 1,
	    .max = 1};
	g_autoptr(GError) error = NULL;
	AUTO(cli_free)
	struct cli *cli = cli_parse_form(argc, argv, &form, &error);

	if (cli == NULL || !rotate(cli, &error))
		return cli_failed(error);
	return cli_done();
}
