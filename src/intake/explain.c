/* SPDX-License-Identifier: MIT */
/* Decisions run dry; see explain.h. */
#include "intake/explain.h"

#include "intake/recipient.h"
#include "store/record.h"

bool
explain_mail(const struct view *view, const struct snapshot *snapshot,
    const struct intake_mail *in, struct decision *out, GError **error)
{
	AUTO_RECORD(Rec__Facts) facts = facts_gather(view, snapshot, in, error);

	if (facts == NULL)
		return false;
	decide(facts, snapshot, out);
	return true;
}

/* ---- the envelope -------------------------------------------------------- */

static void
add_recipient(Rec__Envelope *e, const struct delivery_recipient *from)
{
	e->recipients = g_renew(Rec__Recipient *, e->recipients,
	    e->n_recipients + 1);
	e->recipients[e->n_recipients++] = delivery_recipient_record(from);
}

static bool
route(const struct snapshot *snapshot, Rec__Envelope *e, const char *address,
    GError **error)
{
	struct delivery_recipient recipient = {.address = NULL};

	if (!recipient_route(snapshot, address, &recipient, error))
		return false;
	add_recipient(e, &recipient);
	delivery_recipient_clear(&recipient);
	return true;
}

static void
route_named(const struct snapshot *snapshot, Rec__Envelope *e,
    Rec__Addr *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (list[i]->address != NULL &&
		    !route(snapshot, e, list[i]->address, NULL))
			continue; /* not one of ours */
}

Rec__Envelope *
explain_envelope(const struct snapshot *snapshot, const Rec__Mail *mail,
    const GPtrArray *to, const char *sender, GError **error)
{
	AUTO_RECORD(Rec__Envelope) e = g_new0(Rec__Envelope, 1);

	rec__envelope__init(e);
	e->sender = g_strdup(sender);
	for (guint i = 0; i < to->len; i++)
		if (!route(snapshot, e, g_ptr_array_index(to, i), error))
			return NULL;
	if (to->len == 0) {
		route_named(snapshot, e, mail->to, mail->n_to);
		route_named(snapshot, e, mail->cc, mail->n_cc);
	}
	return g_steal_pointer(&e);
}

struct snapshot *
explain_snapshot(const struct view *view, enum setting setting,
    const char *value, GError **error)
{
	AUTO(snapshot_release) struct snapshot *snapshot = NULL;
	g_autofree char *stored = NULL;

	if (!setting_check(view, setting, value, &stored, error))
		return NULL;
	snapshot = snapshot_load(view, error);
	if (snapshot == NULL)
		return NULL;
	record_set(&snapshot->settings[setting], stored);
	if (!snapshot_read_settings(snapshot, error))
		return NULL;
	return g_steal_pointer(&snapshot);
}

/* ---- stored mails -------------------------------------------------------- */

static struct key
entry_key(uint64_t entry, uint16_t part)
{
	struct key key = key_1(TABLE_ENTRY, entry);

	key_u16(&key, part);
	return key;
}

/* The record of the next entry downwards, past the bytes of its mail. */
static enum found
next_entry(struct cursor *c, uint64_t *id_out, ProtobufCMessage **out,
    GError **error)
{
	struct key key;
	struct slice value;
	size_t at = key_start(TABLE_ENTRY);
	enum found found = cursor_next(c, &key, &value, error);

	if (found != FOUND_YES)
		return found;
	*id_out = key_get_u64(&key, &at);
	if (key_get_u16(&key, &at) != 0) {
		struct key behind = entry_key(*id_out, 1);

		cursor_after(c, &behind);
		found = cursor_next(c, &key, &value, error);
	}
	if (found != FOUND_YES)
		return found;
	*out = record_unpack(&key, value, error);
	return *out != NULL ? FOUND_YES : FOUND_ERROR;
}

#define ROWS_MAX 20000 /* entries of one page, mails and others */

bool
explain_walk(const struct view *view, struct explain_walk *walk, GError **error)
{
	struct key prefix = key_of(TABLE_ENTRY);
	struct key from = entry_key(walk->before, 0);
	AUTO(cursor_free)
	struct cursor *c = cursor_new(view, &prefix, DESCENDING, error);

	if (c == NULL)
		return false;
	if (walk->before != 0)
		cursor_after(c, &from);
	walk->count = 0;
	for (size_t rows = 0; walk->count < walk->limit && rows < ROWS_MAX;
	     rows++) {
		AUTO(record_free) ProtobufCMessage *message = NULL;
		enum found found = next_entry(c, &walk->next, &message, error);
		const Rec__Entry *rec = (const Rec__Entry *)message;

		if (found != FOUND_YES) {
			walk->next = 0;
			return found == FOUND_NO;
		}
		if (rec->kind != REC__ENTRY__KIND__MAIL_IN ||
		    rec->facts == NULL)
			continue;
		walk->count++;
		walk->visit(walk->arg, walk->next, rec);
	}
	return true;
}
