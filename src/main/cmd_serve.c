/* SPDX-License-Identifier: MIT */
/*
 * maildesk serve: reads the configuration, becomes the daemon. Main thread.
 */
#include "main/cmd.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/log.h"
#include "base/token.h"
#include "main/cli.h"
#include "main/config.h"
#include "main/wire.h"

/* Sessions need descriptors: take what the system allows. */
static void
raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit); /* fewer sessions then */
}

static bool
serve(const struct cli *cli, GError **error)
{
	enum log_level level;

	if (!log_level_parse(config_text(cli->config, OPTION_LOG_LEVEL), &level,
		error))
		return false;
	log_set_level(level);
	raise_descriptors();
	(void)umask(0077);
	(void)signal(SIGPIPE, SIG_IGN);
	return wire_run(cli->config, cli_data(cli), error);
}

int
cmd_serve(int argc, char **argv)
{
	AUTO(cli_free) struct cli *cli = NULL;
	g_autoptr(GError) error = NULL;

	token_init_or_die();
	cli = cli_parse(argc, argv, &error);
	if (cli != NULL && serve(cli, &error))
		return 0;
	return cli_failed(error);
}
