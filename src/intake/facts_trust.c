/* SPDX-License-Identifier: MIT */
/*
 * Authentication-Results to one verdict per server (IN-21). DMARC's word
 * counts first: it knows the domain's own policy and alignment. Where the
 * server tells none, a DKIM signature or an SPF pass of From's organisational
 * domain verifies, as does SMTP AUTH by From's address; an SPF fail of it,
 * which no signature outweighs, fails. All else is unverified. The topmost
 * result of a method wins: who wrote the mail can only add below.
 */
#include <string.h>

#include "base/pattern.h"
#include "intake/gather.h"

#define SERVERS_MAX 4

static const struct trust_row {
	const char *method, *result;
	/* Only when it speaks of From's domain: always, or if it says of
	 * which it speaks. */
	enum { ANY, ALIGNED, ALIGNED_IF_TOLD } domain;
	Rec__Facts__Authentication verdict;
} rows[] = {
    {"dmarc", "pass", ALIGNED_IF_TOLD, REC__FACTS__AUTHENTICATION__VERIFIED},
    {"dmarc", "fail", ANY,             REC__FACTS__AUTHENTICATION__FAILED  },
    {"auth",  "pass", ALIGNED,         REC__FACTS__AUTHENTICATION__VERIFIED},
    {"dkim",  "pass", ALIGNED,         REC__FACTS__AUTHENTICATION__VERIFIED},
    {"spf",   "pass", ALIGNED,         REC__FACTS__AUTHENTICATION__VERIFIED},
    {"spf",   "fail", ALIGNED,         REC__FACTS__AUTHENTICATION__FAILED  },
};

static const char *
domain_of(const char *address)
{
	const char *at = strrchr(address, '@');

	return at != NULL ? at + 1 : address;
}

static bool
is_aligned(const Rec__AuthClaim *claim, const char *sender)
{
	if (claim->domain == NULL)
		return false;
	/* SMTP AUTH names an address: that one, not its neighbours. */
	if (strcmp(claim->method, "auth") == 0)
		return strcmp(claim->domain, sender) == 0;
	return pattern_domains_align(domain_of(claim->domain),
	    domain_of(sender));
}

static bool
row_applies(const struct trust_row *row, const Rec__AuthClaim *claim,
    const char *sender)
{
	return strcmp(row->method, claim->method) == 0 &&
	    strcmp(row->result, claim->result) == 0 &&
	    (row->domain == ANY ||
		(row->domain == ALIGNED_IF_TOLD && claim->domain == NULL) ||
		is_aligned(claim, sender));
}

/* A server's first word of DMARC or SPF; of signatures, any. */
static bool
is_heard(const Rec__Mail *mail, size_t index)
{
	const Rec__AuthClaim *claim = mail->claims[index];

	for (size_t i = 0; strcmp(claim->method, "dkim") != 0 && i < index; i++)
		if (strcmp(mail->claims[i]->authserv, claim->authserv) == 0 &&
		    strcmp(mail->claims[i]->method, claim->method) == 0)
			return false;
	return true;
}

static const Rec__AuthClaim *
claim_of(const Rec__Mail *mail, const char *authserv,
    const struct trust_row *row, const char *sender)
{
	for (size_t i = 0; i < mail->n_claims; i++)
		if (strcmp(mail->claims[i]->authserv, authserv) == 0 &&
		    row_applies(row, mail->claims[i], sender) &&
		    is_heard(mail, i))
			return mail->claims[i];
	return NULL;
}

static Rec__AuthVerdict *
verdict_of(const Rec__Mail *mail, const char *authserv, const char *sender)
{
	Rec__AuthVerdict *v = g_new0(Rec__AuthVerdict, 1);
	const Rec__AuthClaim *claim = NULL;

	rec__auth_verdict__init(v);
	v->authserv = g_strdup(authserv);
	v->has_verdict = true;
	v->verdict = REC__FACTS__AUTHENTICATION__UNVERIFIED;
	for (size_t i = 0; claim == NULL && i < COUNT(rows); i++) {
		claim = claim_of(mail, authserv, &rows[i], sender);
		if (claim != NULL)
			v->verdict = rows[i].verdict;
	}
	if (claim != NULL)
		v->because = g_strdup_printf("%s=%s", claim->method,
		    claim->result);
	return v;
}

static bool
is_judged(const Rec__Facts *f, const char *authserv)
{
	for (size_t i = 0; i < f->n_verdicts; i++)
		if (strcmp(f->verdicts[i]->authserv, authserv) == 0)
			return true;
	return false;
}

void
gather_trust(struct gathering *g)
{
	const Rec__Mail *mail = g->in->mail;
	Rec__Facts *f = g->facts;

	if (f->sender == NULL || mail->n_claims == 0)
		return;
	f->n_verdicts = 0;
	f->verdicts = g_new0(Rec__AuthVerdict *, SERVERS_MAX);
	for (size_t i = 0; i < mail->n_claims && f->n_verdicts < SERVERS_MAX;
	     i++)
		if (!is_judged(f, mail->claims[i]->authserv))
			f->verdicts[f->n_verdicts++] = verdict_of(mail,
			    mail->claims[i]->authserv, f->sender);
}
