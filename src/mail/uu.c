/* SPDX-License-Identifier: MIT */
/*
 * A file begins at a line with a mode and a name that a line of data or the
 * end follows; anything else that begins with "begin" is text. It ends with
 * its last line of data, if "end" got lost. Each byte is looked at a fixed
 * number of times, however many files begin.
 */
#include "mail/uu.h"

#include <string.h>

#include "mail/decode.h"
#include "mail/field.h"
#include "mail/name.h"
#include "mail/part.h"

#define MODE_MIN 3
#define MODE_MAX 4

struct uu_file {
	size_t begin;     /* of its first line */
	size_t from, end; /* its lines of data */
	size_t after;     /* where the text goes on */
	const uint8_t *name;
	size_t name_len;
	Rec__Part__Encoding encoding;
};

struct text_bytes {
	const uint8_t *p;
	size_t len;
};

/* The length of the line at `at`, without its end. */
static size_t
line_len(const struct text_bytes *t, size_t at)
{
	size_t end = line_end(t->p, t->len, at);

	while (end > at && (t->p[end - 1] == '\n' || t->p[end - 1] == '\r'))
		end--;
	return end - at;
}

static bool
line_is(const struct text_bytes *t, size_t at, const char *word)
{
	size_t n = line_len(t, at);

	while (n > 0 && (t->p[at + n - 1] == ' ' || t->p[at + n - 1] == '\t'))
		n--;
	return n == strlen(word) && memcmp(t->p + at, word, n) == 0;
}

/* "begin 644 name" or "begin-base64 644 name". */
static bool
read_begin(const struct text_bytes *t, size_t at, struct uu_file *file)
{
	static const char uu[] = "begin ", base64[] = "begin-base64 ";
	const size_t len = line_len(t, at);
	const uint8_t *line = t->p + at;
	size_t n = sizeof(uu) - 1, mode = 0;

	file->encoding = REC__PART__ENCODING__UUENCODE;
	if (len > sizeof(base64) && memcmp(line, base64, 13) == 0) {
		n = sizeof(base64) - 1;
		file->encoding = REC__PART__ENCODING__BASE64;
	} else if (len <= n || memcmp(line, uu, n) != 0) {
		return false;
	}
	while (n < len && line[n] >= '0' && line[n] <= '7') {
		n++;
		mode++;
	}
	if (mode < MODE_MIN || mode > MODE_MAX || n + 1 >= len ||
	    line[n] != ' ')
		return false;
	file->begin = at;
	file->name = line + n + 1;
	file->name_len = len - n - 1;
	file->from = line_end(t->p, t->len, at);
	return true;
}

static bool
is_last_line(const struct text_bytes *t, size_t at)
{
	return line_is(t, at, "`") || line_is(t, at, "");
}

static bool
find_uu_end(const struct text_bytes *t, struct uu_file *file)
{
	size_t at = file->from;

	while (at < t->len && !is_last_line(t, at) &&
	    decode_is_uu_line(t->p + at, line_len(t, at)))
		at = line_end(t->p, t->len, at);
	file->end = at;
	if (at < t->len && is_last_line(t, at))
		at = line_end(t->p, t->len, at);
	file->after = file->end;
	if (at < t->len && line_is(t, at, "end"))
		file->after = line_end(t->p, t->len, at);
	return file->after > file->from;
}

static bool
find_base64_end(const struct text_bytes *t, struct uu_file *file)
{
	size_t at = file->from;

	while (at < t->len && !line_is(t, at, "====")) {
		if (line_len(t, at) == 0 ||
		    memchr(t->p + at, ' ', line_len(t, at)) != NULL)
			break;
		at = line_end(t->p, t->len, at);
	}
	file->end = file->after = at;
	if (at < t->len && line_is(t, at, "===="))
		file->after = line_end(t->p, t->len, at);
	return file->end > file->from;
}

/* The next file at or behind `at`. */
static bool
find_file(const struct text_bytes *t, size_t at, struct uu_file *file)
{
	while (at < t->len) {
		const uint8_t *hit = memmem(t->p + at, t->len - at, "begin", 5);
		size_t from;

		if (hit == NULL)
			return false;
		from = (size_t)(hit - t->p);
		if ((from == 0 || t->p[from - 1] == '\n' ||
			t->p[from - 1] == '\r') &&
		    read_begin(t, from, file) &&
		    (file->encoding == REC__PART__ENCODING__UUENCODE
			    ? find_uu_end(t, file)
			    : find_base64_end(t, file)))
			return true;
		at = from + 5;
	}
	return false;
}

/* Where the file lies: in the bytes that the text's part is a range of, or in
 * its decoded content. */
static bool
add_file(const struct text_candidate *c, Rec__Mail *mail,
    const struct text_bytes *t, const struct uu_file *file)
{
	const bool plain = c->part->encoding == REC__PART__ENCODING__IDENTITY;
	g_autofree char *name = g_strndup((const char *)file->name,
	    MIN(file->name_len, 1000));
	Rec__Part *part = plain || c->part->inside == 0 ? part_add(mail) : NULL;

	if (part == NULL)
		return false;
	part_set_content(part, t->p, file->from, file->end, file->encoding);
	part->inside = plain ? c->part->inside : c->number;
	part->has_inside = part->inside != 0;
	if (plain)
		part->offset += c->part->offset;
	part->name = name_clean(name);
	part->type = g_strdup(name_type(part->name));
	part->attachment = true;
	return true;
}

GString *
uu_take(const struct text_candidate *c, Rec__Mail *mail, const uint8_t *bytes,
    size_t len)
{
	const struct text_bytes t = {bytes, len};
	GString *out = NULL;
	struct uu_file file;
	size_t at = 0;

	while (find_file(&t, at, &file)) {
		if (!add_file(c, mail, &t, &file))
			break;
		if (out == NULL)
			out = g_string_new(NULL);
		g_string_append_len(out, (const char *)bytes + at,
		    (gssize)(file.begin - at));
		at = file.after;
	}
	if (out != NULL)
		g_string_append_len(out, (const char *)bytes + at,
		    (gssize)(len - at));
	return out;
}
