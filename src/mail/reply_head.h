/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: the warnings that servers put above mails from
 * outside. Pure; any thread.
 */
#ifndef MAIL_REPLY_HEAD_H
#define MAIL_REPLY_HEAD_H

#include "mail/reply_line.h"
#include "mail/rule.h"

/* Takes LINE_KEPT off the first kept lines if they are such a warning. */
void head_trim(struct lines *lines);

bool head_rules(size_t i, struct rule_table *out);

#endif
