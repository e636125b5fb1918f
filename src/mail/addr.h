/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: address fields as records, by GMime. Groups are
 * flattened; names are decoded and cleaned.
 */
#ifndef MAIL_ADDR_H
#define MAIL_ADDR_H

#include "mail/field.h"
#include "model.pb-c.h"

/* Sets from, sender, to, cc, reply_to and the mark of a cut list. */
void addr_read(Rec__Mail *mail, const struct fields *f);

#endif
