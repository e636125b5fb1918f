/* SPDX-License-Identifier: MIT */
/*
 * Tickets move through their indexes and counters and the store stays whole;
 * and the checker sees each kind of damage: a derived row that is gone, one
 * too many, a counter that is off, bytes that are not what they were.
 */
#include "tests/unit/intake/letters.h"

#include "desk/name.h"
#include "store/record.h"

/* ---- moves --------------------------------------------------------------- */

struct place {
	Rec__TicketStatus status;
	uint64_t category, assignee, customer;
	bool deleted, merged, spam;
};

static void
move(struct desk *desk, uint64_t id, const struct place *to)
{
	struct wtxn *w = desk_begin(desk);
	struct ticket t;
	g_autoptr(GError) error = NULL;

	CHECK_OK(ticket_load(wtxn_view(w), (struct ticket_id){id}, &t, &error),
	    error);
	t.rec->has_status = t.rec->has_category = t.rec->has_assignee = true;
	t.rec->status = to->status;
	t.rec->category = to->category;
	t.rec->assignee = to->assignee;
	t.rec->has_customer = to->customer != 0;
	t.rec->customer = to->customer;
	t.rec->has_deleted_at = to->deleted;
	t.rec->has_merged_into = to->merged;
	t.rec->merged_into = to->merged ? 1001 : 0;
	t.rec->has_spam = t.rec->spam = to->spam;
	CHECK_OK(ticket_save(w, &t, &error), error);
	/* Saved twice is saved once. */
	CHECK_OK(ticket_save(w, &t, &error), error);
	ticket_drop(&t);
	desk_commit(&w);
}

static int64_t
counter_of(const struct desk *desk, enum counter counter, uint64_t id)
{
	AUTO(view_end) struct view *view = desk_view(desk);
	int64_t n = -1;

	CHECK(counter_get(view, counter, id, &n, NULL));
	return n;
}

/* Three tickets of two customers, one held mail; category and support. */
static void
fill(struct desk *desk)
{
	static const struct letter letters[] = {
	    {"ann@a.example", "support@desk.example", .id = "1@a"},
	    {"ann@a.example", "support@desk.example", .id = "2@a"},
	    {"bob@b.example", "sales@desk.example",   .id = "3@b"},
	    {"bob@b.example", "sales@desk.example",   .id = "4@b",
             .in_reply_to = "3@b"},
	    {NULL,               "sales@desk.example",                                  .id = "5@b"          },
	};

	for (size_t i = 0; i < COUNT(letters); i++)
		(void)desk_receive(desk, &letters[i]);
	(void)desk_clean(desk);
}

TEST(tickets_move_through_indexes_and_counters)
{
	static const struct {
		struct place to;
		/* of the moved ticket's status, category 77 and user 5 */
		int64_t in_status, in_category, of_user;
	} row[] = {
	    {{REC__TICKET_STATUS__OPEN, 77, 5, 1},                 1, 1, 1},
	    {{REC__TICKET_STATUS__OPEN, 77, 0, 1},                 1, 1, 0},
	    {{REC__TICKET_STATUS__OPEN, 0, 5, 2},                  1, 0, 1},
	    {{REC__TICKET_STATUS__WAITING_COLLEAGUE, 77, 5, 2},    1, 1, 1},
	    {{REC__TICKET_STATUS__CLOSED, 77, 5, 2},               1, 0, 0},
	    {{REC__TICKET_STATUS__CLOSED, 77, 6, 1},               1, 0, 0},
	    {{REC__TICKET_STATUS__TO_BE_CLOSED, 77, 5, 0},         1, 1, 1},
	    {{REC__TICKET_STATUS__OPEN, 77, 5, 1, .deleted = 1},   0, 0, 0},
	    {{REC__TICKET_STATUS__CLOSED, 77, 5, 2, .deleted = 1}, 0, 0, 0},
	    {{REC__TICKET_STATUS__OPEN, 77, 5, 2, .spam = 1},      0, 0, 0},
	    {{REC__TICKET_STATUS__OPEN, 77, 5, 2},                 1, 1, 1},
	    {{REC__TICKET_STATUS__OPEN, 77, 5, 1, .merged = 1},    0, 0, 0},
	    {{REC__TICKET_STATUS__NEW, 77, 5, 1},                  3, 1, 1},
	};
	AUTO(desk_close) struct desk desk = desk_open();

	fill(&desk);
	for (size_t i = 0; i < COUNT(row); i++) {
		move(&desk, 1000, &row[i].to);
		CHECK_EQ(i,
		    counter_of(&desk, COUNTER_TICKET_STATUS, row[i].to.status),
		    row[i].in_status);
		CHECK_EQ(i, counter_of(&desk, COUNTER_TICKET_CATEGORY, 77),
		    row[i].in_category);
		CHECK_EQ(i, counter_of(&desk, COUNTER_TICKET_ASSIGNEE, 5),
		    row[i].of_user);
		(void)desk_clean(&desk);
	}
}

