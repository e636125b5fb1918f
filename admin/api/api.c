/* SPDX-License-Identifier: MIT */
/* References, pages and numbers of the resource functions; see api.h. */
#include "admin/api/api.h"

#include <string.h>

#include "base/text.h"
#include "desk/customer.h"

/* How a kind is found: its table, and its names if it has any. */
struct kind {
	enum json_format format;
	const char *word;
	enum table table;
	enum name_kind names; /* 0: none */
	bool is_pair;         /* the record is (id, 0) of its table */
};

static const struct kind kinds[] = {
    {JSON_FORMAT_MAILBOX,  "mailbox",  TABLE_MAILBOX,  NAME_MAILBOX,         false},
    {JSON_FORMAT_CATEGORY, "category", TABLE_CATEGORY, NAME_CATEGORY,        false},
    {JSON_FORMAT_CUSTOMER, "customer", TABLE_CUSTOMER, NAME_CUSTOMER_NUMBER,
     true									 },
    {JSON_FORMAT_USER,     "user",     TABLE_USER,     NAME_USER,            false},
    {JSON_FORMAT_TICKET,   "ticket",   TABLE_TICKET,   0,                    true },
};

static const struct kind *
kind_of(enum json_format format)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (kinds[i].format == format)
			return &kinds[i];
	return NULL;
}

static struct key
kind_key(const struct kind *kind, uint64_t id)
{
	return kind->is_pair ? key_2(kind->table, id, 0)
			     : key_1(kind->table, id);
}

static enum found
find_by_id(const struct view *view, const struct kind *kind, const char *name,
    uint64_t *id_out, GError **error)
{
	struct key key;
	struct slice value;

	if (name[0] == '#' && kind->format == JSON_FORMAT_TICKET)
		name++;
	if (!g_ascii_string_to_unsigned(name, 10, 1, INT64_MAX, id_out, NULL))
		return FOUND_NO;
	key = kind_key(kind, *id_out);
	return view_get(view, &key, &value, error);
}

/* An address names a customer if it is nobody else's too. */
static enum found
find_by_address(const struct view *view, const char *address, uint64_t *id_out,
    GError **error)
{
	struct customer_id ids[CUSTOMERS_OF_ADDRESS_MAX];
	size_t count;

	if (!customer_list_by_address(view, address, ids, &count, error))
		return FOUND_ERROR;
	if (count > 1)
		return fail_found(error, ERR_CONFLICT,
		    "%s belongs to several customers; give an id", address);
	if (count == 0)
		return FOUND_NO;
	*id_out = ids[0].n;
	return FOUND_YES;
}

static enum found
find_by_name(const struct view *view, const struct kind *kind, const char *name,
    uint64_t *id_out, GError **error)
{
	if (kind->format == JSON_FORMAT_CUSTOMER && strchr(name, '@') != NULL)
		return find_by_address(view, name, id_out, error);
	if (kind->names == 0 || name[0] == '\0')
		return FOUND_NO;
	return name_find(view, kind->names, name, id_out, error);
}

bool
api_find(const struct view *view, enum json_format format, const char *name,
    uint64_t *id_out, GError **error)
{
	const struct kind *kind = kind_of(format);
	enum found found;

	assert(kind != NULL);
	*id_out = 0;
	if (strcmp(name, "none") == 0)
		return true;
	found = find_by_id(view, kind, name, id_out, error);
	if (found == FOUND_NO)
		found = find_by_name(view, kind, name, id_out, error);
	if (found == FOUND_NO)
		return fail(error, ERR_NOT_FOUND, "there is no %s %s",
		    kind->word, name);
	return found == FOUND_YES;
}

static bool
lookup_find(void *arg, enum json_format kind, const char *name,
    uint64_t *id_out, GError **error)
{
	return api_find(arg, kind, name, id_out, error);
}

struct json_lookup
api_lookup(const struct view *view)
{
	return (struct json_lookup){
	    .find = lookup_find,
	    .arg = (void *)(uintptr_t)view,
	};
}

