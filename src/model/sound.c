/* SPDX-License-Identifier: MIT */
/*
 * The descriptor is walked along with the record: a new field is checked
 * without a line here. Depth is that of the schema, which knows no cycles.
 */
#include "model/sound.h"

/* One value: `at` is where it stands. */
static bool
value_is_sound(const ProtobufCFieldDescriptor *field, const char *at)
{
	const void *pointer;

	if (field->type == PROTOBUF_C_TYPE_ENUM)
		return protobuf_c_enum_descriptor_get_value(field->descriptor,
			   *(const int *)(const void *)at) != NULL;
	if (field->type != PROTOBUF_C_TYPE_STRING &&
	    field->type != PROTOBUF_C_TYPE_MESSAGE)
		return true;
	pointer = *(const void *const *)(const void *)at;
	if (pointer == NULL)
		return true;
	return field->type == PROTOBUF_C_TYPE_STRING
	    ? g_utf8_validate(pointer, -1, NULL)
	    : record_is_sound(pointer);
}

/* Of a value in a list. */
static size_t
size_of(const ProtobufCFieldDescriptor *field)
{
	const bool is_enum = field->type == PROTOBUF_C_TYPE_ENUM;

	return is_enum ? sizeof(int) : sizeof(void *);
}

static bool
is_checked(const ProtobufCFieldDescriptor *field)
{
	return field->type == PROTOBUF_C_TYPE_ENUM ||
	    field->type == PROTOBUF_C_TYPE_STRING ||
	    field->type == PROTOBUF_C_TYPE_MESSAGE;
}

static bool
list_is_sound(const ProtobufCFieldDescriptor *field, const char *message)
{
	const char *list = *(
	    const char *const *)(const void *)(message + field->offset);
	const size_t count = *(
	    const size_t *)(const void *)(message + field->quantifier_offset);

	for (size_t i = 0; i < count; i++)
		if (!value_is_sound(field, list + i * size_of(field)))
			return false;
	return true;
}

bool
record_is_sound(const ProtobufCMessage *message)
{
	const ProtobufCMessageDescriptor *descriptor = message->descriptor;
	const char *bytes = (const char *)message;

	for (unsigned i = 0; i < descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
		bool sound = true;

		if (!is_checked(field))
			continue;
		sound = field->label == PROTOBUF_C_LABEL_REPEATED
		    ? list_is_sound(field, bytes)
		    : value_is_sound(field, bytes + field->offset);
		if (!sound)
			return false;
	}
	return true;
}
