/* SPDX-License-Identifier: MIT */
/*
 * The checker. Each kind of derived row is looked at from both sides: every
 * record finds its rows, and there are as many rows as records ask for, so
 * that none is left over. A damaged row ends its table's walk, not the check.
 */
#include "desk/check.h"

#include <string.h>

#include "base/text.h"
#include "base/token.h"
#include "desk/customer.h"
#include "desk/entry.h"
#include "desk/message_id.h"
#include "desk/name.h"
#include "desk/ticket.h"
#include "store/scan.h"
#include "store/store.h"

struct check {
	const struct view *view;
	GPtrArray *problems;
	struct check_report *report;
	uint64_t listed;       /* tickets that stand in the indexes */
	uint64_t of_customers; /* tickets that have a customer */
	uint64_t in_tickets;   /* entries that have a ticket */
	uint64_t addresses;    /* that customers have */
	uint64_t names;        /* that objects have */
	uint64_t parts;        /* rows of mails' bytes that entries have */
	GHashTable *sums; /* struct sum, its own key: what counters must be */
	uint64_t rows[TABLE_COUNT];
	uint64_t ticket_rows,
	    customer_rows; /* of the lists beside the records */
	uint64_t part_rows;
};

struct sum {
	uint64_t id;
	uint8_t counter;
	int64_t n;
};

static guint
sum_hash(const void *arg)
{
	const struct sum *sum = arg;

	return g_int64_hash(&sum->id) ^ sum->counter;
}

static gboolean
sums_equal(const void *a_arg, const void *b_arg)
{
	const struct sum *a = a_arg;
	const struct sum *b = b_arg;

	return a->id == b->id && a->counter == b->counter;
}

static void
sum_add(struct check *c, uint8_t counter, uint64_t id, int64_t n)
{
	struct sum wanted = {.id = id, .counter = counter};
	struct sum *sum = g_hash_table_lookup(c->sums, &wanted);

	if (sum == NULL) {
		sum = g_memdup2(&wanted, sizeof(wanted));
		g_hash_table_add(c->sums, sum);
	}
	sum->n += n;
}

static void PRINTF_LIKE(2, 3) problem(struct check *c, const char *format, ...)
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
	sum_add(c, COUNTER_TICKET_STATUS, (uint64_t)t->status, 1);
	if (!closed) {
		sum_add(c, COUNTER_TICKET_CATEGORY, t->category, 1);
		sum_add(c, COUNTER_TICKET_ASSIGNEE, t->assignee, 1);
	}
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

/* What IN-8 asks of the row is what the ticket says. */
static void
check_compared(struct check *c, const struct key *key, uint64_t id,
    const Rec__Ticket *t)
{
	AUTO_RECORD(Rec__CustomerTicket) row = NULL;
	g_autoptr(GError) error = NULL;

	if (RECORD_FIND(c->view, key, &row, &error) == FOUND_ERROR)
		(void)noted(c, &error);
	else if (row != NULL && row->has_open &&
	    (row->open != ticket_is_compared(t) ||
		(row->open && row->mailbox != t->mailbox)))
		problem(c,
		    "ticket %" PRIu64 " is another one in its customer's list",
		    id);
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
	check_compared(c, &key, id, t);
}

