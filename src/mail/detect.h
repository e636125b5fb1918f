/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: which charset bytes are in that nobody named, by the
 * letters of languages. It says nothing where it is not certain. Linear in a
 * bounded sample. The tables are made once; then any thread.
 */
#ifndef MAIL_DETECT_H
#define MAIL_DETECT_H

#include "base/base.h"
#include "mail/rule.h"

/* Makes the tables; needs iconv, so before the sandbox closes. */
void detect_setup(void);

/* The charset (a name of charset_rows) of bytes that are no UTF-8; NULL if
 * they may as well be windows-1252. */
const char *detect_charset(const char *bytes, size_t len);

/* As detect_charset, but only of text that is all in letters beyond ASCII:
 * bold enough to overrule a mail that says iso-8859-1. */
const char *detect_foreign(const char *bytes, size_t len);

bool detect_rules(size_t i, struct rule_table *out);

#endif
