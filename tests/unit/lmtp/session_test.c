/* SPDX-License-Identifier: MIT */
/*
 * The session without a socket: what each command says in each state (R19),
 * and what becomes of a mail whose peer, sink or patience is gone.
 */
#include "lmtp/session.h"

#include <string.h>

#include "tests/lib/test.h"

/* A sink that takes or keeps waiting. */
struct desk {
	bool waits;
	bool is_full;
	unsigned answered; /* calls of the session's owner */
	struct delivery *waiting;
	GByteArray *last; /* bytes of the newest mail */
};

static bool
desk_recipient(void *arg, const char *address, struct delivery_recipient *out,
    GError **error)
{
	(void)arg;
	if (g_str_has_prefix(address, "unknown"))
		return fail(error, ERR_NOT_FOUND, "nobody");
	out->mailbox = (struct mailbox_id){1};
	return true;
}

static bool
desk_room(void *arg, size_t size, GError **error)
{
	const struct desk *desk = arg;

	(void)size;
	return desk->is_full ? fail(error, ERR_BUSY, "queue is full") : true;
}

static void
desk_deliver(void *arg, struct delivery *d)
{
	struct desk *desk = arg;

	g_clear_pointer(&desk->last, g_byte_array_unref);
	if (d->raw != NULL)
		desk->last = g_byte_array_ref(d->raw);
	d->detail = g_strdup("ticket 1\r\n250 forged");
	if (g_str_has_prefix(d->sender, "temp"))
		err_set(&d->error, ERR_TEMP, "secret reason");
	if (desk->waits)
		desk->waiting = d;
	else
		d->done(d);
}

static void
on_answered(void *arg)
{
	struct desk *desk = arg;

	desk->answered++;
}

static const struct lmtp_options limits = {
    .hostname = "desk.example",
    .spool_dir = "/nonexistent",
    .xforward_peers = "192.0.2.9, unix:",
    .recipients_max = 3,
    .message_max = 1000,
    .line_max = 100,
    .memory_max = 500,
    .in_flight_max = 800,
    .errors_max = 3,
    .idle_ms = 1000,
    .data_rate_min = 10,
};

struct fixture {
	struct desk desk;
	struct door *door;
	struct session *session;
};

static void
set_up(struct fixture *f, const char *peer)
{
	struct lmtp_sink sink = {desk_recipient, desk_room, desk_deliver,
	    &f->desk};

	*f = (struct fixture){0};
	f->door = door_new(&limits, &sink);
	f->session = session_new(f->door, peer, on_answered, &f->desk);
}

static void
tear_down(struct fixture *f)
{
	session_end(&f->session);
	CHECK_EQ(0, f->door->in_flight, 0);
	door_unref(&f->door);
	g_clear_pointer(&f->desk.last, g_byte_array_unref);
}

/* Feeds a whole text; returns the replies to it; g_free. */
static char *
say(struct fixture *f, const char *text)
{
	GString *out = session_out(f->session);

	g_string_truncate(out, 0);
	(void)session_feed(f->session, (const uint8_t *)text, strlen(text));
	return g_strdup(out->str);
}

static void
hear(size_t row, struct fixture *f, const char *text, const char *want)
{
	g_autofree char *got = say(f, text);

	CHECK_STR(row, got, want);
}

/* Commands that lead to each state. */
static const char *const way[] = {
    [SESSION_FRESH] = "",
    [SESSION_GREETED] = "LHLO x\r\n",
    [SESSION_MAIL] = "LHLO x\r\nMAIL FROM:<a@b>\r\n",
    [SESSION_RCPT] = "LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n",
    [SESSION_DATA] = "LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n",
    [SESSION_COMMIT] = ("LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"
			"DATA\r\nx\r\n.\r\n"),
    [SESSION_CLOSING] = "LHLO x\r\nQUIT\r\n",
};

