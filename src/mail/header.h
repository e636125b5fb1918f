/* SPDX-License-Identifier: MIT */
/*
 * The header of a mail: what its fields say, decoded and cleaned. Decisions
 * are made on our own list of fields, never on merged ones (R35).
 */
#ifndef MAIL_HEADER_H
#define MAIL_HEADER_H

#include "mail/field.h"
#include "model.pb-c.h"

/* Sets addresses, subject, date, ids, marks of odd fields, traces. */
void header_read(Rec__Mail *mail, const struct fields *f);

#endif
