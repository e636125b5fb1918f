/* SPDX-License-Identifier: MIT */
/*
 * Decisions as rows: facts in words, what comes of them in words. A row of
 * facts is words separated by blanks: from=ADDRESS customer=N mailbox=N
 * duplicate=N auto=N failed verified unreadable token_wrong; candidates as
 * KEY:TICKET, and behind them any of /c customer /p participant /a assignee
 * /d deleted.
 */
#include "intake/decide.h"

#include <string.h>

#include "store/record.h"
#include "tests/lib/test.h"

/* ---- words to facts ------------------------------------------------------ */

static Rec__Candidate *
candidate_of(const char *word)
{
	static const char *const keys[] = {"token", "in_reply_to", "references",
	    "tag", "open"};
	Rec__Candidate *c = g_new0(Rec__Candidate, 1);
	const char *colon = strchr(word, ':');

	rec__candidate__init(c);
	for (size_t i = 0; i < COUNT(keys); i++)
		if (strncmp(word, keys[i], (size_t)(colon - word)) == 0)
			c->key = (Rec__Candidate__Key)i;
	c->ticket = g_ascii_strtoull(colon + 1, NULL, 10);
	c->is_customer = strstr(colon, "/c") != NULL;
	c->is_participant = strstr(colon, "/p") != NULL;
	c->is_assignee = strstr(colon, "/a") != NULL;
	c->deleted = strstr(colon, "/d") != NULL;
	return c;
}

static void
number_add(uint64_t **list, size_t *count, uint64_t n)
{
	*list = g_renew(uint64_t, *list, *count + 1);
	(*list)[(*count)++] = n;
}

static void
fact_number(Rec__Facts *f, const char *name, uint64_t n)
{
	if (strcmp(name, "customer") == 0)
		number_add(&f->customers, &f->n_customers, n);
	else if (strcmp(name, "mailbox") == 0)
		number_add(&f->mailboxes, &f->n_mailboxes, n);
	else if (strcmp(name, "auto") == 0)
		f->auto_kind = (Rec__Mail__Auto)n;
	else if (strcmp(name, "duplicate") == 0) {
		f->has_duplicate_of = true;
		f->duplicate_of = n;
	}
}

static void
fact_word(Rec__Facts *f, const char *word)
{
	if (strcmp(word, "failed") == 0)
		f->authentication = REC__FACTS__AUTHENTICATION__FAILED;
	else if (strcmp(word, "verified") == 0)
		f->authentication = REC__FACTS__AUTHENTICATION__VERIFIED;
	else if (strcmp(word, "unreadable") == 0)
		f->unreadable = g_strdup("too many parts");
	else if (strcmp(word, "token_wrong") == 0)
		f->token_wrong = true;
}

static Rec__Facts *
facts_of(const char *words)
{
	g_auto(GStrv) list = g_strsplit(words, " ", -1);
	Rec__Facts *f = g_new0(Rec__Facts, 1);

	rec__facts__init(f);
	for (size_t i = 0; list[i] != NULL; i++) {
		char *equals = strchr(list[i], '=');

		if (strchr(list[i], ':') != NULL) {
			f->candidates = g_renew(Rec__Candidate *, f->candidates,
			    f->n_candidates + 1);
			f->candidates[f->n_candidates++] = candidate_of(
			    list[i]);
		} else if (equals == NULL) {
			fact_word(f, list[i]);
		} else if (g_str_has_prefix(list[i], "from=")) {
			f->sender = g_strdup(equals + 1);
		} else {
			*equals = '\0';
			fact_number(f, list[i],
			    g_ascii_strtoull(equals + 1, NULL, 10));
		}
	}
	return f;
}

/* ---- settings and mailboxes ---------------------------------------------- */

static void
mailbox_free(void *arg)
{
	g_free(arg);
}

/* Mailbox 1 has category 11, mailbox 2 none. `settings`: "off" for IN-4's
 * first, "hold" for its second, in any order. */
