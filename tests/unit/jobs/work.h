/* SPDX-License-Identifier: MIT */
/* Long jobs on the desk of the other tests, piece by piece or to their end. */
#ifndef TESTS_UNIT_JOBS_WORK_H
#define TESTS_UNIT_JOBS_WORK_H

#include "desk/customer.h"
#include "desk/job.h"
#include "jobs/jobs.h"
#include "tests/unit/intake/letters.h"

#define FINE ERR_COUNT

static inline void
work_all(const struct desk *desk)
{
	g_autoptr(GError) error = NULL;

	CHECK_OK(jobs_run_all(desk->store, desk->snapshot, &error), error);
}

/* One piece, which is committed. False: no job runs. */
static inline bool
work_piece(const struct desk *desk)
{
	g_autoptr(GError) error = NULL;
	enum found found = jobs_run_piece(desk->store, desk->snapshot, &error);

	CHECK_OK(found != FOUND_ERROR, error);
	return found == FOUND_YES;
}

static inline Rec__Job *
work_job(const struct desk *desk, struct job_id id)
{
	AUTO(view_end) struct view *view = desk_view(desk);
	Rec__Job *job = NULL;
	g_autoptr(GError) error = NULL;

	CHECK_OK(job_load(view, id, &job, &error), error);
	return job;
}

static inline void
work_state(const struct desk *desk, struct job_id id, Rec__Job__State state,
    uint64_t done)
{
	AUTO_RECORD(Rec__Job) job = work_job(desk, id);

	CHECK_EQ(id.n, job->state, state);
	CHECK_EQ(id.n, job->done, done);
}

static inline Rec__Customer *
work_customer(const struct desk *desk, uint64_t id)
{
	AUTO(view_end) struct view *view = desk_view(desk);
	Rec__Customer *customer = NULL;
	g_autoptr(GError) error = NULL;

	CHECK_OK(customer_load(view, (struct customer_id){id}, &customer,
		     &error),
	    error);
	return customer;
}

/* "a@x b@y" of a customer, in their order. */
static inline char *
work_addresses(const struct desk *desk, uint64_t id)
{
	AUTO_RECORD(Rec__Customer) customer = work_customer(desk, id);
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < customer->n_addresses; i++)
		g_string_append_printf(text, "%s%s", i > 0 ? " " : "",
		    customer->addresses[i]->address);
	return g_string_free(text, FALSE);
}

/* With a number and addresses, separated by blanks. */
static inline uint64_t
work_add_customer(struct desk *desk, const char *number, const char *addresses)
{
	Rec__Customer *customer = g_new0(Rec__Customer, 1);
	g_auto(GStrv) words = g_strsplit(addresses, " ", -1);
	struct customer_id id = {0};
	struct wtxn *w = desk_begin(desk);
	g_autoptr(GError) error = NULL;

	rec__customer__init(customer);
	customer->number = g_strdup(number);
	customer->n_addresses = g_strv_length(words);
	customer->addresses = g_new0(Rec__CustomerAddress *,
	    customer->n_addresses);
	for (size_t i = 0; words[i] != NULL; i++) {
		customer->addresses[i] = g_new0(Rec__CustomerAddress, 1);
		rec__customer_address__init(customer->addresses[i]);
		customer->addresses[i]->address = g_strdup(words[i]);
	}
	CHECK_OK(customer_save(w, &id, customer, &error), error);
	record_free_any(&customer);
	desk_commit(&w);
	return id.n;
}

/* `count` open tickets of a customer; the first one's id. */
static inline uint64_t
work_add_tickets(struct desk *desk, uint64_t customer, unsigned count)
{
	struct wtxn *w = desk_begin(desk);
	uint64_t first = 0;
	g_autoptr(GError) error = NULL;

	for (unsigned i = 0; i < count; i++) {
		struct ticket ticket;

		CHECK_OK(ticket_new(w, &ticket, &error), error);
		ticket.rec->has_customer = ticket.rec->has_status = true;
		ticket.rec->customer = customer;
		ticket.rec->status = REC__TICKET_STATUS__OPEN;
		ticket.rec->title = g_strdup("One of many");
		CHECK_OK(ticket_save(w, &ticket, &error), error);
		first = first == 0 ? ticket.id.n : first;
		ticket_drop(&ticket);
	}
	desk_commit(&w);
	return first;
}

/* How many tickets the customer's list has. */
static inline unsigned
work_count_tickets(const struct desk *desk, uint64_t customer)
{
	AUTO(view_end) struct view *view = desk_view(desk);
	struct key prefix = key_1(TABLE_CUSTOMER, customer);
	AUTO(cursor_free)
	struct cursor *c = cursor_new(view, &prefix, ASCENDING, NULL);
	struct key key;
	struct slice value;
	unsigned rows = 0;

	while (cursor_next(c, &key, &value, NULL) == FOUND_YES)
		rows++;
	return rows - 1; /* without the record */
}

#endif
