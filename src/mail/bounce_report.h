/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: the fields of RFC 3464 about each recipient, wherever
 * they stand: in a message/delivery-status part or in plain text.
 */
#ifndef MAIL_BOUNCE_REPORT_H
#define MAIL_BOUNCE_REPORT_H

#include "base/base.h"
#include "model.pb-c.h"

/* Adds each recipient that has a field in `text` (UTF-8, NUL-terminated). */
void report_read(Rec__Mail *mail, const char *text);

#endif
