/* SPDX-License-Identifier: MIT */
/*
 * Customers merged and parted: addresses at once, tickets in pieces, mail
 * that comes between two pieces, and the checker after each.
 */
#include "jobs/merge_customer.h"

#include "tests/unit/jobs/work.h"

#define MANY 120 /* tickets: three pieces */

struct two {
	struct desk desk;
	uint64_t erika, jon;
};

static struct two
two_open(void)
{
	struct two two = {.desk = desk_open()};

	two.erika = work_add_customer(&two.desk, "K1",
	    "erika@x.example both@x.example");
	two.jon = work_add_customer(&two.desk, "K2",
	    "jon@y.example Both@X.example");
	return two;
}

static void
two_close(struct two *two)
{
	desk_close(&two->desk);
}

static enum err_kind
merge(struct desk *desk, uint64_t id, uint64_t into, struct job_id *job)
{
	AUTO(wtxn_abort) struct wtxn *w = desk_begin(desk);
	g_autoptr(GError) error = NULL;

	if (!merge_customer(w, (struct customer_id){id},
		(struct customer_id){into}, job, &error))
		return err_kind(error);
	desk_commit(&w);
	return FINE;
}

static enum err_kind
unmerge(struct desk *desk, uint64_t id, struct job_id *job)
{
	AUTO(wtxn_abort) struct wtxn *w = desk_begin(desk);
	g_autoptr(GError) error = NULL;

	if (!unmerge_customer(w, (struct customer_id){id}, job, &error))
		return err_kind(error);
	desk_commit(&w);
	return FINE;
}

static void
check_addresses(struct two *two, const char *erikas, const char *jons)
{
	g_autofree char *erika = work_addresses(&two->desk, two->erika);
	g_autofree char *jon = work_addresses(&two->desk, two->jon);

	CHECK_STR(two->erika, erika, erikas);
	CHECK_STR(two->jon, jon, jons);
	(void)desk_clean(&two->desk);
}

static void
check_tickets(struct two *two, unsigned erikas, unsigned jons)
{
	CHECK_EQ(0, work_count_tickets(&two->desk, two->erika), erikas);
	CHECK_EQ(1, work_count_tickets(&two->desk, two->jon), jons);
	(void)desk_clean(&two->desk);
}

TEST(addresses_move_at_once_and_come_back)
{
	AUTO(two_close) struct two two = two_open();
	AUTO_RECORD(Rec__Customer) merged = NULL;
	struct job_id job;

	CHECK_EQ(0, merge(&two.desk, two.erika, two.jon, &job), FINE);
	check_addresses(&two, "",
	    "jon@y.example Both@X.example erika@x.example");
	merged = work_customer(&two.desk, two.erika);
	CHECK_EQ(0, merged->merged_into, two.jon);
	CHECK_STR(0, merged->number, "K1");
	CHECK_EQ(1, unmerge(&two.desk, two.erika, &job), FINE);
	check_addresses(&two, "erika@x.example both@x.example",
	    "jon@y.example Both@X.example");
}

TEST(tickets_follow_in_pieces_and_come_back)
{
	AUTO(two_close) struct two two = two_open();
	struct job_id there, back;
	AUTO_RECORD(Rec__Job) job = NULL;

	(void)work_add_tickets(&two.desk, two.erika, MANY);
	(void)work_add_tickets(&two.desk, two.jon, 3);
	CHECK_EQ(0, merge(&two.desk, two.erika, two.jon, &there), FINE);
	check_tickets(&two, MANY, 3);
	CHECK(work_piece(&two.desk));
	check_tickets(&two, MANY - 50, 53);
	job = work_job(&two.desk, there);
	CHECK_EQ(1, job->done, 50);
	CHECK_EQ(1, job->total, MANY);
	work_all(&two.desk);
	check_tickets(&two, 0, MANY + 3);
	work_state(&two.desk, there, REC__JOB__STATE__FINISHED, MANY);
	CHECK_EQ(2, unmerge(&two.desk, two.erika, &back), FINE);
	work_all(&two.desk);
	check_tickets(&two, MANY, 3);
	work_state(&two.desk, back, REC__JOB__STATE__FINISHED, MANY + 3);
}

TEST(an_undo_before_the_end_takes_all_back)
{
	AUTO(two_close) struct two two = two_open();
	struct job_id job;

	(void)work_add_tickets(&two.desk, two.erika, MANY);
	CHECK_EQ(0, merge(&two.desk, two.erika, two.jon, &job), FINE);
	CHECK(work_piece(&two.desk));
	CHECK_EQ(1, unmerge(&two.desk, two.erika, &job), FINE);
	CHECK(work_piece(&two.desk));
	work_all(&two.desk);
	check_tickets(&two, MANY, 0);
}

