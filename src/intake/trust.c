/* SPDX-License-Identifier: MIT */
/* The verdict of the first server that is trusted; see trust.h. */
#include "intake/trust.h"

#include "mail/parse.h"

static bool
is_trusted(const struct snapshot *s, const char *authserv)
{
	char **servers = s->items[SETTING_INTAKE_TRUSTED_AUTHSERV];

	for (size_t i = 0; servers[i] != NULL; i++)
		if (g_ascii_strcasecmp(servers[i], authserv) == 0)
			return true;
	return false;
}

static const Rec__AuthVerdict *
trusted_verdict(const Rec__Facts *f, const struct snapshot *s)
{
	for (size_t i = 0; i < f->n_verdicts; i++)
		if (f->verdicts[i]->authserv != NULL &&
		    is_trusted(s, f->verdicts[i]->authserv))
			return f->verdicts[i];
	return NULL;
}

static enum reason
reason_of(Rec__Facts__Authentication verdict)
{
	if (verdict == REC__FACTS__AUTHENTICATION__VERIFIED)
		return REASON_AUTHENTICATED;
	if (verdict == REC__FACTS__AUTHENTICATION__FAILED)
		return REASON_AUTHENTICATION_FAILED;
	return REASON_UNAUTHENTICATED;
}

static void
note(struct decision *out, const Rec__AuthVerdict *v)
{
	g_autofree char *detail = g_strdup_printf("%s says %s", v->authserv,
	    v->because != NULL ? v->because : "nothing of its domain");

	decision_because(out, reason_of(out->authentication), 0, detail);
}

void
trust_judge(const Rec__Facts *facts, const struct snapshot *snapshot,
    struct decision *out)
{
	const Rec__AuthVerdict *v = trusted_verdict(facts, snapshot);

	out->authentication = facts->authentication;
	if (v != NULL && !facts->has_authentication) {
		out->authentication = v->verdict;
		note(out, v);
	} else if (out->authentication == REC__FACTS__AUTHENTICATION__FAILED) {
		decision_because(out, REASON_AUTHENTICATION_FAILED, 0, NULL);
	}
	/* Which of several senders was verified, nobody can tell (R35). */
	if ((facts->marks & MARKS_UNTRUSTED) == 0)
		return;
	if ((facts->marks & MARKS_UNTRUSTED) != MARK_NO_FROM)
		decision_because(out, REASON_UNTRUSTED_HEADER, 0, NULL);
	if (out->authentication == REC__FACTS__AUTHENTICATION__VERIFIED)
		out->authentication = REC__FACTS__AUTHENTICATION__UNVERIFIED;
}
