/* SPDX-License-Identifier: MIT */
/* Recipients on the routing snapshot; see recipient.h. */
#include "intake/recipient.h"

#include "base/text.h"

static void
token_read(const struct snapshot *snapshot, const char *detail,
    struct delivery_recipient *out)
{
	char purpose = 0;
	uint64_t id = 0;

	switch (token_reply_check(&snapshot->keys, detail, &purpose, &id)) {
	case TOKEN_NONE:
		return;
	case TOKEN_WRONG:
		out->token_wrong = true;
		return;
	case TOKEN_VALID:
		break;
	}
	if (purpose == 't')
		out->token_ticket.n = id;
	else
		out->token_user.n = id;
}

bool
recipient_route(const struct snapshot *snapshot, const char *address,
    struct delivery_recipient *out, GError **error)
{
	g_autofree char *detail = NULL;
	const struct snapshot_mailbox *mailbox = NULL;

	/* "@b" is how a whole domain is kept, but nobody's address. */
	if (text_is_address(address))
		mailbox = snapshot_mailbox(snapshot, address, &detail);
	if (mailbox == NULL || !mailbox->active)
		return fail(error, ERR_NOT_FOUND,
		    "no mailbox here by that name");
	*out = (struct delivery_recipient){.mailbox = mailbox->id};
	out->address = g_strdup(address);
	if (detail != NULL)
		token_read(snapshot, detail, out);
	return true;
}