/* A ticket given to a third is not taken back, nor an address. */
TEST(an_undo_takes_only_what_is_still_there)
{
	AUTO(two_close) struct two two = two_open();
	uint64_t first = work_add_tickets(&two.desk, two.erika, 2);
	uint64_t third = work_add_customer(&two.desk, "K3", "third@z.example");
	AUTO_RECORD(Rec__Customer) jon = NULL;
	struct customer_id id = {two.jon};
	struct ticket ticket;
	struct job_id job;
	struct wtxn *w;

	CHECK_EQ(0, merge(&two.desk, two.erika, two.jon, &job), FINE);
	work_all(&two.desk);
	w = desk_begin(&two.desk);
	CHECK(ticket_load(wtxn_view(w), (struct ticket_id){first}, &ticket,
	    NULL));
	CHECK_EQ(0, ticket.rec->customer_before, two.erika);
	ticket.rec->customer = third;
	ticket.rec->has_customer_before = false;
	ticket.rec->customer_before = 0;
	CHECK(ticket_save(w, &ticket, NULL));
	ticket_drop(&ticket);
	CHECK(customer_load(wtxn_view(w), id, &jon, NULL));
	rec__customer_address__free_unpacked(jon->addresses[--jon->n_addresses],
	    &record_allocator);
	CHECK(customer_save(w, &id, jon, NULL));
	desk_commit(&w);
	CHECK_EQ(1, unmerge(&two.desk, two.erika, &job), FINE);
	work_all(&two.desk);
	check_tickets(&two, 1, 0);
	check_addresses(&two, "both@x.example", "jon@y.example Both@X.example");
	CHECK_EQ(2, work_count_tickets(&two.desk, third), 1);
}

TEST(what_makes_no_sense_is_refused)
{
	AUTO(two_close) struct two two = two_open();
	uint64_t third = work_add_customer(&two.desk, "K3", "third@z.example");
	struct job_id job;

	CHECK_EQ(0, merge(&two.desk, two.erika, two.erika, &job), ERR_CONFLICT);
	CHECK_EQ(1, unmerge(&two.desk, two.erika, &job), ERR_CONFLICT);
	CHECK_EQ(2, merge(&two.desk, two.erika, 99, &job), ERR_NOT_FOUND);
	CHECK_EQ(3, merge(&two.desk, two.erika, two.jon, &job), FINE);
	CHECK_EQ(4, merge(&two.desk, two.jon, two.erika, &job), ERR_CONFLICT);
	CHECK_EQ(5, merge(&two.desk, third, two.erika, &job), ERR_CONFLICT);
	CHECK_EQ(6, merge(&two.desk, two.erika, third, &job), ERR_CONFLICT);
	CHECK_EQ(7, merge(&two.desk, two.jon, third, &job), FINE);
	/* The last is undone first. */
	CHECK_EQ(8, unmerge(&two.desk, two.erika, &job), ERR_CONFLICT);
	(void)desk_clean(&two.desk);
}

TEST(merges_on_top_of_each_other_are_undone_in_turn)
{
	AUTO(two_close) struct two two = two_open();
	uint64_t third = work_add_customer(&two.desk, "K3", "third@z.example");
	struct job_id job;

	(void)work_add_tickets(&two.desk, two.erika, MANY);
	(void)work_add_tickets(&two.desk, two.jon, 7);
	CHECK_EQ(0, merge(&two.desk, two.erika, two.jon, &job), FINE);
	CHECK(work_piece(&two.desk));
	CHECK_EQ(1, merge(&two.desk, two.jon, third, &job), FINE);
	work_all(&two.desk);
	CHECK_EQ(2, work_count_tickets(&two.desk, third), MANY + 7);
	CHECK_EQ(3, unmerge(&two.desk, two.jon, &job), FINE);
	work_all(&two.desk);
	check_tickets(&two, 0, MANY + 7);
	CHECK_EQ(4, unmerge(&two.desk, two.erika, &job), FINE);
	work_all(&two.desk);
	check_tickets(&two, MANY, 7);
}

/* IN-4 asks whose the ticket is: the reply must not be a stranger's because
 * no piece has come to its ticket yet, neither there nor back. */
