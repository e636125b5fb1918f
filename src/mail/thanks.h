/* SPDX-License-Identifier: MIT */
/*
 * Is this mail nothing but a thank-you (TI-14)? Pure; any thread.
 */
#ifndef MAIL_THANKS_H
#define MAIL_THANKS_H

#include "model.pb-c.h"

/* Sets thanks. Reads reply, text, parts, so it comes last. */
void thanks_read(Rec__Mail *mail);

#endif
