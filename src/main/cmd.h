/* SPDX-License-Identifier: MIT */
/*
 * The sub-commands, one function each, in cmd_<name>.c. They take what is
 * left of the command line (argv[0] is the sub-command's name) and return the
 * exit code: 0, 1 failed, 2 usage, 75 try again.
 */
#ifndef MAIN_CMD_H
#define MAIN_CMD_H

int cmd_serve(int argc, char **argv);
int cmd_init(int argc, char **argv);
int cmd_parse(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_deliver(int argc, char **argv);

/* cmd_resource.c */
int cmd_list(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_add(int argc, char **argv);
int cmd_set(int argc, char **argv);
int cmd_rm(int argc, char **argv);
int cmd_do(int argc, char **argv);
int cmd_settings(int argc, char **argv);

int cmd_export(int argc, char **argv);
int cmd_import(int argc, char **argv);

/* cmd_store.c */
int cmd_check(int argc, char **argv);
int cmd_check_child(int argc, char **argv);
int cmd_backup(int argc, char **argv);
int cmd_restore(int argc, char **argv);
int cmd_compact(int argc, char **argv);

int cmd_keys(int argc, char **argv);
int cmd_doctor(int argc, char **argv);

#endif
