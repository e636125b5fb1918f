/* SPDX-License-Identifier: MIT */
/* Unique names; see name.h. */
#include "desk/name.h"

#include <string.h>

#include "base/text.h"
#include "store/record.h"

static struct key
name_key(enum name_kind kind, const char *name)
{
	g_autofree char *folded = kind == NAME_MAILBOX_ADDRESS
	    ? text_fold_address(name)
	    : text_fold(name);
	struct key key = key_of(TABLE_NAME);

	key_u8(&key, (uint8_t)kind);
	key_text(&key, folded);
	return key;
}

enum found
name_find(const struct view *view, enum name_kind kind, const char *name,
    uint64_t *id_out, GError **error)
{
	struct key key = name_key(kind, name);
	AUTO_RECORD(Rec__Name) record = NULL;
	enum found found = RECORD_FIND(view, &key, &record, error);

	if (found == FOUND_YES)
		*id_out = record->id;
	return found;
}

bool
name_check(const struct view *view, enum name_kind kind, const char *name,
    uint64_t id, GError **error)
{
	uint64_t owner = 0;
	enum found found = name_find(view, kind, name, &owner, error);

	if (found == FOUND_YES && owner != id)
		return fail(error, ERR_CONFLICT, "%s is taken already", name);
	return found != FOUND_ERROR;
}

bool
name_change(struct wtxn *w, enum name_kind kind, uint64_t id, const char *old,
    const char *name, GError **error)
{
	Rec__Name record = REC__NAME__INIT;
	struct key key;

	if (old != NULL) {
		key = name_key(kind, old);
		if (!wtxn_delete(w, &key, error))
			return false;
	}
	if (name == NULL)
		return true;
	record.has_id = true;
	record.id = id;
	key = name_key(kind, name);
	return RECORD_SAVE(w, &key, &record, error);
}
