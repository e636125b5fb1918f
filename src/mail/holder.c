/* SPDX-License-Identifier: MIT */
/*
 * Outlook sends winmail.dat to those who cannot read it: its files are the
 * mail's files, and its text is the mail's if that has no other. Opaque
 * signed mail (RFC 8551, 3.5.2) is a MIME entity in a wrapping of DER: it is
 * read like a mail of its own, and what it says is the text. One level only
 * (see Part.inside).
 */
#include "mail/holder.h"

#include <string.h>

#include "mail/name.h"
#include "mail/parse.h"
#include "mail/part.h"
#include "mail/pkcs7.h"
#include "mail/security.h"
#include "mail/tnef.h"

struct holder {
	struct text_candidates *texts;
	Rec__Mail *mail;
	Rec__Part *part;
	const struct entity *e;
	const uint8_t *bytes; /* its content, kept with the candidates */
	size_t len;
	uint32_t number; /* of the part, from 1 */
};

static const struct body_kind {
	enum text_kind kind;
	const char *type;
	const char *name; /* when it is listed as a file */
	Rec__Part__Encoding encoding;
} body_kinds[] = {
    [TNEF_FILE] = {TEXT_NONE,  NULL,              NULL,           REC__PART__ENCODING__IDENTITY},
    [TNEF_PLAIN] = {TEXT_PLAIN, "text/plain",      "message.txt",
		   REC__PART__ENCODING__IDENTITY					       },
    [TNEF_HTML] = {TEXT_HTML,  "text/html",       "message.html",
		   REC__PART__ENCODING__IDENTITY					       },
    [TNEF_RTF] = {TEXT_RTF,   "application/rtf", "message.rtf",
		   REC__PART__ENCODING__LZFU						   },
};

static void
add_tnef_file(Rec__Part *part, struct tnef_item *item)
{
	part->name = name_clean(item->name);
	part->cid = g_steal_pointer(&item->cid);
	part->inline_part = part->cid != NULL;
	part->type = item->type != NULL && strchr(item->type, '/') != NULL
	    ? g_ascii_strdown(item->type, -1)
	    : g_strdup(name_type(part->name));
	part->attachment = true;
}

static void
add_tnef_body(const struct holder *h, Rec__Part *part, struct tnef_item *item,
    unsigned group)
{
	const struct body_kind *kind = &body_kinds[item->kind];
	const struct text_candidate one = {
	    .part = part,
	    .bytes = h->bytes,
	    .kind = kind->kind,
	    .use = USE_INNER,
	    .number = (unsigned)h->mail->n_parts,
	    .group = group,
	};

	part->type = g_strdup(kind->type);
	part->name = g_strdup(kind->name);
	part->charset = g_steal_pointer(&item->charset);
	part->attachment = item->inner;
	if (!item->inner)
		text_add(h->texts, &one);
}

static bool
add_tnef_item(const struct holder *h, struct tnef_item *item)
{
	/* Alternatives of one another; no multipart has such a number. */
	const unsigned group = G_MAXINT / 2 + h->number;
	Rec__Part *part = part_add(h->mail);

	if (part == NULL)
		return false;
	part->inside = h->number;
	part->has_inside = true;
	part_set_content(part, h->bytes, item->offset,
	    item->offset + item->length, body_kinds[item->kind].encoding);
	if (item->kind == TNEF_FILE)
		add_tnef_file(part, item);
	else
		add_tnef_body(h, part, item, group);
	return true;
}

static void
open_tnef(const struct holder *h)
{
	g_autoptr(GArray) items = tnef_read(h->bytes, h->len, MAIL_PARTS_MAX);
	bool seen[COUNT(body_kinds)] = {false};

	for (guint i = 0; items != NULL && i < items->len; i++) {
		struct tnef_item *item = &g_array_index(items, struct tnef_item,
		    i);

		/* The text stands there as an attribute and a property. */
		if (item->kind != TNEF_FILE && !item->inner) {
			if (seen[item->kind])
				continue;
			seen[item->kind] = true;
		}
		if (add_tnef_item(h, item))
			h->part->attachment = false;
	}
}

