/* SPDX-License-Identifier: MIT */
/* What a bounce changes in its ticket (IN-26, R51). */
#ifndef INTAKE_BOUNCE_NOTE_H
#define INTAKE_BOUNCE_NOTE_H

#include "desk/ticket.h"
#include "intake/apply.h"

/* The entry whose mail failed says which address and why; a hard bounce marks
 * the customer's address, and opens the ticket if it was the newest reply.
 * The caller saves the ticket. */
bool bounce_note(struct wtxn *w, const struct application *a,
    struct ticket *ticket, GError **error) MUST_CHECK;

#endif
