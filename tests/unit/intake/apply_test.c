/* SPDX-License-Identifier: MIT */
/*
 * Mails through facts, decision and records on a real store: which ticket
 * they end in, what is changed there, and that the store is whole after it.
 */
#include "intake/apply.h"

#include "desk/customer.h"
#include "mail/parse.h"
#include "store/scan.h"
#include "tests/unit/intake/letters.h"

#define SUPPORT "support@desk.example"
#define SALES   "sales@desk.example"

/* A step of a conversation; `ticket` is 1 for the first ticket, 2 … or 0. */
struct step {
	struct letter letter;
	Rec__Action action;
	unsigned ticket;
};

static void
check_steps(struct desk *desk, const struct step *steps, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct outcome out = desk_receive(desk, &steps[i].letter);

		CHECK_EQ(i, out.action, steps[i].action);
		CHECK_EQ(i, out.ticket,
		    steps[i].ticket > 0 ? 999 + steps[i].ticket : 0);
		CHECK_EQ(i, out.entry > 0, true);
	}
	(void)desk_clean(desk);
}

#define CREATE    REC__ACTION__CREATE
#define APPEND    REC__ACTION__APPEND
#define HOLD      REC__ACTION__HOLD
#define DUPLICATE REC__ACTION__DUPLICATE

TEST(replies_find_their_ticket)
{
	static const struct step row[] = {
	    {{"ann@a.example", SUPPORT, .subject = "printer", .id = "1@a"},
             CREATE, 1},
	    {{"ann@a.example", SUPPORT, .id = "2@a", .in_reply_to = "1@a"},
             APPEND, 1},
	    {{"ann@a.example", SUPPORT, .id = "3@a", .references = "1@a 2@a"},
             APPEND, 1},
	    {{"ann@a.example", SUPPORT, .id = "4@a",
		 .subject = "Re: [#1000] printer"},
             APPEND, 1},
	    {{"ann@a.example", SUPPORT, .id = "5@a", .subject = "screen"},
             CREATE, 2},
 /* a stranger's key is none */
	    {{"eve@e.example", SUPPORT, .id = "1@e", .in_reply_to = "1@a"},
             CREATE, 3},
	    {{"eve@e.example", SUPPORT, .id = "2@e",
		 .subject = "[#1000] me too"},
             CREATE, 4},
 /* the first tag that may be reached */
	    {{"eve@e.example", SUPPORT, .id = "3@e",
		 .subject = "[#1000] [#1002]"},
             APPEND, 3},
 /* unknown numbers and ids */
	    {{"ann@a.example", SUPPORT, .id = "6@a", .subject = "[#99]",
		 .in_reply_to = "nobody@x"},
             CREATE, 5},
	};
	AUTO(desk_close) struct desk desk = desk_open();

	check_steps(&desk, row, COUNT(row));
}

/* Whom Reply-To names is shown as its sender, and may not act as one. */
TEST(a_mail_without_from_acts_for_nobody)
{
	static const struct step row[] = {
	    {{"ann@a.example", SUPPORT, .id = "1@a"}, CREATE, 1},
	    {{"ann@a.example", SUPPORT, .id = "2@a", .in_reply_to = "1@a",
		 .marks = MARK_NO_FROM},
             HOLD,					    0},
	};
	AUTO(desk_close) struct desk desk = desk_open();

	check_steps(&desk, row, COUNT(row));
}

TEST(who_stood_in_cc_takes_part)
{
	static const struct step row[] = {
	    {{"ann@a.example", SUPPORT, "Bob@A.example", .id = "1@a"},      CREATE,
             1								       },
	    {{"bob@a.example", SUPPORT, .id = "2@b", .in_reply_to = "1@a"},
             APPEND,								1},
	    {{"dan@a.example", SUPPORT, .id = "3@d", .in_reply_to = "2@b"},
             CREATE,								2},
	};
	AUTO(desk_close) struct desk desk = desk_open();
	AUTO_RECORD(Rec__Ticket) t = NULL;

	check_steps(&desk, row, COUNT(row));
	/* Answers go to the customer, whoever wrote last. */
	t = desk_ticket(&desk, 1000);
	CHECK_STR(0, t->reply_address, "ann@a.example");
}

