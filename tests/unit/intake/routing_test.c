/* SPDX-License-Identifier: MIT */
/*
 * The table tests/routing/cases: settings, what stands in the store, a mail,
 * and where it must go. Each row has the store to itself: what it adds is
 * written in a transaction, the mail decided in it, and all of it dropped.
 * The head of the table says how a row reads.
 */
#include "tests/unit/intake/routing_mail.h"
#include "tests/unit/intake/routing_store.h"

#define COLUMNS     4
#define CASES_LEAST 250

/* ---- settings ------------------------------------------------------------ */

/* KEY=VALUE …, without a group intake's. */
static void
set_all(const struct story *s, const char *text)
{
	AUTO(words_drop) struct words words = words_of(text);

	for (int i = 0; i < words.count; i++) {
		g_auto(GStrv) halves = g_strsplit(words.argv[i], "=", 2);
		g_autofree char *key = NULL;
		g_autoptr(GError) error = NULL;
		enum setting setting = 0;

		if (halves[0] == NULL || halves[1] == NULL) {
			failed(s, "no setting", words.argv[i]);
			continue;
		}
		key = strchr(halves[0], '.') != NULL
		    ? g_strdup(halves[0])
		    : g_strconcat("intake.", halves[0], NULL);
		must(s,
		    setting_find(key, &setting, &error) &&
			setting_save(s->w, setting, halves[1], &error),
		    error);
	}
}

/* ---- what must come of it ------------------------------------------------ */

static GHashTable *seen_codes; /* of all rows: reason and rule names */

static bool
has_reason(const struct decision *d, const char *code)
{
	for (size_t i = 0; i < d->reasons; i++)
		if (strcmp(reason_code(d->because[i].reason), code) == 0)
			return true;
	return false;
}

/* One word of the expectation: #N, a flag, a reason's code. */
static bool
word_holds(const struct story *s, const struct decision *d, const char *word)
{
	const struct {
		const char *word;
		bool holds;
	} flags[] = {
	    {"wakes",        d->wakes					       },
	    {"quiet",        !d->wakes					      },
	    {"new_sender",   d->new_sender					  },
	    {"by_agent",     d->by_agent					    },
	    {"joins",        d->names_others					},
	    {"alone",        !d->names_others				       },
	    {"verified",
             d->authentication == REC__FACTS__AUTHENTICATION__VERIFIED              },
	    {"failed",       d->authentication == REC__FACTS__AUTHENTICATION__FAILED},
	    {"new_customer", d->customer == 0                                       },
	    {"help",         d->category == s->desk->category                       },
	    {"no_category",  d->category == 0                                       },
	};

	if (word[0] == '#')
		return d->ticket == number_of(word);
	if (g_str_has_prefix(word, "follows=#"))
		return d->follows == number_of(strchr(word, '#'));
	if (g_str_has_prefix(word, "customer="))
		return d->customer ==
		    customer_named(s, word + strlen("customer="));
	if (g_str_has_prefix(word, "candidate=#"))
		return d->candidate == number_of(strchr(word, '#'));
	for (size_t i = 0; i < COUNT(flags); i++)
		if (strcmp(flags[i].word, word) == 0)
			return flags[i].holds;
	return has_reason(d, word);
}

static char *
decision_text(const struct decision *d)
{
	GString *text = g_string_new(action_name(d->action));

	g_string_append_printf(text,
	    " #%" PRIu64 " customer %" PRIu64 " category %" PRIu64 " because",
	    d->ticket, d->customer, d->category);
	for (size_t i = 0; i < d->reasons; i++)
		g_string_append_printf(text, " %s(%" PRIu64 ",%s)",
		    reason_code(d->because[i].reason), d->because[i].id,
		    d->because[i].detail);
	g_string_append(text, " passed");
	for (size_t i = 0; i < d->passed_count; i++) {
		g_autofree char *why = passed_text(d->passed[i]);

		g_string_append_printf(text, " [%s]", why);
	}
	return g_string_free(text, FALSE);
}

