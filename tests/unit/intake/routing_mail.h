/* SPDX-License-Identifier: MIT */
/* The third column: the mail, and the facts about it. */
#ifndef TESTS_UNIT_INTAKE_ROUTING_MAIL_H
#define TESTS_UNIT_INTAKE_ROUTING_MAIL_H

#include "mail/parse.h"
#include "tests/unit/intake/routing_words.h"

/* ---- the mail ------------------------------------------------------------ */

static inline Rec__Mail__Auto
auto_of(const char *word)
{
	static const char *const names[] = {"none", "reply", "generated",
	    "bulk", "list", "bounce"};

	for (size_t i = 0; word != NULL && i < COUNT(names); i++)
		if (strcmp(names[i], word) == 0)
			return (Rec__Mail__Auto)i;
	return REC__MAIL__AUTO__NONE;
}

/* auth="SERVER METHOD=RESULT DOMAIN, …" */
static inline void
put_claims(Rec__Mail *m, const char *text)
{
	g_auto(GStrv) list = g_strsplit(text != NULL ? text : "", ",", -1);
	size_t count = g_strv_length(list);

	m->claims = g_new0(Rec__AuthClaim *, count);
	for (size_t i = 0; text != NULL && i < count; i++) {
		g_auto(GStrv) w = g_strsplit_set(g_strstrip(list[i]), " =", 4);
		Rec__AuthClaim *claim = g_new0(Rec__AuthClaim, 1);

		rec__auth_claim__init(claim);
		claim->authserv = g_strdup(w[0]);
		claim->method = g_strdup(w[1]);
		claim->result = g_strdup(w[2]);
		claim->domain = g_strdup(w[2] != NULL ? w[3] : NULL);
		m->claims[m->n_claims++] = claim;
	}
}

/* forward="ADDRESS SUBJECT" */
static inline void
put_forward(Rec__Mail *m, const char *text)
{
	g_auto(GStrv) w = NULL;
	Rec__Forward *f;

	if (text == NULL)
		return;
	w = g_strsplit(text, " ", 2);
	f = g_new0(Rec__Forward, 1);
	rec__forward__init(f);
	f->from = letter_address(w[0]);
	f->subject = g_strdup(w[1]);
	m->forwards = g_new0(Rec__Forward *, 1);
	m->forwards[m->n_forwards++] = f;
}

static inline void
put_bounce(Rec__Mail *m, const struct words *words)
{
	Rec__Bounce *b;

	if (m->auto_kind != REC__MAIL__AUTO__BOUNCE)
		return;
	b = g_new0(Rec__Bounce, 1);
	rec__bounce__init(b);
	b->recipient = g_strdup(value_of(words, "failed"));
	b->has_hard = b->hard = has_word(words, "hard");
	m->bounces = g_new0(Rec__Bounce *, 1);
	m->bounces[m->n_bounces++] = b;
	m->returned_message_id = g_strdup(value_of(words, "returned"));
	if (value_of(words, "returned_sender") != NULL) {
		m->returned_addresses = g_new0(char *, 1);
		m->returned_addresses[m->n_returned_addresses++] = g_strdup(
		    value_of(words, "returned_sender"));
	}
}

static inline void
put_details(const struct story *s, Rec__Mail *m, const struct words *words)
{
	const char *date = value_of(words, "date");
	const char *hops = value_of(words, "hops");
	const char *field = value_of(words, "field");
	const char *reply_to = value_of(words, "reply_to");

	m->has_date_at = date != NULL;
	m->date_at = date != NULL ? time_of(date, s->desk->now) : 0;
	m->has_hops = hops != NULL;
	m->hops = hops != NULL ? (uint32_t)number_of(hops) : 0;
	m->has_thanks = m->thanks = has_word(words, "thanks");
	if (field != NULL) {
		m->site_fields = g_new0(char *, 1);
		m->site_fields[m->n_site_fields++] = g_strdup(field);
	}
	m->n_reply_to = letter_addresses(reply_to, &m->reply_to);
	put_claims(m, value_of(words, "auth"));
	put_forward(m, value_of(words, "forward"));
	put_bounce(m, words);
}

