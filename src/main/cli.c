/* SPDX-License-Identifier: MIT */
/* The common command line, by GLib's GOption; see cli.h. Main thread. */
#include "main/cli.h"

#include <string.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/token.h"
#include "main/config.h"

struct given {
	char *data;
	char *config;
	char **sets;
	gboolean json;
	char **args;
};

static void
given_drop(struct given *given)
{
	g_free(given->data);
	g_free(given->config);
	g_strfreev(given->sets);
	g_strfreev(given->args);
}

/* GLib itself answers --help and ends the program. Texts are taken as bytes
 * (FILENAME): the locale's charset is not asked. */
static GOptionContext *
context_new(const char *name, const struct cli_form *form, struct given *given)
{
	const GOptionEntry entries[] = {
	    {"data",        0, 0, G_OPTION_ARG_FILENAME, &given->data,
             "The data directory", "DIR"},
	    {"config",            'c', 0, G_OPTION_ARG_FILENAME, &given->config,
             "The configuration", "FILE"},
	    {"set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &given->sets,
             "Set one option", "KEY=VALUE"},
	    {"json",        0, 0, G_OPTION_ARG_NONE, &given->json, "Print JSON", NULL},
	    {G_OPTION_REMAINING,      0, 0, G_OPTION_ARG_FILENAME_ARRAY,
             &given->args, NULL, form->usage},
	    {0           },
	};
	GOptionContext *context = g_option_context_new(NULL);
	g_autofree char *program = g_strconcat("maildesk ", name, NULL);

	g_set_prgname(program);
	g_option_context_add_main_entries(context, entries, NULL);
	if (form->entries != NULL)
		g_option_context_add_main_entries(context, form->entries, NULL);
	return context;
}

/* GLib takes "-1" for an option. A value is marked while it looks. */
#define NUMBER_MARK "\xee\x80\x80"

static char *
mark_number(const char *arg)
{
	return arg[0] == '-' && g_ascii_isdigit(arg[1])
	    ? g_strconcat(NUMBER_MARK, arg, NULL)
	    : g_strdup(arg);
}

static void
unmark_numbers(char **args)
{
	for (size_t i = 0; args != NULL && args[i] != NULL; i++)
		if (g_str_has_prefix(args[i], NUMBER_MARK))
			memmove(args[i], args[i] + strlen(NUMBER_MARK),
			    strlen(args[i]) - strlen(NUMBER_MARK) + 1);
}

static bool
options_read(int argc, char **argv, const struct cli_form *form,
    struct given *given, GError **error)
{
	g_autoptr(GOptionContext) context = context_new(argv[0], form, given);
	g_autoptr(GError) why = NULL;
	g_auto(GStrv) copy = g_new0(char *, (gsize)argc + 1);

	for (int i = 0; i < argc; i++)
		copy[i] = mark_number(argv[i]);
	if (g_option_context_parse_strv(context, &copy, &why)) {
		unmark_numbers(given->args);
		return true;
	}
	return fail(error, ERR_USAGE, "%s (maildesk %s --help)", why->message,
	    argv[0]);
}

static bool
count_args(struct cli *cli, const struct cli_form *form, GError **error)
{
	cli->count = cli->args != NULL ? g_strv_length(cli->args) : 0;
	if (cli->count >= form->min && cli->count <= form->max)
		return true;
	return fail(error, ERR_USAGE, "usage: maildesk %s %s", cli->name,
	    form->usage != NULL ? form->usage : "");
}

static bool
configure(struct cli *cli, const struct given *given, enum cli_set set,
    GError **error)
{
	const char *fallback = g_getenv("MAILDESK_DATA");
	g_autofree char *before = NULL;
	const char *path;

	cli->config = config_load(NULL, error);
	if (cli->config == NULL)
		return false;
	before = g_strdup(config_text(cli->config, OPTION_STORE_PATH));
	if (given->config != NULL) {
		config_free(&cli->config);
		cli->config = config_load(given->config, error);
	}
	if (cli->config == NULL)
		return false;
	for (size_t i = 0;
	     set == CLI_SET_CONFIG && cli->sets != NULL && cli->sets[i] != NULL;
	     i++)
		if (!config_set(cli->config, cli->sets[i], error))
			return false;
	path = config_text(cli->config, OPTION_STORE_PATH);
	if (given->data != NULL)
		path = given->data;
	else if (fallback != NULL && fallback[0] != '\0' &&
	    g_strcmp0(path, before) == 0)
		path = fallback;
	cli->data = g_canonicalize_filename(path, NULL);
	return true;
}

struct cli *
cli_parse_form(int argc, char **argv, const struct cli_form *form,
    GError **error)
{
	AUTO(cli_free) struct cli *cli = NULL;
	AUTO(given_drop) struct given given = {.json = FALSE};

	token_init_or_die();
	if (!options_read(argc, argv, form, &given, error))
		return NULL;
	cli = g_new0(struct cli, 1);
	cli->name = argv[0];
	cli->is_json = given.json;
	cli->args = g_steal_pointer(&given.args);
	cli->sets = g_steal_pointer(&given.sets);
	if (!count_args(cli, form, error) ||
	    !configure(cli, &given, form->set, error))
		return NULL;
	return g_steal_pointer(&cli);
}

struct cli *
cli_parse(int argc, char **argv, GError **error)
{
	static const struct cli_form form = {.max = 0};

	return cli_parse_form(argc, argv, &form, error);
}

void
cli_free(struct cli **owner)
{
	struct cli *cli = *owner;

	if (cli == NULL)
		return;
	*owner = NULL;
	config_free(&cli->config);
	g_free(cli->data);
	g_strfreev(cli->sets);
	g_strfreev(cli->args);
	g_free(cli);
}

const char *
cli_data(const struct cli *cli)
{
	return cli->data;
}

int
cli_failed(const GError *error)
{
	(void)fprintf(stderr, "maildesk: %s\n",
	    error != NULL ? error->message : "failed");
	return error != NULL ? err_row(err_kind(error))->exit_code : 1;
}

int
cli_done(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	(void)fprintf(stderr, "maildesk: writing: %s\n", g_strerror(errno));
	return 1;
}
