/* SPDX-License-Identifier: MIT */
/*
 * Charsets of mail to UTF-8. One table of what we decode (charset_table.c);
 * the handles are opened once and kept, because glibc loads charset modules
 * by open(), which the sandbox forbids (R32). One thread per process decodes.
 */
#ifndef MAIL_CHARSET_H
#define MAIL_CHARSET_H

#include "base/base.h"
#include "mail/rule.h"

/* Opens all handles. Once, before the sandbox closes. */
void charset_setup(void);

/* Any bytes to clean UTF-8 (text_clean). `label` is what the mail says, with
 * whatever stands around it, or NULL. What it says is believed unless the
 * bytes disprove it: UTF-8 under another name, one of ISO 2022's escapes, a
 * byte order mark, another alphabet. An unknown or absent label means UTF-8
 * if the bytes are that, else what they are for certain, else windows-1252.
 * *bad_out is set, never cleared, when bytes did not fit what was said.
 * g_free the result. */
char *charset_decode(const char *label, const char *bytes, size_t len,
    bool *bad_out);

/* The name of the charset a label means: the same pointer for all labels of
 * one charset, NULL for what we do not know. */
const char *charset_canonical(const char *label);

/* Bytes below 0x80 only? */
bool charset_is_ascii(const char *bytes, size_t len);

/* The i-th name of the table, NULL behind the last: for tests. */
const char *charset_name(size_t i);
/* Is a decoder of that name at hand? */
bool charset_is_known(const char *charset);

bool charset_rules(size_t i, struct rule_table *out);

#endif
