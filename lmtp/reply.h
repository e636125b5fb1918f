/* SPDX-License-Identifier: MIT */
/*
 * Replies: code, enhanced code (RFC 2034, on all but greeting, LHLO and 354)
 * and words, appended to the session's `out`. Errors are translated by their
 * row of base/err.def; their sentences go to the log, never to the peer.
 * Owner: loop.
 */
#ifndef LMTP_REPLY_H
#define LMTP_REPLY_H

#include "base/err.h"
#include "lmtp/session.h"

/* reply(s, "250 2.1.0", "sender ok"): one line; what is no printable ASCII
 * in the words becomes '?', and they are clipped to 400 bytes. */
void reply(struct session *session, const char *code, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* For a command that is wrong: counted; the last one allowed closes. */
void reply_bad(struct session *session, const char *code, const char *words);
void reply_error(struct session *session, enum err_kind kind);
void reply_greeting(struct session *session);
void reply_lhlo(struct session *session);

#endif
