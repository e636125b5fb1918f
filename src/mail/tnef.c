/* SPDX-License-Identifier: MIT */
/*
 * A bounded reader of our own instead of libytnef: that one is GPL, prints to
 * standard output, copies every value, believes the sizes it reads, and gives
 * no offsets, which are all that a Part needs. Here each step is checked
 * against the bytes that are left, nothing is copied but names, and a message
 * in a message is followed to a small depth. Each byte is looked at once per
 * depth.
 */
#include "mail/tnef.h"

#include <string.h>

#include "mail/charset.h"
#include "mail/codepage.h"

#define SIGNATURE 0x223e9f78U
#define DEPTH_MAX 4
#define NAME_LEN  2048 /* bytes of a name, a type */
#define ROWS_MAX  20000

/* Attributes of the stream. */
enum {
	ATT_TITLE = 0x8010,
	ATT_DATA = 0x800f,
	ATT_BODY = 0x800c,
	ATT_REND_DATA = 0x9002, /* begins an attachment */
	ATT_PROPERTIES = 0x9003,
	ATT_ATTACHMENT = 0x9005,
	ATT_CODEPAGE = 0x9007,
};

/* Types of MAPI values. */
enum {
	PT_SHORT = 0x02,
	PT_LONG = 0x03,
	PT_FLOAT = 0x04,
	PT_ERROR = 0x0a,
	PT_BOOLEAN = 0x0b,
	PT_OBJECT = 0x0d,
	PT_STRING8 = 0x1e,
	PT_UNICODE = 0x1f,
	PT_CLSID = 0x48,
	PT_BINARY = 0x102,
	PT_MANY = 0x1000,
};

/* MAPI properties. */
enum {
	PR_BODY = 0x1000,
	PR_RTF = 0x1009,
	PR_HTML = 0x1013,
	PR_DISPLAY_NAME = 0x3001,
	PR_DATA = 0x3701,
	PR_FILENAME = 0x3704,
	PR_LONG_FILENAME = 0x3707,
	PR_MIME_TAG = 0x370e,
	PR_CONTENT_ID = 0x3712,
	PR_CODEPAGE = 0x3fde,
	FIRST_NAMED = 0x8000,
};

struct range {
	size_t from, end;
};

struct value {
	unsigned property;
	unsigned type;
	struct range at;
};

/* An attachment as it comes together, attribute by attribute. */
struct attachment {
	char *title, *display, *short_name, *long_name, *type, *cid;
	struct range data;
	bool has_data;
	bool is_message;
};

struct reader {
	const uint8_t *p;
	size_t max;
	GArray *items;
	char codepage[CODEPAGE_MAX];
	unsigned depth;
	unsigned rows; /* properties read so far */
	struct attachment now;
	bool is_open; /* an attachment is */
};

