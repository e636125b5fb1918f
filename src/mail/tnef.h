/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: what lies in a winmail.dat (MS-OXTNEF), as ranges of
 * its bytes: Outlook's wrapping of a mail's text and files.
 */
#ifndef MAIL_TNEF_H
#define MAIL_TNEF_H

#include "base/base.h"

enum tnef_kind { TNEF_FILE, TNEF_PLAIN, TNEF_HTML, TNEF_RTF };

struct tnef_item {
	enum tnef_kind kind; /* not TNEF_FILE: the body of the message */
	char *name;          /* as it stands there, UTF-8; NULL: none */
	char *type;          /* NULL: not said */
	char *cid;
	char *charset; /* of a plain or HTML body; NULL: not known */
	bool inner;    /* of a message in the message: a file all the same */
	size_t offset, length;
};

/* The items, an array of struct tnef_item that frees what they own; NULL when
 * the bytes are no TNEF. A broken stream gives what stands before the break.
 * At most `max` items. */
GArray *tnef_read(const uint8_t *bytes, size_t len, size_t max);

#endif