/* TOKEN:#N is a reply address of ticket N, OWN:N the id of our entry N. */
static inline char *
expand(const struct story *s, const char *text)
{
	GString *out = g_string_new(NULL);
	char *at;

	for (; text != NULL && *text != '\0';) {
		bool token = g_str_has_prefix(text, "TOKEN:");
		bool own = g_str_has_prefix(text, "OWN:");
		g_autofree char *made = NULL;

		if (!token && !own) {
			g_string_append_c(out, *text++);
			continue;
		}
		text += token ? strlen("TOKEN:#") : strlen("OWN:");
		made = token
		    ? token_reply_format(&s->desk->keys, 't',
			  g_ascii_strtoull(text, &at, 10))
		    : message_id_format(&s->desk->keys,
			  (struct entry_id){g_ascii_strtoull(text, &at, 10)},
			  "desk.example");
		g_string_append_printf(out,
		    token ? "support+%s@desk.example" : "%s", made);
		text = at;
	}
	return g_string_free(out, FALSE);
}

static inline struct words
mail_words(const struct story *s, const char *text)
{
	struct words words = words_of(text);

	for (int i = 0; i < words.count; i++) {
		char *expanded = expand(s, words.argv[i]);

		g_free(words.argv[i]);
		words.argv[i] = expanded;
	}
	return words;
}

static inline struct letter
letter_of(const struct words *words)
{
	struct letter l = {
	    .from = value_of(words, "from"),
	    .to = value_of(words, "to"),
	    .cc = value_of(words, "cc"),
	    .subject = value_of(words, "subject"),
	    .id = value_of(words, "id"),
	    .in_reply_to = value_of(words, "in_reply_to"),
	    .references = value_of(words, "references"),
	    .rcpt = value_of(words, "rcpt"),
	    .body = value_of(words, "body"),
	    .unreadable = has_word(words, "unreadable") ? "too many parts"
							: NULL,
	    .auto_kind = auto_of(value_of(words, "auto")),
	    .marks = (has_word(words, "two_senders") ? MARK_DUPLICATE_FROM
						     : 0) |
		(has_word(words, "no_from") ? MARK_NO_FROM : 0),
	};

	if (l.to == NULL)
		l.to = "support@desk.example";
	return l;
}

static inline Rec__Facts *
facts_of(struct story *s, const struct words *words)
{
	struct letter l = letter_of(words);
	const char *rate = value_of(words, "rate");
	const char *token_rate = value_of(words, "token_rate");
	const char *sender = value_of(words, "mail_from");
	struct intake_count count = {
	    .rate = (struct rate *)s, /* only asked whether it is there */
	    .done = true,
	    .of_sender = rate != NULL ? (unsigned)number_of(rate) : 1,
	    .of_ticket = token_rate != NULL ? (unsigned)number_of(token_rate)
					    : 1,
	};
	AUTO_RECORD(Rec__Mail) mail = letter_mail(&l);
	AUTO_RECORD(Rec__Envelope) envelope = letter_envelope(s->desk, &l);
	g_autoptr(GByteArray) raw = letter_raw(&l);
	struct intake_mail in = {
	    .mail = mail,
	    .envelope = envelope,
	    .received_at = s->desk->now,
	    .count = &count,
	};
	g_autoptr(GError) error = NULL;
	Rec__Facts *facts;

	if (sender != NULL)
		record_set(&envelope->sender, sender);
	put_details(s, mail, words);
	in.hashes = mail_hashes_of(mail, raw->data, raw->len);
	facts = facts_gather(wtxn_view(s->w), s->snapshot, &in, &error);
	must(s, facts != NULL, error);
	return facts;
}

#endif
