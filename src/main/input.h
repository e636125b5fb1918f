/* SPDX-License-Identifier: MIT */
/* A mail on standard input. Main thread. */
#ifndef MAIN_INPUT_H
#define MAIN_INPUT_H

#include "base/base.h"
#include "base/err.h"

#define INPUT_MAX ((size_t)64 * 1024 * 1024)

/* All of it; ERR_TOO_BIG above INPUT_MAX, ERR_USAGE if there is nothing. */
GByteArray *input_read(GError **error) MUST_CHECK;
/* The same with each line ended by CRLF, as mails come by LMTP. */
GByteArray *input_crlf(const GByteArray *mail);

#endif
