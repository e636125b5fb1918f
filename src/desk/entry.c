/* SPDX-License-Identifier: MIT */
/* Entries and held mails; see entry.h. */
#include "desk/entry.h"

#include "base/clk.h"

#define KEPT_US     (30 * CLK_DAY)
#define FORGET_LOOK 10000 /* rows; the oldest stand first */

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
    enum entry_is is, GError **error)
{
	struct key key = entry_key(id);
	struct key held = key_1(TABLE_HELD, id.n);
	struct key discarded = key_1(TABLE_DISCARDED, id.n);

	if (!RECORD_SAVE(w, &key, rec, error))
		return false;
	if (is == ENTRY_STORED &&
	    (!wtxn_delete(w, &held, error) ||
		!wtxn_delete(w, &discarded, error)))
		return false;
	if (rec->has_discarded_at && !wtxn_put(w, &discarded, "", 0, error))
		return false;
	return rec->held_code == NULL || wtxn_put(w, &held, "", 0, error);
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

/* ---- what goes by itself ------------------------------------------------- */

static bool
is_due(const Rec__Entry *rec, int64_t now)
{
	return rec->has_discarded_at && rec->discarded_at + KEPT_US <= now;
}

static bool
look_at(const struct view *view, struct entry_id id, int64_t now,
    struct entry_due *due, GError **error)
{
	AUTO_RECORD(Rec__Entry) rec = NULL;

	if (!entry_load(view, id, &rec, error))
		return false;
	if (is_due(rec, now))
		due->id[due->count++] = id;
	return true;
}

bool
entry_due_find(const struct view *view, int64_t now, struct entry_due *out,
    GError **error)
{
	struct key prefix = key_of(TABLE_DISCARDED);
	AUTO(cursor_free)
	struct cursor *c = cursor_new(view, &prefix, ASCENDING, error);
	struct key key;
	struct slice value;
	enum found found = FOUND_NO;

	out->count = 0;
	if (c == NULL)
		return false;
	for (unsigned i = 0; i < FORGET_LOOK && out->count < COUNT(out->id);
	     i++) {
		size_t at = key_start(TABLE_DISCARDED);

		found = cursor_next(c, &key, &value, error);
		if (found != FOUND_YES)
			break;
		if (!look_at(view, (struct entry_id){key_get_u64(&key, &at)},
			now, out, error))
			return false;
	}
	return found != FOUND_ERROR;
}

static bool
forget_one(struct wtxn *w, struct entry_id id, GError **error)
{
	AUTO_RECORD(Rec__Entry) rec = NULL;
	Rec__Blob *blob;
	bool done;

	if (!entry_load(wtxn_view(w), id, &rec, error))
		return false;
	if (!is_due(rec, wtxn_now(w)))
		return true; /* somebody wanted it after all */
	if (rec->blob != NULL && !blob_remove(w, id.n, rec->blob, error))
		return false;
	wtxn_add(w, COUNTER_MAIL, (uint64_t)rec->action, -1);
	wtxn_add(w, COUNTER_MAIL, REC__ACTION__DISCARD, 1);
	blob = g_steal_pointer(&rec->blob);
	rec->action = REC__ACTION__DISCARD;
	rec->has_discarded_at = false;
	record_set(&rec->held_code, NULL);
	done = entry_save(w, id, rec, ENTRY_STORED, error);
	rec->blob = blob;
	return done;
}

bool
entry_forget(struct wtxn *w, const struct entry_due *due, GError **error)
{
	for (size_t i = 0; i < due->count; i++)
		if (!forget_one(w, due->id[i], error))
			return false;
	return true;
}

const char *
entry_kind_name(Rec__Entry__Kind kind)
{
	static const char *const names[] = {"mail_in", "mail_out", "note",
	    "query", "answer", "time", "change"};

	return (size_t)kind < COUNT(names) ? names[kind] : "unknown";
}
