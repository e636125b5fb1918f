/* SPDX-License-Identifier: MIT */
/* Connects a socket and waits for it; the descriptor, or -1. */
#ifndef LMTP_LOAD_CONNECT_H
#define LMTP_LOAD_CONNECT_H

int connect_unix(const char *path);
/* "HOST:PORT"; small packets leave at once. */
int connect_tcp(const char *host_and_port);

#endif
