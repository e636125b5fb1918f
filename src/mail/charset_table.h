/* SPDX-License-Identifier: MIT */
/*
 * Private to mail/charset: what we decode, and by which names mailers call
 * it. A new charset or label is a row of charset_table.c and nothing else.
 */
#ifndef MAIL_CHARSET_TABLE_H
#define MAIL_CHARSET_TABLE_H

#include "base/base.h"

enum charset_kind {
	CHARSET_UTF8,
	CHARSET_BYTE,  /* one byte a character, the lower half is ASCII */
	CHARSET_WIDE,  /* ASCII, and pairs of bytes */
	CHARSET_SHIFT, /* seven bits, with shifts or escapes */
	CHARSET_UNITS, /* two or four bytes a character */
};

struct charset {
	const char *name; /* glibc's; also a label */
	enum charset_kind kind;
	const char *by; /* decoded by this one once its shifts are undone */
};

/* Labels and prefixes in normal form: small letters and digits only. */
struct charset_label {
	const char *label;
	const char *name; /* of a charset */
};

struct charset_prefix {
	const char *from;
	const char *to;
};

extern const struct charset charset_rows[];
extern const size_t charset_row_count;
extern const struct charset_label charset_labels[];
extern const size_t charset_label_count;
extern const struct charset_prefix charset_prefixes[];
extern const size_t charset_prefix_count;

#endif
