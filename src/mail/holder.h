/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: parts that hold parts in a format of their own, and no
 * MIME: winmail.dat and S/MIME. What is found becomes parts `inside` the one
 * that holds it, and candidates for the text.
 */
#ifndef MAIL_HOLDER_H
#define MAIL_HOLDER_H

#include "mail/entity.h"
#include "mail/text.h"

/* `part` is the last of `mail`, a range of `raw`, and `e` its header. Does
 * nothing when it is no holder. One in which something was found is itself no
 * attachment any more. */
void holder_open(struct text_candidates *texts, Rec__Mail *mail,
    Rec__Part *part, const struct entity *e, const uint8_t *raw);

bool holder_rules(size_t i, struct rule_table *out);

#endif
