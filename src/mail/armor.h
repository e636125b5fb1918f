/* SPDX-License-Identifier: MIT */
/* Private to src/mail: PGP inside a text (RFC 4880, 6 and 7). */
#ifndef MAIL_ARMOR_H
#define MAIL_ARMOR_H

#include "base/base.h"

enum armor { ARMOR_NONE, ARMOR_SIGNED, ARMOR_ENCRYPTED };

/* Takes the armor and the signature away from clear-signed text, in place.
 * An encrypted message is left as it is. */
enum armor armor_open(char *text);

#endif
