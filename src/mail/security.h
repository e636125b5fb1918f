/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: is a mail signed or encrypted, by S/MIME or PGP? It is
 * only told, never checked or decrypted.
 */
#ifndef MAIL_SECURITY_H
#define MAIL_SECURITY_H

#include "mail/entity.h"
#include "model.pb-c.h"

/* Adds it to mail->security, once. */
void security_add(Rec__Mail *mail, Rec__Mail__Security security);

/* What multipart/signed and multipart/encrypted say (RFC 1847). */
void security_read_multipart(Rec__Mail *mail, const struct entity *e);

#endif
