/* SPDX-License-Identifier: MIT */
/*
 * The entities of a mail are walked once, depth first. Each leaf becomes a
 * Part; texts that are no attachment are noted as candidates, each with the
 * innermost multipart/alternative it stands in, and mail/text chooses among
 * them. An embedded message is one Part (R36: its header steers nothing). What
 * holds parts of its own kind (winmail.dat, opaque signed mail) is opened by
 * mail/holder. Content is never lost: a multipart without any part in it is
 * read as the text it is.
 */
#include "mail/part.h"

#include <string.h>

#include "base/text.h"
#include "mail/boundary.h"
#include "mail/decode.h"
#include "mail/entity.h"
#include "mail/holder.h"
#include "mail/name.h"
#include "mail/parse.h"
#include "mail/prescan.h"
#include "mail/security.h"
#include "mail/text.h"

#define WALK_DEPTH_MAX (PRESCAN_DEPTH_MAX + 10)
#define DASH_LINES_MAX (2 * (size_t)PRESCAN_BOUNDARIES_MAX)

struct walk {
	Rec__Mail *mail;
	const uint8_t *raw;
	size_t len;
	struct dash_lines lines; /* empty until a multipart is met */
	struct text_candidates texts;
	unsigned groups;
	bool opens; /* winmail.dat and S/MIME */
};

/* What the multiparts around an entity say about it. */
struct around {
	const char *default_type;
	const char *root; /* of a multipart/related: its cid; NULL: the first */
	unsigned depth;
	unsigned group; /* of the innermost alternative; 0: none */
	bool related;
	bool is_root; /* of the innermost related, or in none */
};

/* Texts by type. */
static const struct text_type {
	const char *type;
	enum text_kind kind;
} text_types[] = {
    {"text/plain",            TEXT_PLAIN   },
    {"text/html",             TEXT_HTML    },
    {"application/xhtml+xml", TEXT_HTML    },
    {"text/markdown",         TEXT_PLAIN   },
    {"text/x-markdown",       TEXT_PLAIN   },
    {"text/enriched",         TEXT_ENRICHED},
    {"text/richtext",         TEXT_RICHTEXT},
    {"text/rtf",              TEXT_RTF     },
    {"text/richtextformat",   TEXT_RTF     },
    {"application/rtf",       TEXT_RTF     },
    {"application/x-rtf",     TEXT_RTF     },
    {"text/calendar",         TEXT_CALENDAR},
    {"text/x-vcalendar",      TEXT_CALENDAR},
    {"application/ics",       TEXT_CALENDAR},
};

/* What a program reads and no person: said again for watches and the like. */
static const char *const hidden_types[] = {
    "text/x-amp-html",
    "text/watch-html",
};

Rec__Part *
part_add(Rec__Mail *mail)
{
	Rec__Part *part;

	if (mail->n_parts == MAIL_PARTS_MAX) {
		mail->marks |= MARK_CUT;
		return NULL;
	}
	if (mail->parts == NULL)
		mail->parts = g_new(Rec__Part *, MAIL_PARTS_MAX);
	part = g_new(Rec__Part, 1);
	rec__part__init(part);
	part->has_offset = part->has_length = part->has_size = true;
	part->has_encoding = part->has_attachment = true;
	part->has_inline_part = true;
	mail->parts[mail->n_parts++] = part;
	return part;
}

void
part_set_content(Rec__Part *part, const uint8_t *bytes, size_t from, size_t end,
    Rec__Part__Encoding encoding)
{
	part->offset = from;
	part->length = end - from;
	part->encoding = encoding;
	if (encoding == REC__PART__ENCODING__BASE64 &&
	    decode_is_no_base64(bytes + from, part->length))
		part->encoding = REC__PART__ENCODING__IDENTITY;
	part->size = decode_bytes(NULL, bytes + from, part->length,
	    part->encoding);
}

static enum text_kind
text_kind_of(const struct entity *e)
{
	for (size_t i = 0; i < COUNT(text_types); i++)
		if (RULE_ON(&text_types[i]) && entity_is(e, text_types[i].type))
			return text_types[i].kind;
	if (e->name != NULL && g_str_has_suffix(e->name, ".ics"))
		return TEXT_CALENDAR;
	return entity_is_a(e, "text/") ? TEXT_OTHER : TEXT_NONE;
}

static bool
is_hidden(const struct entity *e)
{
	for (size_t i = 0; i < COUNT(hidden_types); i++)
		if (RULE_ON(&hidden_types[i]) && entity_is(e, hidden_types[i]))
			return true;
	return false;
}

