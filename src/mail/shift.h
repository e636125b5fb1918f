/* SPDX-License-Identifier: MIT */
/*
 * Private to mail/charset: the charsets that shift between alphabets in seven
 * bits. Pure, linear; any thread.
 */
#ifndef MAIL_SHIFT_H
#define MAIL_SHIFT_H

#include "base/base.h"

/* "ISO-2022-JP", "ISO-2022-KR", "HZ" to EUC-JP, EUC-KR, GB2312. */
GString *shift_undo(const char *charset, const char *bytes, size_t len);

/* The charset whose escapes stand in seven-bit bytes; NULL if none does. */
const char *shift_find(const char *bytes, size_t len);

#endif