static bool
check_ticket(void *arg, const struct key *key, struct slice value,
    GError **error)
{
	struct check *c = arg;
	AUTO(record_free)
	ProtobufCMessage *message = record_unpack(key, value, error);
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

/* The row by which the same mail, sent again, is known. */
static void
check_known(struct check *c, struct entry_id id, const Rec__Mail *mail,
    const GByteArray *raw)
{
	const struct mail_hashes hashes = mail_hashes_of(mail, raw->data,
	    raw->len);
	g_autoptr(GError) error = NULL;
	struct entry_id entry = {0};

	if (message_id_find(c->view, &hashes.id, &hashes.body, &entry,
		&error) == FOUND_ERROR)
		(void)noted(c, &error);
	else if (entry.n != id.n)
		problem(c, "entry %" PRIu64 " is not found by its Message-ID",
		    id.n);
}

static bool
body_is_whole(struct check *c, struct entry_id id, const Rec__Entry *e,
    GError **error)
{
	g_autoptr(GByteArray) raw = g_byte_array_new();
	AUTO_RECORD(Rec__Mail) mail = NULL;

	if (!entry_mail(c->view, id, e, &mail, error) ||
	    !entry_raw(c->view, id, e, (struct range){0, e->blob->raw_len}, raw,
		error))
		return false;
	if (raw->len == e->blob->raw_len) {
		check_known(c, id, mail, raw);
		return true;
	}
	return fail(error, ERR_DAMAGED,
	    "raw mail of entry %" PRIu64 " is not whole", id.n);
}

static void
check_mail(struct check *c, struct entry_id id, const Rec__Entry *e)
{
	g_autoptr(GError) error = NULL;
	struct key held = key_1(TABLE_HELD, id.n);

	c->report->mails++;
	c->parts += e->blob->parts;
	if (e->held_code != NULL) {
		c->report->held++;
		expect_row(c, &held, "entry", id.n);
	}
	if (!body_is_whole(c, id, e, &error))
		(void)noted(c, &error);
}

/* IN-30: received = entries + held + refused + duplicates + discarded +
 * commands; refused ones leave no entry. */
static void
sum_received(struct check *c, const Rec__Entry *e)
{
	if (e->kind != REC__ENTRY__KIND__MAIL_IN || !e->has_action)
		return;
	sum_add(c, COUNTER_MAIL, (uint64_t)e->action, 1);
	if (e->came_again > 0)
		sum_add(c, COUNTER_MAIL, REC__ACTION__DUPLICATE, e->came_again);
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
	if (key_get_u16(key, &at) != 0) {
		c->part_rows++; /* a slice, read with its mail */
		return true;
	}
	message = record_unpack(key, value, error);
	if (message == NULL)
		return noted(c, error);
	e = (const Rec__Entry *)message;
	c->report->entries++;
	sum_received(c, e);
	if (e->ticket != 0) {
		struct key row = key_2(TABLE_TICKET, e->ticket, id.n);

		c->in_tickets++;
		expect_row(c, &row, "entry", id.n);
	}
	if (e->blob != NULL)
		check_mail(c, id, e);
	return true;
}

/* ---- names --------------------------------------------------------------- */

static void
check_name(struct check *c, enum name_kind kind, const char *name, uint64_t id)
{
	g_autoptr(GError) error = NULL;
	uint64_t owner = 0;

	if (name == NULL)
		return;
	c->names++;
	switch (name_find(c->view, kind, name, &owner, &error)) {
	case FOUND_YES:
		if (owner == id)
			return;
		problem(c, "the name %s is %" PRIu64 "'s, not %" PRIu64 "'s",
		    name, owner, id);
		return;
	case FOUND_NO:
		problem(c, "%s %" PRIu64 " is missing in table %s", name, id,
		    table_name(TABLE_NAME));
		return;
	case FOUND_ERROR:
		(void)noted(c, &error);
	}
}

/* One row, though an address may be written twice in two ways. */
static void
check_mailbox_addresses(struct check *c, const Rec__Mailbox *mailbox,
    uint64_t id)
{
	g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash,
	    g_str_equal, g_free, NULL);

	for (size_t i = 0; i < mailbox->n_addresses; i++)
		if (g_hash_table_add(known,
			text_fold_address(mailbox->addresses[i])))
			check_name(c, NAME_MAILBOX_ADDRESS,
			    mailbox->addresses[i], id);
}

static bool
check_mailbox(void *arg, const struct key *key, struct slice value,
    GError **error)
{
	struct check *c = arg;
	AUTO(record_free)
	ProtobufCMessage *message = record_unpack(key, value, error);
	const Rec__Mailbox *mailbox = (const Rec__Mailbox *)message;
	size_t at = key_start(key->table);
	uint64_t id = key_get_u64(key, &at);

	c->rows[key->table]++;
	if (message == NULL)
		return noted(c, error);
	check_name(c, NAME_MAILBOX, mailbox->name, id);
	check_mailbox_addresses(c, mailbox, id);
	return true;
}

static bool
check_named(void *arg, const struct key *key, struct slice value,
    GError **error)
{
	struct check *c = arg;
	AUTO(record_free)
	ProtobufCMessage *message = record_unpack(key, value, error);
	size_t at = key_start(key->table);
	uint64_t id = key_get_u64(key, &at);

	c->rows[key->table]++;
	if (message == NULL)
		return noted(c, error);
	if (key->table == TABLE_USER)
		check_name(c, NAME_USER, ((const Rec__User *)message)->name,
		    id);
	else
		check_name(c, NAME_CATEGORY,
		    ((const Rec__Category *)message)->name, id);
	return true;
}

/* ---- customers, Message-IDs ---------------------------------------------- */

static void
check_addresses(struct check *c, const Rec__Customer *customer, uint64_t id)
{
	for (size_t i = 0; i < customer->n_addresses; i++) {
		g_autofree char *folded = text_fold_address(
		    customer->addresses[i]->address);
		struct key key = key_name(TABLE_ADDRESS, folded);

		c->addresses++;
		key_u64(&key, id);
		expect_row(c, &key, "customer", id);
	}
}

static bool
check_customer(void *arg, const struct key *key, struct slice value,
    GError **error)
{
	struct check *c = arg;
	AUTO(record_free)
	ProtobufCMessage *message = record_unpack(key, value, error);
	size_t at = key_start(key->table);
	uint64_t id;

	c->rows[key->table]++;
	if (message == NULL)
		return noted(c, error);
	id = key_get_u64(key, &at);
	if (key_get_u64(key, &at) != 0) {
		c->customer_rows++;
		return true;
	}
	c->report->customers++;
	check_addresses(c, (const Rec__Customer *)message, id);
	check_name(c, NAME_CUSTOMER_NUMBER,
	    ((const Rec__Customer *)message)->number, id);
	return true;
}