static void
check_case(size_t row, const char *line, enum session_state from,
    const char *want, enum session_state to)
{
	struct fixture f;
	g_autofree char *text = g_strdup_printf("%s\r\n", line);

	set_up(&f, "unix:");
	f.desk.waits = true;
	g_free(say(&f, way[from]));
	CHECK_EQ(row, f.session->state, from);
	g_autofree char *got = say(&f, text);

	if (strlen(got) > strlen(want))
		got[strlen(want)] = '\0';
	CHECK_STR(row, got, want);
	CHECK_EQ(row, f.session->state, to);
	if (f.desk.waiting != NULL)
		f.desk.waiting->done(f.desk.waiting);
	tear_down(&f);
}

enum { NO = SESSION_STATE_COUNT }; /* the state stays */

static const struct {
	const char *line;
	struct {
		const char *reply;
		unsigned to;
	} in[SESSION_STATE_COUNT];
} command[] = {
#define C SESSION_CLOSING
#define G SESSION_GREETED
#define M SESSION_MAIL
#define R SESSION_RCPT
#define D SESSION_DATA
#define NOT_READ                                                               \
	{"", NO}, {"", NO},                                                    \
	{                                                                      \
		"", NO                                                         \
	}
/* line, in FRESH, GREETED, MAIL, RCPT, and DATA, COMMIT, CLOSING */
#define ROW(line, ...)                                                         \
	{                                                                      \
		line,                                                          \
		{                                                              \
			__VA_ARGS__, NOT_READ                                  \
		}                                                              \
	}
    ROW("LHLO y", {"250-", G}, {"250-", G}, {"250-", G}, {"250-", G}),
    ROW("LHLO", {"501 5.5.4", NO}, {"501 5.5.4", NO}, {"501 5.5.4", NO},
	{"501 5.5.4", NO}),
    ROW("HELO y", {"500 5.5.1", NO}, {"500 5.5.1", NO}, {"500 5.5.1", NO},
	{"500 5.5.1", NO}),
    ROW("EHLO y", {"500 5.5.1", NO}, {"500 5.5.1", NO}, {"500 5.5.1", NO},
	{"500 5.5.1", NO}),
    ROW("MAIL FROM:<>", {"503 5.5.1", NO}, {"250 2.1.0", M}, {"503 5.5.1", NO},
	{"503 5.5.1", NO}),
    ROW("mail from:<e@f> SIZE=9", {"503 5.5.1", NO}, {"250 2.1.0", M},
	{"503 5.5.1", NO}, {"503 5.5.1", NO}),
    ROW("MAIL FROM:<e@f> SIZE=1001", {"503 5.5.1", NO}, {"552 5.3.4", NO},
	{"503 5.5.1", NO}, {"503 5.5.1", NO}),
    ROW("MAIL FROM:<e@f> X=1", {"503 5.5.1", NO}, {"555 5.5.4", NO},
	{"503 5.5.1", NO}, {"503 5.5.1", NO}),
    ROW("MAIL FROM:e", {"503 5.5.1", NO}, {"501 5.1.7", NO}, {"503 5.5.1", NO},
	{"503 5.5.1", NO}),
    ROW("RCPT TO:<e@f>", {"503 5.5.1", NO}, {"503 5.5.1", NO}, {"250 2.1.5", R},
	{"250 2.1.5", R}),
    ROW("RCPT TO:<unknown@f>", {"503 5.5.1", NO}, {"503 5.5.1", NO},
	{"550 5.1.1", NO}, {"550 5.1.1", NO}),
    ROW("RCPT TO:<>", {"503 5.5.1", NO}, {"503 5.5.1", NO}, {"501 5.1.3", NO},
	{"501 5.1.3", NO}),
    ROW("DATA", {"503 5.5.1", NO}, {"503 5.5.1", NO}, {"503 5.5.1", NO},
	{"354 ", D}),
    ROW("DATA x", {"503 5.5.1", NO}, {"503 5.5.1", NO}, {"503 5.5.1", NO},
	{"501 5.5.4", NO}),
    ROW("BDAT 5 LAST", {"502 5.5.1", NO}, {"502 5.5.1", NO}, {"502 5.5.1", NO},
	{"502 5.5.1", NO}),
    ROW("RSET", {"250 2.0.0", NO}, {"250 2.0.0", G}, {"250 2.0.0", G},
	{"250 2.0.0", G}),
    ROW("NOOP x", {"250 2.0.0", NO}, {"250 2.0.0", NO}, {"250 2.0.0", NO},
	{"250 2.0.0", NO}),
    ROW("VRFY a", {"252 2.0.0", NO}, {"252 2.0.0", NO}, {"252 2.0.0", NO},
	{"252 2.0.0", NO}),
    ROW("XFORWARD IDENT=q", {"503 5.5.1", NO}, {"250 2.0.0", NO},
	{"503 5.5.1", NO}, {"503 5.5.1", NO}),
    ROW("QUIT", {"221 2.0.0", C}, {"221 2.0.0", C}, {"221 2.0.0", C},
	{"221 2.0.0", C}),
    ROW("TURN", {"500 5.5.1", NO}, {"500 5.5.1", NO}, {"500 5.5.1", NO},
	{"500 5.5.1", NO}),
    ROW("", {"500 5.5.1", NO}, {"500 5.5.1", NO}, {"500 5.5.1", NO},
	{"500 5.5.1", NO}),
#undef ROW
#undef NOT_READ
};

