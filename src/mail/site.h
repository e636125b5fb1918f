/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: what the servers and filters of the site say of a mail
 * (IN-21, IN-33), out of the fields that mail/trace takes for theirs.
 */
#ifndef MAIL_SITE_H
#define MAIL_SITE_H

#include "mail/field.h"
#include "model.pb-c.h"

#define SITE_FIELDS_MAX 8
#define SITE_VALUE_MAX  80 /* bytes */

/* Sets claims and site_fields. */
void site_read(Rec__Mail *mail, const struct fields *f);

#endif
