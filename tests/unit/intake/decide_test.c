/* SPDX-License-Identifier: MIT */
/*
 * Decisions about facts that no mail makes: of newer programs, more than fits.
 * What mails make stands in tests/routing/cases. A row of facts is words
 * separated by blanks: from=ADDRESS customer=N mailbox=N duplicate=N auto=N
 * failed verified unreadable token_wrong; candidates as KEY:TICKET, and behind
 * them any of /c customer /p participant /a assignee /d deleted.
 */
#include "intake/decide.h"

#include <string.h>

#include "store/record.h"
#include "tests/lib/test.h"
#include "tests/unit/intake/snapshot.h"

/* ---- words to facts ------------------------------------------------------ */

static Rec__Candidate *
candidate_of(const char *word)
{
	static const char *const keys[] = {"token", "in_reply_to", "references",
	    "tag", "open", "other"};
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

/* ---- decisions ----------------------------------------------------------- */

static void
decide_words(const char *words, struct decision *out)
{
	AUTO(snapshot_release) struct snapshot *s = snapshot_make();
	AUTO_RECORD(Rec__Facts) facts = facts_of(words);

	snapshot_make_mailbox(s, 1, 11);
	snapshot_make_mailbox(s, 2, 0);
	decide(facts, s, out);
}

TEST(what_only_a_newer_program_knows_is_passed_over)
{
	struct decision d;

	decide_words("from=a@b other:5/c mailbox=2", &d);
	CHECK_EQ(0, d.action, REC__ACTION__CREATE);
	decide_words("from=a@b tag:5/c auto=77", &d);
	CHECK_EQ(1, d.action, REC__ACTION__APPEND);
	CHECK_EQ(1, d.customer_mail, false);
	CHECK_EQ(2, reason_find("of_tomorrow"), REASON_COUNT);
}

TEST(what_is_there_already_is_a_duplicate)
{
	static const char *const row[] = {"from=a@b duplicate=8",
	    "from=a@b duplicate=8 token:5/c", "duplicate=8 unreadable",
	    "duplicate=8 failed token:5"};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct decision d;

		decide_words(row[i], &d);
		CHECK_EQ(i, d.action, REC__ACTION__DUPLICATE);
		CHECK_EQ(i, d.duplicate_of, 8);
	}
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
		struct decision d;

		decide_words(row[i].facts, &d);
		CHECK_EQ(i, d.mailbox, row[i].mailbox);
		CHECK_EQ(i, d.candidate, row[i].candidate);
		CHECK_EQ(i, d.category, row[i].category);
		CHECK_EQ(i, d.customer, row[i].customer);
	}
}

/* Facts with more than fits: the first reasons stay. */
TEST(reasons_never_overflow)
{
	g_autoptr(GString) words = g_string_new("from=a@b");
	struct decision d;

	for (unsigned i = 1; i < 100; i++)
		g_string_append_printf(words, " tag:%u mailbox=%u", i, i);
	decide_words(words->str, &d);
	CHECK_EQ(0, d.action, REC__ACTION__CREATE);
	CHECK_EQ(0, d.reasons, REASONS_MAX);
	CHECK_EQ(0, d.because[REASONS_MAX - 1].reason, REASON_KEY_REFUSED);
}

TEST(a_detail_is_cut_at_a_character)
{
	g_autoptr(GString) detail = g_string_new("");
	struct decision d = {.action = REC__ACTION__HOLD};

	for (unsigned i = 0; i < DETAIL_LEN; i++)
		g_string_append(detail, "\xe2\x82\xac");
	for (unsigned i = 0; i < 3; i++) {
		decision_because(&d, REASON_SPAM, 0, detail->str);
		CHECK(g_utf8_validate(d.because[i].detail, -1, NULL));
		CHECK(strlen(d.because[i].detail) > DETAIL_LEN - 5);
		g_string_prepend_c(detail, 'x');
	}
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

TEST(rules_that_did_not_apply_have_words)
{
	static const struct {
		uint32_t packed;
		const char *rule, *text;
	} row[] = {
	    {PASSED_NO_BOUNCE,      "bounce", "it is no bounce"              },
	    {PASSED_YOUNG | 7 << 8, "age",    "it is 7 days old: not too old"},
	    {PASSED_COUNT,          "",       ""                             },
	    {UINT32_MAX,            "",       ""                             },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *text = passed_text(row[i].packed);

		CHECK_STR(i, passed_rule(row[i].packed), row[i].rule);
		CHECK_STR(i, text, row[i].text);
	}
	CHECK_EQ(0, passed_pack(PASSED_YOUNG, 7), PASSED_YOUNG | 7 << 8);
	CHECK_EQ(1, passed_pack(PASSED_YOUNG, UINT64_MAX) >> 8,
	    UINT32_MAX >> 8);
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
