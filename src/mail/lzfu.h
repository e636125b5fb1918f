/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: the compressed RTF of Outlook (MS-OXRTFCP). What
 * comes out is at most nine times what goes in. Any thread.
 */
#ifndef MAIL_LZFU_H
#define MAIL_LZFU_H

#include "base/base.h"

/* Bytes of RTF; with `out` NULL they are only counted, else it has room for
 * that many. 0 when it is not compressed RTF. */
size_t lzfu_decode(uint8_t *out, const uint8_t *in, size_t len);

#endif
