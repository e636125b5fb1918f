/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: what an Authentication-Results field claims (RFC 8601),
 * as verifiers write it. Whether its server is to be believed, and whose field
 * it is, others know. Of one method there may be several claims.
 */
#ifndef MAIL_CLAIM_H
#define MAIL_CLAIM_H

#include "mail/field.h"
#include "model.pb-c.h"

#define CLAIMS_MAX 24 /* of a mail */

/* Appends the field's results to mail->claims. A field that names no server
 * (Microsoft writes such) or is of another version than 1 has none. Each
 * claim has authserv, method and result, lower case, at most 255 bytes; a
 * domain only where it is one: a longer one is not cut, but left out. Linear.
 */
void claim_read(Rec__Mail *mail, const struct field *field);

#endif