/* IN-25: nobody holds x@a, but two mails speak of it. */
TEST(references_to_unknown_mails_lead_to_one_ticket)
{
	static const struct step row[] = {
	    {{"ann@a.example", SUPPORT, .id = "2@a", .references = "x@a y@a"},
             CREATE,    1},
	    {{"ann@a.example", SUPPORT, .id = "3@a", .references = "x@a z@a"},
             APPEND,    1},
	    {{"ann@a.example", SUPPORT, .id = "4@a", .in_reply_to = "z@a"},
             APPEND,    1},
 /* what was spoken of comes at last: it is no duplicate */
	    {{"ann@a.example", SUPPORT, .id = "y@a", .references = "x@a"},
             APPEND,    1},
	    {{"ann@a.example", SUPPORT, .id = "y@a", .references = "x@a"},
             DUPLICATE, 0},
	};
	AUTO(desk_close) struct desk desk = desk_open();

	check_steps(&desk, row, COUNT(row));
}

TEST(long_references_keep_their_ends)
{
	g_autoptr(GString) ids = g_string_new("id0@a");
	AUTO(desk_close) struct desk desk = desk_open();
	struct letter first = {"ann@a.example", SUPPORT, .id = "1@a"};
	static const struct step row[] = {
	    {{"ann@a.example", SUPPORT, .id = "2@a", .references = "id0@a"},
             APPEND, 1},
	    {{"ann@a.example", SUPPORT, .id = "3@a", .references = "id19@a"},
             APPEND, 1},
	    {{"ann@a.example", SUPPORT, .id = "4@a", .references = "id80@a"},
             APPEND, 1},
	    {{"ann@a.example", SUPPORT, .id = "5@a", .references = "id99@a"},
             APPEND, 1},
	    {{"ann@a.example", SUPPORT, .id = "6@a", .references = "id50@a"},
             CREATE, 2},
	};

	for (unsigned i = 1; i < 100; i++)
		g_string_append_printf(ids, " id%u@a", i);
	first.references = ids->str;
	CHECK_EQ(0, desk_receive(&desk, &first).action, CREATE);
	check_steps(&desk, row, COUNT(row));
}

TEST(the_same_mail_is_one_entry)
{
	static const struct step row[] = {
	    {{"ann@a.example", SUPPORT, .id = "1@a", .body = "one\r\n"}, CREATE,
             1								       },
	    {{"ann@a.example", SUPPORT, .id = "1@a", .body = "one\r\n"},
             DUPLICATE,							     0},
 /* another header, another mailbox: still the same mail */
	    {{"ann@a.example", SALES, .id = "1@a", .body = "one\r\n"},
             DUPLICATE,							     0},
	    {{"ann@a.example", SUPPORT, .id = "1@a", .body = "two\r\n"}, CREATE,
             2								       },
	    {{"ann@a.example", SUPPORT, .id = "1@a", .body = "two\r\n"},
             DUPLICATE,							     0},
	    {{"ann@a.example", SUPPORT, .id = "1@A", .body = "one\r\n"}, CREATE,
             3								       },
 /* without Message-ID all bytes count */
	    {{"bob@b.example", SUPPORT, .subject = "x"},                 CREATE,    4},
	    {{"bob@b.example", SUPPORT, .subject = "x"},                 DUPLICATE, 0},
	    {{"bob@b.example", SUPPORT, .subject = "y"},                 CREATE,    5},
	    {{"carl@b.example", SUPPORT, .subject = "x", .id = ""},      CREATE,    6},
 /* held ones too */
	    {{NULL, SUPPORT, .id = "h@a"},                               HOLD,      0},
	    {{NULL, SUPPORT, .id = "h@a"},                               DUPLICATE, 0},
	};
	AUTO(desk_close) struct desk desk = desk_open();
	struct check_report report;

	check_steps(&desk, row, COUNT(row));
	report = desk_clean(&desk);
	CHECK_EQ(0, report.mails, 7);
	CHECK_EQ(1, report.tickets, 6);
	CHECK_EQ(2, report.held, 1);
	CHECK_EQ(3, report.customers, 3);
}

