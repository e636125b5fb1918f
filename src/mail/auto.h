/* SPDX-License-Identifier: MIT */
/*
 * Was this mail written by a machine, and of what kind (RFC 3834, RFC 2919,
 * and what mailers do)? auto_because says which rule decided, in words for
 * admins. Pure; any thread.
 */
#ifndef MAIL_AUTO_H
#define MAIL_AUTO_H

#include "mail/field.h"
#include "mail/rule.h"
#include "model.pb-c.h"

/* Sets auto_kind, auto_because, list_id, list_post. Reads from, reply_to,
 * subject, bounces, complaint and parts, which point into `raw`, so it comes
 * after them. */
void auto_read(Rec__Mail *mail, const struct fields *f, const uint8_t *raw);

bool auto_rules(size_t i, struct rule_table *out);

#endif
