/* SPDX-License-Identifier: MIT */
/*
 * JSON into records, by the rows of fields.def: each value is checked before
 * it is stored. Values come as JSON or as the text of a command line.
 */
#include <string.h>

#include "base/clk.h"
#include "base/text.h"
#include "model/json.h"
#include "model/private.h"

static void
has_set(const struct slot *slot, bool is_there)
{
	*(protobuf_c_boolean *)(void *)slot->quantifier = is_there;
}

static void
text_set(const struct slot *slot, char *text)
{
	char **field = (char **)(void *)slot->value;

	if (*field != protobuf_c_empty_string)
		g_free(*field);
	*field = text;
}

static bool
take_text(const struct slot *slot, const json_t *value, GError **error)
{
	const char *given = json_string_value(value);
	g_autofree char *clean = NULL;

	if (given == NULL)
		return fail(error, ERR_INVALID, "%s is a text",
		    slot->row->name);
	clean = slot->row->format == JSON_FORMAT_TEXT
	    ? text_clean(given, strlen(given))
	    : text_clean_line(given, strlen(given));
	if (strlen(clean) > slot->row->max)
		return fail(error, ERR_INVALID, "%s is longer than %u bytes",
		    slot->row->name, slot->row->max);
	text_set(slot, g_steal_pointer(&clean));
	return true;
}

static char *
words_of(const ProtobufCEnumDescriptor *words)
{
	GString *list = g_string_new(NULL);

	for (unsigned i = 0; i < words->n_value_names; i++) {
		g_autofree char *lower = g_ascii_strdown(words->values[i].name,
		    -1);

		g_string_append_printf(list, "%s%s", i > 0 ? ", " : "", lower);
	}
	return g_string_free(list, FALSE);
}

static bool
take_word(const struct slot *slot, const json_t *value, GError **error)
{
	const ProtobufCEnumDescriptor *words = slot->field->descriptor;
	const char *given = json_string_value(value);
	g_autofree char *upper = g_ascii_strup(given != NULL ? given : "", -1);
	const ProtobufCEnumValue *word =
	    protobuf_c_enum_descriptor_get_value_by_name(words, upper);
	g_autofree char *list = NULL;

	if (word != NULL) {
		*(int *)(void *)slot->value = word->value;
		has_set(slot, true);
		return true;
	}
	list = words_of(words);
	return fail(error, ERR_INVALID, "%s is one of: %s", slot->row->name,
	    list);
}

static bool
number_of(const json_t *value, int64_t *n_out)
{
	if (json_is_string(value))
		return g_ascii_string_to_signed(json_string_value(value), 10,
		    INT64_MIN, INT64_MAX, n_out, NULL);
	*n_out = json_integer_value(value);
	return json_is_integer(value);
}

static bool
take_number(const struct slot *slot, const json_t *value, GError **error)
{
	int64_t max = slot->row->max;
	int64_t min = slot->field->type == PROTOBUF_C_TYPE_INT32 ? -max : 0;
	int64_t n;

	if (!number_of(value, &n) || n < min || n > max)
		return fail(error, ERR_INVALID,
		    "%s is a whole number from %" PRId64 " to %" PRId64,
		    slot->row->name, min, max);
	if (slot->field->type == PROTOBUF_C_TYPE_INT32)
		*(int32_t *)(void *)slot->value = (int32_t)n;
	else if (slot->field->type == PROTOBUF_C_TYPE_UINT32)
		*(uint32_t *)(void *)slot->value = (uint32_t)n;
	else
		*(int64_t *)(void *)slot->value = n;
	has_set(slot, true);
	return true;
}

static bool
take_bool(const struct slot *slot, const json_t *value, GError **error)
{
	static const char *const yes[] = {"on", "true", "yes", "1", NULL};
	static const char *const no[] = {"off", "false", "no", "0", NULL};
	const char *text = json_string_value(value);
	const char *given = text != NULL ? text : "";
	bool is_yes = json_is_true(value) || g_strv_contains(yes, given);

	if (!is_yes && !json_is_false(value) && !g_strv_contains(no, given))
		return fail(error, ERR_INVALID, "%s is on or off",
		    slot->row->name);
	*(protobuf_c_boolean *)(void *)slot->value = is_yes;
	has_set(slot, true);
	return true;
}

