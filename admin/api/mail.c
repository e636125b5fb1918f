/* SPDX-License-Identifier: MIT */
/* Held mails, and why any stored mail is where it is. */
#include "admin/api/api.h"
#include "desk/entry.h"
#include "intake/decide.h"

static bool
add_held(const struct api_call *call, json_t *items, uint64_t id, size_t *texts,
    GError **error)
{
	AUTO_RECORD(Rec__Entry) rec = NULL;
	json_t *object;

	if (!entry_load(call->view, (struct entry_id){id}, &rec, error))
		return false;
	object = entry_json(call->view, id, rec, error);
	if (object == NULL)
		return false;
	*texts += entry_text_len(object);
	(void)json_array_append_new(items, object);
	return true;
}

static bool
list_held(const struct api_call *call, struct cursor *cursor, json_t *items,
    uint64_t *next_out, GError **error)
{
	size_t limit = api_limit(call);
	struct key key;
	struct slice value;
	enum found found;
	uint64_t id = 0;
	size_t texts = 0;

	*next_out = 0;
	while (
	    (found = cursor_next(cursor, &key, &value, error)) == FOUND_YES) {
		size_t at = key_start(TABLE_HELD);

		if (json_array_size(items) == limit || texts > API_TEXT_MAX) {
			*next_out = id;
			return true;
		}
		id = key_get_u64(&key, &at);
		if (!add_held(call, items, id, &texts, error))
			return false;
	}
	return found == FOUND_NO;
}

json_t *
mail_page(const struct api_call *call, GError **error)
{
	struct key prefix = key_of(TABLE_HELD);
	AUTO(cursor_free)
	struct cursor *cursor = cursor_new(call->view, &prefix, DESCENDING,
	    error);
	uint64_t after = api_cursor(call);
	struct key from = key_1(TABLE_HELD, after);
	json_t *items;
	uint64_t next;

	if (cursor == NULL)
		return NULL;
	if (json_object_size(call->fields) > 0)
		return fail_null(error, ERR_USAGE,
		    "held mails have no filters");
	if (after != 0)
		cursor_after(cursor, &from);
	items = json_array();
	if (list_held(call, cursor, items, &next, error))
		return api_page(items, next);
	json_decref(items);
	return NULL;
}

/* Without the texts. */
json_t *
mail_list(const struct api_call *call, GError **error)
{
	json_t *page = mail_page(call, error);
	json_t *items = json_object_get(page, "items");

	for (size_t i = 0; i < json_array_size(items); i++) {
		json_t *mail = json_array_get(items, i);

		(void)json_object_del(mail, "text");
		(void)json_object_del(mail, "reply");
	}
	return page;
}

json_t *
mail_show(const struct api_call *call, GError **error)
{
	AUTO_RECORD(Rec__Entry) rec = NULL;
	uint64_t id;
	json_t *object;

	if (!api_number(call->id, "mail", &id, error) ||
	    !entry_load(call->view, (struct entry_id){id}, &rec, error))
		return NULL;
	if (rec->blob == NULL)
		return fail_null(error, ERR_NOT_FOUND,
		    "entry %" PRIu64 " is no mail", id);
	object = entry_json(call->view, id, rec, error);
	if (object == NULL)
		return NULL;
	json_put(object, "action", json_text(action_name(rec->action)));
	json_put(object, "candidate",
	    rec->candidate != 0 ? json_integer((json_int_t)rec->candidate)
				: json_null());
	json_put(object, "mailbox",
	    rec->mailbox != 0 ? json_integer((json_int_t)rec->mailbox)
			      : json_null());
	json_put(object, "mailbox_name",
	    api_name(call->view, JSON_FORMAT_MAILBOX, rec->mailbox));
	return object;
}
