/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: the mail that a delivery report or a complaint gives
 * back, or its header.
 */
#ifndef MAIL_BOUNCE_RETURNED_H
#define MAIL_BOUNCE_RETURNED_H

#include "base/base.h"
#include "model.pb-c.h"

#define RETURNED_ADDRESSES_MAX 10

/* Sets returned_message_id unless it is set; adds to returned_addresses what
 * its senders are called. *to_out becomes the one address of its To, g_free'd
 * by the caller, and stays if there are none or many. */
void returned_read(Rec__Mail *mail, const uint8_t *bytes, size_t len,
    char **to_out);

/* The same of the tail of a text, which begins with the line that says so. */
void returned_read_text(Rec__Mail *mail, const char *text, char **to_out);

/* The id alone, where the prose of a report tells it; unless it is set. */
void returned_read_prose(Rec__Mail *mail, const char *text);

void returned_add_address(Rec__Mail *mail, const char *address);

#endif
