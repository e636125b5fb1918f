/* SPDX-License-Identifier: MIT */
/* A letter, and what the mail process would have read of it. */
#ifndef TESTS_UNIT_INTAKE_LETTER_MAIL_H
#define TESTS_UNIT_INTAKE_LETTER_MAIL_H

#include <string.h>

#include "store/record.h"

/* Lists are separated by blanks; NULL is what a mail does not say. */
struct letter {
	const char *from, *to, *cc, *subject, *id, *in_reply_to, *references;
	const char *body;
	const char *rcpt; /* NULL: as in To */
	const char *unreadable;
	Rec__Mail__Auto auto_kind;
	unsigned marks;        /* enum mail_mark */
	const GByteArray *raw; /* NULL: made of the above */
	/* A bounce (RFC 3464): whose mail failed, and which. */
	const char *failed, *returned;
	bool is_hard;
	const char *verified; /* server that says dmarc=pass */
};

/* ---- a letter as the mail process would have read it --------------------- */

static inline size_t
letter_words(const char *text, char ***list_out)
{
	*list_out = text != NULL ? g_strsplit(text, " ", -1) : NULL;
	return *list_out != NULL ? g_strv_length(*list_out) : 0;
}

static inline Rec__Addr *
letter_address(const char *address)
{
	Rec__Addr *a = g_new0(Rec__Addr, 1);

	rec__addr__init(a);
	a->address = g_strdup(address);
	return a;
}

static inline size_t
letter_addresses(const char *text, Rec__Addr ***list_out)
{
	g_auto(GStrv) words = NULL;
	size_t count = letter_words(text, &words);

	*list_out = g_new0(Rec__Addr *, count);
	for (size_t i = 0; i < count; i++)
		(*list_out)[i] = letter_address(words[i]);
	return count;
}

static inline void
letter_bounce(Rec__Mail *m, const struct letter *l)
{
	Rec__Bounce *b;

	if (l->failed == NULL)
		return;
	b = g_new0(Rec__Bounce, 1);
	rec__bounce__init(b);
	b->recipient = g_strdup(l->failed);
	b->status = g_strdup(l->is_hard ? "5.1.1" : "4.2.2");
	b->action = g_strdup(l->is_hard ? "failed" : "delayed");
	b->diagnostic = g_strdup("no such user");
	b->has_hard = b->hard = l->is_hard;
	m->bounces = g_new0(Rec__Bounce *, 1);
	m->bounces[m->n_bounces++] = b;
	m->returned_message_id = g_strdup(l->returned);
}

static inline void
letter_claim(Rec__Mail *m, const struct letter *l)
{
	Rec__AuthClaim *claim;

	if (l->verified == NULL)
		return;
	claim = g_new0(Rec__AuthClaim, 1);
	rec__auth_claim__init(claim);
	claim->authserv = g_strdup(l->verified);
	claim->method = g_strdup("dmarc");
	claim->result = g_strdup("pass");
	m->claims = g_new0(Rec__AuthClaim *, 1);
	m->claims[m->n_claims++] = claim;
}

static inline Rec__Mail *
letter_mail(const struct letter *l)
{
	Rec__Mail *m = g_new0(Rec__Mail, 1);

	rec__mail__init(m);
	m->from = l->from != NULL ? letter_address(l->from) : NULL;
	m->n_to = letter_addresses(l->to, &m->to);
	m->n_cc = letter_addresses(l->cc, &m->cc);
	m->subject = g_strdup(l->subject);
	m->message_id = g_strdup(l->id);
	m->n_in_reply_to = letter_words(l->in_reply_to, &m->in_reply_to);
	m->n_references = letter_words(l->references, &m->references);
	m->text = g_strdup(l->body);
	m->has_auto_kind = true;
	m->auto_kind = l->auto_kind;
	m->has_marks = true;
	m->marks = l->marks;
	m->unreadable = g_strdup(l->unreadable);
	letter_bounce(m, l);
	letter_claim(m, l);
	return m;
}

#endif
