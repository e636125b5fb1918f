/* SPDX-License-Identifier: MIT */
/* Bounces on their entries; see bounce_note.h. Writer thread. */
#include "intake/bounce_note.h"

#include <string.h>

#include "base/text.h"
#include "desk/customer.h"
#include "desk/entry.h"
#include "desk/ticket_state.h"

/* RFC 3464, 2.3.3: what the action says of the delivery. */
static Rec__Delivery__State
state_of(const Rec__Bounce *bounce)
{
	if (g_strcmp0(bounce->action, "delayed") == 0)
		return REC__DELIVERY__STATE__DELAYED;
	if (bounce->action == NULL || strcmp(bounce->action, "failed") == 0)
		return REC__DELIVERY__STATE__FAILED;
	return REC__DELIVERY__STATE__TAKEN;
}

#define DELIVERIES_MAX 50 /* of one entry, and reports of one bounce */

static bool
is_same(const char *a, const char *b)
{
	g_autofree char *folded_a = NULL;
	g_autofree char *folded_b = NULL;

	if (a == NULL || b == NULL)
		return false;
	folded_a = text_fold_address(a);
	folded_b = text_fold_address(b);
	return strcmp(folded_a, folded_b) == 0;
}

/* NULL: there is no room for one more. */
static Rec__Delivery *
delivery_of(Rec__Entry *e, const Rec__Bounce *bounce)
{
	Rec__Delivery *d;

	for (size_t i = 0; i < e->n_deliveries; i++)
		if (is_same(e->deliveries[i]->recipient, bounce->recipient) ||
		    is_same(e->deliveries[i]->recipient,
			bounce->original_recipient))
			return e->deliveries[i];
	if (e->n_deliveries >= DELIVERIES_MAX)
		return NULL;
	d = g_new0(Rec__Delivery, 1);
	rec__delivery__init(d);
	d->recipient = g_strdup(bounce->recipient);
	e->deliveries = g_renew(Rec__Delivery *, e->deliveries,
	    e->n_deliveries + 1);
	e->deliveries[e->n_deliveries++] = d;
	return d;
}

static void
delivery_set(Rec__Entry *e, const Rec__Bounce *bounce, int64_t at)
{
	Rec__Delivery *d;
	g_autofree char *words = NULL;

	if (bounce->recipient == NULL)
		return;
	d = delivery_of(e, bounce);
	if (d == NULL)
		return;
	words = g_strjoin(" ", bounce->status != NULL ? bounce->status : "",
	    bounce->diagnostic != NULL ? bounce->diagnostic : "", NULL);
	d->has_state = d->has_at = true;
	d->state = state_of(bounce);
	d->at = at;
	record_set(&d->words, g_strstrip(words));
}

static bool
note_entry(struct wtxn *w, const struct application *a, GError **error)
{
	struct entry_id id = {a->decision->of_entry};
	const Rec__Mail *mail = a->in->mail;
	AUTO_RECORD(Rec__Entry) e = NULL;

	if (id.n == 0)
		return true;
	if (!entry_load(wtxn_view(w), id, &e, error))
		return false;
	for (size_t i = 0; i < MIN(mail->n_bounces, DELIVERIES_MAX); i++)
		delivery_set(e, mail->bounces[i], a->facts->received_at);
	return entry_save(w, id, e, ENTRY_STORED, error);
}

/* ---- the address --------------------------------------------------------- */

static bool
is_bounced(const Rec__Mail *mail, const char *address)
{
	for (size_t i = 0; i < MIN(mail->n_bounces, DELIVERIES_MAX); i++)
		if (mail->bounces[i]->hard &&
		    (is_same(mail->bounces[i]->recipient, address) ||
			is_same(mail->bounces[i]->original_recipient, address)))
			return true;
	return false;
}

static bool
note_addresses(struct wtxn *w, const struct application *a, uint64_t customer,
    GError **error)
{
	struct customer_id id = {customer};
	AUTO_RECORD(Rec__Customer) c = NULL;
	bool changed = false;

	if (customer == 0)
		return true;
	if (!customer_load(wtxn_view(w), id, &c, error))
		return false;
	for (size_t i = 0; i < c->n_addresses; i++) {
		Rec__CustomerAddress *address = c->addresses[i];

		if (!is_bounced(a->in->mail, address->address))
			continue;
		address->has_bouncing = address->bouncing = true;
		address->has_bounced_at = true;
		address->bounced_at = a->facts->received_at;
		changed = true;
	}
	return !changed || customer_save(w, &id, c, error);
}

bool
bounce_note(struct wtxn *w, const struct application *a, struct ticket *ticket,
    GError **error)
{
	if (!note_entry(w, a, error))
		return false;
	if (!a->facts->bounce_hard)
		return true;
	if (a->facts->bounce_of_newest)
		(void)ticket_event(ticket->rec, TICKET_EVENT_HARD_BOUNCE);
	return note_addresses(w, a, ticket->rec->customer, error);
}
