/* SPDX-License-Identifier: MIT */
/*
 * The sub-commands, one function each, in cmd_<name>.c. They take what is
 * left of the command line (argv[0] is the sub-command's name) and return the
 * exit code: 0, 1 failed, 2 usage, 75 try again.
 */
#ifndef MAIN_CMD_H
#define MAIN_CMD_H

int cmd_parse(int argc, char **argv);

#endif
