/* SPDX-License-Identifier: MIT */
/*
 * Mailboxes: the addresses that the mail server hands to us (IN-1). Each
 * address belongs to one mailbox: `a@b` exactly, `@b` for a whole domain.
 */
#ifndef DESK_MAILBOX_H
#define DESK_MAILBOX_H

#include "base/base.h"
#include "base/err.h"
#include "model/ids.h"
#include "store/record.h"

bool mailbox_load(const struct view *view, struct mailbox_id id,
    Rec__Mailbox **out, GError **error) MUST_CHECK;
/* id 0 makes a new one. Checks name and addresses (form, taken, room for a
 * reply token: 64 bytes of local part). */
bool mailbox_save(struct wtxn *w, struct mailbox_id *id,
    const Rec__Mailbox *mailbox, GError **error) MUST_CHECK;
bool mailbox_remove(struct wtxn *w, struct mailbox_id id, GError **error)
    MUST_CHECK;

#endif
