/* SPDX-License-Identifier: MIT */
/*
 * Message-IDs: of the mail, of what it answers, of its thread. Stored without
 * angle brackets, cleaned, each once. Any thread; sees hostile bytes.
 */
#ifndef MAIL_THREAD_H
#define MAIL_THREAD_H

#include "mail/field.h"
#include "model.pb-c.h"

/* Sets message_id, in_reply_to, references and the mark of a cut list. */
void thread_read(Rec__Mail *mail, const struct fields *f);

/* The first id of the first field of that name; NULL if none. */
char *thread_id(const struct fields *f, const char *name);

#endif