TEST(each_command_is_answered_in_each_state)
{
	for (size_t i = 0; i < COUNT(command); i++)
		for (unsigned from = SESSION_FRESH; from <= SESSION_CLOSING;
		     from++) {
			const unsigned to = command[i].in[from].to;

			check_case(i * 100 + from, command[i].line, from,
			    command[i].in[from].reply, to == NO ? from : to);
		}
}

TEST(each_recipient_gets_one_clean_reply)
{
	static const struct {
		const char *sender;
		const char *replies;
	} row[] = {
	    {"a@b",
             "250 2.0.0 ticket 1??250 forged\r\n"
		"250 2.0.0 ticket 1??250 forged\r\n"        },
	    {"temp@b",
             "451 4.3.0 temporary failure, try again\r\n"
		"451 4.3.0 temporary failure, try again\r\n"},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct fixture f;
		g_autofree char *text = g_strdup_printf(
		    "LHLO x\r\n"
		    "MAIL FROM:<%s>\r\nRCPT TO:<c@d>\r\nRCPT TO:<unknown@d>\r\n"
		    "RCPT TO:<e@d>\r\nDATA\r\n",
		    row[i].sender);

		set_up(&f, "192.0.2.1");
		g_free(say(&f, text));
		hear(i, &f, "a\r\n..b\r\n.\r\n", row[i].replies);
		CHECK_EQ(i, f.desk.last->len, 7);
		CHECK(memcmp(f.desk.last->data, "a\r\n.b\r\n", 7) == 0);
		CHECK_EQ(i, f.session->state, SESSION_GREETED);
		tear_down(&f);
	}
}

TEST(too_many_recipients_wait_for_another_mail)
{
	struct fixture f;

	set_up(&f, "192.0.2.1");
	g_free(say(&f, way[SESSION_RCPT]));
	hear(0, &f, "RCPT TO:<e@d>\r\nRCPT TO:<f@d>\r\nRCPT TO:<g@d>\r\n",
	    "250 2.1.5 recipient ok\r\n250 2.1.5 recipient ok\r\n"
	    "452 4.5.3 too many recipients\r\n");
	tear_down(&f);
}

TEST(what_is_too_big_or_finds_no_room_is_read_to_its_end)
{
	static const struct {
		size_t len;
		const char *reply;
	} row[] = {
	    {600,  "452 4.3.1 not enough room, try again\r\n"},
	    {1200, "552 5.3.4 too big\r\n"                   },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct fixture f;
		g_autofree char *body = g_strnfill(row[i].len, 'x');
		g_autofree char *text = g_strconcat(body, "\r\n.\r\n", NULL);

		set_up(&f, "192.0.2.1");
		g_free(say(&f, way[SESSION_DATA]));
		hear(i, &f, text, row[i].reply);
		CHECK_EQ(i, f.session->state, SESSION_GREETED);
		CHECK(f.desk.last == NULL);
		tear_down(&f);
	}
}

