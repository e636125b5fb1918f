/* SPDX-License-Identifier: MIT */
/*
 * The raw header of a mail, a part or a delivery report as a list of fields
 * that point into the bytes: what decisions are made on (R35), duplicates
 * and all. Linear, bounded; any thread, any process.
 */
#ifndef MAIL_FIELD_H
#define MAIL_FIELD_H

#include "base/base.h"

struct field {
	const char *name; /* borrowed, as is its value; not terminated */
	const char *value;
	uint32_t name_len;
	uint32_t value_len; /* folded, without the last line end */
};

struct fields {
	struct field *at;
	size_t count;
	size_t header_len;  /* bytes up to the blank line */
	size_t body_offset; /* first byte after it */
};

/* Reads at most `max` fields up to the first blank line. An mbox "From "
 * line at the start and lines without a colon are passed over. */
void fields_init(struct fields *f, const uint8_t *bytes, size_t len,
    size_t max);
void fields_drop(struct fields *f);

/* Bytes of an mbox line, blank lines or a byte order mark before the
 * header. */
size_t fields_skip_envelope(const uint8_t *bytes, size_t len);

bool field_is(const struct field *field, const char *name);
unsigned fields_count(const struct fields *f, const char *name);
/* The first of that name; NULL if none. */
const struct field *fields_find(const struct fields *f, const char *name);

/* The value unfolded and trimmed, not decoded, NULs left out; at most `max`
 * bytes. g_free the result. */
char *field_text(const struct field *field, size_t max);
/* field_text of the first of that name; NULL if none. */
char *fields_text(const struct fields *f, const char *name, size_t max);

/* The end of the line that starts at `at`: the offset after its LF. */
size_t line_end(const uint8_t *bytes, size_t len, size_t at);
/* The first line from `at` on, itself the start of one, that begins with
 * "--"; `len` if there is none. */
size_t line_with_dashes(const uint8_t *bytes, size_t len, size_t at);
bool line_is_blank(const uint8_t *bytes, size_t at, size_t end);

#endif
