/* SPDX-License-Identifier: MIT */
/*
 * Tickets merged: who takes part, what is waited for, the entries in pieces,
 * and mail to the merged one at any time.
 */
#include "jobs/merge_ticket.h"

#include "tests/unit/jobs/work.h"

#define MANY 120 /* entries: three pieces */

static enum err_kind
merge(struct desk *desk, uint64_t id, uint64_t into)
{
	AUTO(wtxn_abort) struct wtxn *w = desk_begin(desk);
	g_autoptr(GError) error = NULL;
	struct job_id job;

	if (!merge_ticket(w, (struct ticket_id){id}, (struct ticket_id){into},
		&job, &error))
		return err_kind(error);
	desk_commit(&w);
	return FINE;
}

/* A ticket of `from` with so many mails. */
static uint64_t
write_mails(struct desk *desk, const char *from, unsigned count)
{
	uint64_t ticket = 0;

	for (unsigned i = 0; i < count; i++) {
		g_autofree char *id = g_strdup_printf("%u-%s", i, from);
		g_autofree char *first = g_strdup_printf("0-%s", from);
		struct letter l = {.from = from,
		    .to = "support@desk.example",
		    .subject = "Fire",
		    .id = id,
		    .in_reply_to = i > 0 ? first : NULL};

		ticket = desk_receive(desk, &l).ticket;
	}
	return ticket;
}

static void
check_counts(const struct desk *desk, uint64_t id, unsigned want)
{
	AUTO(view_end) struct view *view = desk_view(desk);
	AUTO_RECORD(Rec__Ticket) rec = desk_ticket(desk, id);
	struct key prefix = key_1(TABLE_TICKET, id);
	struct key record = key_2(TABLE_TICKET, id, 0);
	AUTO(cursor_free)
	struct cursor *c = cursor_new(view, &prefix, ASCENDING, NULL);
	struct key key;
	struct slice value;
	uint64_t first = 0, last = 0;
	unsigned rows = 0;

	cursor_after(c, &record);
	while (cursor_next(c, &key, &value, NULL) == FOUND_YES) {
		size_t at = prefix.len;

		last = key_get_u64(&key, &at);
		first = first == 0 ? last : first;
		rows++;
	}
	CHECK_EQ(id, rows, want);
	CHECK_EQ(id, rec->entry_count, want);
	CHECK_EQ(id, rec->last_entry, last);
	/* While rows go, the first one of the merged ticket is not kept. */
	CHECK(rec->merged_into != 0 || rec->first_entry == first);
}

TEST(entries_follow_in_pieces)
{
	AUTO(desk_close) struct desk desk = desk_open();
	uint64_t erika = write_mails(&desk, "erika@x.example", MANY);
	uint64_t jon = write_mails(&desk, "jon@y.example", 3);

	CHECK_EQ(0, merge(&desk, erika, jon), FINE);
	check_counts(&desk, erika, MANY);
	check_counts(&desk, jon, 4); /* and the change */
	CHECK(work_piece(&desk));
	check_counts(&desk, erika, MANY - 50);
	check_counts(&desk, jon, 54);
	(void)desk_clean(&desk);
	work_all(&desk);
	check_counts(&desk, erika, 0);
	check_counts(&desk, jon, MANY + 4);
	(void)desk_clean(&desk);
}

TEST(the_remaining_ticket_tells_what_came)
{
	AUTO(desk_close) struct desk desk = desk_open();
	uint64_t erika = write_mails(&desk, "erika@x.example", 1);
	uint64_t jon = write_mails(&desk, "jon@y.example", 1);
	AUTO_RECORD(Rec__Ticket) rec = NULL;
	AUTO_RECORD(Rec__Entry) mark = NULL;
	g_autofree char *number = g_strdup_printf("%" PRIu64, erika);

	CHECK_EQ(0, merge(&desk, erika, jon), FINE);
	work_all(&desk);
	rec = desk_ticket(&desk, jon);
	mark = desk_entry(&desk, rec->last_entry);
	CHECK_EQ(0, mark->kind, REC__ENTRY__KIND__CHANGE);
	CHECK(mark->internal);
	CHECK_STR(0, mark->changes[0]->field, "merged");
	CHECK_STR(0, mark->changes[0]->from, number);
	/* Both are customers' mails: the change is none. */
	CHECK(rec->last_public_entry < rec->last_entry);
}

