/* SPDX-License-Identifier: MIT */
/*
 * One linear look at raw bytes before any parser sees them (R33): counts what
 * makes parsers explode, and reads the few header fields of a mail that no
 * parser may see. Pure, allocation bounded. Any thread, any process.
 */
#ifndef MAIL_PRESCAN_H
#define MAIL_PRESCAN_H

#include "base/base.h"
#include "model.pb-c.h"

#define PRESCAN_HEADER_BYTES_MAX (1024 * 1024)
#define PRESCAN_HEADERS_MAX      2000
#define PRESCAN_BOUNDARIES_MAX   5000
#define PRESCAN_DEPTH_MAX        50

struct prescan {
	size_t header_len;  /* bytes of the header, without the blank line */
	size_t body_offset; /* first byte of the body */
	unsigned headers;
	unsigned boundaries; /* lines that begin with "--", in a multipart */
	unsigned depth;      /* of nested multipart or message/… */
	unsigned marks;      /* enum mail_mark: NUL, bare CR, bare LF */
	const char *refused; /* constant words: over which limit; or NULL */
};

void prescan(const uint8_t *raw, size_t len, struct prescan *out);

/* From, To, Cc, Subject, Date, Message-ID, In-Reply-To, References as far as
 * a bounded scan reads them (first 64 KiB, 998 bytes a field), cleaned;
 * `unreadable` is a copy of `why`. mail_free the result. */
Rec__Mail *prescan_headers(const uint8_t *raw, size_t len, const char *why);

#endif
