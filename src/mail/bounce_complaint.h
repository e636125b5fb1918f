/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: somebody's "this is spam" about a mail of ours.
 */
#ifndef MAIL_BOUNCE_COMPLAINT_H
#define MAIL_BOUNCE_COMPLAINT_H

#include "base/base.h"
#include "model.pb-c.h"

/* Sets complaint out of a message/feedback-report (RFC 5965). */
void complaint_read(Rec__Mail *mail, const uint8_t *bytes, size_t len);

/* The complaint, made if need be. */
Rec__Complaint *complaint_of(Rec__Mail *mail);

/* What the report left open: its type, and whom the returned mail went to. */
void complaint_finish(Rec__Mail *mail, const char *returned_to);

#endif
