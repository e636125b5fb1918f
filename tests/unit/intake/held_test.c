/* SPDX-License-Identifier: MIT */
/*
 * What a decision changes beside its ticket (participants, bounces, ticket
 * that follow others, rates), and what people do with held mail.
 */
#include "intake/held.h"

#include "intake/participants.h"

#include "base/rate.h"
#include "desk/customer.h"
#include "desk/message_id.h"
#include "desk/user.h"
#include "tests/unit/intake/letters.h"

#define SUPPORT "support@desk.example"
#define CREATE  REC__ACTION__CREATE
#define APPEND  REC__ACTION__APPEND
#define HOLD    REC__ACTION__HOLD
#define DISCARD REC__ACTION__DISCARD

/* ---- held mail (IN-13) --------------------------------------------------- */

typedef bool act_fn(struct wtxn *w, const struct held_act *act, uint64_t object,
    struct outcome *out, GError **error);

static bool
do_attach(struct wtxn *w, const struct held_act *act, uint64_t object,
    struct outcome *out, GError **error)
{
	return held_attach(w, act, (struct ticket_id){object}, out, error);
}

static bool
do_open(struct wtxn *w, const struct held_act *act, uint64_t object,
    struct outcome *out, GError **error)
{
	return held_open(w, act, (struct customer_id){object}, out, error);
}

static bool
do_decide(struct wtxn *w, const struct held_act *act, uint64_t object,
    struct outcome *out, GError **error)
{
	(void)object;
	return held_decide(w, act, out, error);
}

static bool
do_spam(struct wtxn *w, const struct held_act *act, uint64_t object,
    struct outcome *out, GError **error)
{
	(void)object;
	return held_spam(w, act, out, error);
}

static bool
do_discard(struct wtxn *w, const struct held_act *act, uint64_t object,
    struct outcome *out, GError **error)
{
	(void)object;
	return held_discard(w, act, out, error);
}

/* Twice, as a batch that is repeated; false is a refusal, nothing written. */
static bool
act_on(struct desk *desk, uint64_t entry, act_fn *fn, uint64_t object,
    struct outcome *out)
{
	struct held_act act = {.snapshot = desk->snapshot,
	    .entry = {entry},
	    .user = {7}};
	bool done = false;

	for (unsigned i = 0; i < 2; i++) {
		AUTO(wtxn_abort) struct wtxn *w = desk_begin(desk);
		g_autoptr(GError) error = NULL;

		done = fn(w, &act, object, out, &error);
		CHECK_EQ(i, wtxn_writes(w) > 0, done);
		if (i == 1 && done)
			desk_commit(&w);
	}
	(void)desk_clean(desk);
	return done;
}

static struct outcome
hold_one(struct desk *desk, const char *from, const char *id)
{
	struct letter l = {from, SUPPORT, .id = id, .subject = "hello",
	    .references = "one@x two@x"};
	struct outcome out = desk_receive(desk, &l);

	CHECK_EQ(0, out.action, HOLD);
	return out;
}

static struct desk
desk_that_holds(void)
{
	struct desk desk = desk_open();

	desk_set(&desk, SETTING_INTAKE_UNKNOWN_SENDER, "hold");
	return desk;
}

static bool
is_in(const struct desk *desk, enum table table, uint64_t entry)
{
	AUTO(view_end) struct view *view = desk_view(desk);
	struct key key = key_1(table, entry);
	struct slice value;

	return view_get(view, &key, &value, NULL) == FOUND_YES;
}

