/* SPDX-License-Identifier: MIT */
/*
 * The verbs of plain nouns: records with an id, shown and set by fields.def,
 * checked and stored by their functions in desk/. What differs is a row of
 * struct noun, in the noun's own file.
 */
#include "admin/api/api.h"

#include <string.h>

static struct key
noun_key(const struct noun *noun, uint64_t id)
{
	if (noun->table == TABLE_CUSTOMER)
		return key_2(noun->table, id, 0);
	return key_1(noun->table, id);
}

static bool
is_reference(enum json_format format)
{
	return format >= JSON_FORMAT_MAILBOX && format <= JSON_FORMAT_USER;
}

/* A customer is numbered by its id unless it has a number. */
static void
number_put(json_t *customer, uint64_t id)
{
	g_autofree char *number = g_strdup_printf("%" PRIu64, id);

	if (json_is_null(json_object_get(customer, "number")))
		json_put(customer, "number", json_text(number));
}

static void
progress_put(json_t *object, const ProtobufCMessage *message)
{
	g_autofree char *progress = job_progress((const Rec__Job *)message);

	json_put(object, "progress", json_text(progress));
}

/* Addresses to which a mail failed for good (IN-26). */
static void
bouncing_put(json_t *object, const ProtobufCMessage *message)
{
	const Rec__Customer *customer = (const Rec__Customer *)message;
	json_t *list = json_array();

	for (size_t i = 0; i < customer->n_addresses; i++)
		if (customer->addresses[i]->bouncing)
			(void)json_array_append_new(list,
			    json_text(customer->addresses[i]->address));
	json_put(object, "bouncing", list);
}

json_t *
noun_json(const struct view *view, uint64_t id, const ProtobufCMessage *message)
{
	json_t *shown = json_of_record(message);
	json_t *object = json_object();
	size_t count;
	const struct json_field *row = json_fields(&count);

	json_put(object, "id", json_integer((json_int_t)id));
	(void)json_object_update(object, shown);
	for (size_t i = 0; i < count; i++) {
		g_autofree char *label = g_strconcat(row[i].name, "_name",
		    NULL);

		if (row[i].record != message->descriptor ||
		    !is_reference(row[i].format))
			continue;
		json_put(object, label,
		    api_name(view, row[i].format,
			(uint64_t)json_integer_value(
			    json_object_get(shown, row[i].name))));
	}
	if (message->descriptor == &rec__customer__descriptor) {
		number_put(object, id);
		bouncing_put(object, message);
	}
	if (message->descriptor == &rec__job__descriptor)
		progress_put(object, message);
	json_decref(shown);
	return object;
}

/* ---- lists --------------------------------------------------------------- */

static bool
text_matches(const json_t *value, const char *wanted)
{
	char room[API_NUMBER_ROOM];

	if (json_is_boolean(value))
		return strcmp(wanted, json_is_true(value) ? "on" : "off") == 0;
	if (json_is_integer(value)) {
		(void)g_snprintf(room, sizeof(room), "%" JSON_INTEGER_FORMAT,
		    json_integer_value(value));
		return strcmp(room, wanted) == 0;
	}
	return g_strcmp0(json_string_value(value), wanted) == 0;
}

static bool
matches(const json_t *object, const char *name, const char *wanted)
{
	const json_t *value = json_object_get(object, name);
	g_autofree char *label = g_strconcat(name, "_name", NULL);
	const json_t *by_name = json_object_get(object, label);

	for (size_t i = 0; i < json_array_size(value); i++)
		if (text_matches(json_array_get(value, i), wanted))
			return true;
	return text_matches(value, wanted) ||
	    (by_name != NULL && text_matches(by_name, wanted));
}

static bool
passes(const struct api_call *call, const json_t *object)
{
	json_t *all = (json_t *)(uintptr_t)call->fields; /* only walked */
	char room[API_NUMBER_ROOM];
	const char *name;
	json_t *value;

	json_object_foreach(all, name, value)
	{
		const char *wanted = json_member(call->fields, name, room);

		if (wanted == NULL || !matches(object, name, wanted))
			return false;
	}
	return true;
}

static bool
filters_check(const struct api_call *call, GError **error)
{
	json_t *all = (json_t *)(uintptr_t)call->fields; /* only walked */
	size_t count;
	const struct json_field *row = json_fields(&count);
	const char *name;
	json_t *value;

	json_object_foreach(all, name, value)
	{
		size_t i = 0;

		while (i < count &&
		    (row[i].record != call->noun->record ||
			strcmp(row[i].name, name) != 0))
			i++;
		if (i == count)
			return fail(error, ERR_USAGE,
			    "a %s has no %s to look "
			    "for",
			    call->noun->name, name);
	}
	return true;
}

