/* SPDX-License-Identifier: MIT */
/*
 * Listening sockets: `unix:PATH` (mode 0660, a stale socket is replaced, one
 * in use is an error) or `HOST:PORT` (port 0: the kernel chooses), several by
 * comma. At EMFILE the listener rests 200 ms instead of spinning. Owner: loop.
 */
#ifndef NET_LISTEN_H
#define NET_LISTEN_H

#include "base/base.h"

struct loop;
struct listen;

/* Gives the accepted descriptor (non-blocking, close-on-exec) away; `peer` is
 * "unix:" or a numeric address, valid during the call. */
typedef void listen_fn(int fd, const char *peer, void *arg);

/* Binds all of `addresses`; relative unix paths are under `base_dir`.
 * Errors name the address that failed and why. */
struct listen *listen_open(struct loop *loop, const char *addresses,
    const char *base_dir, listen_fn *fn, void *arg, GError **error) MUST_CHECK;
/* Accepts nothing more; connections go on. Unix sockets are unlinked. */
void listen_close(struct listen **listen);
/* The addresses really bound (ports resolved), by comma; g_free. */
char *listen_addresses(const struct listen *listen);

#endif
