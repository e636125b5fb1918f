/* SPDX-License-Identifier: MIT */
/*
 * maildesk deliver: hands the mail on standard input to the running daemon by
 * LMTP, as a mail server would. For pipes in aliases and .forward: exit 75
 * means that the mail server shall try again, 1 that it was refused.
 */
#include "main/cmd.h"

#include <stdio.h>

#include "base/text.h"
#include "main/cli.h"
#include "main/client.h"
#include "main/connect.h"
#include "main/input.h"
#include "main/lmtp_client.h"
#include "model/json.h"

#define EXIT_REFUSED 1
#define EXIT_AGAIN   75

static bool
addresses_check(char *const *to, const char *from, GError **error)
{
	if (to == NULL)
		return fail(error, ERR_USAGE,
		    "usage: maildesk deliver --to ADDR [--from ADDR] < MAIL");
	for (size_t i = 0; to[i] != NULL; i++)
		if (!text_is_address(to[i]))
			return fail(error, ERR_USAGE, "%s is no address",
			    to[i]);
	if (from[0] != '\0' && !text_is_address(from))
		return fail(error, ERR_USAGE, "%s is no address", from);
	return true;
}

/* Where the daemon takes mails; only it can say. */
static char *
door_of(const struct cli *cli, GError **error)
{
	g_autoptr(GError) why = NULL;
	AUTO(client_close) struct client *client = client_open(cli, &why);
	json_t *answer;
	char *door;

	/* A mail server must try again, whatever is wrong here. */
	if (client == NULL)
		return fail_null(error, ERR_TEMP, "%s", why->message);
	if (!client_is_daemon(client))
		return fail_null(error, ERR_TEMP,
		    "no desk runs on %s; start "
		    "it with: maildesk serve --data %s",
		    cli_data(cli), cli_data(cli));
	if (!client_call(client, client_request("show", "status", NULL),
		&answer, error))
		return NULL;
	door = g_strdup(json_string_value(json_object_get(answer, "lmtp")));
	json_decref(answer);
	if (door == NULL)
		return fail_null(error, ERR_TEMP,
		    "the desk takes no mails now");
	return door;
}

static void
print(const struct cli *cli, char *const *to, const GPtrArray *replies)
{
	for (guint i = 0; i < replies->len; i++) {
		const char *reply = g_ptr_array_index(replies, i);
		json_t *object;
		g_autofree char *line = NULL;

		if (!cli->is_json) {
			printf("%s: %s\n", to[i], reply);
			continue;
		}
		object = json_object();
		json_put(object, "recipient", json_text(to[i]));
		json_put(object, "reply", json_text(reply));
		line = json_line(object);
		printf("%s\n", line);
		json_decref(object);
	}
}

/* One that may be tried again decides for all: the mail server does so. */
static int
exit_code(const GPtrArray *replies)
{
	int code = 0;

	for (guint i = 0; i < replies->len; i++) {
		const char *reply = g_ptr_array_index(replies, i);

		if (reply[0] != '2' && reply[0] != '5')
			return EXIT_AGAIN;
		if (reply[0] == '5')
			code = EXIT_REFUSED;
	}
	return code;
}

static bool
deliver(const struct cli *cli, char *const *to, const char *from,
    GPtrArray *replies, GError **error)
{
	g_autoptr(GByteArray) input = NULL;
	g_autoptr(GByteArray) bytes = NULL;
	g_autofree char *door = NULL;
	struct lmtp_mail mail = {.sender = from, .recipients = to};
	int fd;

	if (!addresses_check(to, from, error))
		return false;
	input = input_read(error);
	if (input == NULL)
		return false;
	bytes = input_crlf(input);
	mail.bytes = bytes;
	door = door_of(cli, error);
	if (door == NULL)
		return false;
	fd = connect_any(door, cli_data(cli), error);
	return fd >= 0 && lmtp_send(fd, &mail, replies, error);
}

int
cmd_deliver(int argc, char **argv)
{
	g_auto(GStrv) to = NULL;
	g_autofree char *from = NULL;
	const GOptionEntry entries[] = {
	    {"to", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &to,
             "A recipient; several are possible", "ADDR"},
	    {"from",   0, 0, G_OPTION_ARG_FILENAME, &from,
             "The envelope's sender; default: none", "ADDR"},
	    {0},
	};
	const struct cli_form form = {.entries = entries, .usage = "< MAIL"};
	g_autoptr(GPtrArray) replies = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) error = NULL;
	AUTO(cli_free)
	struct cli *cli = cli_parse_form(argc, argv, &form, &error);

	if (cli == NULL ||
	    !deliver(cli, to, from != NULL ? from : "", replies, &error))
		return cli_failed(error);
	print(cli, to, replies);
	return cli_done() != 0 ? EXIT_REFUSED : exit_code(replies);
}
