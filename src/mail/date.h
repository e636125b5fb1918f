/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: dates as mailers write them, of the Date field and of
 * the header block of a forwarded mail. Pure; any thread, any process.
 */
#ifndef MAIL_DATE_H
#define MAIL_DATE_H

#include "base/base.h"

/* A date and time to epoch microseconds: RFC 5322 with all it calls obsolete,
 * ISO 8601, asctime, month names of a dozen languages, numbers where their
 * order is plain. Without a zone it is UTC. False for what is no date, or may
 * be two ("03/04/2005"; "AM" behind it says that Americans wrote it). At most
 * 200 bytes are read. */
bool date_parse(const char *text, int64_t *at_us_out) MUST_CHECK;

#endif
