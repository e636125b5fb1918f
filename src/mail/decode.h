/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: transfer encodings (RFC 2045, 6; uuencode; the
 * compressed RTF of Outlook) as mailers really write them. Whatever comes,
 * something sensible is decoded. Linear; any thread.
 */
#ifndef MAIL_DECODE_H
#define MAIL_DECODE_H

#include "base/base.h"
#include "model.pb-c.h"

/* Bytes decoded; with `out` NULL they are only counted, else it has room for
 * that many. */
size_t decode_bytes(uint8_t *out, const uint8_t *in, size_t len,
    Rec__Part__Encoding encoding);

/* Does what says to be base64 begin like plain text? */
bool decode_is_no_base64(const uint8_t *in, size_t len);

/* Is this a line of uuencoded data, without its line end? */
bool decode_is_uu_line(const uint8_t *line, size_t len);

#endif
