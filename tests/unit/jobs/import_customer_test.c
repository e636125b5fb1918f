/* SPDX-License-Identifier: MIT */
/* Rows of a table of customers: whom they mean, what they change, pieces. */
#include "jobs/import_customer.h"

#include "tests/unit/jobs/work.h"

/* A row as a text: number;name;addresses, addresses separated by blanks. */
static Rec__Customer *
row_of(const char *text)
{
	g_auto(GStrv) cells = g_strsplit(text, ";", 3);
	g_auto(GStrv) words = g_strsplit(cells[2], " ", -1);
	Rec__Customer *row = g_new0(Rec__Customer, 1);

	rec__customer__init(row);
	row->number = cells[0][0] != '\0' ? g_strdup(cells[0]) : NULL;
	row->name = cells[1][0] != '\0' ? g_strdup(cells[1]) : NULL;
	for (size_t i = 0; words[i] != NULL; i++) {
		Rec__CustomerAddress *a = g_new0(Rec__CustomerAddress, 1);

		rec__customer_address__init(a);
		a->address = g_strdup(words[i]);
		row->addresses = g_renew(Rec__CustomerAddress *, row->addresses,
		    row->n_addresses + 1);
		row->addresses[row->n_addresses++] = a;
	}
	return row;
}

static void
stage(struct desk *desk, struct job_id job, unsigned line, const char *text)
{
	AUTO_RECORD(Rec__Customer) row = row_of(text);
	struct wtxn *w = desk_begin(desk);
	g_autoptr(GError) error = NULL;

	CHECK_OK(import_customer_stage(w, job, line, row, &error), error);
	desk_commit(&w);
}

static struct job_id
begin(struct desk *desk)
{
	struct wtxn *w = desk_begin(desk);
	struct job_id job = {0};
	g_autoptr(GError) error = NULL;

	CHECK_OK(import_customer_begin(w, &job, &error), error);
	desk_commit(&w);
	return job;
}

static void
start(struct desk *desk, struct job_id job, unsigned total)
{
	struct wtxn *w = desk_begin(desk);
	g_autoptr(GError) error = NULL;

	CHECK_OK(job_start(w, job, total, &error), error);
	desk_commit(&w);
}

TEST(a_row_means_its_number_then_its_address_then_a_new_one)
{
	static const struct {
		const char *row;
		uint64_t id; /* UINT64_MAX: refused */
		enum import_outcome outcome;
	} row[] = {
	    {"K1;;",			   1,          IMPORT_UNCHANGED},
	    {"k1;;a@x.example",                1,          IMPORT_CHANGED  },
	    {"K1;;a@x.example both@x.example", 1,          IMPORT_UNCHANGED},
	    {"K1;Anna;",                       1,          IMPORT_CHANGED  },
	    {"K9;;both@x.example",             0,          IMPORT_NEW      },
	    {";Anna;A@x.example",              1,          IMPORT_CHANGED  },
	    {";;a@x.example both@x.example",   UINT64_MAX, IMPORT_NEW      },
	    {";;both@x.example",               UINT64_MAX, IMPORT_NEW      },
	    {";;c@x.example",                  3,          IMPORT_UNCHANGED},
	    {"3;;c@x.example",                 3,          IMPORT_UNCHANGED},
	    {"4;Nobody;",                      0,          IMPORT_NEW      },
	    {"K9;;",			   UINT64_MAX, IMPORT_NEW      },
	    {";;",			     UINT64_MAX, IMPORT_NEW      },
	    {";;nonsense",                     UINT64_MAX, IMPORT_NEW      },
	};
	AUTO(desk_close) struct desk desk = desk_open();
	AUTO(view_end) struct view *view = NULL;

	(void)work_add_customer(&desk, "K1", "a@x.example both@x.example");
	(void)work_add_customer(&desk, "K2", "b@x.example both@x.example");
	(void)work_add_customer(&desk, NULL, "c@x.example");
	view = desk_view(&desk);
	for (size_t i = 0; i < COUNT(row); i++) {
		AUTO_RECORD(Rec__Customer) given = row_of(row[i].row);
		struct customer_id id = {UINT64_MAX};
		enum import_outcome outcome = IMPORT_NEW;
		g_autoptr(GError) error = NULL;
		bool good = import_customer_check(view, given, &id, &outcome,
		    &error);

		CHECK_EQ(i, good, row[i].id != UINT64_MAX);
		CHECK_EQ(i, id.n, row[i].id);
		CHECK_EQ(i, outcome, row[i].outcome);
	}
}

TEST(rows_are_applied_in_pieces_when_all_are_there)
{
	AUTO(desk_close) struct desk desk = desk_open();
	struct job_id job = begin(&desk);
	AUTO_RECORD(Rec__Customer) last = NULL;

	for (unsigned i = 1; i <= 250; i++) {
		g_autofree char *row = g_strdup_printf(";C %u;c%u@x.example", i,
		    i);

		stage(&desk, job, i, row);
	}
	CHECK(!work_piece(&desk)); /* nobody said that these are all */
	start(&desk, job, 250);
	CHECK(work_piece(&desk));
	work_state(&desk, job, REC__JOB__STATE__RUNNING, 100);
	CHECK_EQ(0, desk_clean(&desk).customers, 100);
	work_all(&desk);
	work_state(&desk, job, REC__JOB__STATE__FINISHED, 250);
	CHECK_EQ(1, desk_clean(&desk).customers, 250);
	last = work_customer(&desk, 250);
	CHECK_STR(0, last->number, "10249");
	CHECK_STR(0, last->name, "C 250");
}

TEST(what_cannot_be_applied_any_more_is_named)
{
	AUTO(desk_close) struct desk desk = desk_open();
	struct job_id job = begin(&desk);
	AUTO_RECORD(Rec__Job) rec = NULL;
	struct wtxn *w;

	stage(&desk, job, 2, "K1;Anna;a@x.example");
	stage(&desk, job, 3, ";;b@x.example");
	start(&desk, job, 2);
	(void)work_add_customer(&desk, "K2", "b@x.example");
	(void)work_add_customer(&desk, "K3", "b@x.example");
	work_all(&desk);
	rec = work_job(&desk, job);
	CHECK_EQ(0, rec->state, REC__JOB__STATE__FAILED);
	CHECK(g_str_has_prefix(rec->error, "line 3: "));
	CHECK_EQ(1, desk_clean(&desk).customers, 2);
	/* What is left of it goes. */
	w = desk_begin(&desk);
	CHECK(job_tidy_wanted(wtxn_view(w), desk.now, NULL) == FOUND_YES);
	CHECK(job_tidy(w, NULL));
	CHECK(job_tidy_wanted(wtxn_view(w), desk.now, NULL) == FOUND_NO);
	desk_commit(&w);
}

TEST(an_import_that_nobody_completes_goes)
{
	AUTO(desk_close) struct desk desk = desk_open();
	struct job_id job = begin(&desk);
	struct wtxn *w;

	stage(&desk, job, 2, "K1;Anna;a@x.example");
	desk.now += 2 * CLK_DAY;
	w = desk_begin(&desk);
	CHECK(job_tidy_wanted(wtxn_view(w), desk.now, NULL) == FOUND_YES);
	CHECK(job_tidy(w, NULL));
	CHECK(job_tidy_wanted(wtxn_view(w), desk.now, NULL) == FOUND_NO);
	desk_commit(&w);
	CHECK_EQ(0, desk_clean(&desk).customers, 0);
}
