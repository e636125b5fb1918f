/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: what an invitation says, in a few lines for people:
 * iCalendar (RFC 5545, RFC 5546) by libical. Times are told as they stand,
 * with the name of their zone: nothing is computed, no zone file is read.
 */
#ifndef MAIL_CALENDAR_H
#define MAIL_CALENDAR_H

#include "mail/rule.h"

#define CALENDAR_MAX ((size_t)128 * 1024) /* bytes that are read */

/* Before the sandbox closes. */
void calendar_setup(void);

/* `text` is clean UTF-8. With `description`, that of the first event follows.
 * Clean UTF-8; NULL when there is no event. g_free the result. */
char *calendar_tell(const char *text, bool description);

bool calendar_rules(size_t i, struct rule_table *out);

#endif
