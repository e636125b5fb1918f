/* SPDX-License-Identifier: MIT */
/*
 * What all sub-commands share: their command line. Every one takes --data
 * DIR, -c FILE, --set and --json; options may stand anywhere. The data
 * directory is --data's, else the configuration's (where -c or --set names
 * one), else $MAILDESK_DATA, else the default of store.path.
 */
#ifndef MAIN_CLI_H
#define MAIN_CLI_H

#include "base/base.h"
#include "base/err.h"

struct config;

struct cli {
	const char *name;      /* the sub-command, argv[0] */
	struct config *config; /* owned */
	char *data;            /* owned */
	char **sets;           /* each --set as given; owned, may be NULL */
	bool is_json;
	char **args;  /* what is no option, NULL at the end; owned */
	size_t count; /* of args */
};

/* --set is GROUP.KEY=VALUE of the configuration. */
struct cli *cli_parse(int argc, char **argv, GError **error) MUST_CHECK;
/* With options of the sub-command's own (GOptionEntry, NULL: none), and the
 * words its usage shows for the arguments. CLI_SET_KEPT: --set is not the
 * configuration's but the sub-command's. */
enum cli_set { CLI_SET_CONFIG, CLI_SET_KEPT };
struct cli_form {
	const char *usage;
	const void *entries;
	enum cli_set set;
	size_t min, max; /* arguments */
};
struct cli *cli_parse_form(int argc, char **argv, const struct cli_form *form,
    GError **error) MUST_CHECK;
void cli_free(struct cli **owner);
const char *cli_data(const struct cli *cli);

/* Says why on standard error; the exit code. */
int cli_failed(const GError *error);
/* Standard output, flushed and checked: 0, or says what went wrong. */
int cli_done(void);

#endif