bool
api_id(const struct api_call *call, enum json_format kind, uint64_t *id_out,
    GError **error)
{
	if (call->id == NULL || call->id[0] == '\0')
		return fail(error, ERR_USAGE, "which %s? give its id%s",
		    kind_of(kind)->word,
		    kind_of(kind)->names != 0 ? " or name" : "");
	if (!api_find(call->view, kind, call->id, id_out, error))
		return false;
	if (*id_out == 0)
		return fail(error, ERR_NOT_FOUND, "there is no %s none",
		    kind_of(kind)->word);
	return true;
}

bool
api_argument(const struct api_call *call, enum json_format kind,
    const char *name, uint64_t *id_out, GError **error)
{
	char room[API_NUMBER_ROOM];
	const char *text = json_member(call->fields, name, room);

	if (text == NULL || text[0] == '\0' ||
	    json_object_size(call->fields) != 1)
		return fail(error, ERR_USAGE, "give %s=%s, and nothing else",
		    name, kind_of(kind)->word);
	if (!api_find(call->view, kind, text, id_out, error))
		return false;
	return *id_out != 0 ||
	    fail(error, ERR_NOT_FOUND, "there is no %s none",
		kind_of(kind)->word);
}

bool
api_number(const char *text, const char *what, uint64_t *id_out, GError **error)
{
	if (text == NULL)
		return fail(error, ERR_USAGE, "which %s? give its id", what);
	if (!g_ascii_string_to_unsigned(text, 10, 1, INT64_MAX, id_out, NULL))
		return fail(error, ERR_NOT_FOUND, "there is no %s %s", what,
		    text);
	return true;
}

json_t *
api_name(const struct view *view, enum json_format format, uint64_t id)
{
	const struct kind *kind = kind_of(format);
	struct key key = kind_key(kind, id);
	AUTO(record_free) ProtobufCMessage *message = NULL;
	const ProtobufCFieldDescriptor *field;

	if (id == 0 || record_find(view, &key, &message, NULL) != FOUND_YES)
		return json_null();
	field =
	    protobuf_c_message_descriptor_get_field_by_name(message->descriptor,
		"name");
	return json_text(*(char **)(void *)((char *)message + field->offset));
}

size_t
api_limit(const struct api_call *call)
{
	char room[API_NUMBER_ROOM];
	const char *text = json_member(call->request, "limit", room);
	uint64_t limit;

	if (text == NULL ||
	    !g_ascii_string_to_unsigned(text, 10, 1, UINT64_MAX, &limit, NULL))
		return API_LIMIT_DEFAULT;
	return (size_t)MIN(limit, API_LIMIT_MAX);
}

uint64_t
api_cursor(const struct api_call *call)
{
	char room[API_NUMBER_ROOM];
	const char *text = json_member(call->request, "cursor", room);
	uint64_t after;

	if (text == NULL ||
	    !g_ascii_string_to_unsigned(text, 10, 1, UINT64_MAX, &after, NULL))
		return 0;
	return after;
}

json_t *
api_page(json_t *items, uint64_t next)
{
	json_t *page = json_object();
	g_autofree char *cursor = NULL;

	if (next != 0)
		cursor = g_strdup_printf("%" PRIu64, next);
	json_put(page, "items", items);
	json_put(page, "cursor", json_text(cursor));
	return page;
}

bool
api_only(const struct api_call *call, const char *const *allowed,
    GError **error)
{
	json_t *fields = (json_t *)(uintptr_t)call->fields; /* only read */
	g_autofree char *list = g_strjoinv(", ", (char **)(uintptr_t)allowed);
	const char *name;
	json_t *value;

	json_object_foreach(fields, name, value)
	{
		if (g_strv_contains(allowed, name))
			continue;
		if (allowed[0] == NULL)
			return fail(error, ERR_USAGE,
			    "there is no field %s; this takes none", name);
		return fail(error, ERR_USAGE,
		    "there is no field %s; there are: %s", name, list);
	}
	return true;
}

bool
api_switch(const struct api_call *call, const char *name, bool *on_out,
    GError **error)
{
	const json_t *given = json_object_get(call->fields, name);
	const char *word = json_string_value(given);

	*on_out = json_is_true(given) || g_strcmp0(word, "on") == 0;
	if (given == NULL || *on_out || json_is_false(given) ||
	    g_strcmp0(word, "off") == 0)
		return true;
	return fail(error, ERR_INVALID, "%s is on or off", name);
}