/* The parts of the signed entity, where its content lies in one piece. */
static void
adopt_parts(const struct holder *h, Rec__Mail *inner, size_t offset)
{
	for (size_t i = 0; i < inner->n_parts; i++) {
		const Rec__Part *from = inner->parts[i];
		Rec__Part *to = from->inside == 0 && from->attachment
		    ? part_add(h->mail)
		    : NULL;

		if (to == NULL)
			continue;
		to->inside = h->number;
		to->has_inside = true;
		to->offset = offset + from->offset;
		to->length = from->length;
		to->size = from->size;
		to->encoding = from->encoding;
		to->type = g_strdup(from->type);
		to->name = g_strdup(from->name);
		to->cid = g_strdup(from->cid);
		to->charset = g_strdup(from->charset);
		to->inline_part = from->inline_part;
		to->attachment = true;
	}
}

static void
read_signed(const struct holder *h, const struct pkcs7 *p)
{
	AUTO(fields_drop) struct fields f = {0};
	AUTO(mail_free) Rec__Mail *inner = g_new(Rec__Mail, 1);
	size_t len;
	const uint8_t *bytes = g_bytes_get_data(p->content, &len);
	struct text_candidate one = {
	    .part = h->part,
	    .kind = TEXT_READY,
	    .number = h->number,
	};

	rec__mail__init(inner);
	fields_init(&f, bytes, len, 500);
	part_read_signed(inner, &f, bytes, len);
	one.ready = g_steal_pointer(&inner->text);
	text_add(h->texts, &one);
	h->mail->marks |= inner->marks;
	if (p->in_one_piece)
		adopt_parts(h, inner, p->offset);
}

static void
open_pkcs7(const struct holder *h)
{
	static const Rec__Mail__Security kinds[] = {
	    [PKCS7_SIGNED] = REC__MAIL__SECURITY__SMIME_SIGNED,
	    [PKCS7_ENCRYPTED] = REC__MAIL__SECURITY__SMIME_ENCRYPTED,
	};
	AUTO(pkcs7_drop) struct pkcs7 p = {0};
	g_autofree char *said = entity_parameter(h->e, "smime-type");

	pkcs7_read(&p, h->bytes, h->len);
	if (p.kind == PKCS7_OTHER && said != NULL)
		p.kind = g_ascii_strcasecmp(said, "signed-data") == 0
		    ? PKCS7_SIGNED
		    : strstr(said, "nveloped") != NULL ? PKCS7_ENCRYPTED
						       : PKCS7_OTHER;
	if (p.kind != PKCS7_OTHER)
		security_add(h->mail, kinds[p.kind]);
	if (p.content != NULL)
		read_signed(h, &p);
}

/* By type, or by name where the type says nothing. */
static const struct opener {
	const char *type;
	const char *name;
	void (*open)(const struct holder *h);
} openers[] = {
    {"application/ms-tnef",      NULL,          open_tnef },
    {"application/vnd.ms-tnef",  NULL,          open_tnef },
    {NULL,		       "winmail.dat", open_tnef },
    {"application/pkcs7-mime",   NULL,          open_pkcs7},
    {"application/x-pkcs7-mime", NULL,          open_pkcs7},
    {NULL,		       "smime.p7m",   open_pkcs7},
};

static const struct opener *
find_opener(const struct entity *e)
{
	for (size_t i = 0; i < COUNT(openers); i++) {
		const struct opener *o = &openers[i];

		if (RULE_ON(o) &&
		    (o->type != NULL ? entity_is(e, o->type)
				     : e->name != NULL &&
				g_ascii_strcasecmp(e->name, o->name) == 0))
			return o;
	}
	return NULL;
}

void
holder_open(struct text_candidates *texts, Rec__Mail *mail, Rec__Part *part,
    const struct entity *e, const uint8_t *raw)
{
	const struct opener *opener = find_opener(e);
	struct holder h = {
	    .texts = texts,
	    .mail = mail,
	    .part = part,
	    .e = e,
	    .number = (uint32_t)mail->n_parts,
	};

	if (opener == NULL)
		return;
	h.len = part->size;
	h.bytes = text_keep(texts,
	    mail_part_decode(raw + part->offset, part->length, part->encoding));
	opener->open(&h);
}

bool
holder_rules(size_t i, struct rule_table *out)
{
	static const struct rule_table table = RULE_TABLE("mime", openers);

	if (i > 0)
		return false;
	*out = table;
	return true;
}
