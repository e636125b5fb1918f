/* SPDX-License-Identifier: MIT */
/*
 * Bytes of one mail (RFC 5322, MIME) to the record Mail. The functions here
 * see hostile bytes: in the daemon they run only in a mail process
 * (mail/process.h); `maildesk parse` and the fuzz targets call them directly.
 * mail_setup once per process, before the sandbox closes.
 */
#ifndef MAIL_PARSE_H
#define MAIL_PARSE_H

#include "base/base.h"
#include "model.pb-c.h"

/* What is odd about a mail: bits of Mail.marks. */
enum mail_mark {
	MARK_DUPLICATE_FROM = 1 << 0, /* R35: or none */
	MARK_DUPLICATE_SENDER = 1 << 1,
	MARK_DUPLICATE_DATE = 1 << 2,
	MARK_DUPLICATE_MESSAGE_ID = 1 << 3,
	MARK_NUL = 1 << 4,
	MARK_BARE_CR = 1 << 5,
	MARK_BARE_LF = 1 << 6, /* in a mail that also has CRLF */
	MARK_NO_FROM = 1 << 7,
	MARK_NO_DATE = 1 << 8,
	MARK_NO_MESSAGE_ID = 1 << 9,
	MARK_CUT = 1 << 10, /* text or a list was cut at its limit */
	MARK_BAD_ENCODING = 1 << 11,
};

#define MARKS_UNTRUSTED                                                        \
	(MARK_DUPLICATE_FROM | MARK_DUPLICATE_SENDER | MARK_DUPLICATE_DATE |   \
	    MARK_DUPLICATE_MESSAGE_ID | MARK_NO_FROM)

/* Ceilings of the record. */
#define MAIL_TEXT_MAX       (1024 * 1024) /* bytes of text */
#define MAIL_ADDRS_MAX      200           /* of To, of Cc, of Reply-To */
#define MAIL_REFERENCES_MAX 100           /* the first 20 and the last 80 */
#define MAIL_PARTS_MAX      1000
#define MAIL_LINE_MAX       998 /* bytes of a subject, a name */

/* libxml2, iconv handles, UTC: all that opens files (R32). */
void mail_setup(void);

/* Never fails: a mail beyond prescan's limits gives the record of the header
 * scan with `unreadable` set. Ours to free with rec__mail__free_unpacked
 * (allocated by g_malloc through mail_allocator). */
Rec__Mail *mail_parse(const uint8_t *raw, size_t len);

/* Header, parts and text (with its marks: mail/mark.h) alone: for a mail inside
 * another one. */
Rec__Mail *mail_parse_bare(const uint8_t *raw, size_t len);

/* Frees a record of mail_parse. */
void mail_free(Rec__Mail **mail);

/* The object that `maildesk parse` prints, as the outer face says; one line
 * without newline, g_free the result. */
char *mail_to_json(const Rec__Mail *mail);

/* Content of one part, decoded (transfer encoding only). */
GBytes *mail_part_decode(const uint8_t *encoded, size_t len,
    Rec__Part__Encoding encoding);

/* What a part of `mail` holds, decoded; of one inside another part's content,
 * its range of that. At most `max` encoded bytes of a part are read. */
GBytes *mail_part_content(const Rec__Mail *mail, const Rec__Part *part,
    const uint8_t *raw, size_t max);

#endif
