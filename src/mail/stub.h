/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: plain texts that only say that there is an HTML one.
 */
#ifndef MAIL_STUB_H
#define MAIL_STUB_H

#include "mail/rule.h"

/* Is `plain` (clean UTF-8) empty, a link, or a note that the mail is to be
 * read elsewhere? */
bool stub_is(const char *plain);

/* Words of a text; a link is none. */
size_t stub_words(const char *text);
/* Those of them that do not stand in `whole`. */
size_t stub_words_missing(const char *text, const char *whole);

bool stub_rules(size_t i, struct rule_table *out);

#endif