TEST(a_reply_between_two_pieces_finds_its_ticket)
{
	AUTO(two_close) struct two two = two_open();
	struct letter first = {.from = "erika@x.example",
	    .to = "support@desk.example",
	    .subject = "Fire",
	    .id = "1@x.example"};
	struct letter reply = {.from = "jon@y.example",
	    .to = "support@desk.example",
	    .subject = "Re: Fire",
	    .id = "2@x.example",
	    .in_reply_to = "1@x.example"};
	struct letter fresh = {.from = "erika@x.example",
	    .to = "support@desk.example",
	    .subject = "Water",
	    .id = "3@x.example"};
	uint64_t ticket = desk_receive(&two.desk, &first).ticket;
	AUTO_RECORD(Rec__Ticket) rec = NULL;
	struct job_id job;

	CHECK_EQ(0, merge(&two.desk, two.erika, two.jon, &job), FINE);
	CHECK_EQ(1, desk_receive(&two.desk, &reply).ticket, ticket);
	rec = desk_ticket(&two.desk, desk_receive(&two.desk, &fresh).ticket);
	CHECK_EQ(2, rec->customer, two.jon);
	check_tickets(&two, 0, 2); /* the reply took its ticket along */
	work_all(&two.desk);
	CHECK_EQ(3, unmerge(&two.desk, two.erika, &job), FINE);
	reply.from = "erika@x.example";
	reply.id = "4@x.example";
	CHECK_EQ(4, desk_receive(&two.desk, &reply).ticket, ticket);
	work_all(&two.desk);
	check_tickets(&two, 1, 1);
}

/* ---- jobs in general ----------------------------------------------------- */

TEST(a_cancelled_job_stops_where_it_is)
{
	AUTO(two_close) struct two two = two_open();
	g_autoptr(GError) error = NULL;
	struct job_id job;
	struct wtxn *w;

	(void)work_add_tickets(&two.desk, two.erika, MANY);
	CHECK_EQ(0, merge(&two.desk, two.erika, two.jon, &job), FINE);
	CHECK(work_piece(&two.desk));
	w = desk_begin(&two.desk);
	CHECK_OK(job_cancel(w, job, &error), error);
	CHECK(!job_cancel(w, job, &error) && err_is(error, ERR_CONFLICT));
	desk_commit(&w);
	CHECK(!work_piece(&two.desk));
	work_state(&two.desk, job, REC__JOB__STATE__CANCELLED, 50);
	check_tickets(&two, MANY - 50, 50);
}

static struct job_id
add_job(struct desk *desk, const char *kind)
{
	struct wtxn *w = desk_begin(desk);
	struct job_id job = {0};

	CHECK(job_add(w, kind, json_object(), 0, &job, NULL));
	desk_commit(&w);
	return job;
}

TEST(a_job_that_fails_says_why_and_the_next_one_runs)
{
	AUTO(desk_close) struct desk desk = desk_open();
	struct job_id strange = add_job(&desk, "strange");
	struct job_id next = add_job(&desk, JOB_MERGE_CUSTOMER);
	AUTO_RECORD(Rec__Job) job = NULL;

	work_all(&desk);
	job = work_job(&desk, strange);
	CHECK_EQ(0, job->state, REC__JOB__STATE__FAILED);
	CHECK_STR(0, job->error,
	    "this program has no jobs of the kind strange");
	CHECK(job->ended_at > 0);
	work_state(&desk, next, REC__JOB__STATE__FINISHED, 0);
}

TEST(ended_jobs_go_after_30_days)
{
	AUTO(desk_close) struct desk desk = desk_open();
	static const struct {
		int64_t days;
		enum found wanted, there;
	} row[] = {
	    {29, FOUND_NO,  FOUND_YES},
	    {31, FOUND_YES, FOUND_NO },
	};
	struct job_id id = add_job(&desk, "strange");
	AUTO_RECORD(Rec__Job) job = NULL;
	int64_t ended_at;

	work_all(&desk);
	job = work_job(&desk, id);
	ended_at = job->ended_at;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct key key = key_1(TABLE_JOB, id.n);
		struct slice value;
		struct wtxn *w;

		desk.now = ended_at + row[i].days * CLK_DAY;
		w = desk_begin(&desk);
		CHECK_EQ(i, job_tidy_wanted(wtxn_view(w), desk.now, NULL),
		    row[i].wanted);
		CHECK(job_tidy(w, NULL));
		CHECK_EQ(i, view_get(wtxn_view(w), &key, &value, NULL),
		    row[i].there);
		desk_commit(&w);
	}
}
