/* SPDX-License-Identifier: MIT */
/* The life of one mail on its way; see delivery.h. Any thread. */
#include "intake/delivery.h"

#include <string.h>
#include <unistd.h>

#include "base/text.h"

static void
recipient_clear(void *recipient)
{
	delivery_recipient_clear(recipient);
}

void
delivery_recipient_clear(struct delivery_recipient *recipient)
{
	g_clear_pointer(&recipient->address, g_free);
	g_clear_pointer(&recipient->orcpt, g_free);
}

struct delivery *
delivery_new(void)
{
	struct delivery *d = g_new0(struct delivery, 1);

	d->recipients = g_array_new(FALSE, TRUE,
	    sizeof(struct delivery_recipient));
	g_array_set_clear_func(d->recipients, recipient_clear);
	d->spool_fd = -1;
	return d;
}

void
delivery_free(struct delivery **delivery)
{
	struct delivery *d = *delivery;

	if (d == NULL)
		return;
	*delivery = NULL;
	if (d->spool_fd >= 0)
		(void)close(d->spool_fd); /* unlinked, only read */
	g_array_unref(d->recipients);
	if (d->raw != NULL)
		g_byte_array_unref(d->raw);
	g_free(d->sender);
	g_free(d->queue_id);
	g_free(d->client);
	g_free(d->helo);
	g_free(d->detail);
	g_free(d->place);
	g_clear_error(&d->error);
	g_free(d);
}

char *
delivery_word(const char *word)
{
	return word != NULL ? text_clean_line(word, strlen(word)) : NULL;
}

Rec__Recipient *
delivery_recipient_record(const struct delivery_recipient *recipient)
{
	Rec__Recipient *r = g_new0(Rec__Recipient, 1);

	rec__recipient__init(r);
	r->address = delivery_word(recipient->address);
	r->orcpt = delivery_word(recipient->orcpt);
	r->has_mailbox = true;
	r->mailbox = recipient->mailbox.n;
	r->has_token_ticket = recipient->token_ticket.n != 0;
	r->token_ticket = recipient->token_ticket.n;
	r->has_token_user = recipient->token_user.n != 0;
	r->token_user = recipient->token_user.n;
	r->has_token_wrong = r->token_wrong = recipient->token_wrong;
	return r;
}
