/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: the header lines above a mail that is quoted in a
 * text, as the fields of a record Forward. Pure; any thread.
 */
#ifndef MAIL_FORWARD_FIELD_H
#define MAIL_FORWARD_FIELD_H

#include "mail/reply_line.h"
#include "model.pb-c.h"

/* Reads the `count` lines from `first` on. */
void forward_fields(Rec__Forward *forward, const struct lines *lines,
    size_t first, size_t count);

#endif
