/* SPDX-License-Identifier: MIT */
/*
 * Records to JSON and back, by their rows in fields.def: what has no row is
 * neither shown nor taken. Works on protobuf-c's descriptors; knows no store:
 * names of references are looked up by the caller. Any thread.
 */
#ifndef MODEL_JSON_H
#define MODEL_JSON_H

#include <jansson.h>

#include "base/base.h"
#include "base/err.h"
#include "model.pb-c.h"

enum json_format {
	JSON_FORMAT_LINE,
	JSON_FORMAT_TEXT,
	JSON_FORMAT_WORD,
	JSON_FORMAT_NUMBER,
	JSON_FORMAT_BOOL,
	JSON_FORMAT_TIME,
	JSON_FORMAT_LINES,
	JSON_FORMAT_ADDRESSES,
	JSON_FORMAT_MAILBOX,
	JSON_FORMAT_CATEGORY,
	JSON_FORMAT_CUSTOMER,
	JSON_FORMAT_USER,
	JSON_FORMAT_TICKET,
};

enum json_access { JSON_ACCESS_READ, JSON_ACCESS_WRITE };

struct json_field {
	const ProtobufCMessageDescriptor *record;
	const char *name;
	enum json_access access;
	enum json_format format;
	unsigned max;
};

/* The rows, for tests and help. */
const struct json_field *json_fields(size_t *count_out);

/* Gives the id of a reference; 0 for "none". */
struct json_lookup {
	bool (*find)(void *arg, enum json_format kind, const char *name,
	    uint64_t *id_out, GError **error);
	void *arg;
};

/* A new object of all fields that are shown; what is not there is null,
 * an empty list, false or 0. */
json_t *json_of_record(const ProtobufCMessage *message);
/* Takes the members of `fields`, as JSON or as the text of a command line
 * ("on", "3", "a@b,c@d"); null or an empty text takes a value away. An
 * unknown or read-only field is ERR_INVALID and named; `message` may then be
 * changed in part. Its memory is GLib's, as loading gives it. */
bool json_into_record(const json_t *fields, ProtobufCMessage *message,
    const struct json_lookup *lookup, GError **error) MUST_CHECK;

/* A text of the store as JSON, null for NULL; never fails. */
json_t *json_text(const char *text);
/* An RFC 3339 time. */
json_t *json_time(int64_t wall_us);
/* Takes `value`. */
void json_put(json_t *object, const char *name, json_t *value);
/* A member as text, NULL if it is not there; numbers are written into `room`
 * (24 bytes). */
const char *json_member(const json_t *object, const char *name, char *room);
/* Printed in one line; g_free. */
char *json_line(const json_t *value);

#endif
