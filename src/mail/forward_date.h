/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: dates as programs write them above quoted mails, in
 * their languages. Pure; any thread.
 */
#ifndef MAIL_FORWARD_DATE_H
#define MAIL_FORWARD_DATE_H

#include "base/base.h"

/* The time that a text names, in microseconds; one without a zone is taken as
 * UTC. False if day, month or year are not certain. */
bool forward_date(const char *text, size_t len, int64_t *at_out) MUST_CHECK;

#endif
