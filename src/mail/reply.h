/* SPDX-License-Identifier: MIT */
/*
 * What somebody wrote new in an answer: the text without quoted history and
 * signature. Pure and linear (R40). Any thread.
 */
#ifndef MAIL_REPLY_H
#define MAIL_REPLY_H

#include "base/base.h"
#include "mail/rule.h"

/* g_free the result; never NULL. `text` is clean UTF-8 with LF. */
char *reply_of(const char *text);

bool reply_rules(size_t i, struct rule_table *out);

#endif
