/* SPDX-License-Identifier: MIT */
/*
 * Delivery reports, RFC 3464 and the many forms before and beside it, and
 * complaints (RFC 5965): which recipients failed and why, which mail of ours
 * came back. Pure; sees hostile bytes.
 */
#ifndef MAIL_BOUNCE_H
#define MAIL_BOUNCE_H

#include "mail/field.h"
#include "mail/rule.h"
#include "model.pb-c.h"

/* Sets bounces, complaint, returned_message_id, returned_addresses. Reads
 * from, subject, text and parts, which point into `raw`. */
void bounce_read(Rec__Mail *mail, const struct fields *f, const uint8_t *raw,
    size_t len);

bool bounce_rules(size_t i, struct rule_table *out);

#endif
