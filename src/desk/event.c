/* SPDX-License-Identifier: MIT */
/* Journal events that several nouns tell alike; see event.h. */
#include "desk/event.h"

void
event_config(struct wtxn *w, const char *what, uint64_t object)
{
	g_autofree char *field = g_strdup(what);
	Rec__Event event = REC__EVENT__INIT;

	event.has_kind = true;
	event.kind = REC__EVENT__KIND__CONFIG_CHANGED;
	event.has_object = object != 0;
	event.object = object;
	event.field = field;
	wtxn_event(w, &event);
	wtxn_touch_config(w);
}

void
event_ticket(struct wtxn *w, Rec__Event__Kind kind, uint64_t ticket,
    uint64_t entry)
{
	Rec__Event event = REC__EVENT__INIT;

	event.has_kind = true;
	event.kind = kind;
	event.has_ticket = true;
	event.ticket = ticket;
	event.has_entry = entry != 0;
	event.entry = entry;
	wtxn_event(w, &event);
}
