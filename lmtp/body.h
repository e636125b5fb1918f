/* SPDX-License-Identifier: MIT */
/*
 * Where the bytes of one mail wait for its end: a buffer up to memory_max,
 * above that a spool file that has no name any more, so that a crash leaves
 * nothing behind. Too many bytes, or no room for them, do not stop the
 * reading: the rest is counted and dropped, and the end says what happened.
 * Owner: loop.
 */
#ifndef LMTP_BODY_H
#define LMTP_BODY_H

#include "base/base.h"
#include "intake/delivery.h"

struct body {
	const char *spool_dir; /* borrowed */
	size_t memory_max;
	size_t size_max;
	GByteArray *memory; /* NULL: nothing kept */
	int fd;             /* -1: no spool file yet */
	size_t len;         /* bytes seen, kept or not */
	bool no_room;       /* the spool file, or the door, could not take it */
};

/* `expected` is what SIZE announced; 0 if nothing. */
void body_init(struct body *body, const char *spool_dir, size_t memory_max,
    size_t size_max, size_t expected);
void body_drop(struct body *body);
void body_append(struct body *body, const uint8_t *bytes, size_t len);
/* Drops what is kept; body_finish says ERR_FULL. */
void body_refuse(struct body *body);
/* Bytes kept, in memory or in the file. */
size_t body_held(const struct body *body);
/* Moves the bytes into the delivery. ERR_TOO_BIG or ERR_FULL, then they are
 * gone. Dropped in either case. */
bool body_finish(struct body *body, struct delivery *delivery, GError **error)
    MUST_CHECK;

/* Makes the directory if need be and removes what a crash left there between
 * making a spool file and unlinking it. */
bool body_sweep(const char *spool_dir, GError **error) MUST_CHECK;

#endif