/* May this text be the mail's, and is it a file all the same? A named text is
 * a file, unless it is the first; a text that pictures of a related stand
 * beside is one of them when it is not the root. */
static bool
is_body(const struct walk *w, const struct entity *e,
    const struct around *around)
{
	if (e->says_attachment ||
	    (around->related && !around->is_root && e->cid != NULL))
		return false;
	return e->name == NULL || w->texts.bodies == 0;
}

static void
add_text(struct walk *w, const struct entity *e, Rec__Part *part,
    const struct around *around)
{
	g_autofree char *format = entity_parameter(e, "format");
	g_autofree char *delsp = entity_parameter(e, "delsp");
	const enum text_kind kind = text_kind_of(e);
	struct text_candidate one = {
	    .part = part,
	    .bytes = w->raw,
	    .kind = kind,
	    .number = (unsigned)w->mail->n_parts,
	    .group = around->group,
	    .flowed = format != NULL &&
		g_ascii_strcasecmp(format, "flowed") == 0,
	    .delsp = delsp != NULL && g_ascii_strcasecmp(delsp, "yes") == 0,
	};

	if (kind == TEXT_NONE || (kind != TEXT_CALENDAR && is_hidden(e)))
		return;
	/* What has no name is of no use as a file. */
	if (e->name == NULL && (kind == TEXT_OTHER || e->says_attachment))
		one.use = USE_SPARE;
	else if (kind == TEXT_OTHER)
		return;
	else if (kind != TEXT_CALENDAR && !is_body(w, e, around))
		return;
	text_add(&w->texts, &one);
	part->attachment = one.use == USE_SPARE || kind == TEXT_CALENDAR ||
	    (e->name != NULL && (e->says_inline || kind == TEXT_RTF));
}

static void
add_leaf(struct walk *w, struct entity *e, const struct around *around)
{
	Rec__Part *part = part_add(w->mail);

	if (part == NULL)
		return;
	part_set_content(part, w->raw, e->body, e->end, e->encoding);
	part->type = g_strdup(e->type);
	part->charset = g_steal_pointer(&e->charset);
	part->name = e->name != NULL ? g_strdup(e->name) : name_of_cid(e->cid);
	part->cid = g_strdup(e->cid);
	part->inline_part = e->says_inline ||
	    (around->related && e->cid != NULL && !e->says_attachment);
	part->attachment = !is_hidden(e);
	add_text(w, e, part, around);
	if (part->attachment && part->name == NULL)
		part->name = name_of_type(part->type);
	if (part->attachment && w->opens)
		holder_open(&w->texts, w->mail, part, e, w->raw);
}

static void walk_entity(struct walk *w, struct entity *e,
    const struct around *around);

/* What stands where a multipart should be is shown as text. */
static void
walk_as_text(struct walk *w, struct entity *e, const struct around *around)
{
	g_free(e->type);
	e->type = g_strdup("text/plain");
	add_leaf(w, e, around);
}

static unsigned
walk_parts(struct walk *w, const struct entity *e, const char *boundary,
    const struct around *around)
{
	struct around inner = *around;
	struct split split;
	size_t from, end;
	unsigned count = 0;

	split_init(&split, &w->lines, boundary, e->body, e->end);
	while (split_next(&split, &from, &end)) {
		AUTO(entity_drop) struct entity part = {0};

		entity_read_at(&part, w->raw, from, end, around->default_type);
		if (around->related)
			inner.is_root = around->is_root &&
			    (around->root == NULL
				    ? count == 0
				    : g_strcmp0(part.cid, around->root) == 0);
		count++;
		walk_entity(w, &part, &inner);
	}
	return count;
}

static struct around
around_in(struct walk *w, const struct entity *e, const struct around *around,
    const char *root)
{
	struct around inner = *around;

	inner.depth++;
	inner.default_type = "text/plain";
	if (entity_is(e, "multipart/digest"))
		inner.default_type = "message/rfc822";
	if (entity_is(e, "multipart/alternative"))
		inner.group = ++w->groups;
	if (entity_is(e, "multipart/related")) {
		inner.related = true;
		inner.root = root;
	}
	return inner;
}

/* The Content-ID that a multipart/related starts with; NULL: none is said. */
static char *
root_of(const struct entity *e)
{
	g_autofree char *start = entity_is(e, "multipart/related")
	    ? entity_parameter(e, "start")
	    : NULL;
	const char *id;

	if (start == NULL || *start == '\0')
		return NULL;
	id = start + (*start == '<');
	return g_strndup(id, strcspn(id, ">"));
}