TEST(a_mail_is_put_off_when_there_is_no_room)
{
	struct fixture f;
	const char *full = "452 4.3.1 not enough room, try again\r\n";

	set_up(&f, "192.0.2.1");
	g_free(say(&f, way[SESSION_GREETED]));
	f.desk.is_full = true;
	hear(0, &f, "MAIL FROM:<a@b>\r\n", full);
	f.desk.is_full = false;
	door_account(f.door, 0, 700);
	hear(1, &f, "MAIL FROM:<a@b> SIZE=200\r\n", full);
	hear(2, &f, "MAIL FROM:<a@b> SIZE=100\r\nRSET\r\n",
	    "250 2.1.0 sender ok\r\n250 2.0.0 ok\r\n");
	door_account(f.door, 700, 800);
	hear(3, &f, "MAIL FROM:<a@b>\r\n", full);
	door_account(f.door, 800, 0);
	hear(4, &f, "MAIL FROM:<a@b> SIZE=999\r\n", "250 2.1.0 sender ok\r\n");
	tear_down(&f);
}

TEST(nothing_is_read_before_the_commit_is_answered)
{
	struct fixture f;
	static const char rest[] = "NOOP\r\n";

	set_up(&f, "192.0.2.1");
	f.desk.waits = true;
	CHECK_STR(0, session_out(f.session)->str,
	    "220 desk.example LMTP ready\r\n");
	g_free(say(&f, way[SESSION_COMMIT]));
	CHECK_EQ(0, session_feed(f.session, (const uint8_t *)rest, 6), 0);
	CHECK_EQ(0, f.door->in_flight, 3);
	g_string_truncate(session_out(f.session), 0);
	f.desk.waiting->done(f.desk.waiting);
	CHECK_EQ(0, f.desk.answered, 1);
	CHECK_EQ(0, f.door->in_flight, 0);
	CHECK_STR(0, session_out(f.session)->str,
	    "250 2.0.0 ticket 1??250 forged\r\n");
	hear(1, &f, rest, "250 2.0.0 ok\r\n");
	tear_down(&f);
}

TEST(a_peer_that_goes_during_the_commit_is_not_answered)
{
	struct fixture f;

	set_up(&f, "192.0.2.1");
	f.desk.waits = true;
	g_free(say(&f, way[SESSION_COMMIT]));
	session_end(&f.session);
	CHECK_EQ(0, f.door->in_flight, 3);
	f.desk.waiting->done(f.desk.waiting);
	CHECK_EQ(0, f.desk.answered, 0);
	tear_down(&f);
}

TEST(a_door_that_stops_lets_the_mail_at_hand_come_in)
{
	static const struct {
		enum session_state at;
		const char *text;
		const char *replies;
	} row[] = {
	    {SESSION_FRESH,   "",         "421 4.3.2 shutting down\r\n"},
	    {SESSION_GREETED, "",         "421 4.3.2 shutting down\r\n"},
	    {SESSION_MAIL,    "RSET\r\n",
             "250 2.0.0 ok\r\n421 4.3.2 shutting down\r\n"             },
	    {SESSION_DATA,    ".\r\n",
             "250 2.0.0 ticket 1??250 forged\r\n"
		"421 4.3.2 shutting down\r\n"                          },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct fixture f;

		set_up(&f, "192.0.2.1");
		g_free(say(&f, way[row[i].at]));
		g_string_truncate(session_out(f.session), 0);
		session_drain(f.session);
		(void)session_feed(f.session, (const uint8_t *)row[i].text,
		    strlen(row[i].text));
		CHECK_STR(i, session_out(f.session)->str, row[i].replies);
		CHECK_EQ(i, f.session->state, SESSION_CLOSING);
		tear_down(&f);
	}
}

