/* SPDX-License-Identifier: MIT */
/* Connecting to what net/listen bound; blocking sockets. Main thread. */
#ifndef MAIN_CONNECT_H
#define MAIN_CONNECT_H

#include "base/base.h"
#include "base/err.h"

/* To a socket of any length of path; -1 and errno. */
int connect_unix(const char *path);
/* To "unix:PATH" (relative: under `base_dir`), "HOST:PORT", "[V6]:PORT"; of
 * several by comma the first that answers. -1 and an error. */
int connect_any(const char *addresses, const char *base_dir, GError **error)
    MUST_CHECK;

#endif
