/* SPDX-License-Identifier: MIT */
/* Categories; see category.h. */
#include "desk/category.h"

#include "desk/event.h"
#include "desk/name.h"
#include "desk/setting.h"
#include "store/scan.h"

#define DEPTH_MAX 20

bool
category_load(const struct view *view, struct category_id id,
    Rec__Category **out, GError **error)
{
	struct key key = key_1(TABLE_CATEGORY, id.n);

	return RECORD_LOAD(view, &key, out, error);
}

/* Walks up from the new parent: it must end, and not at `id`. */
static bool
parent_check(const struct view *view, uint64_t id, uint64_t parent,
    GError **error)
{
	for (unsigned depth = 0; parent != 0; depth++) {
		AUTO_RECORD(Rec__Category) up = NULL;

		if (parent == id || depth == DEPTH_MAX)
			return fail(error, ERR_INVALID,
			    "a category cannot be "
			    "below itself, nor more than %d deep",
			    DEPTH_MAX);
		if (!category_load(view, (struct category_id){parent}, &up,
			error))
			return false;
		parent = up->parent;
	}
	return true;
}

bool
category_save(struct wtxn *w, struct category_id *id,
    const Rec__Category *category, GError **error)
{
	AUTO_RECORD(Rec__Category) old = NULL;
	struct key key;

	if (category->name == NULL || category->name[0] == '\0')
		return fail(error, ERR_INVALID, "a category needs a name");
	if ((id->n != 0 && !category_load(wtxn_view(w), *id, &old, error)) ||
	    !name_check(wtxn_view(w), NAME_CATEGORY, category->name, id->n,
		error) ||
	    !parent_check(wtxn_view(w), id->n, category->parent, error))
		return false;
	if (id->n == 0 && !wtxn_next_id(w, SEQUENCE_OBJECT, &id->n, error))
		return false;
	event_config(w, "category", id->n);
	key = key_1(TABLE_CATEGORY, id->n);
	return name_change(w, NAME_CATEGORY, id->n,
		   old != NULL ? old->name : NULL, category->name, error) &&
	    RECORD_SAVE(w, &key, category, error);
}

static bool
has_tickets(const struct view *view, uint64_t id, bool *used_out,
    GError **error)
{
	struct key prefix = key_1(TABLE_TICKET_CATEGORY, id);
	AUTO(cursor_free)
	struct cursor *c = cursor_new(view, &prefix, ASCENDING, error);
	struct key key;
	struct slice value;
	enum found found;

	if (c == NULL)
		return false;
	found = cursor_next(c, &key, &value, error);
	*used_out = found == FOUND_YES;
	return found != FOUND_ERROR;
}

/* Fails if a category or mailbox names category `*arg`. */
static bool
check_reference(void *arg, const struct key *key, struct slice value,
    GError **error)
{
	const uint64_t *id = arg;
	AUTO(record_free)
	ProtobufCMessage *message = record_unpack(key, value, error);

	if (message == NULL)
		return false;
	if (key->table == TABLE_MAILBOX) {
		const Rec__Mailbox *mailbox = (const Rec__Mailbox *)message;

		return mailbox->category != *id ||
		    fail(error, ERR_CONFLICT,
			"it is the category of mailbox %s", mailbox->name);
	}
	const Rec__Category *below = (const Rec__Category *)message;

	return below->parent != *id ||
	    fail(error, ERR_CONFLICT, "category %s is below it", below->name);
}

static bool
check_default(const struct view *view, uint64_t id, GError **error)
{
	g_autofree char *value = setting_load(view,
	    SETTING_INTAKE_DEFAULT_CATEGORY, error);

	if (value == NULL)
		return false;
	return setting_int(value) != (int64_t)id ||
	    fail(error, ERR_CONFLICT, "it is intake.default_category");
}

static bool
check_unused(const struct view *view, uint64_t id, GError **error)
{
	bool used;

	if (!has_tickets(view, id, &used, error))
		return false;
	if (used)
		return fail(error, ERR_CONFLICT,
		    "it has tickets; give them another one first");
	return check_default(view, id, error) &&
	    scan_table(view, TABLE_CATEGORY, check_reference, &id, error) &&
	    scan_table(view, TABLE_MAILBOX, check_reference, &id, error);
}

bool
category_remove(struct wtxn *w, struct category_id id, GError **error)
{
	AUTO_RECORD(Rec__Category) old = NULL;
	struct key key = key_1(TABLE_CATEGORY, id.n);

	if (!category_load(wtxn_view(w), id, &old, error))
		return false;
	if (!check_unused(wtxn_view(w), id.n, error))
		return fail_while(error, "removing category %s", old->name);
	event_config(w, "category", id.n);
	return name_change(w, NAME_CATEGORY, id.n, old->name, NULL, error) &&
	    wtxn_delete(w, &key, error);
}
