/* SPDX-License-Identifier: MIT */
/*
 * maildesk's entry: finds the sub-command in the table below and runs it.
 * Nothing else happens here; each command reads its own options (cli.h).
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "mail/process.h"
#include "main/cmd.h"
#include "main/config.h"

#define EXIT_USAGE 2

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help; /* NULL: for ourselves, not listed */
};

static int cmd_help(int argc, char **argv);
static int cmd_version(int argc, char **argv);
static int cmd_mail_process(int argc, char **argv);

static const struct command commands[] = {
    {"init",         cmd_init,         "make a new desk in --data DIR"                },
    {"serve",        cmd_serve,        "run the desk, in the foreground"              },
    {"list",         cmd_list,         "RESOURCE [FILTER=VALUE...]: what there is"    },
    {"show",         cmd_show,         "RESOURCE ID: one of them, with all it says"   },
    {"add",          cmd_add,          "RESOURCE FIELD=VALUE...: make one"            },
    {"set",          cmd_set,          "RESOURCE ID FIELD=VALUE...: change one"       },
    {"rm",	   cmd_rm,           "RESOURCE ID: remove one"                      },
    {"do",	   cmd_do,           "ACTION RESOURCE [ID] [FIELD=VALUE...]"        },
    {"settings",     cmd_settings,     "list, get KEY, set KEY VALUE, reset KEY"      },
    {"parse",        cmd_parse,        "< MAIL: what we read in a mail, as JSON"      },
    {"explain",      cmd_explain,      "< MAIL: where a mail would go, and why"       },
    {"deliver",      cmd_deliver,      "--to ADDR < MAIL: hand a mail to the desk"    },
    {"export",       cmd_export,       "everything as JSON lines; --eml DIR the mails"},
    {"import",       cmd_import,       "customers [FILE]: a table (CSV); --dry-run"   },
    {"backup",       cmd_backup,       "FILE: a copy of the store, while it runs"     },
    {"restore",      cmd_restore,      "FILE: make the store from a copy"             },
    {"check",        cmd_check,        "verify the whole store"                       },
    {"compact",      cmd_compact,      "give unused room back to the disk"            },
    {"doctor",       cmd_doctor,       "look for what is set up wrongly"              },
    {"keys",         cmd_keys,         "rotate: a new key for reply addresses"        },
    {"version",      cmd_version,      "print the version"                            },
    {"help",         cmd_help,         "this list; `help config` all options of serve"},
    {"mail-process", cmd_mail_process, NULL					   },
    {"check-child",  cmd_check_child,  NULL					   },
    {"--help",       cmd_help,         NULL					   },
    {"-h",	   cmd_help,         NULL					   },
    {"--version",    cmd_version,      NULL					   },
};

static int
cmd_help(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "config") == 0) {
		g_autofree char *example = config_example();

		(void)fputs(example, stdout);
		return 0;
	}
	printf("usage: maildesk COMMAND [--data DIR] [--json] ...\n\n");
	for (size_t i = 0; i < COUNT(commands); i++)
		if (commands[i].help != NULL)
			printf("  %-9s %s\n", commands[i].name,
			    commands[i].help);
	printf("\nOptions of a command: maildesk COMMAND --help\n");
	return 0;
}

static int
cmd_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("maildesk %s\n", MAILDESK_VERSION);
	return 0;
}

static int
cmd_mail_process(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return mail_process_main();
}

int
main(int argc, char **argv)
{
	if (argc < 2) {
		(void)fprintf(stderr,
		    "maildesk: what shall I do? See: "
		    "maildesk help\n");
		return EXIT_USAGE;
	}
	(void)signal(SIGPIPE, SIG_IGN); /* writes say EPIPE instead */
	for (size_t i = 0; i < COUNT(commands); i++)
		if (strcmp(commands[i].name, argv[1]) == 0)
			return commands[i].run(argc - 1, argv + 1);
	(void)fprintf(stderr,
	    "maildesk: there is no command %s; see: "
	    "maildesk help\n",
	    argv[1]);
	return EXIT_USAGE;
}
