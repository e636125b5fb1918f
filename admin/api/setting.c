/* SPDX-License-Identifier: MIT */
/* Settings as a resource: their id is the key, their one field the value. */
#include "desk/setting.h"

#include <string.h>

#include "admin/api/api.h"

/* A reference by the name that people know it by. */
static json_t *
value_json(const struct view *view, const struct setting_row *row,
    const char *value)
{
	uint64_t id;
	json_t *name;

	if (row->type != SETTING_CATEGORY ||
	    !g_ascii_string_to_unsigned(value, 10, 1, UINT64_MAX, &id, NULL))
		return json_text(value);
	name = api_name(view, JSON_FORMAT_CATEGORY, id);
	return json_is_string(name) ? name : json_text("");
}

static json_t *
one(const struct view *view, enum setting setting, GError **error)
{
	const struct setting_row *row = setting_row(setting);
	g_autofree char *value = setting_load(view, setting, error);
	json_t *object;

	if (value == NULL)
		return NULL;
	object = json_object();
	json_put(object, "key", json_text(row->key));
	json_put(object, "value", value_json(view, row, value));
	json_put(object, "default", json_text(row->value));
	json_put(object, "format", json_text(setting_type_name(row->type)));
	if (row->type == SETTING_INT || row->type == SETTING_INT_OR_NONE) {
		json_put(object, "min", json_integer(row->min));
		json_put(object, "max", json_integer(row->max));
	}
	if (row->unit[0] != '\0')
		json_put(object,
		    row->type == SETTING_CHOICE ? "choices" : "unit",
		    json_text(row->unit));
	json_put(object, "group",
	    json_stringn(row->key, strcspn(row->key, ".")));
	json_put(object, "row", json_text(row->row));
	json_put(object, "help", json_text(row->help));
	return object;
}

json_t *
setting_list(const struct api_call *call, GError **error)
{
	json_t *items = json_array();

	for (enum setting i = 0; i < SETTING_COUNT; i++) {
		json_t *object = one(call->view, i, error);

		if (object == NULL) {
			json_decref(items);
			return NULL;
		}
		(void)json_array_append_new(items, object);
	}
	return api_page(items, 0);
}

static bool
find(const struct api_call *call, enum setting *setting_out, GError **error)
{
	if (call->id == NULL)
		return fail(error, ERR_USAGE, "which setting? give its key");
	return setting_find(call->id, setting_out, error);
}

json_t *
setting_show(const struct api_call *call, GError **error)
{
	enum setting setting;

	if (!find(call, &setting, error))
		return NULL;
	return one(call->view, setting, error);
}

json_t *
setting_set(const struct api_call *call, GError **error)
{
	char room[API_NUMBER_ROOM];
	const char *value = json_member(call->fields, "value", room);
	enum setting setting;

	if (!find(call, &setting, error))
		return NULL;
	if (value == NULL || json_object_size(call->fields) != 1)
		return fail_null(error, ERR_USAGE,
		    "a setting takes value=TEXT");
	if (!setting_save(call->w, setting, value, error))
		return NULL;
	return one(call->view, setting, error);
}

json_t *
setting_reset(const struct api_call *call, GError **error)
{
	enum setting setting;

	if (!find(call, &setting, error) ||
	    !setting_save(call->w, setting, NULL, error))
		return NULL;
	return one(call->view, setting, error);
}