TEST(a_held_mail_becomes_a_ticket_by_hand)
{
	AUTO(desk_close) struct desk desk = desk_that_holds();
	struct outcome held = hold_one(&desk, "new@n.example", "1@n");
	struct letter reply = {"new@n.example", SUPPORT, .id = "2@n",
	    .in_reply_to = "1@n"};
	AUTO_RECORD(Rec__Entry) e = NULL;
	AUTO_RECORD(Rec__Ticket) t = NULL;
	struct outcome out;

	CHECK(act_on(&desk, held.entry, do_open, 0, &out));
	CHECK_EQ(0, out.action, CREATE);
	CHECK_EQ(0, is_in(&desk, TABLE_HELD, held.entry), false);
	e = desk_entry(&desk, held.entry);
	CHECK_EQ(0, e->ticket, out.ticket);
	CHECK_STR(0, e->held_code, NULL);
	CHECK_STR(0, e->reasons[0]->code, "unknown_sender");
	CHECK_STR(0, e->reasons[e->n_reasons - 2]->code, "by_hand");
	CHECK_EQ(0, e->reasons[e->n_reasons - 2]->id, 7);
	CHECK_STR(0, e->reasons[e->n_reasons - 1]->code, "category_mailbox");
	t = desk_ticket(&desk, out.ticket);
	CHECK_STR(0, t->reply_address, "new@n.example");
	CHECK_EQ(0, t->unanswered_since, e->at);
	/* Its Message-ID and References lead there from now on. */
	CHECK_EQ(1, desk_receive(&desk, &reply).ticket, out.ticket);
	CHECK_EQ(2, act_on(&desk, held.entry, do_open, 0, &out), false);
}

/* What was known when they were held is not what is known now. */
TEST(two_held_mails_of_one_sender_make_one_customer)
{
	AUTO(desk_close) struct desk desk = desk_that_holds();
	struct outcome one = hold_one(&desk, "new@n.example", "1@n");
	struct outcome two = hold_one(&desk, "new@n.example", "2@n");
	AUTO_RECORD(Rec__Ticket) first = NULL;
	AUTO_RECORD(Rec__Ticket) second = NULL;
	struct outcome out;

	CHECK(act_on(&desk, one.entry, do_open, 0, &out));
	first = desk_ticket(&desk, out.ticket);
	CHECK(act_on(&desk, two.entry, do_open, 0, &out));
	second = desk_ticket(&desk, out.ticket);
	CHECK_EQ(0, second->customer, first->customer);
	CHECK_EQ(0, second->category, desk.category);
	CHECK_EQ(0, desk_clean(&desk).customers, 1);
}

TEST(nothing_is_attached_to_what_is_in_the_bin)
{
	AUTO(desk_close) struct desk desk = desk_that_holds();
	struct outcome one = hold_one(&desk, "new@n.example", "1@n");
	struct outcome two = hold_one(&desk, "other@o.example", "2@n");
	struct outcome out, second;
	struct ticket t;
	g_autoptr(GError) error = NULL;
	struct wtxn *w;

	CHECK(act_on(&desk, one.entry, do_open, 0, &out));
	w = desk_begin(&desk);
	CHECK_OK(ticket_load(wtxn_view(w), (struct ticket_id){out.ticket}, &t,
		     &error),
	    error);
	t.rec->has_spam = t.rec->spam = true;
	CHECK_OK(ticket_save(w, &t, &error), error);
	ticket_drop(&t);
	desk_commit(&w);
	CHECK(!act_on(&desk, two.entry, do_attach, out.ticket, &second));
}

TEST(a_held_mail_is_attached_and_opens_its_ticket)
{
	AUTO(desk_close) struct desk desk = desk_that_holds();
	struct outcome one = hold_one(&desk, "new@n.example", "1@n");
	struct outcome two = hold_one(&desk, "other@o.example", "2@n");
	AUTO_RECORD(Rec__Ticket) t = NULL;
	struct outcome out, second;

	CHECK(act_on(&desk, one.entry, do_open, 0, &out));
	CHECK(act_on(&desk, two.entry, do_attach, out.ticket, &second));
	CHECK_EQ(0, second.action, APPEND);
	t = desk_ticket(&desk, out.ticket);
	CHECK_EQ(0, t->entry_count, 2);
	/* Who is not its customer gets no answers. */
	CHECK_STR(0, t->reply_address, "new@n.example");
	CHECK_EQ(1, act_on(&desk, two.entry, do_attach, 99999, &out), false);
}

