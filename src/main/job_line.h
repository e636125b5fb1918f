/* SPDX-License-Identifier: MIT */
/* What a command says of the long job that it began. Main thread. */
#ifndef MAIN_JOB_LINE_H
#define MAIN_JOB_LINE_H

#include "base/base.h"
#include "base/err.h"

struct client;

/* "job 12: moves the tickets of customer 5: running, 400 of 1,000; see: …" on
 * standard output. ERR_CONFLICT with its sentence if it has failed already. */
bool job_line_print(struct client *client, const char *id, const char *about,
    GError **error) MUST_CHECK;

#endif