/* IN-17: who owns a mail to several mailboxes. */
TEST(the_mailbox_named_first_owns_the_mail)
{
	static const struct {
		const char *to, *cc, *rcpt;
		bool is_sales;
		size_t also;
	} row[] = {
	    {SUPPORT " " SALES, NULL,    NULL,                false, 1},
	    {SALES " " SUPPORT, NULL,    SUPPORT " " SALES,   true,  1},
	    {SALES,             SUPPORT, SUPPORT " " SALES,   true,  1},
	    {"x@y.example",     SALES,   SUPPORT " " SALES,   true,  1},
	    {"x@y.example",     NULL,    SALES " " SUPPORT,   true,  1},
	    {"x@y.example",     NULL,    SUPPORT " " SUPPORT, false, 0},
 /* named, but not a recipient of this transaction */
	    {SALES " " SUPPORT, NULL,    SUPPORT,             false, 0},
	    {"not an address",  SALES,   SUPPORT " " SALES,   true,  1},
	};
	AUTO(desk_close) struct desk desk = desk_open();

	for (size_t i = 0; i < COUNT(row); i++) {
		struct letter l = {"ann@a.example", row[i].to, row[i].cc,
		    .rcpt = row[i].rcpt};
		g_autofree char *id = g_strdup_printf("%zu@a", i);
		struct outcome out;
		AUTO_RECORD(Rec__Entry) e = NULL;
		AUTO_RECORD(Rec__Ticket) t = NULL;

		l.id = id;
		out = desk_receive(&desk, &l);
		e = desk_entry(&desk, out.entry);
		t = desk_ticket(&desk, out.ticket);
		CHECK_EQ(i, e->mailbox,
		    row[i].is_sales ? desk.sales : desk.support);
		CHECK_EQ(i, t->mailbox, e->mailbox);
		CHECK_EQ(i, e->n_also_for, row[i].also);
		CHECK_EQ(i, t->category, row[i].is_sales ? 0 : desk.category);
	}
	(void)desk_clean(&desk);
}

static char *
token_address(const struct desk *desk, const char *mailbox, uint64_t ticket)
{
	g_autofree char *token = token_reply_format(&desk->keys, 't', ticket);

	return g_strdup_printf("%s+%s@desk.example", mailbox, token);
}

TEST(a_reply_token_is_enough)
{
	AUTO(desk_close) struct desk desk = desk_open();
	g_autofree char *token = token_address(&desk, "sales", 1000);
	g_autofree char *two = g_strconcat(SUPPORT " ", token, NULL);
	struct letter first = {"ann@a.example", SUPPORT, .id = "1@a"};
	struct letter stranger = {"eve@e.example", token, .id = "1@e"};
	struct letter second = {"ann@a.example", two, .id = "2@a"};
	AUTO_RECORD(Rec__Entry) e = NULL;
	AUTO_RECORD(Rec__Entry) owned = NULL;
	AUTO_RECORD(Rec__Ticket) t = NULL;
	struct outcome out;

	CHECK_EQ(0, desk_receive(&desk, &first).ticket, 1000);
	out = desk_receive(&desk, &stranger);
	CHECK_EQ(1, out.action, APPEND);
	CHECK_EQ(1, out.ticket, 1000);
	e = desk_entry(&desk, out.entry);
	CHECK_EQ(1, e->new_sender, true);
	CHECK_EQ(1, e->customer_mail, true);
	t = desk_ticket(&desk, 1000);
	CHECK_EQ(1, ticket_has_seen(t, "eve@e.example"), false);
	CHECK_STR(1, t->reply_address, "ann@a.example");
	CHECK_EQ(1, t->entry_count, 2);
	/* The token's mailbox owns a mail to several. */
	out = desk_receive(&desk, &second);
	owned = desk_entry(&desk, out.entry);
	CHECK_EQ(2, owned->ticket, 1000);
	CHECK_EQ(2, owned->mailbox, desk.sales);
	CHECK_EQ(2, owned->n_also_for, 1);
	(void)desk_clean(&desk);
}