TEST(held_mails_are_spam_discarded_and_decided_again)
{
	AUTO(desk_close) struct desk desk = desk_that_holds();
	struct outcome held = hold_one(&desk, "new@n.example", "1@n");
	struct outcome out;
	static const struct {
		act_fn *act;
		Rec__Action action;
		bool held, discarded;
	} row[] = {
	    {do_spam,    HOLD,    true,  true },
	    {do_decide,  HOLD,    true,  false},
	    {do_discard, DISCARD, false, true },
	    {do_decide,  HOLD,    true,  false},
	    {do_spam,    HOLD,    true,  true },
	    {do_discard, DISCARD, false, true },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		CHECK(act_on(&desk, held.entry, row[i].act, 0, &out));
		CHECK_EQ(i, out.action, row[i].action);
		CHECK_EQ(i, is_in(&desk, TABLE_HELD, held.entry), row[i].held);
		CHECK_EQ(i, is_in(&desk, TABLE_DISCARDED, held.entry),
		    row[i].discarded);
	}
	desk_set(&desk, SETTING_INTAKE_UNKNOWN_SENDER, "ticket");
	CHECK(act_on(&desk, held.entry, do_decide, 0, &out));
	CHECK_EQ(9, out.action, CREATE);
	CHECK_EQ(9, is_in(&desk, TABLE_DISCARDED, held.entry), false);
}

TEST(nobody_can_tell_whose_a_mail_without_sender_is)
{
	AUTO(desk_close) struct desk desk = desk_open();
	struct outcome held = hold_one(&desk, NULL, "1@n");
	struct letter known = {"ann@a.example", SUPPORT, .id = "1@a"};
	struct outcome out;

	CHECK_EQ(0, act_on(&desk, held.entry, do_open, 0, &out), false);
	(void)desk_receive(&desk, &known);
	CHECK(act_on(&desk, held.entry, do_open, 1, &out));
	CHECK_EQ(1, act_on(&desk, 99999, do_open, 1, &out), false);
}

/* ---- tickets that follow others (IN-18) ---------------------------------- */

static void
close_ticket(struct desk *desk, uint64_t id, int64_t closed_at)
{
	struct wtxn *w = desk_begin(desk);
	struct ticket t;
	g_autoptr(GError) error = NULL;

	CHECK_OK(ticket_load(wtxn_view(w), (struct ticket_id){id}, &t, &error),
	    error);
	t.rec->has_status = t.rec->has_closed_at = true;
	t.rec->status = REC__TICKET_STATUS__CLOSED;
	t.rec->closed_at = closed_at;
	t.rec->has_assignee = true;
	t.rec->assignee = 7;
	CHECK_OK(ticket_save(w, &t, &error), error);
	ticket_drop(&t);
	desk_commit(&w);
}

TEST(a_late_answer_opens_a_linked_ticket)
{
	AUTO(desk_close) struct desk desk = desk_open();
	struct letter first = {"ann@a.example", SUPPORT, .id = "1@a"};
	struct letter late = {"ann@a.example", "sales@desk.example",
	    .id = "2@a", .in_reply_to = "1@a"};
	AUTO_RECORD(Rec__Ticket) before = NULL;
	AUTO_RECORD(Rec__Ticket) t = NULL;
	struct outcome out;

	(void)desk_receive(&desk, &first);
	close_ticket(&desk, 1000, desk.now - INT64_C(400) * 86400 * 1000000);
	out = desk_receive(&desk, &late);
	CHECK_EQ(0, out.action, CREATE);
	CHECK_EQ(0, out.ticket, 1001);
	t = desk_ticket(&desk, 1001);
	before = desk_ticket(&desk, 1000);
	CHECK_EQ(0, before->status, REC__TICKET_STATUS__CLOSED);
	CHECK_EQ(0, t->category, desk.category);
	CHECK_EQ(0, t->assignee, 7);
	CHECK_EQ(0, t->customer, before->customer);
	CHECK_EQ(0, t->n_links, 1);
	CHECK_EQ(0, t->links[0]->kind, REC__LINK__KIND__FOLLOWS);
	CHECK_EQ(0, t->links[0]->ticket, 1000);
	CHECK_EQ(0, before->links[0]->kind, REC__LINK__KIND__FOLLOWED_BY);
	CHECK_EQ(0, before->links[0]->ticket, 1001);
	(void)desk_clean(&desk);
}

