/* SPDX-License-Identifier: MIT */
/*
 * Letters to a desk: what the mail process would have read of a mail is built
 * by hand, the rest of its way (recipients, facts, decision, records, commit)
 * is the daemon's own.
 */
#ifndef TESTS_UNIT_INTAKE_LETTERS_H
#define TESTS_UNIT_INTAKE_LETTERS_H

#include <string.h>

#include "intake/apply.h"
#include "intake/recipient.h"
#include "tests/unit/intake/desk.h"
#include "tests/unit/intake/letter_mail.h"

static inline void
raw_field(GByteArray *raw, const char *name, const char *value)
{
	g_autofree char *line = value != NULL
	    ? g_strdup_printf("%s: %s\r\n", name, value)
	    : g_strdup("");

	g_byte_array_append(raw, (const uint8_t *)line, (guint)strlen(line));
}

static inline GByteArray *
letter_raw(const struct letter *l)
{
	GByteArray *raw = g_byte_array_new();
	const char *body = l->body != NULL ? l->body : "Hello.\r\n";

	if (l->raw != NULL) {
		g_byte_array_append(raw, l->raw->data, l->raw->len);
		return raw;
	}
	raw_field(raw, "From", l->from);
	raw_field(raw, "To", l->to);
	raw_field(raw, "Cc", l->cc);
	raw_field(raw, "Subject", l->subject);
	raw_field(raw, "Message-ID", l->id);
	raw_field(raw, "In-Reply-To", l->in_reply_to);
	raw_field(raw, "References", l->references);
	g_byte_array_append(raw, (const uint8_t *)"\r\n", 2);
	g_byte_array_append(raw, (const uint8_t *)body, (guint)strlen(body));
	return raw;
}

static inline Rec__Recipient *
letter_recipient(const struct desk *desk, const char *address)
{
	Rec__Recipient *r = g_new0(Rec__Recipient, 1);
	struct delivery_recipient to = {0};
	g_autoptr(GError) error = NULL;

	rec__recipient__init(r);
	CHECK_OK(recipient_route(desk->snapshot, address, &to, &error), error);
	r->address = g_strdup(address);
	r->has_mailbox = r->has_token_ticket = r->has_token_wrong = true;
	r->mailbox = to.mailbox.n;
	r->token_ticket = to.token_ticket.n;
	r->token_wrong = to.token_wrong;
	delivery_recipient_clear(&to);
	return r;
}

static inline Rec__Envelope *
letter_envelope(const struct desk *desk, const struct letter *l)
{
	Rec__Envelope *e = g_new0(Rec__Envelope, 1);
	g_auto(GStrv) words = NULL;

	rec__envelope__init(e);
	e->sender = g_strdup(l->from != NULL ? l->from : "");
	e->n_recipients = letter_words(l->rcpt != NULL ? l->rcpt : l->to,
	    &words);
	e->recipients = g_new0(Rec__Recipient *, e->n_recipients);
	for (size_t i = 0; i < e->n_recipients; i++)
		e->recipients[i] = letter_recipient(desk, words[i]);
	return e;
}

static inline struct blob *
letter_blob(const Rec__Mail *mail, const GByteArray *raw, uint64_t *detail_len)
{
	struct blob *blob = blob_new();
	g_autofree uint8_t *packed = g_malloc(
	    rec__mail__get_packed_size(mail) + 1);
	g_autoptr(GError) error = NULL;

	*detail_len = rec__mail__pack(mail, packed);
	CHECK_OK(blob_add(blob, packed, *detail_len, &error), error);
	CHECK_OK(blob_add(blob, raw->data, raw->len, &error), error);
	CHECK_OK(blob_finish(blob, &error), error);
	return blob;
}

/* ---- on its way ---------------------------------------------------------- */

/* What the writer's body does. */
static inline bool
letter_write(struct desk *desk, struct wtxn *w, struct intake_mail *in,
    const struct application *given, struct outcome *out)
{
	AUTO_RECORD(Rec__Facts) facts = NULL;
	struct application a = *given;
	struct decision decision;
	g_autoptr(GError) error = NULL;
	bool done;

	in->received_at = wtxn_now(w);
	facts = facts_gather(wtxn_view(w), desk->snapshot, in, &error);
	CHECK_OK(facts != NULL, error);
	if (facts == NULL)
		return false;
	decide(facts, desk->snapshot, &decision);
	a.facts = facts;
	a.decision = &decision;
	a.snapshot = desk->snapshot;
	done = apply(w, &a, out, &error);
	CHECK_OK(done, error);
	return done;
}

static inline void
letter_commit(struct desk *desk, struct intake_mail *in,
    const struct application *a, struct outcome *out)
{
	AUTO(wtxn_abort) struct wtxn *w = desk_begin(desk);
	struct outcome before = {0};

	if (desk->repeat) {
		(void)letter_write(desk, w, in, a, &before);
		wtxn_abort(&w);
		w = desk_begin(desk);
	}
	if (!letter_write(desk, w, in, a, out))
		return;
	if (desk->repeat)
		CHECK(memcmp(&before, out, sizeof(before)) == 0);
	desk_commit(&w);
	desk->now += INT64_C(1000000);
}

static inline struct outcome
desk_receive(struct desk *desk, const struct letter *l)
{
	AUTO_RECORD(Rec__Mail) mail = letter_mail(l);
	AUTO_RECORD(Rec__Envelope) envelope = letter_envelope(desk, l);
	g_autoptr(GByteArray) raw = letter_raw(l);
	struct intake_count count = {.rate = desk->rate};
	struct intake_mail in = {.mail = mail,
	    .envelope = envelope,
	    .count = &count};
	struct application a = {.in = &in, .raw_len = raw->len};
	AUTO(blob_free)
	struct blob *blob = letter_blob(mail, raw, &a.detail_len);
	struct outcome out = {0};

	a.blob = blob;
	in.hashes = mail_hashes_of(mail, raw->data, raw->len);
	letter_commit(desk, &in, &a, &out);
	return out;
}

#endif