TEST(merges_are_followed_and_rings_found)
{
	AUTO(desk_close) struct desk desk = desk_open();
	static const struct place merged = {REC__TICKET_STATUS__OPEN,
	    .merged = true};
	struct ticket t;
	g_autoptr(GError) error = NULL;

	fill(&desk);
	move(&desk, 1000, &merged);
	AUTO(view_end) struct view *view = desk_view(&desk);
	CHECK_EQ(0,
	    ticket_find_merged(view, (struct ticket_id){1000}, &t, &error),
	    FOUND_YES);
	CHECK_EQ(0, t.id.n, 1001);
	ticket_drop(&t);
	CHECK_EQ(1, ticket_find_merged(view, (struct ticket_id){7}, &t, &error),
	    FOUND_NO);
	view_end(&view);
	move(&desk, 1001, &merged); /* into itself */
	view = desk_view(&desk);
	CHECK_EQ(2,
	    ticket_find_merged(view, (struct ticket_id){1000}, &t, &error),
	    FOUND_ERROR);
	CHECK_EQ(2, err_is(error, ERR_DAMAGED), true);
}

TEST(status_words_are_read_back)
{
	for (int i = 0; i <= REC__TICKET_STATUS__CLOSED; i++) {
		Rec__TicketStatus status;
		const char *name = ticket_status_name((Rec__TicketStatus)i);

		CHECK(ticket_status_parse(name, &status, NULL));
		CHECK_EQ(i, status, i);
	}
	CHECK_STR(0, ticket_status_name((Rec__TicketStatus)99), "unknown");
}

/* ---- damage -------------------------------------------------------------- */

enum kind {
	IN_TICKET,
	IN_CUSTOMER,
	IN_STATUS,
	IN_CATEGORY,
	IN_ASSIGNEE,
	IN_ADDRESS,
	IN_NAME,
	IN_HELD,
	IN_COUNTER,
	IN_PART,
	IN_ENTRY,
	IN_LATE,
	IN_RECORD
};

static const uint64_t first_id[] = {
    [IN_TICKET] = 1,
    [IN_CUSTOMER] = 1000,
    [IN_STATUS] = 1000,
    [IN_CATEGORY] = 1002,
    [IN_ASSIGNEE] = 1000,
    [IN_ADDRESS] = 1,
    [IN_HELD] = 5,
    [IN_COUNTER] = REC__TICKET_STATUS__NEW,
    [IN_PART] = 1,
    [IN_ENTRY] = 1,
    [IN_LATE] = 1,
    [IN_RECORD] = 0,
};

/* The first row of a kind (`n` 0), or one that nobody asks for (1). */
static struct key
row_key(enum kind kind, unsigned n)
{
	const uint64_t id = n ? 999 : first_id[kind];
	struct key key = key_of(TABLE_META);

	switch (kind) {
	case IN_TICKET:
		return key_2(TABLE_TICKET, 1000, id);
	case IN_CUSTOMER:
		return key_2(TABLE_CUSTOMER, 1, id);
	case IN_STATUS:
		key = key_of(TABLE_TICKET_STATUS);
		key_u8(&key, REC__TICKET_STATUS__NEW);
		key_u64(&key, id);
		return key;
	case IN_CATEGORY:
		key = key_1(TABLE_TICKET_CATEGORY, 0);
		key_u8(&key, 0);
		key_u64(&key, id);
		return key;
	case IN_ASSIGNEE:
		key = key_1(TABLE_TICKET_ASSIGNEE, 0);
		key_u8(&key, 0);
		key_u64(&key, id);
		return key;
	case IN_ADDRESS:
		key = key_name(TABLE_ADDRESS, "ann@a.example");
		key_u64(&key, id);
		return key;
	case IN_NAME:
		key = key_of(TABLE_NAME);
		key_u8(&key, NAME_MAILBOX);
		key_text(&key, n ? "nobody" : "support");
		return key;
	case IN_HELD:
		return key_1(TABLE_HELD, id);
	case IN_COUNTER:
		key = key_of(TABLE_COUNTER);
		key_u8(&key,
		    n ? COUNTER_TICKET_ASSIGNEE : COUNTER_TICKET_STATUS);
		key_u64(&key, id);
		return key;
	case IN_PART:
		key = key_1(TABLE_ENTRY, id);
		key_u16(&key, 1);
		return key;
	case IN_ENTRY:
		key = key_1(TABLE_ENTRY, id);
		key_u16(&key, 0);
		return key;
	case IN_LATE:
		return key_1(TABLE_LATE, id);
	case IN_RECORD:
		return key_2(TABLE_CUSTOMER, 2, 0);
	}
	return key;
}

static void
put_row(struct wtxn *w, enum kind kind, const struct key *key)
{
	Rec__Counter counter = REC__COUNTER__INIT;
	g_autoptr(GError) error = NULL;

	counter.has_value = true;
	counter.value = 7;
	if (kind == IN_COUNTER)
		CHECK_OK(RECORD_SAVE(w, key, &counter, &error), error);
	else
		CHECK_OK(wtxn_put(w, key, "", 0, &error), error);
}

enum how { REMOVE, ADD, MOVED, GARBLE };