static struct snapshot *
snapshot_of(const char *settings)
{
	struct snapshot *s = g_atomic_rc_box_new0(struct snapshot);

	for (enum setting i = 0; i < SETTING_COUNT; i++)
		s->settings[i] = g_strdup(setting_row(i)->value);
	if (strstr(settings, "off") != NULL)
		record_set(&s->settings
				[SETTING_INTAKE_APPEND_REQUIRES_CUSTOMER_MATCH],
		    "off");
	if (strstr(settings, "hold") != NULL)
		record_set(&s->settings[SETTING_INTAKE_CUSTOMER_MISMATCH],
		    "hold");
	s->mailboxes = g_ptr_array_new_with_free_func(mailbox_free);
	for (uint64_t id = 1; id <= 2; id++) {
		struct snapshot_mailbox *mailbox =
		    g_new0(struct snapshot_mailbox, 1);

		mailbox->id.n = id;
		mailbox->category.n = id == 1 ? 11 : 0;
		g_ptr_array_add(s->mailboxes, mailbox);
	}
	return s;
}

/* ---- decisions to words -------------------------------------------------- */

/* "append 5+! key_token(5) sender_new": + customer mail, ! new sender. */
static char *
decision_text(const struct decision *d)
{
	GString *text = g_string_new(action_name(d->action));

	if (d->ticket != 0)
		g_string_append_printf(text, " %" PRIu64, d->ticket);
	if (d->action == REC__ACTION__HOLD)
		g_string_append_printf(text, "=%s", reason_code(d->held));
	if (d->customer_mail && d->action == REC__ACTION__APPEND)
		g_string_append_c(text, '+');
	if (d->new_sender)
		g_string_append_c(text, '!');
	for (size_t i = 0; i < d->reasons; i++) {
		const struct decision_reason *r = &d->because[i];

		g_string_append_printf(text, " %s", reason_code(r->reason));
		if (r->id != 0)
			g_string_append_printf(text, "(%" PRIu64 ")", r->id);
		if (r->detail[0] != '\0')
			g_string_append_printf(text, "(%s)", r->detail);
	}
	return g_string_free(text, FALSE);
}

struct decided {
	const char *settings;
	const char *facts;
	const char *text;
};

static void
check_decided(const struct decided *row, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		AUTO(snapshot_release)
		struct snapshot *s = snapshot_of(row[i].settings);
		AUTO_RECORD(Rec__Facts) facts = facts_of(row[i].facts);
		g_autofree char *text = NULL;
		struct decision d;

		decide(facts, s, &d);
		text = decision_text(&d);
		CHECK_STR(i, text, row[i].text);
	}
}

TEST(mails_without_keys_open_tickets)
{
	static const struct decided row[] = {
	    {"", "from=a@b mailbox=1",
             "create customer_new new_ticket category_mailbox(11)"                },
	    {"", "from=a@b mailbox=2",            "create customer_new new_ticket"},
	    {"", "from=a@b mailbox=9",            "create customer_new new_ticket"},
	    {"", "from=a@b",                      "create customer_new new_ticket"},
	    {"", "from=a@b customer=4 mailbox=2",
             "create customer_known(4) new_ticket"                                },
	    {"", "from=a@b failed mailbox=2",     "create customer_new new_ticket"},
	    {"", "from=a@b mailbox=1 mailbox=2",
             "create customer_new new_ticket category_mailbox(11) "
		"also_for(2)"						     },
	    {"", "from=a@b mailbox=2 mailbox=1",
             "create customer_new new_ticket also_for(1)"                         },
	    {"", "from=a@b mailbox=2 auto=3",
             "create customer_new new_ticket automatic(bulk)"                     },
	};

	check_decided(row, COUNT(row));
}

TEST(what_cannot_be_routed_is_held)
{
	static const struct decided row[] = {
	    {"", "mailbox=1",                      "hold=no_sender no_sender"                  },
	    {"", "customer=1",                     "hold=no_sender no_sender"                  },
	    {"", "from=a@b customer=1 customer=2",
             "hold=address_shared address_shared"                                              },
	    {"", "from=a@b unreadable",
             "hold=unreadable unreadable(too many parts)"                                      },
	    {"", "from=a@b unreadable token:5/c",
             "hold=unreadable unreadable(too many parts)"                                      },
	    {"", "unreadable",                     "hold=unreadable unreadable(too many parts)"},
	};

	check_decided(row, COUNT(row));
}