TEST(tokens_of_two_tickets_open_a_third)
{
	AUTO(desk_close) struct desk desk = desk_open();
	g_autofree char *one = token_address(&desk, "support", 1000);
	g_autofree char *two = token_address(&desk, "support", 1001);
	g_autofree char *both = g_strconcat(one, " ", two, NULL);
	const struct step row[] = {
	    {{"ann@a.example", SUPPORT, .id = "1@a"}, CREATE, 1},
	    {{"ann@a.example", SUPPORT, .id = "2@a"}, CREATE, 2},
	    {{"ann@a.example", both, .id = "3@a"},    CREATE, 3},
	    {{"ann@a.example", one, .id = "4@a"},     APPEND, 1},
	    {{"ann@a.example", "support+t1000.1.aaaaaaaaaaaaaaaa@desk.example",
		 .id = "5@a"},
             CREATE,					  4},
	};

	check_steps(&desk, row, COUNT(row));
}

TEST(a_shared_address_is_held_unless_a_key_tells)
{
	AUTO(desk_close) struct desk desk = desk_open();
	const struct step row[] = {
	    {{"info@c.example", SUPPORT, .id = "2@a"},                       HOLD, 0},
	    {{"info@c.example", SUPPORT, .id = "3@a", .in_reply_to = "1@a"},
             APPEND,							       1},
	    {{"info@c.example", SUPPORT, .id = "4@a", .in_reply_to = "2@a"},
             HOLD,								 0},
	};
	struct letter first = {"info@c.example", SUPPORT, .id = "1@a"};
	Rec__CustomerAddress address = REC__CUSTOMER_ADDRESS__INIT;
	Rec__CustomerAddress *list[] = {&address};
	Rec__Customer other = REC__CUSTOMER__INIT;
	struct customer_id id = {0};
	char name[] = "Other", text[] = "INFO@c.example";
	g_autoptr(GError) error = NULL;
	struct wtxn *w;

	CHECK_EQ(0, desk_receive(&desk, &first).ticket, 1000);
	address.address = text;
	other.name = name;
	other.n_addresses = 1;
	other.addresses = list;
	w = desk_begin(&desk);
	CHECK_OK(customer_save(w, &id, &other, &error), error);
	desk_commit(&w);
	check_steps(&desk, row, COUNT(row));
}

TEST(unreadable_mail_is_held_whole)
{
	AUTO(desk_close) struct desk desk = desk_open();
	struct letter l = {"ann@a.example", SUPPORT, .id = "1@a",
	    .subject = "[#1000] bomb", .unreadable = "too many parts",
	    .references = "x@a"};
	struct letter later = {"ann@a.example", SUPPORT, .id = "2@a",
	    .in_reply_to = "1@a"};
	struct outcome out = desk_receive(&desk, &l);
	AUTO_RECORD(Rec__Entry) e = desk_entry(&desk, out.entry);

	CHECK_EQ(0, out.action, HOLD);
	CHECK_EQ(0, out.held, REASON_UNREADABLE);
	CHECK_EQ(0, out.ticket, 0);
	CHECK_STR(0, e->held_code, "unreadable");
	CHECK_STR(0, e->title, "[#1000] bomb");
	CHECK_EQ(0, e->unreadable, true);
	CHECK_EQ(0, desk_clean(&desk).held, 1);
	/* A held mail leads nowhere yet. */
	CHECK_EQ(1, desk_receive(&desk, &later).action, CREATE);
	CHECK_EQ(1, desk_clean(&desk).held, 1);
}

/* ---- status and clocks --------------------------------------------------- */

static void
put_ticket(struct desk *desk, uint64_t id, Rec__TicketStatus status)
{
	struct wtxn *w = desk_begin(desk);
	struct ticket t;
	g_autoptr(GError) error = NULL;

	CHECK_OK(ticket_load(wtxn_view(w), (struct ticket_id){id}, &t, &error),
	    error);
	t.rec->has_status = true;
	t.rec->status = status;
	t.rec->has_close_at = t.rec->has_put_off_until = true;
	t.rec->close_at = t.rec->put_off_until = desk->now + 1;
	t.rec->has_unanswered_since = false;
	CHECK_OK(ticket_save(w, &t, &error), error);
	ticket_drop(&t);
	desk_commit(&w);
}

