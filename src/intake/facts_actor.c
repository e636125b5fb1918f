/* SPDX-License-Identifier: MIT */
/*
 * Who may act in a mail. Which of them does is for decide to say: it knows
 * the settings.
 */
#include "base/text.h"
#include "desk/customer.h"
#include "intake/gather.h"
#include "mail/parse.h"

#define NAME_MAX_LEN 100

bool
gather_owns(const uint64_t *customers, size_t count, uint64_t customer)
{
	for (size_t i = 0; i < count; i++)
		if (customers[i] == customer)
			return true;
	return false;
}

static char *
short_name(const Rec__Addr *addr)
{
	return addr->name != NULL ? text_cut(g_strdup(addr->name), NAME_MAX_LEN)
				  : NULL;
}

static bool
list_owners(const struct gathering *g, const char *folded, uint64_t **out,
    size_t *count_out, GError **error)
{
	struct customer_id ids[CUSTOMERS_OF_ADDRESS_MAX];
	size_t count;

	if (!customer_list_by_address(g->view, folded, ids, &count, error))
		return false;
	*out = g_new(uint64_t, count);
	*count_out = count;
	for (size_t i = 0; i < count; i++)
		(*out)[i] = ids[i].n;
	return true;
}

static bool
is_usable(const Rec__Addr *addr)
{
	return addr != NULL && addr->address != NULL &&
	    text_is_address(addr->address);
}

/* Who acts is who the From field names: of a mail without one, mail->from
 * says whom to answer, which nothing vouches for (R35). */
static bool
gather_from(struct gathering *g, GError **error)
{
	const Rec__Mail *mail = g->in->mail;
	Rec__Facts *f = g->facts;
	const struct snapshot_mailbox *own;

	if (!is_usable(mail->from) || (mail->marks & MARK_NO_FROM) != 0)
		return true;
	f->sender = text_fold_address(mail->from->address);
	f->sender_name = short_name(mail->from);
	f->agent = snapshot_agent(g->snapshot, f->sender).n;
	f->has_agent = f->agent != 0;
	own = snapshot_mailbox(g->snapshot, mail->from->address, NULL);
	f->has_from_mailbox = own != NULL;
	f->from_mailbox = own != NULL ? own->id.n : 0;
	return list_owners(g, f->sender, &f->customers, &f->n_customers, error);
}

static Rec__Actor *
actor_of(const struct gathering *g, const Rec__Addr *addr, GError **error)
{
	Rec__Actor *actor = g_new0(Rec__Actor, 1);

	rec__actor__init(actor);
	actor->address = text_fold_address(addr->address);
	actor->name = short_name(addr);
	if (list_owners(g, actor->address, &actor->customers,
		&actor->n_customers, error))
		return actor;
	rec__actor__free_unpacked(actor, &record_allocator);
	return NULL;
}

/* The first that is an address and not ours; nothing if it is From's. */
static const Rec__Addr *
first_reply_to(const struct gathering *g)
{
	const Rec__Mail *mail = g->in->mail;

	for (size_t i = 0; i < mail->n_reply_to; i++) {
		const Rec__Addr *addr = mail->reply_to[i];
		g_autofree char *folded = NULL;

		if (!is_usable(addr) ||
		    snapshot_mailbox(g->snapshot, addr->address, NULL) != NULL)
			continue;
		folded = text_fold_address(addr->address);
		return g_strcmp0(folded, g->facts->sender) != 0 ? addr : NULL;
	}
	return NULL;
}

static bool
gather_reply_to(struct gathering *g, GError **error)
{
	const Rec__Addr *addr = first_reply_to(g);

	if (addr == NULL)
		return true;
	g->facts->reply_to = actor_of(g, addr, error);
	return g->facts->reply_to != NULL;
}

/* Only of an agent's mail is it asked (IN-24, R36). */
static bool
gather_forwarded(struct gathering *g, GError **error)
{
	const Rec__Mail *mail = g->in->mail;
	const Rec__Forward *forward = mail->n_forwards > 0 ? mail->forwards[0]
							   : NULL;
	Rec__Facts *f = g->facts;

	if (f->agent == 0 || forward == NULL || !is_usable(forward->from) ||
	    snapshot_mailbox(g->snapshot, forward->from->address, NULL) != NULL)
		return true;
	f->forwarded = actor_of(g, forward->from, error);
	if (forward->subject != NULL)
		f->forwarded_title = text_cut(g_strdup(forward->subject),
		    TITLE_LEN_MAX);
	return f->forwarded != NULL;
}

bool
gather_actors(struct gathering *g, GError **error)
{
	return gather_from(g, error) && gather_reply_to(g, error) &&
	    gather_forwarded(g, error);
}