/* By the Message-ID, by the token and by the tag, before, while and after the
 * entries move: by a sender who takes part only by the merge. */
TEST(mail_to_the_merged_ticket_reaches_the_other)
{
	AUTO(desk_close) struct desk desk = desk_open();
	uint64_t erika = write_mails(&desk, "erika@x.example", MANY);
	uint64_t jon = write_mails(&desk, "jon@y.example", 1);
	g_autofree char *tag = g_strdup_printf("Re: [#%" PRIu64 "] Fire",
	    erika);
	const struct {
		const char *in_reply_to, *subject;
	} row[] = {
	    {"0-erika@x.example",   "Re: Fire"},
	    {"119-erika@x.example", "Re: Fire"},
	    {NULL,                  tag       },
	};
	unsigned count = 0;

	CHECK_EQ(0, merge(&desk, erika, jon), FINE);
	do {
		for (size_t i = 0; i < COUNT(row); i++) {
			g_autofree char *id = g_strdup_printf("r%u@x.example",
			    count++);
			struct letter l = {.from = "erika@x.example",
			    .to = "support@desk.example",
			    .subject = row[i].subject,
			    .id = id,
			    .in_reply_to = row[i].in_reply_to};

			CHECK_EQ(i, desk_receive(&desk, &l).ticket, jon);
		}
		(void)desk_clean(&desk);
	} while (work_piece(&desk));
	CHECK_EQ(0, count, 12);
	check_counts(&desk, jon, MANY + 2 + count);
}

TEST(what_waits_for_an_answer_still_does)
{
	static const struct {
		Rec__TicketStatus from;
		int64_t from_since;
		Rec__TicketStatus into;
		int64_t into_since;
		Rec__TicketStatus want;
		int64_t want_since;
	} row[] = {
	    {REC__TICKET_STATUS__NEW,              5, REC__TICKET_STATUS__CLOSED, 0,
             REC__TICKET_STATUS__OPEN,									 5},
	    {REC__TICKET_STATUS__OPEN,             5, REC__TICKET_STATUS__NEW,    3,
             REC__TICKET_STATUS__NEW,									  3},
	    {REC__TICKET_STATUS__CLOSED,           0,
             REC__TICKET_STATUS__WAITING_CUSTOMER,                                0,
             REC__TICKET_STATUS__WAITING_CUSTOMER,							     0},
	    {REC__TICKET_STATUS__WAITING_CUSTOMER, 2,
             REC__TICKET_STATUS__WAITING_CUSTOMER,                                7,
             REC__TICKET_STATUS__OPEN,									 2},
	    {REC__TICKET_STATUS__WAITING_CUSTOMER, 0, REC__TICKET_STATUS__OPEN,
             7,								      REC__TICKET_STATUS__OPEN, 7},
	};
	AUTO(desk_close) struct desk desk = desk_open();
	uint64_t customer = work_add_customer(&desk, "K1", "a@x.example");

	for (size_t i = 0; i < COUNT(row); i++) {
		uint64_t id = work_add_tickets(&desk, customer, 2);
		struct wtxn *w = desk_begin(&desk);
		AUTO_RECORD(Rec__Ticket) rec = NULL;
		struct ticket t[2];

		for (size_t j = 0; j < COUNT(t); j++) {
			CHECK(ticket_load(wtxn_view(w),
			    (struct ticket_id){id + j}, &t[j], NULL));
			t[j].rec->status = j == 0 ? row[i].from : row[i].into;
			t[j].rec->unanswered_since = j == 0 ? row[i].from_since
							    : row[i].into_since;
			t[j].rec->has_unanswered_since =
			    t[j].rec->unanswered_since != 0;
			CHECK(ticket_save(w, &t[j], NULL));
			ticket_drop(&t[j]);
		}
		desk_commit(&w);
		CHECK_EQ(i, merge(&desk, id, id + 1), FINE);
		rec = desk_ticket(&desk, id + 1);
		CHECK_EQ(i, rec->status, row[i].want);
		CHECK_EQ(i, rec->unanswered_since, row[i].want_since);
		work_all(&desk);
	}
	(void)desk_clean(&desk);
}

/* ---- bounds -------------------------------------------------------------- */

