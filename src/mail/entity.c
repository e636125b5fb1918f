/* SPDX-License-Identifier: MIT */
/*
 * Header fields of an entity. The first of each name counts. The type is read
 * here, its parameters and those of the disposition by word_parameter. What an
 * unknown word means is in tables.
 */
#include "mail/entity.h"

#include <string.h>

#include "base/text.h"
#include "mail/name.h"
#include "mail/parse.h"
#include "mail/word.h"

#define FIELDS_MAX 500
#define VALUE_MAX  ((size_t)16 * 1024)
#define WORD_MAX   200 /* bytes of a type, a charset, a cid */

/* The fields that an entity is made of; NULL: not there. */
struct said {
	const struct field *type, *encoding, *disposition, *id;
};

/* Transfer encodings by the letters and digits they begin with, whatever
 * stands between: "base 64", "\"Quoted-Printable\"", "x-uue". */
static const struct encoding {
	const char *word;
	Rec__Part__Encoding encoding;
} encodings[] = {
    {"base64",  REC__PART__ENCODING__BASE64          },
    {"b64",     REC__PART__ENCODING__BASE64          },
    {"xbase64", REC__PART__ENCODING__BASE64          },
    {"qp",      REC__PART__ENCODING__QUOTED_PRINTABLE},
    {"quoted",  REC__PART__ENCODING__QUOTED_PRINTABLE},
    {"xuu",     REC__PART__ENCODING__UUENCODE        },
    {"uu",      REC__PART__ENCODING__UUENCODE        },
};

/* Types that are no types, and what their writers meant. */
static const struct meant {
	const char *said;
	const char *type;
} meants[] = {
    {"html",      "text/html"      },
    {"text/htm",  "text/html"      },
    {"multipart", "multipart/mixed"},
    {"pdf",       "application/pdf"},
};

static char *
clean_word(const char *text)
{
	char *word;

	if (text == NULL || *text == '\0')
		return NULL;
	word = text_cut(text_clean_line(text, strnlen(text, VALUE_MAX)),
	    WORD_MAX);
	if (*word == '\0')
		g_clear_pointer(&word, g_free);
	return word;
}

static Rec__Part__Encoding
encoding_of(const struct field *field)
{
	char word[20];
	size_t n = 0;

	for (size_t i = 0; i < field->value_len && n < sizeof(word) - 1; i++)
		if (g_ascii_isalnum(field->value[i]))
			word[n++] = g_ascii_tolower(field->value[i]);
	word[n] = '\0';
	for (size_t i = 0; i < COUNT(encodings); i++)
		if (RULE_ON(&encodings[i]) &&
		    g_str_has_prefix(word, encodings[i].word))
			return encodings[i].encoding;
	return REC__PART__ENCODING__IDENTITY;
}

static bool
is_token(char c)
{
	return c > ' ' && c < 0x7f && strchr("()<>@,;:\\\"[]?=/", c) == NULL;
}

/* The length of "type/subtype" or of one word at `text`. */
static size_t
type_len(const char *text)
{
	size_t n = 0;

	while (is_token(text[n]))
		n++;
	if (text[n] == '/' && n > 0 && is_token(text[n + 1]))
		for (n++; is_token(text[n]);)
			n++;
	return n;
}

static const char *
meant_by(const char *said, const char *otherwise)
{
	for (size_t i = 0; i < COUNT(meants); i++)
		if (RULE_ON(&meants[i]) && g_str_equal(meants[i].said, said))
			return meants[i].type;
	return strchr(said, '/') != NULL ? said : otherwise;
}

/* Splits a Content-Type into a clean type and its parameters. */
static void
read_type(struct entity *e, const struct field *field, const char *otherwise)
{
	g_autofree char *text = field_text(field, VALUE_MAX);
	const char *at = text + strspn(text, " \"'");
	const size_t n = type_len(at);
	g_autofree char *said = g_ascii_strdown(at, (gssize)MIN(n, WORD_MAX));
	const char *type = meant_by(said, otherwise);
	const char *rest = at + n;

	e->has_type = n > 0;
	e->type = g_strdup(type);
	if (*rest == '/')
		rest += strcspn(rest, "; \t");
	rest += strspn(rest, " \t\"',;");
	e->parameters = g_strdup(rest);
}

