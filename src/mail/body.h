/* SPDX-License-Identifier: MIT */
/* Private to src/mail: one text part as text. */
#ifndef MAIL_BODY_H
#define MAIL_BODY_H

#include "mail/text.h"

/* Clean UTF-8 with the marks of mail/mark.h, at most MAIL_TEXT_MAX bytes,
 * never NULL. Marks a cut or badly encoded text, and a signed one, in `mail`,
 * and adds the uuencoded files in it. */
char *body_read(const struct text_candidate *c, Rec__Mail *mail);

/* What a calendar candidate says, in a few lines, and at length when it is
 * `alone`; NULL if nothing. */
char *body_read_calendar(const struct text_candidate *c, Rec__Mail *mail,
    bool alone);

/* Bytes that a reader of HTML sees, as a quick look tells. */
size_t body_visible(const struct text_candidate *c);

#endif
