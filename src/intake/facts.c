/* SPDX-License-Identifier: MIT */
/*
 * Gathering facts: is the mail there already, which mailboxes got it, what it
 * says of itself; who may act and which tickets are meant is gathered by the
 * other facts_*.c. Reads only. Writer thread, reader threads (explain).
 */
#include "intake/facts.h"

#include "base/text.h"
#include "intake/gather.h"
#include "store/record.h"

#define SITE_FIELDS_MAX 6

/* ---- duplicates ---------------------------------------------------------- */

static bool
gather_duplicate(struct gathering *g, GError **error)
{
	struct entry_id entry;
	enum found found;

	if (g->in->entry != 0)
		return true; /* it is there, and decided again */
	found = message_id_find(g->view, &g->in->hashes.id, &g->in->hashes.body,
	    &entry, error);
	g->facts->has_duplicate_of = found == FOUND_YES;
	if (found == FOUND_YES)
		g->facts->duplicate_of = entry.n;
	return found != FOUND_ERROR;
}

/* ---- mailboxes ----------------------------------------------------------- */

static void
add_mailbox(Rec__Facts *f, uint64_t id)
{
	for (size_t i = 0; i < f->n_mailboxes; i++)
		if (f->mailboxes[i] == id)
			return;
	f->mailboxes = g_renew(uint64_t, f->mailboxes, f->n_mailboxes + 1);
	f->mailboxes[f->n_mailboxes++] = id;
}

static bool
was_recipient(const Rec__Envelope *e, uint64_t mailbox)
{
	for (size_t i = 0; i < e->n_recipients; i++)
		if (e->recipients[i]->mailbox == mailbox)
			return true;
	return false;
}

static void
add_named(struct gathering *g, Rec__Addr *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct snapshot_mailbox *mailbox = NULL;

		if (list[i]->address != NULL &&
		    text_is_address(list[i]->address))
			mailbox = snapshot_mailbox(g->snapshot,
			    list[i]->address, NULL);
		if (mailbox != NULL &&
		    was_recipient(g->in->envelope, mailbox->id.n))
			add_mailbox(g->facts, mailbox->id.n);
	}
}

/* Owner first: a token recipient, else first in To, then Cc, then first RCPT
 * (IN-17). */
static void
gather_mailboxes(struct gathering *g)
{
	const Rec__Envelope *e = g->in->envelope;
	const Rec__Mail *m = g->in->mail;

	for (size_t i = 0; i < e->n_recipients; i++)
		if (e->recipients[i]->token_ticket != 0)
			add_mailbox(g->facts, e->recipients[i]->mailbox);
	add_named(g, m->to, m->n_to);
	add_named(g, m->cc, m->n_cc);
	for (size_t i = 0; i < e->n_recipients; i++)
		add_mailbox(g->facts, e->recipients[i]->mailbox);
}

/* ---- what the mail itself says ------------------------------------------- */

static void
gather_kind(Rec__Facts *f, const Rec__Mail *m)
{
	f->has_date_at = m->has_date_at;
	f->date_at = m->date_at;
	f->has_auto_kind = m->has_auto_kind;
	f->auto_kind = m->auto_kind;
	f->has_thanks = f->thanks = m->thanks;
	f->has_marks = m->has_marks;
	f->marks = m->marks;
	f->has_hops = m->hops > 0;
	f->hops = m->hops;
	f->unreadable = g_strdup(m->unreadable);
	if (m->subject != NULL)
		f->title = text_cut(g_strdup(m->subject), TITLE_LEN_MAX);
	f->has_participants = true;
	f->participants = (uint32_t)(m->n_to + m->n_cc);
}

/* How the site's filter marked it. */
static void
gather_site(Rec__Facts *f, const Rec__Mail *m)
{
	size_t fields = MIN(m->n_site_fields, SITE_FIELDS_MAX);

	f->site_fields = g_new0(char *, fields);
	for (size_t i = 0; i < fields; i++)
		f->site_fields[f->n_site_fields++] = g_strdup(
		    m->site_fields[i]);
}

static void
gather_envelope_sender(struct gathering *g)
{
	const char *sender = g->in->envelope->sender;

	if (sender == NULL || !text_is_address(sender))
		return;
	g->facts->envelope_sender = text_fold_address(sender);
	if (g_strcmp0(g->facts->envelope_sender, g->facts->sender) == 0)
		g_clear_pointer(&g->facts->envelope_sender, g_free);
}

Rec__Facts *
facts_gather(const struct view *view, const struct snapshot *snapshot,
    const struct intake_mail *in, GError **error)
{
	AUTO_RECORD(Rec__Facts) f = g_new0(Rec__Facts, 1);
	struct gathering g = {.view = view,
	    .snapshot = snapshot,
	    .in = in,
	    .facts = f};

	rec__facts__init(f);
	f->has_received_at = true;
	f->received_at = in->received_at;
	gather_kind(f, in->mail);
	gather_site(f, in->mail);
	gather_mailboxes(&g);
	if (!gather_duplicate(&g, error) || !gather_actors(&g, error) ||
	    !gather_own(&g, error) || !gather_keys(&g, error) ||
	    !gather_open(&g, error)) {
		err_prefix(error, "gathering facts");
		return NULL;
	}
	gather_envelope_sender(&g);
	gather_trust(&g);
	return g_steal_pointer(&f);
}
