/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: files that stand uuencoded in a text, "begin 644 name"
 * and so on, as mail programs without MIME send them.
 */
#ifndef MAIL_UU_H
#define MAIL_UU_H

#include "mail/text.h"

/* `bytes` are the decoded content of `c`. Adds the files to the parts of
 * `mail` and returns the text without them; NULL when there are none. */
GString *uu_take(const struct text_candidate *c, Rec__Mail *mail,
    const uint8_t *bytes, size_t len);

#endif