static void
check_tuple(struct check *c, const struct late_key *tuple)
{
	const uint64_t entry = message_id_entry(tuple).n;
	struct key owner = key_1(TABLE_ENTRY, entry);

	key_u16(&owner, 0);
	expect_row(c, &owner, "entry", entry);
}

static bool
check_message_id(void *arg, const struct key *key, struct slice value,
    GError **error)
{
	struct check *c = arg;
	AUTO(record_free)
	ProtobufCMessage *message = record_unpack(key, value, error);
	const struct late_key tuple = message_id_tuple(key);

	c->rows[key->table]++;
	if (message == NULL)
		return noted(c, error);
	check_tuple(c, &tuple);
	return true;
}

static bool
check_late(void *arg, const struct key *key, struct slice value, GError **error)
{
	struct check *c = arg;
	AUTO(record_free)
	ProtobufCMessage *message = record_unpack(key, value, error);
	const struct late_key *tuples;
	size_t count;

	c->rows[key->table]++;
	if (message == NULL)
		return noted(c, error);
	count = late_keys((const Rec__Late *)message, &tuples);
	for (size_t i = 0; i < count; i++)
		check_tuple(c, &tuples[i]);
	return true;
}

/* A counter that nothing asks for must be 0; see check_counters. */
static bool
check_counter(void *arg, const struct key *key, struct slice value,
    GError **error)
{
	struct check *c = arg;
	AUTO(record_free)
	ProtobufCMessage *message = record_unpack(key, value, error);
	size_t at = key_start(key->table);
	uint8_t counter = key_get_u8(key, &at);

	c->rows[key->table]++;
	if (message == NULL)
		return noted(c, error);
	if (counter <= COUNTER_MAIL)
		sum_add(c, counter, key_get_u64(key, &at), 0);
	return true;
}

/* Tables without rules of their own: their rows unpack. */
static bool
check_row(void *arg, const struct key *key, struct slice value, GError **error)
{
	struct check *c = arg;
	AUTO(record_free)
	ProtobufCMessage *message = record_unpack(key, value, error);

	c->rows[key->table]++;
	return message != NULL || noted(c, error);
}

static scan_fn *
checker_of(enum table table)
{
	static scan_fn *const checkers[TABLE_COUNT] = {
	    [TABLE_TICKET] = check_ticket,
	    [TABLE_ENTRY] = check_entry,
	    [TABLE_CUSTOMER] = check_customer,
	    [TABLE_MESSAGE_ID] = check_message_id,
	    [TABLE_LATE] = check_late,
	    [TABLE_MAILBOX] = check_mailbox,
	    [TABLE_CATEGORY] = check_named,
	    [TABLE_USER] = check_named,
	    [TABLE_COUNTER] = check_counter,
	};

	return checkers[table] != NULL ? checkers[table] : check_row;
}

/* ---- sums ---------------------------------------------------------------- */

static void
expect_count(struct check *c, const char *what, uint64_t have, uint64_t want)
{
	if (have != want)
		problem(c,
		    "%s: %" PRIu64 " rows where the records make %" PRIu64,
		    what, have, want);
}

static void
check_counters(struct check *c)
{
	static const char *const names[] = {
	    [COUNTER_TICKET_STATUS] = "status",
	    [COUNTER_TICKET_CATEGORY] = "category",
	    [COUNTER_TICKET_ASSIGNEE] = "assignee",
	    [COUNTER_MAIL] = "received mails, action",
	};
	GHashTableIter iter;
	void *value;

	g_hash_table_iter_init(&iter, c->sums);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct sum *sum = value;
		g_autoptr(GError) error = NULL;
		int64_t n;

		if (!counter_get(c->view, sum->counter, sum->id, &n, &error))
			(void)noted(c, &error);
		else if (n != sum->n)
			problem(c,
			    "counter of %s %" PRIu64 " is %" PRId64
			    ", there are %" PRId64,
			    sum->counter < COUNT(names) &&
				    names[sum->counter] != NULL
				? names[sum->counter]
				: "kind",
			    sum->id, n, sum->n);
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
	expect_count(c, "names", c->rows[TABLE_NAME], c->names);
	expect_count(c, "parts of mails", c->part_rows, c->parts);
	check_counters(c);
}

bool
desk_check(struct store *store, GPtrArray *problems,
    struct check_report *report_out, GError **error)
{
	AUTO(view_end) struct view *view = view_begin(store, error);
	g_autoptr(GHashTable)
	    sums = g_hash_table_new_full(sum_hash, sums_equal, g_free, NULL);
	struct check c = {.view = view,
	    .problems = problems,
	    .report = report_out,
	    .sums = sums};

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
