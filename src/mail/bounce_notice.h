/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: the JSON notices of Amazon SES, which tell of bounces,
 * complaints and deliveries by mail.
 */
#ifndef MAIL_BOUNCE_NOTICE_H
#define MAIL_BOUNCE_NOTICE_H

#include "base/base.h"
#include "model.pb-c.h"

/* `text` begins with a JSON object, or is passed over. */
void notice_read(Rec__Mail *mail, const char *text);

#endif