TEST(what_is_there_already_is_a_duplicate)
{
	static const struct decided row[] = {
	    {"", "from=a@b duplicate=8",           "duplicate duplicate(8)"},
	    {"", "from=a@b duplicate=8 token:5/c", "duplicate duplicate(8)"},
	    {"", "duplicate=8 unreadable",         "duplicate duplicate(8)"},
	    {"", "duplicate=8 failed token:5",     "duplicate duplicate(8)"},
	};

	check_decided(row, COUNT(row));
}

/* IN-4, IN-32: each kind of key, each way to stand to the ticket. */
TEST(keys_lead_where_the_sender_takes_part)
{
	static const struct decided row[] = {
	    {"", "from=a@b token:5/c",
             "append 5+ key_token(5) sender_customer"                                    },
	    {"", "from=a@b token:5/p",
             "append 5+ key_token(5) sender_participant"                                 },
	    {"", "from=a@b token:5/a",          "append 5 key_token(5) sender_assignee"  },
	    {"", "from=a@b token:5",            "append 5+! key_token(5) sender_new"     },
	    {"", "token:5",                     "append 5+! key_token(5) sender_new"     },
	    {"", "from=a@b in_reply_to:5/c",
             "append 5+ key_in_reply_to(5) sender_customer"                              },
	    {"", "from=a@b in_reply_to:5/p",
             "append 5+ key_in_reply_to(5) sender_participant"                           },
	    {"", "from=a@b in_reply_to:5/a",
             "append 5 key_in_reply_to(5) sender_assignee"                               },
	    {"", "from=a@b in_reply_to:5",
             "create key_refused(5) customer_new new_ticket"                             },
	    {"", "from=a@b references:5/c",
             "append 5+ key_references(5) sender_customer"                               },
	    {"", "from=a@b references:5/p",
             "append 5+ key_references(5) sender_participant"                            },
	    {"", "from=a@b references:5",
             "create key_refused(5) customer_new new_ticket"                             },
	    {"", "from=a@b tag:5/c",            "append 5+ key_tag(5) sender_customer"   },
	    {"", "from=a@b tag:5/p",            "append 5+ key_tag(5) sender_participant"},
	    {"", "from=a@b tag:5/a",            "append 5 key_tag(5) sender_assignee"    },
	    {"", "from=a@b tag:5",
             "create key_refused(5) customer_new new_ticket"                             },
	    {"", "from=a@b customer=3 tag:5",
             "create key_refused(5) customer_known(3) new_ticket"                        },
 /* of a kind that only a newer program knows */
	    {"", "from=a@b open:5/c",           "create customer_new new_ticket"         },
	    {"", "from=a@b token:4/c open:5/c",
             "append 4+ key_token(4) sender_customer"                                    },
	};

	check_decided(row, COUNT(row));
}

TEST(settings_change_who_may_follow_a_key)
{
	static const struct decided row[] = {
	    {"off",      "from=a@b in_reply_to:5",
             "append 5+ key_in_reply_to(5) sender_unchecked"                              },
	    {"off",      "from=a@b references:5",
             "append 5+ key_references(5) sender_unchecked"                               },
	    {"off",      "from=a@b tag:5",         "append 5+ key_tag(5) sender_unchecked"},
	    {"off",      "from=a@b tag:5/c",       "append 5+ key_tag(5) sender_customer" },
	    {"off",      "from=a@b token:5",       "append 5+! key_token(5) sender_new"   },
	    {"off",      "from=a@b tag:5/d",
             "create key_deleted(5) customer_new new_ticket"                              },
	    {"hold",     "from=a@b in_reply_to:5",
             "hold=mismatch_held key_refused(5) mismatch_held"                            },
	    {"hold",     "from=a@b tag:5",
             "hold=mismatch_held key_refused(5) mismatch_held"                            },
	    {"hold",     "from=a@b token:5",       "append 5+! key_token(5) sender_new"   },
	    {"hold",     "from=a@b tag:5/c",
             "append 5+ key_tag(5) sender_customer"                                       },
	    {"hold",     "from=a@b",               "create customer_new new_ticket"       },
	    {"off hold", "from=a@b tag:5",
             "append 5+ key_tag(5) sender_unchecked"                                      },
	    {"off hold", "from=a@b tag:5 failed",
             "hold=mismatch_held key_refused(5) mismatch_held"                            },
	};

	check_decided(row, COUNT(row));
}