static void
walk_multipart(struct walk *w, struct entity *e, const struct around *around)
{
	g_autofree char *boundary = entity_parameter(e, "boundary");
	g_autofree char *root = root_of(e), *guess = NULL;
	struct around inner = around_in(w, e, around, root);

	security_read_multipart(w->mail, e);
	if (w->lines.at == NULL)
		dash_lines_init(&w->lines, w->raw, w->len, DASH_LINES_MAX);
	if (inner.depth > WALK_DEPTH_MAX)
		w->mail->marks |= MARK_CUT;
	else if (boundary != NULL && walk_parts(w, e, boundary, &inner) > 0)
		return;
	else
		guess = boundary_guess(&w->lines, e->body, e->end);
	if (guess == NULL || walk_parts(w, e, guess, &inner) == 0)
		walk_as_text(w, e, around);
}

static void
walk_message(struct walk *w, struct entity *e)
{
	Rec__Part *part = part_add(w->mail);

	if (part == NULL)
		return;
	part_set_content(part, w->raw, e->body, e->end, e->encoding);
	part->type = g_strdup(e->type);
	part->name = g_strdup(e->name);
	part->cid = g_strdup(e->cid);
	part->inline_part = e->says_inline;
	part->attachment = true;
}

static unsigned
number_parameter(const struct entity *e, const char *name)
{
	g_autofree char *text = entity_parameter(e, name);

	return text == NULL
	    ? 0
	    : (unsigned)MIN(g_ascii_strtoull(text, NULL, 10), G_MAXINT);
}

/* A fragment (RFC 2046, 5.2.2): the first holds the header of the whole, and
 * all of them text that a person can read some of. */
static void
walk_partial(struct walk *w, struct entity *e, const struct around *around)
{
	g_autofree char *id = entity_parameter(e, "id");
	const unsigned number = number_parameter(e, "number");
	AUTO(entity_drop) struct entity inner = {0};
	struct around below = *around;
	Rec__Part *part = part_add(w->mail);

	if (part == NULL)
		return;
	part_set_content(part, w->raw, e->body, e->end, e->encoding);
	part->type = g_strdup(e->type);
	if (w->mail->partial_id == NULL && id != NULL && number > 0) {
		w->mail->partial_id = text_cut(text_clean_line(id, strlen(id)),
		    MAIL_LINE_MAX);
		w->mail->has_partial_number = true;
		w->mail->partial_number = number;
		w->mail->partial_total = number_parameter(e, "total");
		w->mail->has_partial_total = w->mail->partial_total > 0;
	}
	below.depth++;
	below.default_type = "text/plain";
	entity_read_at(&inner, w->raw, e->body, e->end, "text/plain");
	if (number > 1)
		walk_as_text(w, e, around);
	else if (below.depth < WALK_DEPTH_MAX)
		walk_entity(w, &inner, &below);
}

static bool
is_message(const struct entity *e)
{
	return entity_is(e, "message/rfc822") ||
	    entity_is(e, "message/global") || entity_is(e, "message/news");
}

static void
walk_entity(struct walk *w, struct entity *e, const struct around *around)
{
	if (entity_is_a(e, "multipart/"))
		walk_multipart(w, e, around);
	else if (is_message(e))
		walk_message(w, e);
	else if (entity_is(e, "message/partial"))
		walk_partial(w, e, around);
	else
		add_leaf(w, e, around);
}

static void
walk(struct walk *w, const struct fields *f)
{
	const struct around around = {.default_type = "text/plain",
	    .is_root = true};
	AUTO(entity_drop)
	struct entity root = {.body = f->body_offset, .end = w->len};

	if (f->count == 0)
		root.body = fields_skip_envelope(w->raw, w->len);
	entity_read(&root, f, "text/plain");
	walk_entity(w, &root, &around);
	w->mail->text = text_choose(&w->texts, w->mail);
	text_candidates_drop(&w->texts);
	dash_lines_drop(&w->lines);
}

void
part_read(Rec__Mail *mail, const struct fields *f, const uint8_t *raw,
    size_t len)
{
	struct walk w = {.mail = mail, .raw = raw, .len = len, .opens = true};

	walk(&w, f);
}

void
part_read_signed(Rec__Mail *mail, const struct fields *f, const uint8_t *raw,
    size_t len)
{
	struct walk w = {.mail = mail, .raw = raw, .len = len};

	walk(&w, f);
}

bool
part_rules(size_t i, struct rule_table *out)
{
	static const struct rule_table tables[] = {
	    RULE_TABLE("text", text_types),
	    RULE_TABLE("text", hidden_types),
	};

	if (i >= COUNT(tables))
		return false;
	*out = tables[i];
	return true;
}
