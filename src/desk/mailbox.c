/* SPDX-License-Identifier: MIT */
/* Mailboxes and the rows that make their addresses unique. */
#include "desk/mailbox.h"

#include <string.h>

#include "base/text.h"
#include "desk/category.h"
#include "desk/event.h"
#include "desk/name.h"

/* RFC 5321, 4.5.3.1.1: 64 bytes of local part; the token takes a "+" and
 * what token_reply_format needs for large numbers. */
#define LOCAL_MAX       64
#define LOCAL_WITH_ROOM (LOCAL_MAX - 31)

bool
mailbox_load(const struct view *view, struct mailbox_id id, Rec__Mailbox **out,
    GError **error)
{
	struct key key = key_1(TABLE_MAILBOX, id.n);

	return RECORD_LOAD(view, &key, out, error);
}

static bool
address_check(const struct view *view, const char *address, uint64_t id,
    GError **error)
{
	g_autofree char *whole = address[0] == '@'
	    ? g_strconcat("any", address, NULL)
	    : g_strdup(address);

	if (!text_is_address(whole))
		return fail(error, ERR_INVALID,
		    "%s is no address: give a@b, "
		    "or @b for a whole domain",
		    address);
	if ((size_t)(strrchr(whole, '@') - whole) > LOCAL_WITH_ROOM)
		return fail(error, ERR_INVALID,
		    "%s is too long before the @: "
		    "at most %d bytes, to leave room for reply tokens",
		    address, LOCAL_WITH_ROOM);
	return name_check(view, NAME_MAILBOX_ADDRESS, address, id, error);
}

static bool
category_check(const struct view *view, uint64_t id, GError **error)
{
	AUTO_RECORD(Rec__Category) category = NULL;

	return id == 0 ||
	    category_load(view, (struct category_id){id}, &category, error);
}

static bool
check(const struct view *view, uint64_t id, const Rec__Mailbox *mailbox,
    GError **error)
{
	if (mailbox->name == NULL || mailbox->name[0] == '\0')
		return fail(error, ERR_INVALID, "a mailbox needs a name");
	if (mailbox->n_addresses == 0)
		return fail(error, ERR_INVALID,
		    "a mailbox needs an address: "
		    "addresses=support@example.org");
	if (!name_check(view, NAME_MAILBOX, mailbox->name, id, error))
		return false;
	for (size_t i = 0; i < mailbox->n_addresses; i++)
		if (!address_check(view, mailbox->addresses[i], id, error))
			return false;
	return category_check(view, mailbox->category, error);
}

static bool
names_change(struct wtxn *w, uint64_t id, const Rec__Mailbox *old,
    const Rec__Mailbox *mailbox, GError **error)
{
	for (size_t i = 0; old != NULL && i < old->n_addresses; i++)
		if (!name_change(w, NAME_MAILBOX_ADDRESS, id, old->addresses[i],
			NULL, error))
			return false;
	for (size_t i = 0; mailbox != NULL && i < mailbox->n_addresses; i++)
		if (!name_change(w, NAME_MAILBOX_ADDRESS, id, NULL,
			mailbox->addresses[i], error))
			return false;
	return name_change(w, NAME_MAILBOX, id, old != NULL ? old->name : NULL,
	    mailbox != NULL ? mailbox->name : NULL, error);
}

bool
mailbox_save(struct wtxn *w, struct mailbox_id *id, const Rec__Mailbox *mailbox,
    GError **error)
{
	AUTO_RECORD(Rec__Mailbox) old = NULL;
	struct key key;

	if (id->n != 0 && !mailbox_load(wtxn_view(w), *id, &old, error))
		return false;
	if (!check(wtxn_view(w), id->n, mailbox, error))
		return false;
	if (id->n == 0 && !wtxn_next_id(w, SEQUENCE_OBJECT, &id->n, error))
		return false;
	event_config(w, "mailbox", id->n);
	key = key_1(TABLE_MAILBOX, id->n);
	return names_change(w, id->n, old, mailbox, error) &&
	    RECORD_SAVE(w, &key, mailbox, error);
}

bool
mailbox_remove(struct wtxn *w, struct mailbox_id id, GError **error)
{
	AUTO_RECORD(Rec__Mailbox) old = NULL;
	struct key key = key_1(TABLE_MAILBOX, id.n);

	if (!mailbox_load(wtxn_view(w), id, &old, error))
		return false;
	event_config(w, "mailbox", id.n);
	return names_change(w, id.n, old, NULL, error) &&
	    wtxn_delete(w, &key, error);
}
