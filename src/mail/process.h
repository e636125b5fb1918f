/* SPDX-License-Identifier: MIT */
/*
 * A mail process: a child of ours (posix_spawn of /proc/self/exe with the
 * hidden sub-command `mail-process`) that parses mails inside a sandbox:
 * no network, no files, no fork, limits per mail. One thread owns one process
 * and waits for it (THREAD_MAIL). It is started at first use, restarted after
 * a death, retired after 10,000 mails or 64 MiB of growth. A mail that ends
 * or overruns a process is tried once more in a fresh one of its own; then it
 * is unreadable.
 */
#ifndef MAIL_PROCESS_H
#define MAIL_PROCESS_H

#include "base/base.h"
#include "model.pb-c.h"

struct mail_process_options {
	unsigned wall_ms;  /* per mail: default 10,000 */
	unsigned cpu_s;    /* per mail: default 5 */
	bool background;   /* first tries run when nobody else wants to */
	size_t memory_max; /* RLIMIT_AS: default 256 MiB; 0 under sanitizers */
	const char *program; /* default /proc/self/exe */
};

struct mail_process;

struct mail_process *mail_process_new(const struct mail_process_options *o);
/* Ends the child (EOF, then SIGKILL after a second). */
void mail_process_free(struct mail_process **process);

/* The record Mail, packed as the child gave it, and unpacked. */
struct mail_result {
	GBytes *packed;
	Rec__Mail *mail;
};
void mail_result_drop(struct mail_result *result);

/* Reads these bytes. A mail over prescan's limits never reaches the child.
 * Fails (ERR_TEMP) only when no child can be started; a mail that kills twice
 * succeeds, with `unreadable` set. */
bool mail_process_parse(struct mail_process *process, const uint8_t *raw,
    size_t len, struct mail_result *out, GError **error) MUST_CHECK;

/* What the sub-command runs: setup, sandbox, requests on descriptor 3 until
 * EOF. Returns the exit code. */
int mail_process_main(void);

#endif
