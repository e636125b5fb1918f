/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: what the words of a delivery report mean. Status codes
 * of RFC 3463, reply codes of SMTP, and phrases of many mailers in many
 * languages (bounce_reason.def). Pure and linear.
 */
#ifndef MAIL_BOUNCE_REASON_H
#define MAIL_BOUNCE_REASON_H

#include "mail/rule.h"

/* How a status was found, the surer the higher. */
enum reason_source { REASON_NONE, REASON_PHRASE, REASON_CODE, REASON_STATUS };

#define STATUS_SIZE 12 /* of "5.123.123", with its end */

/* A plain value. */
struct reason {
	enum reason_source source;
	char status[STATUS_SIZE]; /* "" when `source` is none */
};

/* What `words` say; empty when they name no reason. */
struct reason reason_read(const char *words);

/* Failed for good, and the address is to blame: a mailbox or a domain that is
 * not there. `words` may be NULL and outweigh the status. */
bool reason_is_hard(const char *status, const char *words);

/* "5.0.0" and its like, which say no more than the class. */
bool status_is_vague(const char *status);

/* Is that three numbers of RFC 3463? */
bool status_is_valid(const char *status);

/* ASCII letters to lower case, all else as it is, so that offsets stay. */
char *words_lower(const char *text);

/* All letters to lower case: for finding words, not places. */
char *words_fold(const char *text);

extern const struct rule_table reason_table;

#endif
