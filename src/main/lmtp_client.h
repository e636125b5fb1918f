/* SPDX-License-Identifier: MIT */
/* Hands one mail over by LMTP (RFC 2033); blocking, with time limits. Main
 * thread. */
#ifndef MAIN_LMTP_CLIENT_H
#define MAIN_LMTP_CLIENT_H

#include "base/base.h"
#include "base/err.h"

struct lmtp_mail {
	const char *sender;      /* "" is the null sender */
	char *const *recipients; /* NULL at the end; checked addresses */
	const GByteArray *bytes; /* lines end with CRLF */
};

/* Takes a connected socket. One reply ("250 2.0.0 …", in `replies_out`) per
 * recipient, of RCPT if that was refused. False if the conversation broke:
 * ERR_TEMP, or ERR_DENIED after a 5xx to another command. */
bool lmtp_send(int fd, const struct lmtp_mail *mail, GPtrArray *replies_out,
    GError **error) MUST_CHECK;

#endif
