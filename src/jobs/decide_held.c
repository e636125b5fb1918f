/* SPDX-License-Identifier: MIT */
/* Held mails decided again; see decide_held.h. Writer thread. */
#include "jobs/decide_held.h"

#include "base/log.h"
#include "desk/entry.h"
#include "intake/held.h"

#define DECIDED_MAX 20  /* mails in one piece */
#define LOOKED_MAX  200 /* held mails looked at in one piece */

struct release {
	struct job_piece *piece;
	const char *held; /* code */
	const char *from; /* folded; NULL: anybody */
	unsigned decided;
};

static bool
is_wanted(const struct release *r, const Rec__Entry *rec)
{
	if (g_strcmp0(rec->held_code, r->held) != 0)
		return false;
	return r->from == NULL ||
	    (rec->facts != NULL && g_strcmp0(rec->facts->sender, r->from) == 0);
}

/* One that cannot be read is left where it is. */
static bool
decide_one(struct release *r, struct entry_id id, GError **error)
{
	struct job_piece *piece = r->piece;
	struct held_act act = {.snapshot = piece->snapshot, .entry = id};
	AUTO_RECORD(Rec__Entry) rec = NULL;
	g_autoptr(GError) why = NULL;
	struct outcome out;
	uint64_t writes;

	if (!entry_load(wtxn_view(piece->w), id, &rec, error))
		return false;
	if (!is_wanted(r, rec))
		return true;
	r->decided++;
	piece->done++;
	writes = wtxn_writes(piece->w);
	if (held_decide(piece->w, &act, &out, &why))
		return true;
	if (wtxn_writes(piece->w) != writes ||
	    !(err_is(why, ERR_DAMAGED) || err_is(why, ERR_NOT_FOUND))) {
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	log_warn("jobs mail=%" PRIu64 " stays=held why=%s", id.n,
	    log_str(why->message));
	return true;
}

/* The next held mail behind the cursor. */
static enum found
next_held(const struct job_piece *piece, struct entry_id *out, GError **error)
{
	struct key prefix = key_of(TABLE_HELD);
	struct key from = key_1(TABLE_HELD, job_piece_at(piece));
	AUTO(cursor_free)
	struct cursor *c = cursor_new(wtxn_view(piece->w), &prefix, ASCENDING,
	    error);
	size_t at = key_start(TABLE_HELD);
	struct key key;
	struct slice value;
	enum found found;

	if (c == NULL)
		return FOUND_ERROR;
	cursor_after(c, &from);
	found = cursor_next(c, &key, &value, error);
	if (found == FOUND_YES)
		out->n = key_get_u64(&key, &at);
	return found;
}

bool
decide_held_piece(struct job_piece *piece, GError **error)
{
	struct release r = {
	    .piece = piece,
	    .held = json_string_value(json_object_get(piece->argument, "held")),
	    .from = json_string_value(json_object_get(piece->argument, "from")),
	};

	for (unsigned i = 0; i < LOOKED_MAX && r.decided < DECIDED_MAX; i++) {
		struct entry_id id = {0};
		enum found found = next_held(piece, &id, error);

		if (found == FOUND_ERROR)
			return false;
		piece->finished = found == FOUND_NO;
		if (found == FOUND_NO)
			return true;
		if (!decide_one(&r, id, error))
			return false;
		job_piece_set_at(piece, id.n);
	}
	return true;
}
