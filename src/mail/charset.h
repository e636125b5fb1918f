/* SPDX-License-Identifier: MIT */
/*
 * Charsets of mail to UTF-8. One table of what we decode; the handles are
 * opened once and kept, because glibc loads charset modules by open(), which
 * the sandbox forbids (R32). One thread per process decodes.
 */
#ifndef MAIL_CHARSET_H
#define MAIL_CHARSET_H

#include "base/base.h"

/* Opens all handles. Once, before the sandbox closes. */
void charset_setup(void);

/* Any bytes to clean UTF-8 (text_clean). An unknown or absent charset means
 * UTF-8 if the bytes are that, else windows-1252. *bad_out is set, never
 * cleared, when bytes did not fit their charset. g_free the result. */
char *charset_decode(const char *charset, const char *bytes, size_t len,
    bool *bad_out);

/* The i-th name of the table, NULL behind the last: for tests. */
const char *charset_name(size_t i);
/* Is a decoder of that name at hand? */
bool charset_is_known(const char *charset);

#endif
