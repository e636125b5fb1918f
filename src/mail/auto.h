/* SPDX-License-Identifier: MIT */
/*
 * Was this mail written by a machine, and of what kind (RFC 3834, RFC 2919,
 * and what mailers do)? A table of header fields. Pure; any thread.
 */
#ifndef MAIL_AUTO_H
#define MAIL_AUTO_H

#include "mail/field.h"
#include "mail/rule.h"
#include "model.pb-c.h"

/* Sets auto_kind, list_id, spam_flag; reads from, subject and bounces, so it
 * comes after them. */
void auto_read(Rec__Mail *mail, const struct fields *f);

bool auto_rules(size_t i, struct rule_table *out);

#endif
