/* SPDX-License-Identifier: MIT */
/*
 * What fuzz targets ask of every text that reading leaves behind (R38): valid
 * UTF-8, no controls, none of the marks of mail/mark.h. They abort.
 */
#ifndef TESTS_FUZZ_CHECK_H
#define TESTS_FUZZ_CHECK_H

#include <stdlib.h>
#include <string.h>

#include "mail/mark.h"
#include "model.pb-c.h"

#define CHECK_OR_ABORT(condition)                                              \
	do {                                                                   \
		if (!(condition))                                              \
			abort();                                               \
	} while (0)

/* Text of several lines; NULL is fine. */
static inline void
check_text(const char *text)
{
	if (text == NULL)
		return;
	CHECK_OR_ABORT(g_utf8_validate(text, -1, NULL));
	for (; *text != '\0'; text++)
		CHECK_OR_ABORT(((uint8_t)*text >= ' ' && *text != 0x7f) ||
		    *text == '\n' || *text == '\t');
}

static inline void
check_no_marks(const char *text)
{
	static const char *const marks[] = {MARK_HISTORY, MARK_SIGNATURE,
	    MARK_FORWARD, MARK_END};

	for (size_t i = 0; text != NULL && i < COUNT(marks); i++)
		CHECK_OR_ABORT(strstr(text, marks[i]) == NULL);
}

/* One line; NULL is fine. */
static inline void
check_line(const char *text)
{
	check_text(text);
	CHECK_OR_ABORT(text == NULL || strpbrk(text, "\n\t") == NULL);
}

/* Is anything but blanks in it? */
static inline bool
says_something(const char *text)
{
	return text != NULL && text[strspn(text, " \t\n")] != '\0';
}

static inline void check_strings(const ProtobufCMessage *message);

/* One value of a field: a string, a message, or what is of no concern. */
static inline void
check_value(const ProtobufCFieldDescriptor *f, const void *value)
{
	if (value == NULL)
		return;
	if (f->type == PROTOBUF_C_TYPE_STRING)
		check_text(value);
	else if (f->type == PROTOBUF_C_TYPE_MESSAGE)
		check_strings(value);
}

static inline const void *
pointer_at(const void *at)
{
	const void *pointer;

	memcpy(&pointer, at, sizeof(pointer));
	return pointer;
}

/* Every string field of a record, whatever its message. */
static inline void
check_strings(const ProtobufCMessage *message)
{
	const ProtobufCMessageDescriptor *d = message->descriptor;
	const char *base = (const char *)message;

	for (unsigned i = 0; i < d->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &d->fields[i];
		const char *at = base + f->offset;
		size_t count = 1;

		if (f->type != PROTOBUF_C_TYPE_STRING &&
		    f->type != PROTOBUF_C_TYPE_MESSAGE)
			continue;
		if (f->label == PROTOBUF_C_LABEL_REPEATED) {
			memcpy(&count, base + f->quantifier_offset,
			    sizeof(count));
			at = pointer_at(at);
		}
		for (size_t k = 0; k < count; k++)
			check_value(f, pointer_at(at + k * sizeof(void *)));
	}
}

#endif
