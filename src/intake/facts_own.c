/* SPDX-License-Identifier: MIT */
/*
 * Mails of ours that come back: whole, by their Message-ID or loop mark; or
 * in a bounce, by the reply token it was sent to, by a token among the
 * senders in what it returns, or by the returned Message-ID. Ids and tokens
 * carry a MAC, so that an invented one leads nowhere (IN-14, R51).
 */
#include <string.h>

#include "desk/ticket.h"
#include "intake/gather.h"
#include "intake/recipient.h"

static bool
is_own(const struct gathering *g, const char *message_id,
    struct entry_id *entry_out)
{
	return message_id != NULL &&
	    message_id_own(&g->snapshot->keys, message_id, entry_out) ==
	    TOKEN_VALID;
}

static void
gather_come_back(struct gathering *g)
{
	const Rec__Mail *mail = g->in->mail;
	struct entry_id entry = {0};
	Rec__Facts *f = g->facts;

	if (!is_own(g, mail->message_id, &entry) &&
	    !is_own(g, mail->loop_mark, &entry))
		return;
	f->has_own = f->own = true;
	f->has_own_entry = true;
	f->own_entry = entry.n;
}

/* ---- bounces ------------------------------------------------------------- */

static bool
set_entry(struct gathering *g, uint64_t entry, GError **error)
{
	Rec__Entry__Kind kind;
	uint64_t ticket;

	if (!gather_entry_ticket(g->view, entry, &kind, &ticket, error))
		return false;
	if (ticket == 0 || kind != REC__ENTRY__KIND__MAIL_OUT)
		return true;
	g->facts->has_bounce_ticket = g->facts->has_bounce_entry = true;
	g->facts->bounce_ticket = ticket;
	g->facts->bounce_entry = entry;
	return true;
}

/* Of mails that another desk wrote and that were imported: by their row. */
static bool
find_returned(struct gathering *g, GError **error)
{
	const char *id = g->in->mail->returned_message_id;
	struct entry_id entries[MESSAGE_ID_ENTRIES_MAX] = {{0}};
	struct mail_hash hash;
	size_t count;

	if (id == NULL)
		return true;
	if (is_own(g, id, &entries[0]))
		return set_entry(g, entries[0].n, error);
	hash = mail_hash_of(id, strlen(id));
	if (!message_id_list(g->view, &hash, entries, &count, error))
		return false;
	for (size_t i = 0; i < count && !g->facts->has_bounce_entry; i++)
		if (!set_entry(g, entries[i].n, error))
			return false;
	return true;
}

static uint64_t
token_of_recipients(const Rec__Envelope *e)
{
	for (size_t i = 0; i < e->n_recipients; i++)
		if (e->recipients[i]->token_ticket != 0)
			return e->recipients[i]->token_ticket;
	return 0;
}

static uint64_t
token_of_returned(const struct gathering *g)
{
	const Rec__Mail *mail = g->in->mail;
	uint64_t ticket = 0;

	for (size_t i = 0; ticket == 0 && i < mail->n_returned_addresses; i++) {
		struct delivery_recipient r = {.address = NULL};

		if (!recipient_route(g->snapshot, mail->returned_addresses[i],
			&r, NULL))
			continue;
		ticket = r.token_ticket.n;
		delivery_recipient_clear(&r);
	}
	return ticket;
}

/* Without an entry the token says at least whose matter it is. */
static void
gather_token(struct gathering *g)
{
	uint64_t ticket = token_of_recipients(g->in->envelope);

	if (ticket == 0)
		ticket = token_of_returned(g);
	if (ticket == 0 || g->facts->has_bounce_ticket)
		return;
	g->facts->has_bounce_ticket = true;
	g->facts->bounce_ticket = ticket;
}

static bool
is_hard(const Rec__Mail *mail)
{
	for (size_t i = 0; i < mail->n_bounces; i++)
		if (mail->bounces[i]->hard)
			return true;
	return false;
}

/* The ticket that lives, and whether the entry was its newest reply. */
static bool
find_ticket(struct gathering *g, GError **error)
{
	Rec__Facts *f = g->facts;
	struct ticket ticket;
	enum found found = ticket_find_merged(g->view,
	    (struct ticket_id){f->bounce_ticket}, &ticket, error);

	if (found == FOUND_ERROR)
		return false;
	f->has_bounce_ticket = found == FOUND_YES;
	f->bounce_ticket = found == FOUND_YES ? ticket.id.n : 0;
	if (found == FOUND_NO)
		return true;
	f->has_bounce_of_newest = f->bounce_of_newest = f->has_bounce_entry &&
	    ticket.rec->last_reply == f->bounce_entry;
	ticket_drop(&ticket);
	return true;
}

static bool
gather_bounce(struct gathering *g, GError **error)
{
	Rec__Facts *f = g->facts;

	if (!find_returned(g, error))
		return false;
	gather_token(g);
	f->has_bounce_hard = f->bounce_hard = is_hard(g->in->mail);
	return !f->has_bounce_ticket || find_ticket(g, error);
}

bool
gather_own(struct gathering *g, GError **error)
{
	gather_come_back(g);
	return g->in->mail->auto_kind != REC__MAIL__AUTO__BOUNCE ||
	    gather_bounce(g, error);
}