TEST(customer_mail_opens_and_automatic_mail_changes_nothing)
{
	static const struct {
		Rec__Mail__Auto kind;
		Rec__TicketStatus before, after;
	} row[] = {
	    {REC__MAIL__AUTO__NONE,  REC__TICKET_STATUS__NEW,
             REC__TICKET_STATUS__NEW             },
	    {REC__MAIL__AUTO__NONE,  REC__TICKET_STATUS__OPEN,
             REC__TICKET_STATUS__OPEN            },
	    {REC__MAIL__AUTO__NONE,  REC__TICKET_STATUS__WAITING_CUSTOMER,
             REC__TICKET_STATUS__OPEN            },
	    {REC__MAIL__AUTO__NONE,  REC__TICKET_STATUS__WAITING_COLLEAGUE,
             REC__TICKET_STATUS__OPEN            },
	    {REC__MAIL__AUTO__NONE,  REC__TICKET_STATUS__TO_BE_CLOSED,
             REC__TICKET_STATUS__OPEN            },
	    {REC__MAIL__AUTO__NONE,  REC__TICKET_STATUS__CLOSED,
             REC__TICKET_STATUS__OPEN            },
	    {REC__MAIL__AUTO__REPLY, REC__TICKET_STATUS__TO_BE_CLOSED,
             REC__TICKET_STATUS__TO_BE_CLOSED    },
	    {REC__MAIL__AUTO__BULK,  REC__TICKET_STATUS__CLOSED,
             REC__TICKET_STATUS__CLOSED          },
	    {REC__MAIL__AUTO__LIST,  REC__TICKET_STATUS__WAITING_CUSTOMER,
             REC__TICKET_STATUS__WAITING_CUSTOMER},
	};
	AUTO(desk_close) struct desk desk = desk_open();
	struct letter first = {"ann@a.example", SUPPORT, .id = "1@a"};

	CHECK_EQ(0, desk_receive(&desk, &first).ticket, 1000);
	for (size_t i = 0; i < COUNT(row); i++) {
		const bool heard = row[i].kind == REC__MAIL__AUTO__NONE;
		g_autofree char *id = g_strdup_printf("r%zu@a", i);
		struct letter l = {"ann@a.example", SUPPORT, .id = id,
		    .in_reply_to = "1@a", .auto_kind = row[i].kind};
		AUTO_RECORD(Rec__Ticket) before = NULL;
		AUTO_RECORD(Rec__Ticket) t = NULL;

		put_ticket(&desk, 1000, row[i].before);
		before = desk_ticket(&desk, 1000);
		CHECK_EQ(i, desk_receive(&desk, &l).ticket, 1000);
		t = desk_ticket(&desk, 1000);
		CHECK_EQ(i, t->status, row[i].after);
		CHECK_EQ(i, t->has_close_at, !heard);
		CHECK_EQ(i, t->has_put_off_until, !heard);
		CHECK_EQ(i, t->has_unanswered_since, heard);
		CHECK_EQ(i, t->customer_mail_at == before->customer_mail_at,
		    !heard);
		CHECK_EQ(i, t->entry_count, before->entry_count + 1);
		(void)desk_clean(&desk);
	}
}

TEST(the_first_unanswered_mail_keeps_the_clock)
{
	AUTO(desk_close) struct desk desk = desk_open();
	struct letter l = {"ann@a.example", SUPPORT, .id = "1@a"};
	struct letter again = {"ann@a.example", SUPPORT, .id = "2@a",
	    .in_reply_to = "1@a"};
	AUTO_RECORD(Rec__Ticket) t = NULL;

	(void)desk_receive(&desk, &l);
	(void)desk_receive(&desk, &again);
	t = desk_ticket(&desk, 1000);
	CHECK_EQ(0, t->unanswered_since, DESK_BEGINS);
	CHECK_EQ(0, t->customer_mail_at, DESK_BEGINS + 1000000);
	CHECK_EQ(0, t->opened_at, DESK_BEGINS);
	CHECK_STR(0, t->title, "(no subject)");
}

