/* SPDX-License-Identifier: MIT */
/*
 * Text as the desk compares and stores it: valid UTF-8 without controls,
 * folded for comparison, cut at a character. All functions take and give
 * NUL-terminated UTF-8 unless a length is named; results are g_free'd.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/base.h"

/* Valid UTF-8 out of any bytes: invalid sequences become U+FFFD; controls
 * but LF and TAB, bidi overrides, and the noncharacters U+FDD0 to U+FDEF, go;
 * CRLF and CR become LF. R38. */
char *text_clean(const char *bytes, size_t len);
/* text_clean for one line: LF and TAB become one blank, ends trimmed. */
char *text_clean_line(const char *bytes, size_t len);

/* NFKC and full case folding: for equality and indexes, not for display. */
char *text_fold(const char *utf8);

/* An address as a key (RFC 5321 leaves the local part's case to the owner;
 * help desks fold it): local part and domain case-folded, an IDN domain in
 * its A-label form (GLib's g_hostname_to_ascii). */
char *text_fold_address(const char *address);

/* g_utf8_next_char without dropping `const`. */
static inline const char *
text_next_char(const char *p)
{
	return p + g_utf8_skip[(uint8_t)*p];
}

/* Cuts to at most `max` bytes at a code point. Returns `text`. */
char *text_cut(char *text, size_t max);

/* Is this an addr-spec that may go into an envelope: one @, no controls, no
 * NUL, no blanks outside quotes, at most 320 bytes, UTF-8? R25. */
bool text_is_address(const char *address);

/* Splits user+detail@domain at the first of `delimiters` in the local part;
 * detail_out is NULL when there is none. All outputs are g_free'd. */
bool text_split_address(const char *address, const char *delimiters,
    char **user_out, char **detail_out, char **domain_out) MUST_CHECK;

#endif
