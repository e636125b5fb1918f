/* SPDX-License-Identifier: MIT */
/* Held mails that are decided again by a long job, and those that go. */
#include "tests/unit/jobs/work.h"

#define SUPPORT "support@desk.example"
#define HOLD    REC__ACTION__HOLD
#define DAY     (INT64_C(24) * 3600 * 1000000)

static void
receive_held(struct desk *desk, const char *from, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		g_autofree char *id = g_strdup_printf("%u@%s", i, from);
		struct letter l = {from, SUPPORT, .id = id, .subject = id};

		CHECK_EQ(i, desk_receive(desk, &l).action, HOLD);
	}
}

static uint64_t
count_held(const struct desk *desk)
{
	return desk_clean(desk).held;
}

TEST(what_was_held_while_off_is_decided_once_on)
{
	AUTO(desk_close) struct desk desk = desk_open();
	AUTO_RECORD(Rec__Entry) first = NULL;
	AUTO_RECORD(Rec__Ticket) t = NULL;

	desk_set(&desk, SETTING_INTAKE_ENABLED, "off");
	receive_held(&desk, "ann@a.example", 45);
	desk_set(&desk, SETTING_INTAKE_UNKNOWN_SENDER, "hold");
	receive_held(&desk, "eve@e.example", 1);
	desk_set(&desk, SETTING_INTAKE_UNKNOWN_SENDER, "ticket");
	work_all(&desk);
	CHECK_EQ(0, count_held(&desk), 46);
	desk_set(&desk, SETTING_INTAKE_ENABLED, "on");
	CHECK(work_piece(&desk));
	CHECK_EQ(1, count_held(&desk), 26);
	work_all(&desk);
	CHECK_EQ(2, count_held(&desk), 0);
	/* Oldest first, and each from the time it came. */
	first = desk_entry(&desk, 1);
	t = desk_ticket(&desk, 1000);
	CHECK_EQ(3, first->ticket, 1000);
	CHECK_EQ(3, t->opened_at, first->at);
	CHECK_STR(3, first->reasons[first->n_reasons - 1]->code,
	    "decided_again");
}

TEST(a_release_takes_what_it_names)
{
	AUTO(desk_close) struct desk desk = desk_open();
	struct job_id job;
	g_autoptr(GError) error = NULL;
	struct wtxn *w;

	desk_set(&desk, SETTING_INTAKE_UNKNOWN_SENDER, "hold");
	receive_held(&desk, "ann@a.example", 3);
	receive_held(&desk, "eve@e.example", 4);
	desk_set(&desk, SETTING_INTAKE_UNKNOWN_SENDER, "ticket");
	w = desk_begin(&desk);
	CHECK_OK(job_add(w, JOB_DECIDE_HELD,
		     json_pack("{s:s, s:s}", "held", "unknown_sender", "from",
			 "eve@e.example"),
		     0, &job, &error),
	    error);
	desk_commit(&w);
	work_all(&desk);
	CHECK_EQ(0, count_held(&desk), 3);
	work_state(&desk, job, REC__JOB__STATE__FINISHED, 4);
}

/* What is held again does not run in a circle. */
TEST(a_release_of_what_stays_held_ends)
{
	AUTO(desk_close) struct desk desk = desk_open();
	struct job_id job;
	g_autoptr(GError) error = NULL;
	struct wtxn *w;

	desk_set(&desk, SETTING_INTAKE_UNKNOWN_SENDER, "hold");
	receive_held(&desk, "ann@a.example", 30);
	w = desk_begin(&desk);
	CHECK_OK(job_add(w, JOB_DECIDE_HELD,
		     json_pack("{s:s}", "held", "unknown_sender"), 0, &job,
		     &error),
	    error);
	desk_commit(&w);
	work_all(&desk);
	CHECK_EQ(0, count_held(&desk), 30);
	work_state(&desk, job, REC__JOB__STATE__FINISHED, 30);
}

static void
set_discarded(struct desk *desk, uint64_t id, int64_t at)
{
	struct wtxn *w = desk_begin(desk);
	AUTO_RECORD(Rec__Entry) e = NULL;
	g_autoptr(GError) error = NULL;

	CHECK_OK(entry_load(wtxn_view(w), (struct entry_id){id}, &e, &error),
	    error);
	e->has_discarded_at = true;
	e->discarded_at = at;
	CHECK_OK(entry_save(w, (struct entry_id){id}, e, ENTRY_STORED, &error),
	    error);
	desk_commit(&w);
}

static bool
forget(struct desk *desk)
{
	AUTO(view_end) struct view *view = desk_view(desk);
	struct wtxn *w = desk_begin(desk);
	g_autoptr(GError) error = NULL;
	struct entry_due due;

	CHECK_OK(entry_due_find(view, desk->now, &due, &error), error);
	CHECK_OK(entry_forget(w, &due, &error), error);
	CHECK_EQ(0, wtxn_writes(w) > 0, due.count > 0);
	desk_commit(&w);
	return due.count > 0;
}

TEST(discarded_mail_goes_and_is_still_known)
{
	AUTO(desk_close) struct desk desk = desk_open();
	struct letter again = {"ann@a.example", SUPPORT,
	    .id = "0@ann@a.example", .subject = "0@ann@a.example"};
	AUTO_RECORD(Rec__Entry) e = NULL;

	desk_set(&desk, SETTING_INTAKE_UNKNOWN_SENDER, "hold");
	receive_held(&desk, "ann@a.example", 2);
	set_discarded(&desk, 1, desk.now);
	set_discarded(&desk, 2, desk.now + DAY);
	desk.now += 30 * DAY - 1;
	CHECK_EQ(0, forget(&desk), false);
	desk.now += 1;
	CHECK_EQ(1, forget(&desk), true);
	CHECK_EQ(2, forget(&desk), false);
	e = desk_entry(&desk, 1);
	CHECK(e->blob == NULL);
	CHECK_EQ(3, e->action, REC__ACTION__DISCARD);
	CHECK_EQ(3, count_held(&desk), 1);
	CHECK_EQ(4, desk_receive(&desk, &again).action, REC__ACTION__DUPLICATE);
}
