/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: is a mail a delivery report at all? Answered by header
 * fields alone, so that an ordinary mail costs next to nothing. Pure.
 */
#ifndef MAIL_BOUNCE_SIGN_H
#define MAIL_BOUNCE_SIGN_H

#include "mail/field.h"
#include "mail/rule.h"
#include "model.pb-c.h"

enum sign {
	SIGN_NONE,
	SIGN_WEAK,      /* a report if its text names recipient and reason */
	SIGN_LIKELY,    /* a report if its text speaks of delivery */
	SIGN_SURE,      /* of delivery: by its type or a field */
	SIGN_COMPLAINT, /* about a mail of ours, RFC 5965 or its like */
	SIGN_JSON       /* a notice of Amazon SES */
};

enum sign sign_read(const Rec__Mail *mail, const struct fields *f);

extern const struct rule_table sign_table;

#endif