/* A disposition that is neither, but names a file, means an attachment
 * (RFC 2183, 2.8). */
static void
read_disposition(struct entity *e, const struct field *field)
{
	g_autofree char *text = field_text(field, VALUE_MAX);
	const char *word = text + strspn(text, " \"'");
	const char *rest = strchr(word, ';');

	e->says_attachment = g_ascii_strncasecmp(word, "attachment", 10) == 0;
	e->says_inline = g_ascii_strncasecmp(word, "inline", 6) == 0;
	if (rest != NULL) {
		g_autofree char *name = word_parameter(rest, "filename");

		e->name = name_clean(name);
	}
	if (!e->says_inline && e->name != NULL)
		e->says_attachment = true;
}

static char *
read_id(const struct field *field)
{
	g_autofree char *text = field_text(field, VALUE_MAX);
	char *id = text + strspn(text, " <");

	id[strcspn(id, ">")] = '\0';
	return clean_word(id);
}

static void
find_fields(struct said *said, const struct fields *f)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct field *field = &f->at[i];

		if ((field->name[0] | 0x20) != 'c')
			continue;
		if (said->type == NULL && field_is(field, "Content-Type"))
			said->type = field;
		else if (said->encoding == NULL &&
		    field_is(field, "Content-Transfer-Encoding"))
			said->encoding = field;
		else if (said->disposition == NULL &&
		    field_is(field, "Content-Disposition"))
			said->disposition = field;
		else if (said->id == NULL && field_is(field, "Content-ID"))
			said->id = field;
	}
}

void
entity_read(struct entity *e, const struct fields *f, const char *default_type)
{
	struct said said = {0};
	g_autofree char *charset = NULL;

	find_fields(&said, f);
	if (said.type != NULL)
		read_type(e, said.type, "text/plain");
	if (said.encoding != NULL)
		e->encoding = encoding_of(said.encoding);
	if (said.disposition != NULL)
		read_disposition(e, said.disposition);
	if (said.id != NULL)
		e->cid = read_id(said.id);
	if (e->name == NULL) {
		g_autofree char *name = entity_parameter(e, "name");

		e->name = name_clean(name);
	}
	if (e->type == NULL || (!e->has_type && e->says_attachment)) {
		g_free(e->type);
		e->type = g_strdup(e->says_attachment && e->name != NULL
			? name_type(e->name)
			: default_type);
	}
	charset = entity_parameter(e, "charset");
	e->charset = clean_word(charset);
}

void
entity_read_at(struct entity *e, const uint8_t *raw, size_t from, size_t end,
    const char *default_type)
{
	AUTO(fields_drop) struct fields f = {0};

	e->body = from;
	e->end = end;
	if (from < end && !line_is_blank(raw, from, line_end(raw, end, from)))
		fields_init(&f, raw + from, end - from, FIELDS_MAX);
	else
		e->body = from < end ? line_end(raw, end, from) : end;
	if (f.count > 0)
		e->body = from + f.body_offset;
	entity_read(e, &f, default_type);
}

void
entity_drop(struct entity *e)
{
	g_clear_pointer(&e->type, g_free);
	g_clear_pointer(&e->name, g_free);
	g_clear_pointer(&e->cid, g_free);
	g_clear_pointer(&e->charset, g_free);
	g_clear_pointer(&e->parameters, g_free);
}

char *
entity_parameter(const struct entity *e, const char *name)
{
	return e->parameters == NULL ? NULL
				     : word_parameter(e->parameters, name);
}

bool
entity_is(const struct entity *e, const char *type)
{
	return g_str_equal(e->type, type);
}

bool
entity_is_a(const struct entity *e, const char *prefix)
{
	return g_str_has_prefix(e->type, prefix);
}

bool
entity_rules(size_t i, struct rule_table *out)
{
	static const struct rule_table tables[] = {
	    RULE_TABLE("mime", encodings),
	    RULE_TABLE("mime", meants),
	};

	if (i >= COUNT(tables))
		return false;
	*out = tables[i];
	return true;
}
