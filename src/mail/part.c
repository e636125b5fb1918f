/* SPDX-License-Identifier: MIT */
/*
 * The tree is walked once, depth first. Each leaf becomes a Part; text leaves
 * that are no attachment are noted as candidates, each with the innermost
 * multipart/alternative it stands in, and mail/text chooses among them. An
 * embedded message is one Part (R36: its header steers nothing); where it
 * ends GMime does not tell: at the next boundary of the multipart around it.
 */
#include "mail/part.h"

#include <string.h>

#include "base/text.h"
#include "mail/name.h"
#include "mail/parse.h"
#include "mail/text.h"

#define WALK_DEPTH_MAX 100

struct walk {
	Rec__Mail *mail;
	const uint8_t *raw;
	size_t len;
	struct text_candidates texts;
	unsigned groups;
};

/* What the multiparts around a part say about it. */
struct around {
	unsigned depth;
	unsigned group;       /* of the innermost alternative; 0: none */
	const char *boundary; /* of the innermost multipart; NULL: none */
	bool related;
};

static Rec__Part__Encoding
encoding_of(GMimePart *part)
{
	switch ((int)g_mime_part_get_content_encoding(part)) {
	case GMIME_CONTENT_ENCODING_BASE64:
		return REC__PART__ENCODING__BASE64;
	case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
		return REC__PART__ENCODING__QUOTED_PRINTABLE;
	case GMIME_CONTENT_ENCODING_UUENCODE:
		return REC__PART__ENCODING__UUENCODE;
	default:
		return REC__PART__ENCODING__IDENTITY;
	}
}

static Rec__Part *
add_part(struct walk *w)
{
	Rec__Part *part;

	if (w->mail->n_parts == MAIL_PARTS_MAX) {
		w->mail->marks |= MARK_CUT;
		return NULL;
	}
	if (w->mail->parts == NULL)
		w->mail->parts = g_new(Rec__Part *, MAIL_PARTS_MAX);
	part = g_new(Rec__Part, 1);
	rec__part__init(part);
	w->mail->parts[w->mail->n_parts++] = part;
	return part;
}

static char *
clean_word(const char *text)
{
	char *word;

	if (text == NULL || *text == '\0')
		return NULL;
	word = text_cut(text_clean_line(text, strlen(text)), 200);
	if (*word == '\0')
		g_clear_pointer(&word, g_free);
	return word;
}

static char *
type_of(GMimeObject *object)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	g_autofree char *text = NULL, *lower = NULL;

	if (type == NULL)
		return g_strdup("application/octet-stream");
	text = g_mime_content_type_get_mime_type(type);
	lower = g_ascii_strdown(text, -1);
	return clean_word(lower);
}

static char *
cid_of(GMimeObject *object)
{
	const char *id = g_mime_object_get_content_id(object);

	return clean_word(id);
}

static void
set_range(struct walk *w, Rec__Part *part, size_t offset, size_t end)
{
	end = MIN(end, w->len);
	offset = MIN(offset, end);
	part->has_offset = part->has_length = part->has_size = true;
	part->has_encoding = part->has_attachment = true;
	part->has_inline_part = true;
	part->offset = offset;
	part->length = end - offset;
	part->size = part->length;
}

static void
set_content(struct walk *w, Rec__Part *part, GMimePart *leaf)
{
	GMimeDataWrapper *content = g_mime_part_get_content(leaf);
	GMimeStream *stream = content == NULL
	    ? NULL
	    : g_mime_data_wrapper_get_stream(content);
	size_t from, end;

	if (stream == NULL) {
		set_range(w, part, 0, 0);
		return;
	}
	from = (size_t)MAX(stream->bound_start, 0);
	end = stream->bound_end < 0 ? w->len : (size_t)stream->bound_end;
	set_range(w, part, from, end);
	part->encoding = encoding_of(leaf);
	part->size = part_decoded_size(w->raw + part->offset, part->length,
	    part->encoding);
}

static bool
says_attachment(GMimeObject *object)
{
	const char *word = g_mime_object_get_disposition(object);

	return word != NULL && g_ascii_strcasecmp(word, "attachment") == 0;
}

static bool
says_inline(GMimeObject *object)
{
	const char *word = g_mime_object_get_disposition(object);

	return word != NULL && g_ascii_strcasecmp(word, "inline") == 0;
}

static enum text_kind
text_kind_of(const Rec__Part *part)
{
	if (g_str_equal(part->type, "text/html"))
		return TEXT_HTML;
	if (g_str_equal(part->type, "text/plain"))
		return TEXT_PLAIN;
	return TEXT_NONE;
}