/* The id of the next record; customers' tickets lie between theirs. */
static enum found
next_record(const struct noun *noun, struct cursor *cursor, struct key *key,
    struct slice *value, GError **error)
{
	for (;;) {
		enum found found = cursor_next(cursor, key, value, error);
		size_t at = key_start(noun->table);
		uint64_t id;
		struct key end;

		if (found != FOUND_YES || noun->table != TABLE_CUSTOMER)
			return found;
		id = key_get_u64(key, &at);
		if (key_get_u64(key, &at) == 0)
			return FOUND_YES;
		end = key_2(noun->table, id, UINT64_MAX);
		cursor_after(cursor, &end);
	}
}

struct listing {
	const struct api_call *call;
	struct cursor *cursor;
	json_t *items;
	size_t limit;
	size_t scanned;
	uint64_t last;
	bool is_over;
};

static bool
list_one(struct listing *l, GError **error)
{
	const struct noun *noun = l->call->noun;
	AUTO(record_free) ProtobufCMessage *message = NULL;
	struct key key;
	struct slice value;
	size_t at = key_start(noun->table);
	enum found found = next_record(noun, l->cursor, &key, &value, error);
	json_t *object;

	l->is_over = found != FOUND_YES;
	if (l->is_over)
		return found == FOUND_NO;
	message = record_unpack(&key, value, error);
	if (message == NULL)
		return false;
	l->scanned++;
	l->last = key_get_u64(&key, &at);
	object = noun_json(l->call->view, l->last, message);
	if (passes(l->call, object))
		(void)json_array_append(l->items, object);
	json_decref(object);
	return true;
}

static bool
list_all(struct listing *l, GError **error)
{
	while (!l->is_over && json_array_size(l->items) < l->limit &&
	    l->scanned < API_SCAN_MAX)
		if (!list_one(l, error))
			return false;
	return true;
}

json_t *
noun_list(const struct api_call *call, GError **error)
{
	struct key prefix = key_of(call->noun->table);
	AUTO(cursor_free) struct cursor *cursor = NULL;
	struct listing l = {.call = call, .limit = api_limit(call)};
	uint64_t after = api_cursor(call);

	if (!filters_check(call, error))
		return NULL;
	cursor = cursor_new(call->view, &prefix, ASCENDING, error);
	if (cursor == NULL)
		return NULL;
	if (after != 0) {
		struct key key = noun_key(call->noun, after);

		cursor_after(cursor, &key);
	}
	l.cursor = cursor;
	l.items = json_array();
	if (list_all(&l, error))
		return api_page(l.items, l.is_over ? 0 : l.last);
	json_decref(l.items);
	return NULL;
}

/* ---- one ----------------------------------------------------------------- */

static bool
noun_load(const struct api_call *call, uint64_t *id_out, ProtobufCMessage **out,
    GError **error)
{
	struct key key;

	if (call->noun->kind == JSON_FORMAT_NUMBER) {
		if (!api_number(call->id, call->noun->name, id_out, error))
			return false;
	} else if (!api_id(call, call->noun->kind, id_out, error)) {
		return false;
	}
	key = noun_key(call->noun, *id_out);
	return record_load(call->view, &key, out, error);
}

json_t *
noun_show(const struct api_call *call, GError **error)
{
	AUTO(record_free) ProtobufCMessage *message = NULL;
	uint64_t id;

	if (!noun_load(call, &id, &message, error))
		return NULL;
	return noun_json(call->view, id, message);
}

static ProtobufCMessage *
noun_new(const struct api_call *call)
{
	ProtobufCMessage *message = g_malloc0(
	    call->noun->record->sizeof_message);

	protobuf_c_message_init(call->noun->record, message);
	call->noun->start(message, wtxn_now(call->w));
	return message;
}

static json_t *
noun_store(const struct api_call *call, uint64_t id, ProtobufCMessage *message,
    GError **error)
{
	const struct json_lookup lookup = api_lookup(call->view);

	if (!json_into_record(call->fields, message, &lookup, error) ||
	    !call->noun->save(call->w, &id, message, error))
		return NULL;
	return noun_json(call->view, id, message);
}

json_t *
noun_add(const struct api_call *call, GError **error)
{
	AUTO(record_free) ProtobufCMessage *message = noun_new(call);

	return noun_store(call, 0, message, error);
}

json_t *
noun_set(const struct api_call *call, GError **error)
{
	AUTO(record_free) ProtobufCMessage *message = NULL;
	uint64_t id;

	if (json_object_size(call->fields) == 0)
		return fail_null(error, ERR_USAGE,
		    "what shall be set? give FIELD=VALUE");
	if (!noun_load(call, &id, &message, error))
		return NULL;
	return noun_store(call, id, message, error);
}

json_t *
noun_remove(const struct api_call *call, GError **error)
{
	AUTO(record_free) ProtobufCMessage *message = NULL;
	uint64_t id;
	json_t *gone;

	if (!noun_load(call, &id, &message, error))
		return NULL;
	gone = noun_json(call->view, id, message);
	if (call->noun->remove(call->w, id, error))
		return gone;
	json_decref(gone);
	return NULL;
}
