/* SPDX-License-Identifier: MIT */
/*
 * Header fields as they stand in the bytes. A field starts in column one with
 * a name and a colon; lines that begin with a blank belong to the one above
 * (RFC 5322, 2.2.3). What is neither is passed over: real mailers write such
 * lines, and a parser that stops there loses the rest of the header. Only at
 * its end they are taken for a body whose blank line was forgotten.
 */
#include "mail/field.h"

#include <string.h>

size_t
line_end(const uint8_t *bytes, size_t len, size_t at)
{
	const uint8_t *lf = memchr(bytes + at, '\n', len - at);

	return lf == NULL ? len : (size_t)(lf - bytes) + 1;
}

/* Most mails have few dashes: this is faster than to look for LF first. */
size_t
line_with_dashes(const uint8_t *bytes, size_t len, size_t at)
{
	while (at < len) {
		const uint8_t *dash = memchr(bytes + at, '-', len - at);

		if (dash == NULL)
			return len;
		at = (size_t)(dash - bytes);
		if ((at == 0 || bytes[at - 1] == '\n') && len - at >= 2 &&
		    bytes[at + 1] == '-')
			return at;
		while (at < len && bytes[at] == '-')
			at++;
	}
	return len;
}

bool
line_is_blank(const uint8_t *bytes, size_t at, size_t end)
{
	while (at < end && (bytes[at] == '\r' || bytes[at] == '\n'))
		at++;
	return at == end;
}

size_t
fields_skip_envelope(const uint8_t *bytes, size_t len)
{
	size_t at = 0;

	if (len > 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
		at = 3; /* somebody's editor put a byte order mark there */
	while (at < len && (bytes[at] == '\r' || bytes[at] == '\n'))
		at++;
	if (len - at > 5 && memcmp(bytes + at, "From ", 5) == 0)
		return line_end(bytes, len, at);
	if (len - at > 6 && memcmp(bytes + at, ">From ", 6) == 0)
		return line_end(bytes, len, at);
	return at;
}

/* A field out of its first line; false if that line is none. */
static bool
field_start(struct field *field, const uint8_t *bytes, size_t at, size_t end)
{
	const char *line = (const char *)bytes + at;
	const char *colon = memchr(line, ':', end - at);

	if (colon == NULL || colon == line || colon - line > 998)
		return false;
	field->name = line;
	field->name_len = (uint32_t)(colon - line);
	while (field->name_len > 0 &&
	    (line[field->name_len - 1] == ' ' ||
		line[field->name_len - 1] == '\t'))
		field->name_len--;
	field->value = colon + 1;
	field->value_len = (uint32_t)(line + (end - at) - field->value);
	return field->name_len > 0 &&
	    memchr(line, ' ', field->name_len) == NULL;
}

/* The lines since the last field that are none. */
struct tail {
	size_t at; /* where they begin */
	unsigned lines;
	bool is_prose; /* no pieces of fields */
	bool is_html;
};

/* What stood in a field before somebody unfolded it: "name=...", an id, or a
 * field with too long a name. */
static bool
is_of_field(const uint8_t *bytes, size_t at, size_t end)
{
	const size_t from = at;

	while (at < end && bytes[at] > ' ' && bytes[at] != '=' &&
	    bytes[at] != ':' && bytes[at] != '@')
		at++;
	return at > from && at < end && bytes[at] > ' ' && bytes[from] != '-';
}

static void
add_to_tail(struct tail *tail, const uint8_t *bytes, size_t at, size_t end)
{
	const bool is_of_one = is_of_field(bytes, at, end);

	if (bytes[at] == ' ' || bytes[at] == '\t')
		return;
	if (tail->lines == 0)
		*tail = (struct tail){.at = at,
		    .is_prose = true,
		    .is_html = bytes[at] == '<' && !is_of_one};
	if (tail->lines++ < 2) /* by then it is known; prose has colons too */
		tail->is_prose &= !is_of_one || tail->is_html;
}

/* Two lines, or all there is, or a tag. */
static bool
is_body(const struct tail *tail, bool is_all)
{
	return tail->lines > 0 && tail->is_prose &&
	    (tail->lines > 1 || tail->is_html || is_all);
}

/* Reads one line; `current` tells whether a field is open. */
static bool
take_line(GArray *list, const uint8_t *bytes, size_t at, size_t end,
    bool current)
{
	struct field field, *last;

	if (bytes[at] == ' ' || bytes[at] == '\t') {
		if (current) {
			last = &g_array_index(list, struct field,
			    list->len - 1);
			last->value_len = (uint32_t)((const char *)bytes + end -
			    last->value);
		}
		return current;
	}
	if (!field_start(&field, bytes, at, end))
		return false;
	g_array_append_val(list, field);
	return true;
}

static void
read_lines(struct fields *f, GArray *list, const uint8_t *bytes, size_t len,
    size_t max)
{
	size_t at = fields_skip_envelope(bytes, len);
	struct tail tail = {0};
	bool current = false;

	while (at < len && list->len < max) {
		const size_t end = line_end(bytes, len, at);
		const guint count = list->len;

		if (line_is_blank(bytes, at, end)) {
			f->header_len = at;
			f->body_offset = end;
			break;
		}
		current = take_line(list, bytes, at, end, current);
		if (list->len > count)
			tail.lines = 0;
		else if (!current && count > 0)
			add_to_tail(&tail, bytes, at, end);
		at = end;
	}
	if (is_body(&tail, at >= len))
		f->header_len = f->body_offset = tail.at;
}

void
fields_init(struct fields *f, const uint8_t *bytes, size_t len, size_t max)
{
	GArray *list = g_array_new(FALSE, FALSE, sizeof(struct field));

	len = MIN(len, (size_t)1 << 30);
	f->header_len = f->body_offset = len;
	read_lines(f, list, bytes, len, max);
	f->count = list->len;
	f->at = (struct field *)(void *)g_array_free(list, FALSE);
}

void
fields_drop(struct fields *f)
{
	g_clear_pointer(&f->at, g_free);
	f->count = 0;
}

bool
field_is(const struct field *field, const char *name)
{
	/* Most fields are another one: told by the first letter. */
	return ((*field->name ^ *name) & 0x5F) == 0 &&
	    strlen(name) == field->name_len &&
	    g_ascii_strncasecmp(field->name, name, field->name_len) == 0;
}

unsigned
fields_count(const struct fields *f, const char *name)
{
	unsigned count = 0;

	for (size_t i = 0; i < f->count; i++)
		count += field_is(&f->at[i], name);
	return count;
}

const struct field *
fields_find(const struct fields *f, const char *name)
{
	for (size_t i = 0; i < f->count; i++)
		if (field_is(&f->at[i], name))
			return &f->at[i];
	return NULL;
}

char *
field_text(const struct field *field, size_t max)
{
	const size_t len = MIN(field->value_len, max);
	char *text = g_malloc(len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		const char c = field->value[i];

		if (c == '\0' || c == '\n' || c == '\r')
			continue;
		if (n > 0 || (c != ' ' && c != '\t'))
			text[n++] = c == '\t' ? ' ' : c;
	}
	while (n > 0 && text[n - 1] == ' ')
		n--;
	text[n] = '\0';
	return text;
}

char *
fields_text(const struct fields *f, const char *name, size_t max)
{
	const struct field *field = fields_find(f, name);

	return field == NULL ? NULL : field_text(field, max);
}
