/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: which fields of a header the site's own servers wrote.
 * Each server puts its Received line above what it got, so what stands above
 * the first Received of somebody else was written here. The topmost Received
 * is ours: Postfix's. Further ones are ours while they are `by` the same
 * host, a host of the same domain, or localhost (content filters).
 *
 * Without a public suffix list, hosts are of the same domain when one is, or
 * is below, what remains of the other without its first label; that must be
 * two labels, or three where it looks like "co.uk". Where we are wrong, fewer
 * fields count.
 *
 * Whoever writes to us can write Received lines that look like ours, and
 * where nobody else's is, all of the header counts. So the fields found here
 * prove nothing unless the mail server takes forged ones out (RFC 8601, 5).
 */
#ifndef MAIL_TRACE_H
#define MAIL_TRACE_H

#include "mail/field.h"

/* How many of the first fields are the site's: the index of the first foreign
 * Received; all of them where there is none. Pure, linear. */
size_t trace_own(const struct fields *f);

#endif
