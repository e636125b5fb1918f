/* SPDX-License-Identifier: MIT */
/*
 * Private to mail/charset: questions about bytes that may be UTF-8. Pure,
 * linear; any thread.
 */
#ifndef MAIL_UTF8_H
#define MAIL_UTF8_H

#include "base/base.h"

/* Not valid, but UTF-8 that was cut or damaged or has something else in it,
 * rather than another charset? */
bool utf8_is_damaged(const char *bytes, size_t len);

/* Such a text with the bytes between that are windows-1252 (a footer, a quoted
 * mail that was not converted) made UTF-8; what was cut stays as it is. */
GString *utf8_mend(const char *bytes, size_t len);

/* Two characters of three bytes at least, in valid UTF-8? */
bool utf8_has_wide(const char *bytes, size_t len);

/* UTF-8 that was taken for windows-1252 and encoded once more ("Ã¼" for "ü"):
 * what it was before, if all of the text says so, twice at least; else NULL. */
GString *utf8_undouble(const char *bytes, size_t len);

/* Characters beyond U+FFFF that were written as two surrogates of three bytes
 * each (CESU-8, as Java and Oracle do) made one; NULL: there are none. */
GString *utf8_join_pairs(const char *bytes, size_t len);

#endif