static bool
take_time(const struct slot *slot, const json_t *value, GError **error)
{
	const char *given = json_string_value(value);
	int64_t at;

	if (given == NULL || !clk_parse(given, &at, NULL))
		return fail(error, ERR_INVALID,
		    "%s is a time such as 2026-02-03T10:00:00Z",
		    slot->row->name);
	*(int64_t *)(void *)slot->value = at;
	has_set(slot, true);
	return true;
}

static bool
take_reference(const struct slot *slot, const json_t *value,
    const struct json_lookup *lookup, GError **error)
{
	char room[NUMBER_ROOM];
	const char *name = json_string_value(value);
	g_autoptr(GError) why = NULL;
	uint64_t id;

	if (json_is_integer(value)) {
		(void)g_snprintf(room, sizeof(room), "%" JSON_INTEGER_FORMAT,
		    json_integer_value(value));
		name = room;
	}
	if (name == NULL)
		return fail(error, ERR_INVALID, "%s takes an id or a name",
		    slot->row->name);
	if (!lookup->find(lookup->arg, slot->row->format, name, &id, &why)) {
		/* What a field names must be there: the field is wrong. */
		err_set(error,
		    err_is(why, ERR_NOT_FOUND) ? ERR_INVALID : err_kind(why),
		    "%s: %s", slot->row->name, why->message);
		return false;
	}
	*(uint64_t *)(void *)slot->value = id;
	has_set(slot, id != 0);
	return true;
}

/* ---- lists --------------------------------------------------------------- */

static void
add_line(GPtrArray *lines, const char *line)
{
	g_autofree char *clean = text_clean_line(line, strlen(line));

	if (clean[0] != '\0')
		g_ptr_array_add(lines, g_steal_pointer(&clean));
}

/* An array of texts, or one text with commas. */
static GPtrArray *
lines_of(const struct slot *slot, const json_t *value, GError **error)
{
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) parts = NULL;

	if (json_is_string(value))
		parts = g_strsplit(json_string_value(value), ",", -1);
	for (size_t i = 0; parts != NULL && parts[i] != NULL; i++)
		add_line(lines, parts[i]);
	for (size_t i = 0; i < json_array_size(value); i++) {
		const char *line = json_string_value(json_array_get(value, i));

		if (line == NULL)
			return fail_null(error, ERR_INVALID,
			    "%s is a list of texts", slot->row->name);
		add_line(lines, line);
	}
	if (parts == NULL && !json_is_array(value))
		return fail_null(error, ERR_INVALID, "%s is a list of texts",
		    slot->row->name);
	if (lines->len > slot->row->max)
		return fail_null(error, ERR_INVALID, "%s has more than %u",
		    slot->row->name, slot->row->max);
	return g_steal_pointer(&lines);
}

static void
list_set(const struct slot *slot, void *items, size_t count)
{
	g_free(*(void **)(void *)slot->value);
	*(void **)(void *)slot->value = items;
	*(size_t *)(void *)slot->quantifier = count;
}

static void
lines_clear(const struct slot *slot)
{
	char **lines = *(char ***)(void *)slot->value;
	size_t count = *(size_t *)(void *)slot->quantifier;

	for (size_t i = 0; i < count; i++)
		g_free(lines[i]);
	list_set(slot, NULL, 0);
}

static void
addresses_clear(const struct slot *slot)
{
	Rec__CustomerAddress **all = *(
	    Rec__CustomerAddress ***)(void *)slot->value;
	size_t count = *(size_t *)(void *)slot->quantifier;

	for (size_t i = 0; i < count; i++) {
		g_free(all[i]->address);
		g_free(all[i]);
	}
	list_set(slot, NULL, 0);
}

static bool
take_lines(const struct slot *slot, const json_t *value, GError **error)
{
	g_autoptr(GPtrArray) lines = lines_of(slot, value, error);
	gsize count;
	void *items;

	if (lines == NULL)
		return false;
	lines_clear(slot);
	items = g_ptr_array_steal(lines, &count);
	list_set(slot, items, count);
	return true;
}

static bool
take_addresses(const struct slot *slot, const json_t *value, GError **error)
{
	g_autoptr(GPtrArray) lines = lines_of(slot, value, error);
	Rec__CustomerAddress **all;

	if (lines == NULL)
		return false;
	addresses_clear(slot);
	all = g_new0(Rec__CustomerAddress *, lines->len);
	for (guint i = 0; i < lines->len; i++) {
		all[i] = g_new0(Rec__CustomerAddress, 1);
		rec__customer_address__init(all[i]);
		all[i]->address = g_strdup(g_ptr_array_index(lines, i));
	}
	list_set(slot, all, lines->len);
	return true;
}

