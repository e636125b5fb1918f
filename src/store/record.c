/* SPDX-License-Identifier: MIT */
/*
 * Records to rows and back. The message type of a table stands in tables.def;
 * what does not unpack is damage.
 */
#include "store/record.h"

#include <string.h>

#include "store/private.h"

#define PACK_ON_STACK 4096

static const ProtobufCMessageDescriptor *const records[TABLE_COUNT] = {
#define T(id, prefix, db, key, record, grows)                                  \
	[TABLE_##id] = &rec__##record##__descriptor,
#include "store/tables.def"
#undef T
};

/* Rows of a list that stand beside the record they belong to: the second
 * number of their key is not 0. */
static const ProtobufCMessageDescriptor *const beside[TABLE_COUNT] = {
    [TABLE_TICKET] = &rec__flag__descriptor,
    [TABLE_CUSTOMER] = &rec__customer_ticket__descriptor,
};

static const ProtobufCMessageDescriptor *
descriptor_of(const struct key *key)
{
	size_t at = key_start(key->table);

	if (beside[key->table] == NULL)
		return records[key->table];
	(void)key_get_u64(key, &at);
	return key_get_u64(key, &at) == 0 ? records[key->table]
					  : beside[key->table];
}

ProtobufCMessage *
record_unpack(const struct key *key, struct slice value, GError **error)
{
	ProtobufCMessage *message = protobuf_c_message_unpack(descriptor_of(
								  key),
	    &record_allocator, value.len, value.bytes);

	if (message != NULL)
		return message;
	g_autofree char *hex = key_hex(
	    (struct slice){.bytes = key->bytes, .len = key->len});
	return fail_null(error, ERR_DAMAGED,
	    "row %s of table %s is no record of its kind", hex,
	    table_name(key->table));
}

enum found
record_find(const struct view *view, const struct key *key,
    ProtobufCMessage **out, GError **error)
{
	struct slice value;
	ProtobufCMessage *message;
	enum found found = view_get(view, key, &value, error);

	if (found != FOUND_YES)
		return found;
	message = record_unpack(key, value, error);
	if (message == NULL)
		return FOUND_ERROR;
	*out = message;
	return FOUND_YES;
}

/* The id a person knows the row by: the first number behind the prefix. */
static uint64_t
shown_id(const struct key *key)
{
	size_t at = key_start(key->table);

	return key_get_u64(key, &at);
}

bool
record_load(const struct view *view, const struct key *key,
    ProtobufCMessage **out, GError **error)
{
	enum found found = record_find(view, key, out, error);

	if (found == FOUND_NO) {
		g_autofree char *name = g_ascii_strdown(table_name(key->table),
		    -1);
		return fail(error, ERR_NOT_FOUND, "there is no %s %" PRIu64,
		    name, shown_id(key));
	}
	return found == FOUND_YES;
}

bool
record_save(struct wtxn *w, const struct key *key,
    const ProtobufCMessage *message, GError **error)
{
	size_t len = protobuf_c_message_get_packed_size(message);
	uint8_t on_stack[PACK_ON_STACK];
	g_autofree uint8_t *heap = NULL;
	uint8_t *bytes = on_stack;

	assert(message->descriptor == descriptor_of(key));
	if (len > sizeof(on_stack))
		bytes = heap = g_malloc(len);
	(void)protobuf_c_message_pack(message, bytes);
	return wtxn_put(w, key, bytes, len, error);
}

void
record_free(ProtobufCMessage **message)
{
	if (*message != NULL)
		protobuf_c_message_free_unpacked(*message, &record_allocator);
	*message = NULL;
}

void
record_free_any(void *message_pointer)
{
	record_free(message_pointer);
}

void
record_set(char **field, const char *value)
{
	char *copy = g_strdup(value);

	/* protobuf-c's empty default is a constant that must not be freed. */
	if (*field != protobuf_c_empty_string)
		g_free(*field);
	*field = copy;
}
