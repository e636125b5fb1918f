/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: what the structure of HTML knows and plain text cannot
 * say, carried inside the text from mail/html to mail/reply: noncharacters of
 * Unicode, which no foreign text keeps (mail/html drops them, text_clean the
 * rest) and which mark_strip takes out before the text is stored.
 */
#ifndef MAIL_MARK_H
#define MAIL_MARK_H

#include "base/base.h"

/* Each stands at the start of a line and takes three bytes. */
#define MARK_HISTORY   "\xEF\xB7\x90" /* U+FDD0: a quoted mail begins */
#define MARK_SIGNATURE "\xEF\xB7\x91" /* U+FDD1: a signature begins */
#define MARK_FORWARD   "\xEF\xB7\x92" /* U+FDD2: a forwarded mail begins */
#define MARK_END       "\xEF\xB7\x93" /* U+FDD3: the innermost of them ends */
#define MARK_LEN       3

/* Is one of the four at `text`, which has at least one byte? */
bool mark_is(const char *text);

/* Takes all marks out, in place. Returns `text`. */
char *mark_strip(char *text);

#endif