TEST(the_idle_and_the_slow_are_sent_away)
{
	static const struct {
		enum session_state at;
		int64_t idle_ms, in_data_ms;
		const char *reply;
	} row[] = {
	    {SESSION_FRESH,  900,  0,     ""                                   },
	    {SESSION_FRESH,  1100, 0,     "421 4.4.2 idle for too long\r\n"    },
	    {SESSION_RCPT,   1100, 0,     "421 4.4.2 idle for too long\r\n"    },
	    {SESSION_DATA,   1100, 0,     "421 4.4.2 idle for too long\r\n"    },
	    {SESSION_DATA,   0,    20000, ""                                   },
	    {SESSION_DATA,   0,    31000, "421 4.4.2 data comes too slowly\r\n"},
	    {SESSION_COMMIT, 9000, 99000, ""                                   },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct fixture f;

		set_up(&f, "192.0.2.1");
		f.desk.waits = true;
		g_free(say(&f, way[row[i].at]));
		g_string_truncate(session_out(f.session), 0);
		f.session->started_us -= row[i].in_data_ms * 1000;
		session_tick(f.session,
		    f.session->heard_us + row[i].idle_ms * 1000);
		CHECK_STR(i, session_out(f.session)->str, row[i].reply);
		if (f.desk.waiting != NULL)
			f.desk.waiting->done(f.desk.waiting);
		tear_down(&f);
	}
}

TEST(the_third_error_is_the_last)
{
	struct fixture f;

	set_up(&f, "192.0.2.1");
	hear(0, &f, "A\r\nB\r\nC\r\nD\r\n",
	    "500 5.5.1 command is not known\r\n"
	    "500 5.5.1 command is not known\r\n"
	    "500 5.5.1 command is not known\r\n"
	    "421 4.7.0 too many errors\r\n");
	tear_down(&f);
}

TEST(lines_are_bounded_and_end_in_crlf)
{
	g_autofree char *fits = g_strnfill(93, 'x');
	g_autofree char *noop = g_strconcat("NOOP ", fits, "\r\n", NULL);
	g_autofree char *longer = g_strconcat("NOOP ", fits, "x\r\n", NULL);
	g_autofree char *endless = g_strnfill(1000, 'x');
	g_autofree char *end = g_strconcat(endless, "\r\n", NULL);
	const struct {
		const char *line;
		const char *reply;
	} row[] = {
	    {noop,            "250 2.0.0 ok\r\n"                },
	    {longer,          "500 5.5.2 line is too long\r\n"  },
	    {end,             "500 5.5.2 line is too long\r\n"  },
	    {"NOOP\n",        "500 5.5.2 line without CR LF\r\n"},
	    {"NO\rOP\r\n",    "500 5.5.2 control character\r\n" },
	    {"NOOP \x01\r\n", "500 5.5.2 control character\r\n" },
	    {"NOOP  \r\n",    "250 2.0.0 ok\r\n"                },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct fixture f;

		set_up(&f, "192.0.2.1");
		hear(i, &f, row[i].line, row[i].reply);
		tear_down(&f);
	}
}

TEST(xforward_is_for_trusted_peers_and_for_one_mail)
{
	struct fixture f;

	set_up(&f, "192.0.2.1");
	g_free(say(&f, way[SESSION_GREETED]));
	hear(0, &f, "XFORWARD IDENT=q\r\n",
	    "550 5.7.0 XFORWARD is not for you\r\n");
	tear_down(&f);

	set_up(&f, "192.0.2.9");
	f.desk.waits = true;
	g_free(say(&f, way[SESSION_GREETED]));
	g_free(say(&f, "XFORWARD NAME=mx ADDR=192.0.2.7 HELO=h IDENT=q1\r\n"));
	g_free(say(&f, way[SESSION_COMMIT] + 8));
	CHECK_STR(1, f.desk.waiting->queue_id, "q1");
	CHECK_STR(1, f.desk.waiting->client, "mx [192.0.2.7]");
	CHECK_STR(1, f.desk.waiting->helo, "h");
	f.desk.waiting->done(f.desk.waiting);
	g_free(say(&f, way[SESSION_COMMIT] + 8));
	CHECK_STR(2, f.desk.waiting->queue_id, NULL);
	CHECK_STR(2, f.desk.waiting->helo, "x");
	f.desk.waiting->done(f.desk.waiting);
	tear_down(&f);
}
