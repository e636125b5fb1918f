/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: text in header fields. Encoded words (RFC 2047) as
 * real mailers write them, raw bytes beyond ASCII, and the parameters of
 * Content-Type and Content-Disposition (RFC 2231). All of it is linear in
 * the bytes given; results are clean lines (text_clean_line), g_free'd.
 * One thread per process, as charset.h says.
 */
#ifndef MAIL_WORD_H
#define MAIL_WORD_H

#include "base/base.h"

/* An encoded word in its field; borrowed. */
struct word {
	const char *charset; /* without the language */
	size_t charset_len;
	char encoding; /* 'q' or 'b' */
	const char *text;
	size_t text_len;
	size_t len; /* of the whole */
};

/* Does an encoded word start at `text`? One without its "?=" ends where the
 * next begins, or at a blank. */
bool word_find(const char *text, size_t len, struct word *out);

/* A field's text, folded or not. `charset` is what raw bytes are in that are
 * no UTF-8; NULL: find out. */
char *word_decode(const char *text, size_t len, const char *charset);

/* The parameter `name` of the raw value of a Content-Type or
 * Content-Disposition field, of whichever of the many ways to write it;
 * of several the first, one of RFC 2231's before a plain one. NULL if it is
 * not there. At most 128 KiB of the value are read. */
char *word_parameter(const char *value, const char *name);

#endif
