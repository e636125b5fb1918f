/* SPDX-License-Identifier: MIT */
/*
 * From the first byte of a mail to the answer of its last recipient: bytes
 * into the body, the body to the sink, the sink's outcome to the peer. The
 * one place that logs a mail. Owner: loop.
 */
#ifndef LMTP_DELIVER_H
#define LMTP_DELIVER_H

#include "base/base.h"

struct session;

/* Takes bytes in state DATA; returns how many were of this mail. */
size_t deliver_feed(struct session *session, const uint8_t *bytes, size_t len);

#endif