static void
crowd_add(struct desk *desk, uint64_t id, const char *domain, unsigned count)
{
	struct wtxn *w = desk_begin(desk);
	struct ticket t;

	CHECK(ticket_load(wtxn_view(w), (struct ticket_id){id}, &t, NULL));
	t.rec->participants = g_new0(Rec__Participant *, count);
	for (unsigned i = 0; i < count; i++) {
		g_autofree char *address = g_strdup_printf("p%u@%s", i, domain);
		Rec__Participant *p = g_new0(Rec__Participant, 1);

		rec__participant__init(p);
		p->address = g_strdup(address);
		t.rec->participants[t.rec->n_participants++] = p;
		for (unsigned j = 0; j < 20; j++) {
			g_autofree char *seen = g_strdup_printf("%u%s", j,
			    address);

			ticket_see(t.rec, seen);
		}
	}
	CHECK(ticket_save(w, &t, NULL));
	ticket_drop(&t);
	desk_commit(&w);
}

TEST(who_takes_part_is_joined_within_bounds)
{
	AUTO(desk_close) struct desk desk = desk_open();
	uint64_t customer = work_add_customer(&desk, "K1", "a@x.example");
	uint64_t id = work_add_tickets(&desk, customer, 2);
	AUTO_RECORD(Rec__Ticket) rec = NULL;

	crowd_add(&desk, id, "one.example", 12);
	crowd_add(&desk, id + 1, "two.example", 11);
	CHECK_EQ(0, merge(&desk, id, id + 1), FINE);
	rec = desk_ticket(&desk, id + 1);
	CHECK_EQ(1, rec->n_participants, 20);
	CHECK(ticket_has_seen(rec, "p11@one.example"));
	CHECK_EQ(2, rec->n_seen, TICKET_SEEN_MAX);
}

TEST(what_makes_no_sense_is_refused)
{
	AUTO(desk_close) struct desk desk = desk_open();
	uint64_t customer = work_add_customer(&desk, "K1", "a@x.example");
	uint64_t id = work_add_tickets(&desk, customer, 5);
	struct wtxn *w = desk_begin(&desk);
	struct ticket t;

	CHECK(ticket_load(wtxn_view(w), (struct ticket_id){id + 3}, &t, NULL));
	t.rec->has_spam = t.rec->spam = true;
	CHECK(ticket_save(w, &t, NULL));
	ticket_drop(&t);
	CHECK(ticket_load(wtxn_view(w), (struct ticket_id){id + 4}, &t, NULL));
	t.rec->has_deleted_at = true;
	CHECK(ticket_save(w, &t, NULL));
	ticket_drop(&t);
	desk_commit(&w);

	CHECK_EQ(0, merge(&desk, id, id), ERR_CONFLICT);
	CHECK_EQ(1, merge(&desk, id, 9999), ERR_NOT_FOUND);
	CHECK_EQ(2, merge(&desk, id, id + 3), ERR_CONFLICT);
	CHECK_EQ(3, merge(&desk, id + 4, id), ERR_CONFLICT);
	CHECK_EQ(4, merge(&desk, id, id + 1), FINE);
	CHECK_EQ(5, merge(&desk, id, id + 2), ERR_CONFLICT);
	CHECK_EQ(6, merge(&desk, id + 2, id), ERR_CONFLICT);
	/* Entries may still come to it. */
	CHECK_EQ(7, merge(&desk, id + 1, id + 2), ERR_CONFLICT);
	work_all(&desk);
	CHECK_EQ(8, merge(&desk, id + 1, id + 2), FINE);
	(void)desk_clean(&desk);
}

TEST(a_long_chain_of_merges_is_still_followed)
{
	AUTO(desk_close) struct desk desk = desk_open();
	uint64_t customer = work_add_customer(&desk, "K1", "a@x.example");
	uint64_t id = work_add_tickets(&desk, customer, 40);
	struct view *view;
	struct ticket t;

	for (unsigned i = 0; i < 39; i++) {
		CHECK_EQ(i, merge(&desk, id + i, id + i + 1), FINE);
		work_all(&desk);
	}
	view = desk_view(&desk);
	for (unsigned i = 0; i < 40; i++) {
		CHECK_EQ(i,
		    ticket_find_merged(view, (struct ticket_id){id + i}, &t,
			NULL),
		    FOUND_YES);
		CHECK_EQ(i, t.id.n, id + 39);
		ticket_drop(&t);
	}
	view_end(&view);
	(void)desk_clean(&desk);
}
