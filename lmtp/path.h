/* SPDX-License-Identifier: MIT */
/*
 * Paths of MAIL and RCPT (RFC 5321, 4.1.2): `<local@domain>` with atoms or a
 * quoted local part, UTF-8 (RFC 6531), address literals; a source route is
 * read and ignored. Lenient where a refusal would only bounce somebody's mail
 * (dots in a row, long local parts), strict about what could hurt: controls,
 * blanks outside quotes, more than 320 bytes. R25. Any thread.
 */
#ifndef LMTP_PATH_H
#define LMTP_PATH_H

#include "base/base.h"

#define PATH_MAX_LEN 320

/* Reads the path at `*text` and moves `*text` behind its '>' (there is a
 * blank or the end then). `address_out` gets the address as given, without
 * brackets and route; "" for the null path; g_free. ERR_USAGE otherwise. A
 * local part alone is taken only as `<postmaster>`. */
bool path_parse(const char **text, char **address_out, GError **error)
    MUST_CHECK;

/* UTF-8 without controls, also those above ASCII? */
bool path_is_clean(const char *text, size_t len);

#endif
