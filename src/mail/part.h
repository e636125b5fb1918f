/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: the MIME tree of GMime as flat records with offsets
 * into the raw bytes, and the text that a person should read.
 */
#ifndef MAIL_PART_H
#define MAIL_PART_H

#include "mail/gm.h"
#include "model.pb-c.h"

/* `root` was parsed from exactly these bytes by a persistent memory stream.
 * Sets parts, text (with its marks: mail/mark.h) and marks of
 * what is odd. */
void part_read(Rec__Mail *mail, GMimeObject *root, const uint8_t *raw,
    size_t len);

#endif