TEST(who_failed_authentication_reaches_nothing)
{
	static const struct decided row[] = {
	    {"",    "from=a@b failed in_reply_to:5/c",
             "create key_refused(5) customer_new new_ticket"},
	    {"",    "from=a@b failed tag:5/c tag:6/p",
             "create key_refused(5) key_refused(6) customer_new "
		"new_ticket"				},
	    {"off", "from=a@b failed references:5",
             "create key_refused(5) customer_new new_ticket"},
	    {"",    "from=a@b failed token:5/c",
             "hold=authentication_failed key_refused(5) "
		"authentication_failed"                     },
	    {"",    "from=a@b failed token:5",
             "hold=authentication_failed key_refused(5) "
		"authentication_failed"                     },
	    {"off", "from=a@b failed token:5",
             "hold=authentication_failed key_refused(5) "
		"authentication_failed"                     },
	    {"",    "from=a@b failed token:5/d",
             "create key_deleted(5) customer_new new_ticket"},
	    {"",    "from=a@b verified token:5/c",
             "append 5+ key_token(5) sender_customer"       },
	};

	check_decided(row, COUNT(row));
}

/* IN-14: the strongest that may be reached; others are noted. */
TEST(the_strongest_key_that_may_be_reached_wins)
{
	static const struct decided row[] = {
	    {"",     "from=a@b token:5 in_reply_to:6/c tag:7/c",
             "append 5+! key_token(5) sender_new key_disagrees(6) "
		"key_disagrees(7)"				   },
	    {"",     "from=a@b in_reply_to:6/c references:6/c tag:6/c",
             "append 6+ key_in_reply_to(6) sender_customer"          },
	    {"",     "from=a@b in_reply_to:6/c tag:7",
             "append 6+ key_in_reply_to(6) sender_customer "
		"key_disagrees(7)"				   },
	    {"",     "from=a@b in_reply_to:6 tag:7/c",
             "append 7+ key_refused(6) key_tag(7) sender_customer"   },
	    {"",     "from=a@b tag:6 tag:7/p",
             "append 7+ key_refused(6) key_tag(7) sender_participant"},
	    {"",     "from=a@b references:8/c references:7/c",
             "append 8+ key_references(8) sender_customer "
		"key_disagrees(7)"				   },
	    {"",     "from=a@b token:5/d tag:7/c",
             "append 7+ key_deleted(5) key_tag(7) sender_customer"   },
	    {"hold", "from=a@b in_reply_to:6 tag:7/c",
             "append 7+ key_refused(6) key_tag(7) sender_customer"   },
	};

	check_decided(row, COUNT(row));
}

TEST(tokens_that_disagree_open_a_ticket_that_names_both)
{
	static const struct decided row[] = {
	    {"",     "from=a@b token:5/c token:6/c",
             "create tokens_disagree(5) tokens_disagree(6) customer_new "
		"new_ticket"				   },
	    {"",     "from=a@b token:5/c token:6 in_reply_to:5/c",
             "create tokens_disagree(5) tokens_disagree(6) customer_new "
		"new_ticket"				   },
	    {"hold", "from=a@b token:5 token:6",
             "create tokens_disagree(5) tokens_disagree(6) customer_new "
		"new_ticket"				   },
	    {"",     "from=a@b token:5/c token:5/c",
             "append 5+ key_token(5) sender_customer"          },
	    {"",     "from=a@b token_wrong",
             "create token_wrong customer_new "
		"new_ticket"				   },
	    {"",     "from=a@b token_wrong tag:5/c",
             "append 5+ token_wrong key_tag(5) sender_customer"},
	};

	check_decided(row, COUNT(row));
}

/* IN-35: any of the owners may follow a key; without one nobody can tell. */
TEST(a_shared_address_follows_keys_only)
{
	static const struct decided row[] = {
	    {"", "from=a@b customer=1 customer=2 tag:5/c",
             "append 5+ key_tag(5) sender_customer"             },
	    {"", "from=a@b customer=1 customer=2 in_reply_to:5/c",
             "append 5+ key_in_reply_to(5) sender_customer"     },
	    {"", "from=a@b customer=1 customer=2 tag:5",
             "hold=address_shared key_refused(5) address_shared"},
	    {"", "from=a@b customer=1 customer=2 token:5/c",
             "append 5+ key_token(5) sender_customer"           },
	};

	check_decided(row, COUNT(row));
}

