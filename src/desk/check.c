/* SPDX-License-Identifier: MIT */
/*
 * The checker. Each kind of derived row is looked at from both sides: every
 * record finds its rows, and there are as many rows as records ask for, so
 * that none is left over. A damaged row ends its table's walk, not the check.
 */
#include "desk/check.h"

#include <string.h>

#include "base/token.h"
#include "desk/customer.h"
#include "desk/entry.h"
#include "desk/ticket.h"
#include "store/scan.h"
#include "store/store.h"

struct check {
	const struct view *view;
	GPtrArray *problems;
	struct check_report *report;
	uint64_t listed;     /* tickets that stand in the indexes */
	uint64_t of_customers; /* tickets that have a customer */
	uint64_t in_tickets; /* entries that have a ticket */
	uint64_t addresses;  /* that customers have */
	int64_t by_status[REC__TICKET_STATUS__CLOSED + 1];
	uint64_t rows[TABLE_COUNT];
	uint64_t ticket_rows, customer_rows; /* of the lists beside the records */
};

static void PRINTF_LIKE(2, 3)
problem(struct check *c, const char *format, ...)
{
	va_list args;

	if (c->problems->len >= CHECK_PROBLEMS_MAX)
		return;
	va_start(args, format);
	g_ptr_array_add(c->problems, g_strdup_vprintf(format, args));
	va_end(args);
}

/* Takes the error: what cannot be read is a problem, and the walk goes on. */
static bool
noted(struct check *c, GError **error)
{
	problem(c, "%s", (*error)->message);
	g_clear_error(error);
	return true;
}

static void
expect_row(struct check *c, const struct key *key, const char *what,
    uint64_t id)
{
	g_autoptr(GError) error = NULL;
	struct slice value;

	switch (view_get(c->view, key, &value, &error)) {
	case FOUND_YES:
		return;
	case FOUND_NO:
		problem(c, "%s %" PRIu64 " is missing in table %s", what, id,
		    table_name(key->table));
		return;
	case FOUND_ERROR:
		(void)noted(c, &error);
	}
}

/* ---- tickets ------------------------------------------------------------- */

static void
check_indexes(struct check *c, uint64_t id, const Rec__Ticket *t)
{
	struct key key = key_of(TABLE_TICKET_STATUS);
	uint8_t closed = t->status == REC__TICKET_STATUS__CLOSED;

	c->listed++;
	if ((size_t)t->status < COUNT(c->by_status))
		c->by_status[t->status]++;
	key_u8(&key, (uint8_t)t->status);
	key_u64(&key, id);
	expect_row(c, &key, "ticket", id);
	key = key_1(TABLE_TICKET_CATEGORY, t->category);
	key_u8(&key, closed);
	key_u64(&key, id);
	expect_row(c, &key, "ticket", id);
	key = key_1(TABLE_TICKET_ASSIGNEE, t->assignee);
	key_u8(&key, closed);
	key_u64(&key, id);
	expect_row(c, &key, "ticket", id);
}

static void
check_owner(struct check *c, uint64_t id, const Rec__Ticket *t)
{
	struct key key = key_2(TABLE_CUSTOMER, t->customer, 0);

	if (t->customer == 0)
		return;
	c->of_customers++;
	expect_row(c, &key, "customer", t->customer);
	key = key_2(TABLE_CUSTOMER, t->customer, id);
	expect_row(c, &key, "ticket", id);
}

static bool
check_ticket(void *arg, const struct key *key, struct slice value,
    GError **error)
{
	struct check *c = arg;
	AUTO(record_free) ProtobufCMessage *message =
	    record_unpack(key, value, error);
	const Rec__Ticket *t = (const Rec__Ticket *)message;
	size_t at = key_start(key->table);
	uint64_t id = key_get_u64(key, &at);

	c->rows[key->table]++;
	if (message == NULL)
		return noted(c, error);
	if (key_get_u64(key, &at) != 0) {
		c->ticket_rows++;
		return true;
	}
	c->report->tickets++;
	check_owner(c, id, t);
	if (t->merged_into == 0 && !t->has_deleted_at && !t->spam)
		check_indexes(c, id, t);
	return true;
}

/* ---- entries ------------------------------------------------------------- */

static bool
body_is_whole(struct check *c, struct entry_id id, const Rec__Entry *e,
    GError **error)
{
	g_autoptr(GByteArray) raw = g_byte_array_new();
	AUTO_RECORD(Rec__Mail) mail = NULL;

	if (!entry_mail(c->view, id, e, &mail, error) ||
	    !entry_raw(c->view, id, e, 0, e->blob->raw_len, raw, error))
		return false;
	if (raw->len == e->blob->raw_len)
		return true;
	return fail(error, ERR_DAMAGED,
	    "raw mail of entry %" PRIu64 " is not whole", id.n);
}

static void
check_mail(struct check *c, struct entry_id id, const Rec__Entry *e)
{
	g_autoptr(GError) error = NULL;
	struct key held = key_1(TABLE_HELD, id.n);

	c->report->mails++;
	if (e->held_code != NULL) {
		c->report->held++;
		expect_row(c, &held, "entry", id.n);
	}
	if (!body_is_whole(c, id, e, &error))
		(void)noted(c, &error);
}