/* IN-32: who has the reply address alone gets no mail from us. */
TEST(a_strangers_follow_up_answers_the_customer)
{
	AUTO(desk_close) struct desk desk = desk_open();
	g_autofree char *token = token_reply_format(&desk.keys, 't', 1000);
	g_autofree char *to = g_strdup_printf("support+%s@desk.example", token);
	struct letter first = {"ann@a.example", SUPPORT, .id = "1@a"};
	struct letter late = {"eve@e.example", to, .id = "1@e"};
	AUTO_RECORD(Rec__Ticket) t = NULL;

	(void)desk_receive(&desk, &first);
	close_ticket(&desk, 1000, desk.now - INT64_C(400) * 86400 * 1000000);
	t = desk_ticket(&desk, desk_receive(&desk, &late).ticket);
	CHECK_EQ(0, t->links[0]->ticket, 1000);
	CHECK_STR(0, t->reply_address, "ann@a.example");
	CHECK_EQ(0, t->participants[0]->unconfirmed, true);
	(void)desk_clean(&desk);
}

/* ---- participants (IN-19, IN-32) ----------------------------------------- */

TEST(verified_mail_names_who_takes_part)
{
	AUTO(desk_close) struct desk desk = desk_open();
	struct letter row[] = {
	    {"ann@a.example",						   SUPPORT,     "Pat@P.example",  .id = "1@a"},
	    {	       "ben@b.example",						     SUPPORT,
             "pat@p.example ben@b.example sales@desk.example joe@team.example", .id = "2@a",            .verified = "mx"},
	    { "cyn@c.example", "x@x.example",							       "pat@p.example",								.id = "3@a",
             .verified = "mx", .rcpt = SUPPORT},
	};
	static const size_t want[] = {0, 1, 0};
	Rec__User user = REC__USER__INIT;
	char name[] = "joe", email[] = "joe@team.example";
	struct user_id id = {0};
	struct wtxn *w = desk_begin(&desk);
	g_autoptr(GError) error = NULL;

	user.name = name;
	user.email = email;
	user.has_active = user.active = true;
	CHECK_OK(user_save(w, &id, &user, &error), error);
	desk_commit(&w);
	desk_set(&desk, SETTING_INTAKE_TRUSTED_AUTHSERV, "mx");
	for (size_t i = 0; i < COUNT(row); i++) {
		struct outcome out = desk_receive(&desk, &row[i]);
		AUTO_RECORD(Rec__Ticket) t = desk_ticket(&desk, out.ticket);

		CHECK_EQ(i, t->n_participants, want[i]);
		CHECK_EQ(i, ticket_has_seen(t, "pat@p.example"), true);
		if (want[i] > 0)
			CHECK_STR(i, t->participants[0]->address,
			    "pat@p.example");
	}
}

TEST(at_most_twenty_take_part)
{
	AUTO(desk_close) struct desk desk = desk_open();
	g_autoptr(GString) cc = g_string_new("a0@x.example");
	struct letter l = {"ben@b.example", SUPPORT, .id = "2@a",
	    .verified = "mx"};
	AUTO_RECORD(Rec__Ticket) t = NULL;

	for (unsigned i = 1; i < 50; i++)
		g_string_append_printf(cc, " a%u@x.example", i);
	l.cc = cc->str;
	desk_set(&desk, SETTING_INTAKE_TRUSTED_AUTHSERV, "mx");
	t = desk_ticket(&desk, desk_receive(&desk, &l).ticket);
	CHECK_EQ(0, t->n_participants, 20);
}

