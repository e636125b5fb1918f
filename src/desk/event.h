/* SPDX-License-Identifier: MIT */
/* Journal events that several nouns tell alike. Writer thread. */
#ifndef DESK_EVENT_H
#define DESK_EVENT_H

#include "base/base.h"
#include "store/wtxn.h"

/* Something that an admin sets up was changed: `what` is a noun or a
 * setting's key, `object` its id (0: none). The routing snapshot follows. */
void event_config(struct wtxn *w, const char *what, uint64_t object);
/* Something about a ticket, and an entry of it (0: none). */
void event_ticket(struct wtxn *w, Rec__Event__Kind kind, uint64_t ticket,
    uint64_t entry);

#endif