static void
damage(struct desk *desk, enum kind kind, enum how how)
{
	struct wtxn *w = desk_begin(desk);
	struct key mine = row_key(kind, 0);
	struct key other = row_key(kind, 1);
	g_autoptr(GError) error = NULL;

	if (how == REMOVE || how == MOVED)
		CHECK_OK(wtxn_delete(w, &mine, &error), error);
	if (how == ADD || how == MOVED)
		put_row(w, kind, &other);
	if (how == GARBLE)
		CHECK_OK(wtxn_put(w, &mine, "\xff\xff\xff", 3, &error), error);
	desk_commit(&w);
}

TEST(each_kind_of_damage_is_named)
{
	static const struct {
		enum kind kind;
		enum how how;
		const char *words; /* in one of the sentences */
	} row[] = {
	    {IN_TICKET,   REMOVE, "entry 1 is missing in table TICKET"      },
	    {IN_TICKET,   ADD,    "entries of tickets: "                    },
	    {IN_TICKET,   MOVED,  "entry 1 is missing in table TICKET"      },
	    {IN_CUSTOMER, REMOVE, "ticket 1000 is missing in table CUSTOMER"},
	    {IN_CUSTOMER, ADD,    "tickets of customers: "                  },
	    {IN_STATUS,   REMOVE, "is missing in table TICKET_STATUS"       },
	    {IN_STATUS,   ADD,    "TICKET_STATUS: 4 rows"                   },
	    {IN_STATUS,   MOVED,  "is missing in table TICKET_STATUS"       },
	    {IN_CATEGORY, REMOVE, "is missing in table TICKET_CATEGORY"     },
	    {IN_CATEGORY, ADD,    "TICKET_CATEGORY: 4 rows"                 },
	    {IN_ASSIGNEE, REMOVE, "is missing in table TICKET_ASSIGNEE"     },
	    {IN_ASSIGNEE, ADD,    "TICKET_ASSIGNEE: 4 rows"                 },
	    {IN_ADDRESS,  REMOVE, "customer 1 is missing in table ADDRESS"  },
	    {IN_ADDRESS,  ADD,    "addresses of customers: "                },
	    {IN_ADDRESS,  MOVED,  "customer 1 is missing in table ADDRESS"  },
	    {IN_NAME,     REMOVE, "is missing in table NAME"                },
	    {IN_NAME,     ADD,    "names: "                                 },
	    {IN_HELD,     REMOVE, "entry 5 is missing in table HELD"        },
	    {IN_HELD,     ADD,    "held mails: "                            },
	    {IN_HELD,     MOVED,  "entry 5 is missing in table HELD"        },
	    {IN_COUNTER,  REMOVE, "counter of status 0 is 0, there are 3"   },
	    {IN_COUNTER,  ADD,    "counter of assignee 999 is 7"            },
	    {IN_PART,     REMOVE, "part 1 of entry 1 is missing"            },
	    {IN_PART,     ADD,    "parts of mails: "                        },
	    {IN_PART,     GARBLE, "entry 1"                                 },
	    {IN_ENTRY,    REMOVE, "entry 1 is missing in table ENTRY"       },
	    {IN_ENTRY,    GARBLE, "of table ENTRY is no record of its kind" },
	    {IN_LATE,     REMOVE, "entry 1 is not found by its Message-ID"  },
	    {IN_RECORD,   REMOVE, "customer 2 is missing in table CUSTOMER" },
	    {IN_RECORD,   GARBLE, "is no record of its kind"                },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		AUTO(desk_close) struct desk desk = desk_open();
		struct check_report report;
		g_autoptr(GPtrArray) problems = NULL;
		bool named = false;

		fill(&desk);
		damage(&desk, row[i].kind, row[i].how);
		problems = desk_problems(&desk, &report);
		CHECK_EQ(i, problems->len > 0, true);
		for (guint p = 0; p < problems->len; p++)
			named |= strstr(problems->pdata[p], row[i].words) !=
			    NULL;
		CHECK_EQ(i, named, true);
	}
}

TEST(a_report_counts_what_is_there)
{
	AUTO(desk_close) struct desk desk = desk_open();
	struct check_report report;

	fill(&desk);
	report = desk_clean(&desk);
	CHECK_EQ(0, report.tickets, 3);
	CHECK_EQ(1, report.entries, 5);
	CHECK_EQ(2, report.mails, 5);
	CHECK_EQ(3, report.held, 1);
	CHECK_EQ(4, report.customers, 2);
	CHECK_EQ(5, report.rows > 20, true);
}

TEST(problems_are_capped)
{
	AUTO(desk_close) struct desk desk = desk_open();
	g_autoptr(GPtrArray) problems = NULL;
	struct check_report report;
	struct wtxn *w = desk_begin(&desk);

	for (uint64_t i = 1; i <= 2 * CHECK_PROBLEMS_MAX; i++) {
		struct key key = key_1(TABLE_MAILBOX, 1000 + i);

		CHECK(wtxn_put(w, &key, "\xff", 1, NULL));
	}
	desk_commit(&w);
	problems = desk_problems(&desk, &report);
	CHECK_EQ(0, problems->len, CHECK_PROBLEMS_MAX);
}