/* Body or file? A named text is a file, unless it is all there is so far. */
static bool
is_body(const struct walk *w, const Rec__Part *part, GMimeObject *object)
{
	if (text_kind_of(part) == TEXT_NONE || says_attachment(object))
		return false;
	return part->name == NULL || w->texts.count == 0;
}

static void
walk_leaf(struct walk *w, GMimePart *leaf, const struct around *around)
{
	GMimeObject *object = GMIME_OBJECT(leaf);
	Rec__Part *part = add_part(w);

	if (part == NULL)
		return;
	set_content(w, part, leaf);
	part->type = type_of(object);
	part->charset = clean_word(
	    g_mime_object_get_content_type_parameter(object, "charset"));
	part->name = name_clean(g_mime_part_get_filename(leaf));
	part->cid = cid_of(object);
	if (is_body(w, part, object)) {
		text_add(&w->texts, part, text_kind_of(part), around->group);
		return;
	}
	part->inline_part = says_inline(object) ||
	    (around->related && part->cid != NULL && !says_attachment(object));
	part->attachment = !g_str_equal(part->type, "text/x-amp-html") &&
	    !g_str_has_suffix(part->type, "/delivery-status");
}

/* Where an embedded message ends. */
static size_t
message_end(const struct walk *w, size_t from, const char *boundary)
{
	g_autofree char *line = NULL;
	const uint8_t *hit;
	size_t end;

	if (boundary == NULL)
		return w->len;
	line = g_strconcat("\n--", boundary, NULL);
	hit = memmem(w->raw + from, w->len - from, line, strlen(line));
	end = hit == NULL ? w->len : (size_t)(hit - w->raw);
	return end > from && hit != NULL && w->raw[end - 1] == '\r' ? end - 1
								    : end;
}

static size_t
message_start(GMimeMessagePart *object)
{
	GMimeMessage *message = g_mime_message_part_get_message(object);
	GMimeHeaderList *list = message == NULL
	    ? NULL
	    : g_mime_object_get_header_list(GMIME_OBJECT(message));
	gint64 offset = -1;

	if (list != NULL && g_mime_header_list_get_count(list) > 0)
		offset = g_mime_header_get_offset(
		    g_mime_header_list_get_header_at(list, 0));
	return offset < 0 ? SIZE_MAX : (size_t)offset;
}

static void
walk_message(struct walk *w, GMimeMessagePart *object,
    const struct around *around)
{
	const size_t from = MIN(message_start(object), w->len);
	GMimeObject *base = GMIME_OBJECT(object);
	Rec__Part *part = add_part(w);

	if (part == NULL)
		return;
	set_range(w, part, from, message_end(w, from, around->boundary));
	part->type = type_of(base);
	part->name = name_clean(
	    g_mime_object_get_content_disposition_parameter(base, "filename"));
	if (part->name == NULL)
		part->name = name_clean(
		    g_mime_object_get_content_type_parameter(base, "name"));
	part->cid = cid_of(base);
	part->inline_part = says_inline(base);
	part->attachment = true;
}

static void walk_object(struct walk *w, GMimeObject *object,
    const struct around *around);

static void
walk_multipart(struct walk *w, GMimeMultipart *multipart,
    const struct around *around)
{
	GMimeContentType *type = g_mime_object_get_content_type(
	    GMIME_OBJECT(multipart));
	const int count = g_mime_multipart_get_count(multipart);
	struct around inner = *around;

	inner.depth++;
	inner.boundary = g_mime_multipart_get_boundary(multipart);
	inner.related |= g_mime_content_type_is_type(type, "multipart",
	    "related");
	if (g_mime_content_type_is_type(type, "multipart", "alternative"))
		inner.group = ++w->groups;
	if (inner.depth > WALK_DEPTH_MAX) {
		w->mail->marks |= MARK_CUT;
		return;
	}
	for (int i = 0; i < count; i++)
		walk_object(w, g_mime_multipart_get_part(multipart, i), &inner);
}

static void
walk_object(struct walk *w, GMimeObject *object, const struct around *around)
{
	if (object == NULL)
		return;
	if (GMIME_IS_MULTIPART(object))
		walk_multipart(w, GMIME_MULTIPART(object), around);
	else if (GMIME_IS_MESSAGE_PART(object))
		walk_message(w, GMIME_MESSAGE_PART(object), around);
	else if (GMIME_IS_PART(object))
		walk_leaf(w, GMIME_PART(object), around);
}

void
part_read(Rec__Mail *mail, GMimeObject *root, const uint8_t *raw, size_t len)
{
	const struct around around = {0};
	struct walk w = {.mail = mail, .raw = raw, .len = len};

	walk_object(&w, root, &around);
	mail->text = text_choose(&w.texts, mail, raw);
}