TEST(people_are_taken_in_and_out_by_hand)
{
	AUTO(desk_close) struct desk desk = desk_open();
	struct letter first = {"ann@a.example", SUPPORT, .id = "1@a"};
	AUTO_RECORD(Rec__Ticket) t = NULL;

	(void)desk_receive(&desk, &first);
	t = desk_ticket(&desk, 1000);
	CHECK_EQ(0, participants_exclude(t, "pat@p.example"), false);
	CHECK_EQ(1, participants_include(t, "pat@p.example"), true);
	CHECK_EQ(2, participants_include(t, "pat@p.example"), true);
	CHECK_EQ(2, t->n_participants, 1);
	CHECK_EQ(3, participants_exclude(t, "pat@p.example"), true);
	CHECK_EQ(3, participants_exclude(t, "pat@p.example"), false);
	CHECK_EQ(4, participants_include(t, "pat@p.example"), true);
	CHECK_EQ(4, t->participants[0]->removed, false);
	for (unsigned i = 0; i < 30; i++) {
		g_autofree char *one = g_strdup_printf("a%u@x.example", i);

		CHECK_EQ(i, participants_include(t, one), i < 19);
	}
}

/* ---- bounces (IN-26, R51) ------------------------------------------------ */

/* A reply of ours, as sending it will leave it. */
static uint64_t
put_reply(struct desk *desk, uint64_t ticket_id)
{
	struct wtxn *w = desk_begin(desk);
	Rec__Entry e = REC__ENTRY__INIT;
	struct entry_id id;
	struct ticket t;
	g_autoptr(GError) error = NULL;

	CHECK_OK(ticket_load(wtxn_view(w), (struct ticket_id){ticket_id}, &t,
		     &error),
	    error);
	CHECK_OK(wtxn_next_id(w, SEQUENCE_ENTRY, &id.n, &error), error);
	e.has_kind = e.has_ticket = true;
	e.kind = REC__ENTRY__KIND__MAIL_OUT;
	e.ticket = ticket_id;
	CHECK_OK(entry_save(w, id, &e, ENTRY_NEW, &error), error);
	CHECK_OK(ticket_add_entry(w, &t, id, &e, &error), error);
	t.rec->has_status = t.rec->has_last_reply = true;
	t.rec->status = REC__TICKET_STATUS__WAITING_CUSTOMER;
	t.rec->last_reply = id.n;
	CHECK_OK(ticket_save(w, &t, &error), error);
	ticket_drop(&t);
	desk_commit(&w);
	return id.n;
}

static struct outcome
bounce(struct desk *desk, uint64_t entry, bool hard, const char *id)
{
	g_autofree char *ours = message_id_format(&desk->keys,
	    (struct entry_id){entry}, "desk.example");
	struct letter l = {"mailer-daemon@x.example", SUPPORT, .id = id,
	    .auto_kind = REC__MAIL__AUTO__BOUNCE, .failed = "Ann@a.example",
	    .returned = ours, .is_hard = hard};

	return desk_receive(desk, &l);
}

static bool
is_bouncing(const struct desk *desk)
{
	AUTO(view_end) struct view *view = desk_view(desk);
	AUTO_RECORD(Rec__Customer) c = NULL;
	g_autoptr(GError) error = NULL;

	CHECK_OK(customer_load(view, (struct customer_id){1}, &c, &error),
	    error);
	return c->addresses[0]->bouncing;
}

