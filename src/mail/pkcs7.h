/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: what an application/pkcs7-mime is (RFC 5652), and the
 * content of one that is only signed. Nothing is verified. Any thread.
 */
#ifndef MAIL_PKCS7_H
#define MAIL_PKCS7_H

#include "base/base.h"

struct pkcs7 {
	enum pkcs7_kind {
		PKCS7_OTHER, /* no such thing, or certificates alone */
		PKCS7_SIGNED,
		PKCS7_ENCRYPTED,
	} kind;
	GBytes *content; /* what is signed; NULL: none there */
	size_t offset;   /* of the content in the bytes */
	bool in_one_piece;
};

/* `p` is all zero before. */
void pkcs7_read(struct pkcs7 *p, const uint8_t *bytes, size_t len);
void pkcs7_drop(struct pkcs7 *p);

#endif
