/* SPDX-License-Identifier: MIT */
/*
 * What the search for a customer's open tickets costs (IN-8): rows that the
 * store is asked for are counted, by a backend that counts and lets the real
 * one answer. Who has fifty thousand tickets costs what one with a few
 * does, whatever he writes.
 */
#include "desk/customer.h"
#include "tests/unit/intake/letters.h"

#define SUPPORT "support@desk.example"
#define MANY    50000

static unsigned long asked;

static enum found
counting_get(void *txn, enum backend_db db, struct slice key,
    struct slice *value_out, GError **error)
{
	asked++;
	return backend_lmdb.get(txn, db, key, value_out, error);
}

static enum found
counting_move(void *cursor, enum backend_move move, struct slice *key,
    struct slice *value_out, GError **error)
{
	asked++;
	return backend_lmdb.cursor_move(cursor, move, key, value_out, error);
}

static uint64_t
add_customer(struct wtxn *w, const char *name, const char *email)
{
	g_autofree char *copy = g_strdup(name);
	g_autofree char *address_text = g_strdup(email);
	Rec__CustomerAddress address = REC__CUSTOMER_ADDRESS__INIT;
	Rec__CustomerAddress *list[] = {&address};
	Rec__Customer customer = REC__CUSTOMER__INIT;
	struct customer_id id = {0};
	g_autoptr(GError) error = NULL;

	address.address = address_text;
	customer.name = copy;
	customer.n_addresses = 1;
	customer.addresses = list;
	CHECK_OK(customer_save(w, &id, &customer, &error), error);
	return id.n;
}

static void
add_ticket(struct wtxn *w, uint64_t customer, unsigned number,
    Rec__TicketStatus status)
{
	struct ticket t;
	g_autoptr(GError) error = NULL;

	CHECK_OK(ticket_new(w, &t, &error), error);
	t.rec->title = g_strdup_printf("Order %u of paper", 100000 + number);
	t.rec->has_customer = t.rec->has_status = true;
	t.rec->customer = customer;
	t.rec->status = status;
	CHECK_OK(ticket_save(w, &t, &error), error);
	ticket_drop(&t);
}

/* few@ and many@ with as many tickets. */
static void
fill(struct desk *desk, unsigned few, Rec__TicketStatus status)
{
	const struct {
		const char *name, *address;
		unsigned tickets;
	} row[] = {
	    {"Few",  "few@a.example",  few },
	    {"Many", "many@a.example", MANY},
	};
	struct wtxn *w = desk_begin(desk);

	for (size_t i = 0; i < COUNT(row); i++) {
		uint64_t customer = add_customer(w, row[i].name,
		    row[i].address);

		for (unsigned k = 0; k < row[i].tickets; k++)
			add_ticket(w, customer, k, status);
	}
	desk_commit(&w);
}

static unsigned long
cost_of(struct desk *desk, const char *from, const char *subject, size_t number)
{
	g_autofree char *id = g_strdup_printf("%zu.%s", number, from);
	const struct letter l = {from, SUPPORT, .subject = subject, .id = id};

	asked = 0;
	CHECK(desk_receive(desk, &l).ticket != 0);
	return asked;
}

static void
check_costs(unsigned few_tickets, Rec__TicketStatus status)
{
	static const char *const subjects[] = {"Something else",
	    "Re: Order 100007 of paper", "Order 999999 of paper", NULL,
	    "Order of paper"};
	struct backend counting = backend_lmdb;
	AUTO(desk_close) struct desk desk = {.store = NULL};

	counting.get = counting_get;
	counting.cursor_move = counting_move;
	desk = desk_open_on(&counting);
	fill(&desk, few_tickets, status);
	for (size_t i = 0; i < COUNT(subjects); i++) {
		unsigned long few = cost_of(&desk, "few@a.example", subjects[i],
		    i);
		unsigned long many = cost_of(&desk, "many@a.example",
		    subjects[i], i);

		CHECK_EQ(i, many, few);
		CHECK_EQ(i, many > 1, true);
	}
}

TEST(fifty_thousand_open_tickets_cost_what_two_hundred_do)
{
	check_costs(200, REC__TICKET_STATUS__NEW);
}

TEST(fifty_thousand_closed_tickets_cost_what_a_thousand_do)
{
	check_costs(1000, REC__TICKET_STATUS__CLOSED);
}
