/* SPDX-License-Identifier: MIT */
/*
 * The status machine of tickets: one table of events (ticket_state.def). Who
 * may cause an event is no matter of this file, nor are the clocks that an
 * event starts. Pure.
 */
#ifndef DESK_TICKET_STATE_H
#define DESK_TICKET_STATE_H

#include "base/base.h"
#include "model.pb-c.h"

enum ticket_event {
#define E(id, what, new, open, customer, colleague, closing, closed, clears)   \
	TICKET_EVENT_##id,
#include "desk/ticket_state.def"
#undef E
	TICKET_EVENT_COUNT
};

/* Changes status and dates; false if the event leaves the ticket as it is. */
bool ticket_event(Rec__Ticket *ticket, enum ticket_event event);

#endif
