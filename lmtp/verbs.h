/* SPDX-License-Identifier: MIT */
/* The commands of LMTP: one table of verbs, the states they are legal in and
 * what they do. Owner: loop. */
#ifndef LMTP_VERBS_H
#define LMTP_VERBS_H

#include "base/base.h"

struct session;

/* Runs one line, which ends in LF and is `len` long. */
void verbs_run(struct session *session, const char *line, size_t len);

#endif
