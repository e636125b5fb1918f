/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: the MIME tree of a mail as flat records with offsets
 * into the raw bytes, and the text that a person should read.
 */
#ifndef MAIL_PART_H
#define MAIL_PART_H

#include "mail/field.h"
#include "mail/rule.h"
#include "model.pb-c.h"

/* `f` is the header of these bytes. Sets parts, text (with its marks:
 * mail/mark.h), security, partial_… and marks of what is odd. */
void part_read(Rec__Mail *mail, const struct fields *f, const uint8_t *raw,
    size_t len);
/* The same of an entity out of a signed mail: nothing in it is opened. */
void part_read_signed(Rec__Mail *mail, const struct fields *f,
    const uint8_t *raw, size_t len);

/* A new part at the end of the list, all its numbers 0; NULL (and the mail is
 * marked as cut) when there are too many. */
Rec__Part *part_add(Rec__Mail *mail);
/* Sets its range of `bytes` and its decoded size. */
void part_set_content(Rec__Part *part, const uint8_t *bytes, size_t from,
    size_t end, Rec__Part__Encoding encoding);

bool part_rules(size_t i, struct rule_table *out);

#endif