static void
compare(const struct story *s, const struct decision *d, const char *want)
{
	AUTO(words_drop) struct words words = words_of(want);
	g_autofree char *got = decision_text(d);

	if (words.count < 2 ||
	    strcmp(words.argv[0], action_name(d->action)) != 0)
		failed(s, want, got);
	for (int i = 1; i < words.count; i++) {
		g_hash_table_add(seen_codes, g_strdup(words.argv[i]));
		if (!word_holds(s, d, words.argv[i]))
			failed(s, words.argv[i], got);
	}
	/* The reason of a held mail stands in the row. */
	if (d->action == REC__ACTION__HOLD && words.count >= 2 &&
	    strcmp(words.argv[1], reason_code(d->held)) != 0)
		failed(s, want, got);
}

static void
run_case(struct story *s, char *const *column, const char *base)
{
	AUTO_RECORD(Rec__Facts) facts = NULL;
	AUTO(words_drop) struct words words = {NULL, 0};
	struct decision decision;
	g_autoptr(GError) error = NULL;

	s->w = desk_begin(s->desk);
	tell(s, base);
	set_all(s, column[0]);
	tell(s, column[1]);
	s->snapshot = snapshot_load(wtxn_view(s->w), &error);
	must(s, s->snapshot != NULL, error);
	words = mail_words(s, column[2]);
	facts = facts_of(s, &words);
	decide(facts, s->snapshot, &decision);
	compare(s, &decision, column[3]);
	if (rec__facts__get_packed_size(facts) > 1024)
		failed(s, "facts are at most 1 KiB", column[2]);
	snapshot_release(&s->snapshot);
	wtxn_abort(&s->w);
}

static unsigned
run_table(struct desk *desk, char **lines)
{
	g_autoptr(GString) base = g_string_new(NULL);
	unsigned count = 0;

	for (unsigned i = 0; lines[i] != NULL; i++) {
		const char *line = g_strstrip(lines[i]);
		struct story s = {.desk = desk, .line = i + 1, .where = line};
		g_auto(GStrv) column = NULL;

		if (line[0] == '\0' || line[0] == '#')
			continue;
		if (g_str_has_prefix(line, "store ")) {
			g_string_append_printf(base, "%s;", line + 6);
			continue;
		}
		column = g_strsplit(line, "|", COLUMNS);
		if (g_strv_length(column) != COLUMNS) {
			failed(&s, "a row has four columns", line);
			continue;
		}
		run_case(&s, column, base->str);
		count++;
	}
	return count;
}

/* Rules that the table does not show are not explained to anybody. */
static void
check_codes(void)
{
	/* By hand; and what needs a body that is stored (apply_test.c). */
	static const enum reason by_hand[] = {REASON_MARKED_SPAM,
	    REASON_DISCARDED, REASON_BY_HAND, REASON_DECIDED_AGAIN,
	    REASON_DUPLICATE};

	for (enum reason i = 0; i < REASON_COUNT; i++) {
		bool is_by_hand = false;

		for (size_t k = 0; k < COUNT(by_hand); k++)
			is_by_hand |= by_hand[k] == i;
		if (!is_by_hand &&
		    !g_hash_table_contains(seen_codes, reason_code(i)))
			test_failed(CASES, 0, "no row shows %s",
			    reason_code(i));
	}
}

TEST(every_row_of_the_routing_table_holds)
{
	AUTO(desk_close) struct desk desk = desk_open();
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) lines = NULL;
	unsigned count;

	CHECK_OK(g_file_get_contents(CASES, &text, NULL, &error), error);
	if (text == NULL)
		return;
	seen_codes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
	    NULL);
	lines = g_strsplit(text, "\n", -1);
	count = run_table(&desk, lines);
	CHECK(count >= CASES_LEAST);
	check_codes();
	g_hash_table_unref(seen_codes);
}