static uint32_t
u16(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t
u32(const uint8_t *p)
{
	return u16(p) | u16(p + 2) << 16;
}

static void
item_clear(gpointer element)
{
	struct tnef_item *item = element;

	g_free(item->name);
	g_free(item->type);
	g_free(item->cid);
	g_free(item->charset);
}

static void
add_item(struct reader *r, struct tnef_item *item)
{
	item->inner = r->depth > 0;
	if (r->items->len < r->max)
		g_array_append_vals(r->items, item, 1);
	else
		item_clear(item);
}

/* A string up to its NUL, decoded; takes the place of an earlier one. */
static void
set_text(const struct reader *r, char **to, const struct value *v)
{
	const size_t len = MIN(v->at.end - v->at.from, NAME_LEN);
	const bool wide = v->type == PT_UNICODE;
	bool bad = false;
	char *text;

	if (wide)
		text = charset_decode("utf-16le",
		    (const char *)r->p + v->at.from, len & ~(size_t)1, &bad);
	else
		text = charset_decode(r->codepage,
		    (const char *)r->p + v->at.from,
		    strnlen((const char *)r->p + v->at.from, len), &bad);
	g_free(*to);
	*to = text;
	if (*text == '\0')
		g_clear_pointer(to, g_free);
}

static void
attachment_drop(struct attachment *a)
{
	g_free(a->title);
	g_free(a->display);
	g_free(a->short_name);
	g_free(a->long_name);
	g_free(a->type);
	g_free(a->cid);
	*a = (struct attachment){0};
}

static bool read_stream(struct reader *r, struct range at);

/* A message in the message: its files are files of the whole, and so is its
 * text. */
static void
read_inner(struct reader *r, const struct attachment *a)
{
	struct reader inner = *r;

	inner.now = (struct attachment){0};
	inner.is_open = false;
	inner.depth++;
	if (inner.depth < DEPTH_MAX)
		(void)read_stream(&inner, a->data);
	r->rows = inner.rows;
}

static char *
take_name(struct attachment *a)
{
	char **const names[] = {&a->long_name, &a->title, &a->short_name,
	    &a->display};

	for (size_t i = 0; i < COUNT(names); i++)
		if (*names[i] != NULL)
			return g_steal_pointer(names[i]);
	return NULL;
}

static void
finish_attachment(struct reader *r)
{
	struct attachment *a = &r->now;
	struct tnef_item item = {
	    .kind = TNEF_FILE,
	    .offset = a->data.from,
	    .length = a->data.end - a->data.from,
	};

	if (r->is_open && a->is_message) {
		read_inner(r, a);
	} else if (r->is_open && a->has_data) {
		item.name = take_name(a);
		item.type = g_steal_pointer(&a->type);
		item.cid = g_steal_pointer(&a->cid);
		add_item(r, &item);
	}
	attachment_drop(a);
	r->is_open = false;
}

/* A message's text, its trailing NUL left out. */
static void
add_body(struct reader *r, enum tnef_kind kind, const struct value *v)
{
	struct tnef_item item = {
	    .kind = kind,
	    .offset = v->at.from,
	    .length = v->at.end - v->at.from,
	};

	if (kind == TNEF_PLAIN && v->type == PT_UNICODE) {
		item.charset = g_strdup("utf-16le");
		if (item.length >= 2 && u16(r->p + v->at.end - 2) == 0)
			item.length -= 2;
	} else if (kind != TNEF_RTF) {
		item.charset = g_strdup(r->codepage);
		if (v->type != PT_BINARY && item.length > 0 &&
		    r->p[v->at.end - 1] == 0)
			item.length--;
	}
	if (item.length > 0)
		add_item(r, &item);
	else
		item_clear(&item);
}

static void
take_message_value(struct reader *r, const struct value *v)
{
	switch (v->property) {
	case PR_BODY:
		add_body(r, TNEF_PLAIN, v);
		break;
	case PR_HTML:
		add_body(r, TNEF_HTML, v);
		break;
	case PR_RTF:
		add_body(r, TNEF_RTF, v);
		break;
	case PR_CODEPAGE:
		if (v->type == PT_LONG)
			codepage_label(r->codepage, u32(r->p + v->at.from));
		break;
	default:
		break;
	}
}

/* The data of an attachment; an object's begins with the id of what it is,
 * and a message is a TNEF stream of its own. */
static void
take_data(struct reader *r, const struct value *v)
{
	struct range at = v->at;

	if (v->type == PT_OBJECT)
		at.from = MIN(at.from + 16, at.end);
	r->now.data = at;
	r->now.has_data = true;
	r->now.is_message = v->type == PT_OBJECT && at.end - at.from > 6 &&
	    u32(r->p + at.from) == SIGNATURE;
}

static void
take_attachment_value(struct reader *r, const struct value *v)
{
	const struct {
		unsigned property;
		char **to;
	} names[] = {
	    {PR_DISPLAY_NAME,  &r->now.display   },
	    {PR_FILENAME,      &r->now.short_name},
	    {PR_LONG_FILENAME, &r->now.long_name },
	    {PR_MIME_TAG,      &r->now.type      },
	    {PR_CONTENT_ID,    &r->now.cid       },
	};

	if (v->property == PR_DATA)
		take_data(r, v);
	if (v->type != PT_STRING8 && v->type != PT_UNICODE)
		return;
	for (size_t i = 0; i < COUNT(names); i++)
		if (names[i].property == v->property)
			set_text(r, names[i].to, v);
}

/* Bytes of a value of this type; 0: it has a length of its own. */
static size_t
value_size(unsigned type)
{
	switch (type) {
	case PT_SHORT:
	case PT_LONG:
	case PT_FLOAT:
	case PT_ERROR:
	case PT_BOOLEAN:
		return 4;
	case PT_OBJECT:
	case PT_STRING8:
	case PT_UNICODE:
	case PT_BINARY:
		return 0;
	case PT_CLSID:
		return 16;
	default:
		return 8;
	}
}

static size_t
padded(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

/* Moves over a length and so many bytes; false if they are not there. */
static bool
read_sized(const struct reader *r, struct range *left, struct range *out)
{
	size_t n;

	if (left->end - left->from < 4)
		return false;
	n = u32(r->p + left->from);
	left->from += 4;
	if (n > left->end - left->from)
		return false;
	*out = (struct range){left->from, left->from + n};
	left->from += MIN(padded(n), left->end - left->from);
	return true;
}

/* The name of a property that has one: a GUID, and a number or a text. */
static bool
skip_name(const struct reader *r, struct range *left)
{
	struct range name;

	if (left->end - left->from < 24)
		return false;
	if (u32(r->p + left->from + 16) == 0) {
		left->from += 24;
		return true;
	}
	left->from += 20;
	return read_sized(r, left, &name);
}

/* One value of `size` bytes, or of a length of its own if that is 0. */
static bool
read_one(const struct reader *r, struct range *left, size_t size,
    struct range *out)
{
	if (size == 0)
		return read_sized(r, left, out);
	if (size > left->end - left->from)
		return false;
	*out = (struct range){left->from, left->from + size};
	left->from += size;
	return true;
}

static bool
read_u32(const struct reader *r, struct range *left, uint32_t *out)
{
	if (left->end - left->from < 4)
		return false;
	*out = u32(r->p + left->from);
	left->from += 4;
	return true;
}

/* One property; of several values the first counts. */
static bool
read_value(const struct reader *r, struct range *left, struct value *v)
{
	uint32_t tag, count = 1;
	size_t size;
	bool many;

	if (!read_u32(r, left, &tag))
		return false;
	v->property = tag >> 16;
	v->type = tag & 0xffff & ~(unsigned)PT_MANY;
	many = (tag & PT_MANY) != 0;
	if (v->property >= FIRST_NAMED && !skip_name(r, left))
		return false;
	size = value_size(v->type);
	if ((size == 0 || many) && !read_u32(r, left, &count))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		struct range at;

		if (!read_one(r, left, size, &at))
			return false;
		if (i == 0)
			v->at = at;
	}
	return count > 0;
}

static void
read_properties(struct reader *r, struct range left,
    void (*take)(struct reader *, const struct value *))
{
	uint32_t count;

	if (left.end - left.from < 4)
		return;
	count = u32(r->p + left.from);
	left.from += 4;
	for (uint32_t i = 0; i < count && r->rows < ROWS_MAX; i++) {
		struct value v = {0};

		r->rows++;
		if (!read_value(r, &left, &v))
			return;
		take(r, &v);
	}
}

static void
take_attribute(struct reader *r, unsigned id, struct range at)
{
	const struct value text = {.type = PT_STRING8, .at = at};

	switch (id) {
	case ATT_REND_DATA:
		finish_attachment(r);
		r->is_open = true;
		break;
	case ATT_TITLE:
		set_text(r, &r->now.title, &text);
		break;
	case ATT_DATA:
		r->now.data = at;
		r->now.has_data = true;
		break;
	case ATT_ATTACHMENT:
		read_properties(r, at, take_attachment_value);
		break;
	case ATT_PROPERTIES:
		read_properties(r, at, take_message_value);
		break;
	case ATT_BODY:
		add_body(r, TNEF_PLAIN, &text);
		break;
	case ATT_CODEPAGE:
		if (at.end - at.from >= 4)
			codepage_label(r->codepage, u32(r->p + at.from));
		break;
	default:
		break;
	}
}

/* Signature, key, then attributes: level, id, type, length, data, sum. */
static bool
read_stream(struct reader *r, struct range at)
{
	if (at.end - at.from < 6 || u32(r->p + at.from) != SIGNATURE)
		return false;
	at.from += 6;
	while (at.end - at.from >= 9) {
		const unsigned id = u16(r->p + at.from + 1);
		size_t n = u32(r->p + at.from + 5);

		if (r->p[at.from] != 1 && r->p[at.from] != 2)
			break;
		at.from += 9;
		n = MIN(n, at.end - at.from);
		take_attribute(r, id, (struct range){at.from, at.from + n});
		at.from += n;
		at.from += MIN(2, at.end - at.from);
	}
	finish_attachment(r);
	return true;
}

GArray *
tnef_read(const uint8_t *bytes, size_t len, size_t max)
{
	struct reader r = {.p = bytes, .max = max, .codepage = "windows-1252"};

	r.items = g_array_new(FALSE, FALSE, sizeof(struct tnef_item));
	g_array_set_clear_func(r.items, item_clear);
	if (!read_stream(&r, (struct range){0, len}))
		g_clear_pointer(&r.items, g_array_unref);
	return r.items;
}