/* ---- the whole ----------------------------------------------------------- */

static void
clear(const struct slot *slot)
{
	switch (slot->row->format) {
	case JSON_FORMAT_LINE:
	case JSON_FORMAT_TEXT:
		text_set(slot, NULL);
		return;
	case JSON_FORMAT_LINES:
		lines_clear(slot);
		return;
	case JSON_FORMAT_ADDRESSES:
		addresses_clear(slot);
		return;
	case JSON_FORMAT_NUMBER:
	case JSON_FORMAT_WORD:
	case JSON_FORMAT_BOOL:
	case JSON_FORMAT_TIME:
	case JSON_FORMAT_MAILBOX:
	case JSON_FORMAT_CATEGORY:
	case JSON_FORMAT_CUSTOMER:
	case JSON_FORMAT_USER:
	case JSON_FORMAT_TICKET:
		break;
	}
	has_set(slot, false);
	if (slot->row->format == JSON_FORMAT_BOOL ||
	    slot->row->format == JSON_FORMAT_WORD ||
	    slot->field->type == PROTOBUF_C_TYPE_INT32 ||
	    slot->field->type == PROTOBUF_C_TYPE_UINT32)
		memset(slot->value, 0, sizeof(int32_t));
	else
		memset(slot->value, 0, sizeof(int64_t));
}

static bool
take(const struct slot *slot, const json_t *value,
    const struct json_lookup *lookup, GError **error)
{
	if (json_is_null(value) ||
	    (json_is_string(value) && json_string_length(value) == 0)) {
		clear(slot);
		return true;
	}
	switch (slot->row->format) {
	case JSON_FORMAT_LINE:
	case JSON_FORMAT_TEXT:
		return take_text(slot, value, error);
	case JSON_FORMAT_WORD:
		return take_word(slot, value, error);
	case JSON_FORMAT_NUMBER:
		return take_number(slot, value, error);
	case JSON_FORMAT_BOOL:
		return take_bool(slot, value, error);
	case JSON_FORMAT_TIME:
		return take_time(slot, value, error);
	case JSON_FORMAT_LINES:
		return take_lines(slot, value, error);
	case JSON_FORMAT_ADDRESSES:
		return take_addresses(slot, value, error);
	case JSON_FORMAT_MAILBOX:
	case JSON_FORMAT_CATEGORY:
	case JSON_FORMAT_CUSTOMER:
	case JSON_FORMAT_USER:
	case JSON_FORMAT_TICKET:
		break;
	}
	return take_reference(slot, value, lookup, error);
}

static char *
writable(const ProtobufCMessageDescriptor *record)
{
	GString *names = g_string_new(NULL);
	size_t count;
	const struct json_field *rows = json_fields(&count);

	for (size_t i = 0; i < count; i++)
		if (rows[i].record == record &&
		    rows[i].access == JSON_ACCESS_WRITE)
			g_string_append_printf(names, "%s%s",
			    names->len > 0 ? ", " : "", rows[i].name);
	return g_string_free(names, FALSE);
}

static const struct json_field *
find_row(const ProtobufCMessageDescriptor *record, const char *name,
    GError **error)
{
	g_autofree char *names = NULL;
	size_t count;
	const struct json_field *rows = json_fields(&count);

	for (size_t i = 0; i < count; i++)
		if (rows[i].record == record &&
		    rows[i].access == JSON_ACCESS_WRITE &&
		    strcmp(rows[i].name, name) == 0)
			return &rows[i];
	names = writable(record);
	return fail_null(error, ERR_INVALID,
	    "%s cannot be set here; what can: %s", name, names);
}

bool
json_into_record(const json_t *fields, ProtobufCMessage *message,
    const struct json_lookup *lookup, GError **error)
{
	json_t *all = (json_t *)(uintptr_t)fields; /* walked, not changed */
	const char *name;
	json_t *value;

	json_object_foreach(all, name, value)
	{
		const struct json_field *row = find_row(message->descriptor,
		    name, error);
		struct slot slot;

		if (row == NULL)
			return false;
		slot = json_slot(row, message);
		if (!take(&slot, value, lookup, error))
			return false;
	}
	return true;
}