static bool
check_entry(void *arg, const struct key *key, struct slice value,
    GError **error)
{
	struct check *c = arg;
	AUTO(record_free) ProtobufCMessage *message = NULL;
	const Rec__Entry *e;
	size_t at = key_start(key->table);
	struct entry_id id = {key_get_u64(key, &at)};

	c->rows[key->table]++;
	if (key_get_u16(key, &at) != 0)
		return true; /* a slice, read with its mail */
	message = record_unpack(key, value, error);
	if (message == NULL)
		return noted(c, error);
	e = (const Rec__Entry *)message;
	c->report->entries++;
	if (e->ticket != 0) {
		struct key row = key_2(TABLE_TICKET, e->ticket, id.n);

		c->in_tickets++;
		expect_row(c, &row, "entry", id.n);
	}
	if (e->blob != NULL)
		check_mail(c, id, e);
	return true;
}

/* ---- customers, Message-IDs ---------------------------------------------- */

static bool
check_customer(void *arg, const struct key *key, struct slice value,
    GError **error)
{
	struct check *c = arg;
	AUTO(record_free) ProtobufCMessage *message =
	    record_unpack(key, value, error);
	size_t at = key_start(key->table);

	c->rows[key->table]++;
	if (message == NULL)
		return noted(c, error);
	(void)key_get_u64(key, &at);
	if (key_get_u64(key, &at) != 0) {
		c->customer_rows++;
		return true;
	}
	c->report->customers++;
	c->addresses += ((const Rec__Customer *)message)->n_addresses;
	return true;
}

static bool
check_message_id(void *arg, const struct key *key, struct slice value,
    GError **error)
{
	struct check *c = arg;
	AUTO(record_free) ProtobufCMessage *message =
	    record_unpack(key, value, error);
	size_t at = key_start(key->table) + TOKEN_HASH_LEN;
	uint64_t entry = key_get_u64(key, &at);
	struct key owner = key_1(TABLE_ENTRY, entry);

	c->rows[key->table]++;
	if (message == NULL)
		return noted(c, error);
	key_u16(&owner, 0);
	expect_row(c, &owner, "entry", entry);
	return true;
}

/* Tables without rules of their own: their rows unpack. */
static bool
check_row(void *arg, const struct key *key, struct slice value, GError **error)
{
	struct check *c = arg;
	AUTO(record_free) ProtobufCMessage *message =
	    record_unpack(key, value, error);

	c->rows[key->table]++;
	return message != NULL || noted(c, error);
}

static scan_fn *
checker_of(enum table table)
{
	/* Only the tables with rules are named; the others' rows unpack. */
	if (table == TABLE_TICKET)
		return check_ticket;
	if (table == TABLE_ENTRY)
		return check_entry;
	if (table == TABLE_CUSTOMER)
		return check_customer;
	if (table == TABLE_MESSAGE_ID)
		return check_message_id;
	return check_row;
}

/* ---- sums ---------------------------------------------------------------- */

static void
expect_count(struct check *c, const char *what, uint64_t have, uint64_t want)
{
	if (have != want)
		problem(c, "%s: %" PRIu64 " rows where the records make %"
		    PRIu64, what, have, want);
}

static void
check_counters(struct check *c)
{
	g_autoptr(GError) error = NULL;

	for (size_t i = 0; i < COUNT(c->by_status); i++) {
		int64_t n;

		if (!counter_get(c->view, COUNTER_TICKET_STATUS, i, &n,
		        &error)) {
			(void)noted(c, &error);
			continue;
		}
		if (n != c->by_status[i])
			problem(c, "counter of status %s is %" PRId64
			    ", there are %" PRId64,
			    ticket_status_name((Rec__TicketStatus)i), n,
			    c->by_status[i]);
	}
}

static void
check_sums(struct check *c)
{
	static const enum table indexes[] = {TABLE_TICKET_STATUS,
	    TABLE_TICKET_CATEGORY, TABLE_TICKET_ASSIGNEE};

	for (size_t i = 0; i < COUNT(indexes); i++)
		expect_count(c, table_name(indexes[i]), c->rows[indexes[i]],
		    c->listed);
	expect_count(c, "entries of tickets", c->ticket_rows, c->in_tickets);
	expect_count(c, "tickets of customers", c->customer_rows,
	    c->of_customers);
	expect_count(c, "held mails", c->rows[TABLE_HELD], c->report->held);
	expect_count(c, "addresses of customers", c->rows[TABLE_ADDRESS],
	    c->addresses);
	check_counters(c);
}

bool
desk_check(struct store *store, GPtrArray *problems,
    struct check_report *report_out, GError **error)
{
	AUTO(view_end) struct view *view = view_begin(store, error);
	struct check c = {.view = view, .problems = problems,
	    .report = report_out};

	if (view == NULL)
		return false;
	memset(report_out, 0, sizeof(*report_out));
	for (enum table table = 0; table < TABLE_COUNT; table++) {
		g_autoptr(GError) why = NULL;

		if (!scan_table(view, table, checker_of(table), &c, &why))
			(void)noted(&c, &why);
		report_out->rows += c.rows[table];
	}
	check_sums(&c);
	return true;
}
