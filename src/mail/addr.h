/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: address fields as records. Groups are flattened; names
 * are decoded and cleaned, addresses stand as they were written.
 */
#ifndef MAIL_ADDR_H
#define MAIL_ADDR_H

#include "mail/field.h"
#include "model.pb-c.h"

struct addr_list {
	Rec__Addr **at; /* of at most `max`; NULL while there are none */
	size_t count;
	size_t max;
	bool cut; /* there were more */
};

/* Appends the mailboxes of an address field's text (folded or not; at most
 * 128 KiB of it are read). What holds no address at all is left out. Linear.
 * `charset` is what raw bytes are in that are no UTF-8, NULL: find out. */
void addr_parse(struct addr_list *list, const char *text, size_t len,
    const char *charset);

/* Sets from, sender, to, cc, reply_to and the mark of a cut list. */
void addr_read(Rec__Mail *mail, const struct fields *f, const char *charset);

#endif
