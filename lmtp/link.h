/* SPDX-License-Identifier: MIT */
/*
 * A session and its connection: bytes in, replies out in one write a piece,
 * no reading during COMMIT. Owner: loop.
 */
#ifndef LMTP_LINK_H
#define LMTP_LINK_H

#include "base/base.h"

struct door;
struct link;
struct loop;

struct link_options {
	struct loop *loop;
	struct door *door;
	const char *peer; /* as the listener names it */
	void (*ended)(struct link *link, void *arg); /* free it there */
	void *arg;
};

/* Takes `fd` and greets. */
struct link *link_new(int fd, const struct link_options *options);
/* Drops the connection. A mail in COMMIT goes its way unanswered. */
void link_free(struct link **link);
const char *link_peer(const struct link *link);
/* The place in the server's list; its data is the link. */
GList *link_node(struct link *link);
void link_tick(struct link *link, int64_t now_us);
void link_drain(struct link *link);

#endif
