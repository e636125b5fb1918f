/* SPDX-License-Identifier: MIT */
/* The mailbox as a resource: a plain noun, stored by desk/mailbox. */
#include "desk/mailbox.h"
#include "admin/api/api.h"

static void
start(ProtobufCMessage *message, int64_t now)
{
	Rec__Mailbox *mailbox = (Rec__Mailbox *)message;

	mailbox->has_active = mailbox->active = true;
	mailbox->has_created_at = true;
	mailbox->created_at = now;
}

static bool
save(struct wtxn *w, uint64_t *id, ProtobufCMessage *message, GError **error)
{
	struct mailbox_id own = {*id};
	bool done = mailbox_save(w, &own, (const Rec__Mailbox *)message, error);

	*id = own.n;
	return done;
}

static bool
remove_one(struct wtxn *w, uint64_t id, GError **error)
{
	return mailbox_remove(w, (struct mailbox_id){id}, error);
}

const struct noun noun_mailbox = {
    .name = "mailbox",
    .kind = JSON_FORMAT_MAILBOX,
    .table = TABLE_MAILBOX,
    .record = &rec__mailbox__descriptor,
    .start = start,
    .save = save,
    .remove = remove_one,
};
