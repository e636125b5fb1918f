/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: delivery reports in prose, as MTAs write them beside
 * or instead of RFC 3464. Pure; linear in a bounded text.
 */
#ifndef MAIL_BOUNCE_TEXT_H
#define MAIL_BOUNCE_TEXT_H

#include "mail/rule.h"
#include "model.pb-c.h"

/* Adds the recipients that `text` names and what it says about those that
 * are known already. `text` ends before the returned mail. True if it surely
 * says of somebody that he did not get the mail. */
bool prose_read(Rec__Mail *mail, const char *text);

/* Adds the first address in `text` that may be a recipient's: where nothing
 * better is known. */
void prose_guess(Rec__Mail *mail, const char *text);

/* Where the returned mail or its header begins in `text`; its end if it
 * holds none. */
size_t prose_end(const char *text);

/* The action that a subject or a text tells; NULL if it tells none, which
 * mostly means that the mail failed. */
const char *prose_action(const char *text);

/* Does it speak of delivery at all? */
bool prose_speaks(const char *text);

bool prose_rules(size_t i, struct rule_table *out);

#endif