/* With IN-4 off a stranger's mail is stored there, but gets no answers. */
TEST(answers_never_go_to_strangers)
{
	AUTO(desk_close) struct desk desk = desk_open();
	static const struct step row[] = {
	    {{"ann@a.example", SUPPORT, .id = "1@a"},                     CREATE, 1},
	    {{"eve@e.example", SALES, .id = "1@e", .in_reply_to = "1@a"},
             APPEND,							      1},
	    {{NULL, SALES, .id = "2@e", .in_reply_to = "1@a"},            APPEND, 1},
	};
	AUTO_RECORD(Rec__Ticket) t = NULL;

	desk_set(&desk, SETTING_INTAKE_APPEND_REQUIRES_CUSTOMER_MATCH, "off");
	check_steps(&desk, row, COUNT(row));
	t = desk_ticket(&desk, 1000);
	CHECK_STR(0, t->reply_address, "ann@a.example");
	CHECK_EQ(0, t->reply_mailbox, desk.support);
}

TEST(mails_follow_merges_and_pass_the_bin)
{
	AUTO(desk_close) struct desk desk = desk_open();
	static const struct step before[] = {
	    {{"ann@a.example", SUPPORT, .id = "1@a"}, CREATE, 1},
	    {{"ann@a.example", SUPPORT, .id = "2@a"}, CREATE, 2},
	    {{"ann@a.example", SUPPORT, .id = "3@a"}, CREATE, 3},
	};
	static const struct step after[] = {
	    {{"ann@a.example", SUPPORT, .id = "4@a", .in_reply_to = "1@a"},
             APPEND, 2},
	    {{"ann@a.example", SUPPORT, .id = "5@a", .subject = "[#1000]"},
             APPEND, 2},
	    {{"ann@a.example", SUPPORT, .id = "6@a", .in_reply_to = "3@a"},
             CREATE, 4},
	};
	struct ticket merged, binned;
	g_autoptr(GError) error = NULL;
	struct wtxn *w;

	check_steps(&desk, before, COUNT(before));
	w = desk_begin(&desk);
	CHECK(
	    ticket_load(wtxn_view(w), (struct ticket_id){1000}, &merged, NULL));
	CHECK(
	    ticket_load(wtxn_view(w), (struct ticket_id){1002}, &binned, NULL));
	merged.rec->has_merged_into = binned.rec->has_deleted_at = true;
	merged.rec->merged_into = 1001;
	CHECK_OK(ticket_save(w, &merged, &error), error);
	CHECK_OK(ticket_save(w, &binned, &error), error);
	ticket_drop(&merged);
	ticket_drop(&binned);
	desk_commit(&w);
	check_steps(&desk, after, COUNT(after));
}

/* ---- the body may run twice ---------------------------------------------- */

static bool
dump_row(void *arg, const struct key *key, struct slice value, GError **error)
{
	GString *text = arg;

	(void)error;
	if (key->table == TABLE_META || key->table == TABLE_SECRET)
		return true;
	g_string_append_len(text, (const char *)key->bytes, key->len);
	g_string_append_len(text, (const char *)value.bytes, (gssize)value.len);
	return true;
}

static char *
dump_after(bool repeat)
{
	static const struct letter letters[] = {
	    {"ann@a.example",         SUPPORT,   "bob@a.example",     .id = "1@a",
             .references = "x@a y@a"},
	    {"ann@a.example", SALES,          .id = "2@a",               .in_reply_to = "x@a"},
	    {"ann@a.example",            SALES,.id = "2@a",.in_reply_to = "x@a"},
	    {NULL,       SALES " " SUPPORT,              .id = "3@a"                },
	    {"bob@a.example",                    SUPPORT,      .subject = "[#1000]"},
	};
	AUTO(desk_close) struct desk desk = desk_open();
	GString *text = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	g_autofree char *sum = NULL;

	desk.repeat = repeat;
	for (size_t i = 0; i < COUNT(letters); i++)
		(void)desk_receive(&desk, &letters[i]);
	(void)desk_clean(&desk);
	CHECK_OK(scan_all(desk.store, dump_row, text, &error), error);
	sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256,
	    (const guchar *)text->str, text->len);
	g_string_free(text, TRUE);
	return g_steal_pointer(&sum);
}

TEST(a_body_that_ran_twice_leaves_the_same_store)
{
	g_autofree char *once = dump_after(false);
	g_autofree char *twice = dump_after(true);

	CHECK_STR(0, twice, once);
}
