/* SPDX-License-Identifier: MIT */
/*
 * What all sessions of a server share: limits, the sink, and the budget of
 * bytes in flight. Counted by reference, because a session whose mail is
 * still being committed may outlive its connection and even the server.
 * Owner: loop.
 */
#ifndef LMTP_DOOR_H
#define LMTP_DOOR_H

#include "lmtp/server.h"

struct door {
	struct lmtp_options options; /* its strings are the door's own */
	struct lmtp_sink sink;
	size_t in_flight;      /* bytes received and not yet answered */
	uint64_t last_session; /* number of the newest session */
};

struct door *door_new(const struct lmtp_options *options,
    const struct lmtp_sink *sink);
struct door *door_ref(struct door *door);
void door_unref(struct door **door);

/* A session holds `now` bytes instead of `before`. */
void door_account(struct door *door, size_t before, size_t now);
/* Would a mail of `size` bytes (0: unknown) fit? ERR_FULL from our own
 * budget, or what the sink says. One mail always fits when nothing is in
 * flight. */
bool door_has_room(const struct door *door, size_t size, GError **error)
    MUST_CHECK;
/* Is more in flight than may be, and not by the one that holds `own` bytes
 * alone? */
bool door_is_over(const struct door *door, size_t own);
/* May this peer speak XFORWARD? */
bool door_trusts(const struct door *door, const char *peer);

#endif
