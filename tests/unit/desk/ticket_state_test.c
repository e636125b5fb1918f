/* SPDX-License-Identifier: MIT */
/*
 * The status machine cell by cell: each event on each status, against the
 * words of "Status" as a table of letters (N O C L T X: new, open, waiting
 * for the customer, for a colleague, to be closed, closed; . is unchanged),
 * and what is left of its dates (c close, p put off, x closed).
 */
#include "desk/ticket_state.h"

#include <string.h>

#include "tests/lib/test.h"

#define LETTERS "NOCLTX"

static void
make(Rec__Ticket *t, size_t status)
{
	rec__ticket__init(t);
	t->has_status = true;
	t->status = (Rec__TicketStatus)status;
	t->has_close_at = t->has_put_off_until = t->has_closed_at = true;
}

static char
letter_of(const Rec__Ticket *t)
{
	return LETTERS[t->status];
}

static void
dates_of(const Rec__Ticket *t, char out[4])
{
	size_t count = 0;

	if (t->has_close_at)
		out[count++] = 'c';
	if (t->has_put_off_until)
		out[count++] = 'p';
	if (t->has_closed_at)
		out[count++] = 'x';
	out[count] = '\0';
}

TEST(each_event_on_each_status)
{
	static const struct {
		enum ticket_event event;
		const char *to;
		const char *left;
	} row[] = {
	    {TICKET_EVENT_CUSTOMER_MAIL, "NOOOOO", ""   },
	    {TICKET_EVENT_TAKEN,         "O.....", "cpx"},
	    {TICKET_EVENT_REPLY,         "CCCCCC", ""   },
	    {TICKET_EVENT_LAST_REPLY,    "TTTTTT", "c"  },
	    {TICKET_EVENT_QUERY,         "LLLLLL", "p"  },
	    {TICKET_EVENT_ALL_ANSWERED,  "...O..", "cpx"},
	    {TICKET_EVENT_HARD_BOUNCE,   "OOOOOO", "p"  },
	    {TICKET_EVENT_CLOSE_DUE,     "....X.", "x"  },
	    {TICKET_EVENT_PUT_OFF_DUE,   "OOOOO.", "cx" },
	    {TICKET_EVENT_CLOSE,         "XXXXX.", "x"  },
	    {TICKET_EVENT_REOPEN,        ".....O", "cp" },
	};

	CHECK_EQ(0, COUNT(row), TICKET_EVENT_COUNT);
	for (size_t i = 0; i < COUNT(row); i++)
		for (size_t k = 0; k < strlen(LETTERS); k++) {
			bool stays = row[i].to[k] == '.';
			char dates[4];
			Rec__Ticket t;

			make(&t, k);
			CHECK_EQ(i * 10 + k, ticket_event(&t, row[i].event),
			    !stays);
			CHECK_EQ(i * 10 + k, letter_of(&t),
			    stays ? LETTERS[k] : row[i].to[k]);
			dates_of(&t, dates);
			CHECK_STR(i * 10 + k, dates,
			    stays ? "cpx" : row[i].left);
		}
}
