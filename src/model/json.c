/* SPDX-License-Identifier: MIT */
/*
 * The rows of fields.def at work. A field is found in the record by its name
 * in protobuf-c's descriptor; the format of its row says how its value looks
 * outside. Reading cannot fail, taking checks before it stores.
 */
#include "model/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/clk.h"
#include "base/text.h"
#include "model/private.h"

static const struct json_field rows[] = {
#define F(rec, field, access, format, max)                                     \
	{&rec__##rec##__descriptor, #field, JSON_ACCESS_##access,              \
	    JSON_FORMAT_##format, max},
#include "model/fields.def"
#undef F
};

const struct json_field *
json_fields(size_t *count_out)
{
	*count_out = COUNT(rows);
	return rows;
}

struct slot
json_slot(const struct json_field *row, const ProtobufCMessage *message)
{
	const ProtobufCFieldDescriptor *field =
	    protobuf_c_message_descriptor_get_field_by_name(row->record,
		row->name);
	char *base = (char *)(uintptr_t)message;

	assert(field != NULL);
	return (struct slot){
	    .row = row,
	    .field = field,
	    .value = base + field->offset,
	    .quantifier = base + field->quantifier_offset,
	};
}

/* ---- small values -------------------------------------------------------- */

json_t *
json_text(const char *text)
{
	g_autofree char *clean = NULL;
	json_t *value;

	if (text == NULL)
		return json_null();
	value = json_string(text);
	if (value != NULL)
		return value;
	clean = text_clean(text, strlen(text));
	return json_string(clean);
}

json_t *
json_time(int64_t wall_us)
{
	g_autofree char *text = clk_format(wall_us);

	return json_string(text);
}

void
json_put(json_t *object, const char *name, json_t *value)
{
	(void)json_object_set_new(object, name, value);
}

const char *
json_member(const json_t *object, const char *name, char *room)
{
	const json_t *value = json_object_get(object, name);

	if (json_is_string(value))
		return json_string_value(value);
	if (!json_is_integer(value))
		return NULL;
	(void)g_snprintf(room, NUMBER_ROOM, "%" JSON_INTEGER_FORMAT,
	    json_integer_value(value));
	return room;
}

char *
json_line(const json_t *value)
{
	char *printed = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	char *line = g_strdup(printed);

	free(printed);
	return line;
}

/* ---- record to JSON ------------------------------------------------------ */

static int64_t
number_get(const struct slot *slot)
{
	/* The unit test allows no other types than these and 64 bits. */
	if (slot->field->type == PROTOBUF_C_TYPE_INT32)
		return *(int32_t *)(void *)slot->value;
	if (slot->field->type == PROTOBUF_C_TYPE_UINT32)
		return *(uint32_t *)(void *)slot->value;
	return *(int64_t *)(void *)slot->value;
}

static char *
text_get(const struct slot *slot)
{
	return *(char **)(void *)slot->value;
}

static bool
has(const struct slot *slot)
{
	return *(protobuf_c_boolean *)(void *)slot->quantifier != 0;
}

static json_t *
word_json(const struct slot *slot)
{
	const ProtobufCEnumValue *word =
	    protobuf_c_enum_descriptor_get_value(slot->field->descriptor,
		*(int *)(void *)slot->value);
	g_autofree char *lower = g_ascii_strdown(word != NULL ? word->name
							      : "unknown",
	    -1);

	return json_string(lower);
}

static json_t *
lines_json(const struct slot *slot)
{
	char **lines = *(char ***)(void *)slot->value;
	size_t count = *(size_t *)(void *)slot->quantifier;
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(list, json_text(lines[i]));
	return list;
}

static json_t *
addresses_json(const struct slot *slot)
{
	Rec__CustomerAddress **all = *(
	    Rec__CustomerAddress ***)(void *)slot->value;
	size_t count = *(size_t *)(void *)slot->quantifier;
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(list, json_text(all[i]->address));
	return list;
}

static json_t *
reference_json(const struct slot *slot)
{
	uint64_t id = *(uint64_t *)(void *)slot->value;

	return id == 0 ? json_null() : json_integer((json_int_t)id);
}

static json_t *
slot_json(const struct slot *slot)
{
	switch (slot->row->format) {
	case JSON_FORMAT_LINE:
	case JSON_FORMAT_TEXT:
		return json_text(text_get(slot));
	case JSON_FORMAT_WORD:
		return word_json(slot);
	case JSON_FORMAT_NUMBER:
		return json_integer(number_get(slot));
	case JSON_FORMAT_BOOL:
		return json_boolean(*(protobuf_c_boolean *)(void *)slot->value);
	case JSON_FORMAT_TIME:
		return has(slot) ? json_time(number_get(slot)) : json_null();
	case JSON_FORMAT_LINES:
		return lines_json(slot);
	case JSON_FORMAT_ADDRESSES:
		return addresses_json(slot);
	case JSON_FORMAT_MAILBOX:
	case JSON_FORMAT_CATEGORY:
	case JSON_FORMAT_CUSTOMER:
	case JSON_FORMAT_USER:
	case JSON_FORMAT_TICKET:
		break;
	}
	return reference_json(slot);
}

json_t *
json_of_record(const ProtobufCMessage *message)
{
	json_t *object = json_object();

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct slot slot;

		if (rows[i].record != message->descriptor)
			continue;
		slot = json_slot(&rows[i], message);
		json_put(object, rows[i].name, slot_json(&slot));
	}
	return object;
}
