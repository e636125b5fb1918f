/* SPDX-License-Identifier: MIT */
/*
 * Is this mail nothing but a thank-you (TI-14)? Pure; any thread.
 */
#ifndef MAIL_THANKS_H
#define MAIL_THANKS_H

#include "mail/rule.h"
#include "model.pb-c.h"

/* Sets thanks, if it is. Reads reply, text, parts, from, auto_kind and
 * forwards, so it comes last. */
void thanks_read(Rec__Mail *mail);

bool thanks_rules(size_t i, struct rule_table *out);

#endif