TEST(automatic_mail_is_no_customer_mail)
{
	static const struct decided row[] = {
	    {"", "from=a@b auto=1 token:5/c",
             "append 5 key_token(5) sender_customer automatic(reply)"  },
	    {"", "from=a@b auto=2 tag:5/c",
             "append 5 key_tag(5) sender_customer automatic(generated)"},
	    {"", "from=a@b auto=4 in_reply_to:5/p",
             "append 5 key_in_reply_to(5) sender_participant "
		"automatic(list)"				      },
	    {"", "auto=5 token:5",
             "append 5! key_token(5) sender_new automatic(bounce)"     },
	    {"", "from=a@b auto=77 tag:5/c",
             "append 5 key_tag(5) sender_customer automatic(unknown)"  },
	};

	check_decided(row, COUNT(row));
}

TEST(the_decision_names_owner_and_candidate)
{
	static const struct {
		const char *facts;
		uint64_t mailbox, candidate, category, customer;
	} row[] = {
	    {"from=a@b mailbox=1 mailbox=2",        1, 0, 11, 0},
	    {"from=a@b mailbox=2 customer=4",       2, 0, 0,  4},
	    {"from=a@b mailbox=2 tag:5 tag:6",      2, 5, 0,  0},
	    {"from=a@b mailbox=1 tag:5 tag:6/c",    1, 5, 0,  0},
	    {"from=a@b",			    0, 0, 0,  0},
	    {"from=a@b failed mailbox=2 token:5/c", 2, 5, 0,  0},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		AUTO(snapshot_release) struct snapshot *s = snapshot_of("");
		AUTO_RECORD(Rec__Facts) facts = facts_of(row[i].facts);
		struct decision d;

		decide(facts, s, &d);
		CHECK_EQ(i, d.mailbox, row[i].mailbox);
		CHECK_EQ(i, d.candidate, row[i].candidate);
		CHECK_EQ(i, d.category, row[i].category);
		CHECK_EQ(i, d.customer, row[i].customer);
	}
}

/* Facts with more than fits: the first reasons stay. */
TEST(reasons_never_overflow)
{
	AUTO(snapshot_release) struct snapshot *s = snapshot_of("");
	g_autoptr(GString) words = g_string_new("from=a@b");
	AUTO_RECORD(Rec__Facts) facts = NULL;
	struct decision d;

	for (unsigned i = 1; i < 100; i++)
		g_string_append_printf(words, " tag:%u mailbox=%u", i, i);
	facts = facts_of(words->str);
	decide(facts, s, &d);
	CHECK_EQ(0, d.action, REC__ACTION__CREATE);
	CHECK_EQ(0, d.reasons, REASONS_MAX);
	CHECK_EQ(0, d.because[REASONS_MAX - 1].reason, REASON_KEY_REFUSED);
}

TEST(reasons_have_words)
{
	static const struct {
		enum reason reason;
		uint64_t id;
		const char *detail;
		const char *text;
	} row[] = {
	    {REASON_KEY_TAG,    17, NULL,
             "its subject carries the tag of ticket 17"           },
	    {REASON_UNREADABLE, 0,  "too deep",
             "the mail cannot be read within its limits: too deep"},
	    {REASON_UNREADABLE, 0,  NULL,
             "the mail cannot be read within its limits: "        },
	    {REASON_UNREADABLE, 0,  "%i%d%s",
             "the mail cannot be read within its limits: %i%d%s"  },
	    {REASON_COUNT,      1,  "x",        ""                },
	    {(enum reason)9999, 1,  "x",        ""                },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *text = reason_text(row[i].reason, row[i].id,
		    row[i].detail);

		CHECK_STR(i, text, row[i].text);
	}
}

TEST(reason_codes_are_unique_and_found)
{
	for (enum reason i = 0; i < REASON_COUNT; i++)
		CHECK_EQ(i, reason_find(reason_code(i)), i);
	CHECK_EQ(0, reason_find("no_such_reason"), REASON_COUNT);
	CHECK_EQ(1, reason_find(NULL), REASON_COUNT);
	CHECK_STR(0, action_name(REC__ACTION__DUPLICATE), "duplicate");
	CHECK_STR(1, action_name((Rec__Action)99), "unknown");
}
