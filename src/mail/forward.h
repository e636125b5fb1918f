/* SPDX-License-Identifier: MIT */
/*
 * Mails that somebody passed on (IN-24): out of the text, where their header
 * block is quoted, and out of message/rfc822 parts. Any thread.
 */
#ifndef MAIL_FORWARD_H
#define MAIL_FORWARD_H

#include "model.pb-c.h"

#define FORWARDS_MAX 10

/* Sets forwards. `marked` is the text with its marks (mail/mark.h); parts,
 * which are set, point into `raw`. */
void forward_read(Rec__Mail *mail, const char *marked, const uint8_t *raw,
    size_t len);

#endif
