/* SPDX-License-Identifier: MIT */
/*
 * Delivery reports (RFC 3464): which recipients failed, and which mail came
 * back. Pure; sees hostile bytes.
 */
#ifndef MAIL_BOUNCE_H
#define MAIL_BOUNCE_H

#include "mail/field.h"
#include "model.pb-c.h"

/* Appends a Bounce for each recipient group of a message/delivery-status
 * body (decoded). */
void bounce_read_status(Rec__Mail *mail, const uint8_t *body, size_t len);

/* The Message-ID of the returned mail or its header. */
void bounce_read_returned(Rec__Mail *mail, const uint8_t *body, size_t len);

/* X-Failed-Recipients, when there was no report. */
void bounce_read_header(Rec__Mail *mail, const struct fields *f);

#endif