TEST(a_bounce_is_on_the_entry_whose_mail_failed)
{
	AUTO(desk_close) struct desk desk = desk_open();
	struct letter first = {"ann@a.example", SUPPORT, .id = "1@a"};
	static const struct {
		bool hard;
		Rec__Delivery__State state;
		Rec__TicketStatus status;
	} row[] = {
	    {false, REC__DELIVERY__STATE__DELAYED,
             REC__TICKET_STATUS__WAITING_CUSTOMER                          },
	    {true,  REC__DELIVERY__STATE__FAILED,  REC__TICKET_STATUS__OPEN},
	};
	uint64_t reply;

	(void)desk_receive(&desk, &first);
	reply = put_reply(&desk, 1000);
	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *id = g_strdup_printf("b%zu@x", i);
		struct outcome out = bounce(&desk, reply, row[i].hard, id);
		AUTO_RECORD(Rec__Ticket) t = desk_ticket(&desk, 1000);
		AUTO_RECORD(Rec__Entry) sent = desk_entry(&desk, reply);
		AUTO_RECORD(Rec__Entry) e = desk_entry(&desk, out.entry);

		CHECK_EQ(i, out.ticket, 1000);
		CHECK_EQ(i, e->of_entry, reply);
		CHECK_EQ(i, sent->n_deliveries, 1);
		CHECK_EQ(i, sent->deliveries[0]->state, row[i].state);
		CHECK_EQ(i, t->status, row[i].status);
		CHECK_EQ(i, is_bouncing(&desk), row[i].hard);
	}
	(void)desk_clean(&desk);
}

TEST(a_bounce_of_an_older_reply_opens_nothing)
{
	AUTO(desk_close) struct desk desk = desk_open();
	struct letter first = {"ann@a.example", SUPPORT, .id = "1@a"};
	AUTO_RECORD(Rec__Ticket) t = NULL;
	uint64_t older;

	(void)desk_receive(&desk, &first);
	older = put_reply(&desk, 1000);
	(void)put_reply(&desk, 1000);
	CHECK_EQ(0, bounce(&desk, older, true, "b@x").ticket, 1000);
	t = desk_ticket(&desk, 1000);
	CHECK_EQ(0, t->status, REC__TICKET_STATUS__WAITING_CUSTOMER);
	CHECK_EQ(0, is_bouncing(&desk), true);
}

/* ---- rates (IN-16) ------------------------------------------------------- */

static unsigned
receive_many(struct desk *desk, const char *from, unsigned count)
{
	unsigned held = 0;

	for (unsigned i = 0; i < count; i++) {
		g_autofree char *id = g_strdup_printf("%u@%s", i, from);
		struct letter l = {from, SUPPORT, .id = id, .subject = id};

		held += desk_receive(desk, &l).action == HOLD;
	}
	return held;
}

TEST(a_flood_of_one_sender_is_held_beyond_the_limit)
{
	AUTO(desk_close) struct desk desk = desk_open();
	struct letter again = {"ann@a.example", SUPPORT,
	    .id = "0@ann@a.example", .subject = "0@ann@a.example"};

	desk.rate = rate_new(1000);
	desk.repeat = true; /* a repeated batch counts nobody twice */
	desk_set(&desk, SETTING_INTAKE_SENDER_PER_HOUR, "10");
	desk_set(&desk, SETTING_INTAKE_APPEND_TO_OPEN_TICKET, "off");
	CHECK_EQ(0, receive_many(&desk, "ann@a.example", 8), 0);
	for (unsigned i = 0; i < 5; i++)
		CHECK_EQ(i, desk_receive(&desk, &again).action,
		    REC__ACTION__DUPLICATE);
	CHECK_EQ(1, receive_many(&desk, "ben@b.example", 10), 0);
	CHECK_EQ(2, receive_many(&desk, "ben@b.example2", 30), 20);
	desk.now += INT64_C(3600) * 1000000;
	CHECK_EQ(3, receive_many(&desk, "ben@b.example3", 10), 0);
	(void)desk_clean(&desk);
}
