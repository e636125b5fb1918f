/* SPDX-License-Identifier: MIT */
/* The status machine; see ticket_state.h. */
#include "desk/ticket_state.h"

#define STATUSES 6
#define SAME     (-1)

enum clears { CLEARS_CLOSE = 1, CLEARS_PUT_OFF = 2, CLEARS_CLOSED = 4 };

enum {
	NEW = REC__TICKET_STATUS__NEW,
	OPEN = REC__TICKET_STATUS__OPEN,
	WAITING_CUSTOMER = REC__TICKET_STATUS__WAITING_CUSTOMER,
	WAITING_COLLEAGUE = REC__TICKET_STATUS__WAITING_COLLEAGUE,
	TO_BE_CLOSED = REC__TICKET_STATUS__TO_BE_CLOSED,
	CLOSED = REC__TICKET_STATUS__CLOSED,
};

static const struct state_row {
	int to[STATUSES]; /* by the status before */
	unsigned clears;
} rows[TICKET_EVENT_COUNT] = {
#define CELLS(...)                                                             \
	{                                                                      \
		__VA_ARGS__                                                    \
	} /* (clang-format breaks them in a macro) */
#define E(id, what, new, open, customer, colleague, closing, closed, clears)   \
	[TICKET_EVENT_##                                                       \
	    id] = {CELLS(new, open, customer, colleague, closing, closed),     \
	    clears},
#include "desk/ticket_state.def"
#undef E
};

static void
clear(Rec__Ticket *t, unsigned what)
{
	if ((what & CLEARS_CLOSE) != 0)
		t->has_close_at = false;
	if ((what & CLEARS_PUT_OFF) != 0)
		t->has_put_off_until = false;
	if ((what & CLEARS_CLOSED) != 0)
		t->has_closed_at = false;
}

bool
ticket_event(Rec__Ticket *t, enum ticket_event event)
{
	const struct state_row *row = &rows[event];
	int to;

	assert((size_t)t->status < STATUSES);
	to = row->to[t->status];
	if (to == SAME)
		return false;
	t->has_status = true;
	t->status = (Rec__TicketStatus)to;
	clear(t, row->clears);
	return true;
}
