/* SPDX-License-Identifier: MIT */
/* Entries and held mails; see entry.h. */
#include "desk/entry.h"

static struct key
entry_key(struct entry_id id)
{
	struct key key = key_1(TABLE_ENTRY, id.n);

	key_u16(&key, 0);
	return key;
}

bool
entry_load(const struct view *view, struct entry_id id, Rec__Entry **out,
    GError **error)
{
	struct key key = entry_key(id);

	return RECORD_LOAD(view, &key, out, error);
}

bool
entry_save(struct wtxn *w, struct entry_id id, const Rec__Entry *rec,
    GError **error)
{
	struct key key = entry_key(id);
	struct key held = key_1(TABLE_HELD, id.n);

	if (!RECORD_SAVE(w, &key, rec, error))
		return false;
	if (rec->held_code != NULL)
		return wtxn_put(w, &held, "", 0, error);
	/* Only what has no ticket yet can have been held. */
	return rec->action != REC__ACTION__HOLD || wtxn_delete(w, &held, error);
}

bool
entry_mail(const struct view *view, struct entry_id id, const Rec__Entry *rec,
    Rec__Mail **out, GError **error)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	Rec__Mail *mail;

	if (rec->blob == NULL)
		return fail(error, ERR_NOT_FOUND,
		    "entry %" PRIu64 " is no mail", id.n);
	if (!blob_read(view, id.n, rec->blob,
		(struct range){0, rec->blob->detail_len}, bytes, error))
		return false;
	mail = rec__mail__unpack(&record_allocator, bytes->len, bytes->data);
	if (mail == NULL)
		return fail(error, ERR_DAMAGED,
		    "what was read of entry %" PRIu64 " is damaged", id.n);
	*out = mail;
	return true;
}

bool
entry_raw(const struct view *view, struct entry_id id, const Rec__Entry *rec,
    struct range range, GByteArray *out, GError **error)
{
	if (rec->blob == NULL)
		return fail(error, ERR_NOT_FOUND,
		    "entry %" PRIu64 " is no mail", id.n);
	range.offset += rec->blob->detail_len;
	return blob_read(view, id.n, rec->blob, range, out, error);
}

const char *
entry_kind_name(Rec__Entry__Kind kind)
{
	static const char *const names[] = {"mail_in", "mail_out", "note",
	    "query", "answer", "time", "change"};

	return (size_t)kind < COUNT(names) ? names[kind] : "unknown";
}
