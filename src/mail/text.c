/* SPDX-License-Identifier: MIT */
/*
 * Of an alternative the plain text is preferred, unless it is a stub that
 * points to the HTML; texts that stand beside each other follow one another.
 * Only what can still be shown is decoded: a text is read up to a bound.
 */
#include "mail/text.h"

#include <string.h>

#include "base/text.h"
#include "mail/charset.h"
#include "mail/gm.h"
#include "mail/html.h"
#include "mail/parse.h"

#define ENCODED_MAX ((size_t)3 * 1024 * 1024)   /* read of one text part */
#define DECODED_MAX ((size_t)2 * MAIL_TEXT_MAX) /* UTF-16 is twice as long */
#define STUB_MAX    400
#define STEP        ((size_t)16 * 1024)

static GMimeContentEncoding
gmime_encoding(Rec__Part__Encoding encoding)
{
	switch ((int)encoding) {
	case REC__PART__ENCODING__BASE64:
		return GMIME_CONTENT_ENCODING_BASE64;
	case REC__PART__ENCODING__QUOTED_PRINTABLE:
		return GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
	case REC__PART__ENCODING__UUENCODE:
		return GMIME_CONTENT_ENCODING_UUENCODE;
	default:
		return GMIME_CONTENT_ENCODING_BINARY;
	}
}

GBytes *
mail_part_decode(const uint8_t *encoded, size_t len,
    Rec__Part__Encoding encoding)
{
	GMimeEncoding state;
	size_t n;
	char *out;

	if (len == 0 || encoding == REC__PART__ENCODING__IDENTITY)
		return g_bytes_new(encoded, len);
	g_mime_encoding_init_decode(&state, gmime_encoding(encoding));
	out = g_malloc(g_mime_encoding_outlen(&state, len) + 64);
	n = g_mime_encoding_step(&state, (const char *)encoded, len, out);
	n += g_mime_encoding_flush(&state, NULL, 0, out + n);
	return g_bytes_new_take(out, n);
}

GBytes *
mail_part_content(const Rec__Mail *mail, const Rec__Part *part,
    const uint8_t *raw, size_t max)
{
	g_autoptr(GBytes) outer = NULL;
	const Rec__Part *around;
	size_t size, from;

	if (part->inside == 0)
		return mail_part_decode(raw + part->offset,
		    MIN(part->length, max), part->encoding);
	assert(part->inside <= mail->n_parts);
	around = mail->parts[part->inside - 1];
	assert(around->inside == 0);
	outer = mail_part_decode(raw + around->offset, around->length,
	    around->encoding);
	size = g_bytes_get_size(outer);
	from = MIN(part->offset, size);
	return mail_part_decode((const uint8_t *)g_bytes_get_data(outer, NULL) +
		from,
	    MIN(MIN(part->length, size - from), max), part->encoding);
}

uint64_t
part_decoded_size(const uint8_t *encoded, size_t len,
    Rec__Part__Encoding encoding)
{
	char out[STEP + 1024];
	GMimeEncoding state;
	uint64_t size = 0;

	if (encoding == REC__PART__ENCODING__IDENTITY)
		return len;
	g_mime_encoding_init_decode(&state, gmime_encoding(encoding));
	for (size_t at = 0; at < len; at += STEP)
		size += g_mime_encoding_step(&state, (const char *)encoded + at,
		    MIN(STEP, len - at), out);
	return size + g_mime_encoding_flush(&state, NULL, 0, out);
}

void
text_add(struct text_candidates *texts, const Rec__Part *part,
    enum text_kind kind, unsigned group)
{
	if (texts->count < TEXT_CANDIDATES_MAX)
		texts->at[texts->count++] = (struct text_candidate){part, kind,
		    group};
}

/* The text of one part, clean UTF-8. */
static char *
read_text(const struct text_candidate *c, Rec__Mail *mail, const uint8_t *raw)
{
	const size_t len = MIN(c->part->length, ENCODED_MAX);
	g_autoptr(GBytes) bytes = mail_part_decode(raw + c->part->offset, len,
	    c->part->encoding);
	g_autofree char *charset = g_strdup(c->part->charset);
	bool bad = false, cut = len < c->part->length;
	const char *data;
	char *text, *plain;
	size_t size = 0;

	data = g_bytes_get_data(bytes, &size);
	if (size == 0)
		return g_strdup("");
	cut |= size > DECODED_MAX;
	size = MIN(size, DECODED_MAX);
	if (charset == NULL && c->kind == TEXT_HTML)
		charset = html_charset(data, size);
	text = charset_decode(charset, data, size, &bad);
	if (c->kind == TEXT_HTML) {
		plain = html_to_text(text, strlen(text), &cut);
		g_free(text);
		text = plain;
	}
	cut |= strlen(text) > MAIL_TEXT_MAX;
	(void)text_cut(text, MAIL_TEXT_MAX);
	mail->marks |= (bad ? MARK_BAD_ENCODING : 0) | (cut ? MARK_CUT : 0);
	return text;
}

/* Does a plain text only say that there is an HTML one? */
static bool
is_stub(const char *plain)
{
	static const char *const words[] = {"html", "browser", "mail client",
	    "email client", "mail-programm"};
	g_autofree char *lower = NULL;

	if (plain[strspn(plain, " \t\n\xC2\xA0")] == '\0')
		return true;
	if (strlen(plain) > STUB_MAX)
		return false;
	lower = g_ascii_strdown(plain, -1);
	for (size_t i = 0; i < COUNT(words); i++)
		if (strstr(lower, words[i]) != NULL)
			return true;
	return false;
}

static void
append_text(GString *out, const char *text)
{
	size_t len = strlen(text);

	while (len > 0 && g_ascii_isspace(text[len - 1]))
		len--;
	if (len == 0)
		return;
	if (out->len > 0)
		g_string_append(out, "\n\n");
	g_string_append_len(out, text, (gssize)len);
}

/* All texts of one kind of a group, from candidate `first` on. */
static char *
read_group(const struct text_candidates *texts, size_t first,
    enum text_kind kind, Rec__Mail *mail, const uint8_t *raw)
{
	const unsigned group = texts->at[first].group;
	GString *out = g_string_new(NULL);

	for (size_t i = first; i < texts->count; i++) {
		const struct text_candidate *c = &texts->at[i];
		g_autofree char *text = NULL;

		if (c->group != group || c->kind != kind)
			continue;
		text = read_text(c, mail, raw);
		append_text(out, text);
		if (out->len > MAIL_TEXT_MAX)
			break;
	}
	return g_string_free(out, FALSE);
}

static bool
has_kind(const struct text_candidates *texts, size_t first, enum text_kind kind)
{
	for (size_t i = first; i < texts->count; i++)
		if (texts->at[i].group == texts->at[first].group &&
		    texts->at[i].kind == kind)
			return true;
	return false;
}

static char *
read_alternative(const struct text_candidates *texts, size_t first,
    Rec__Mail *mail, const uint8_t *raw)
{
	const bool has_html = has_kind(texts, first, TEXT_HTML);
	g_autofree char *plain = read_group(texts, first, TEXT_PLAIN, mail,
	    raw);
	char *html;

	if (!has_html || !is_stub(plain))
		return g_steal_pointer(&plain);
	html = read_group(texts, first, TEXT_HTML, mail, raw);
	if (strlen(html) > strlen(plain) / 2)
		return html;
	g_free(html);
	return g_steal_pointer(&plain);
}

/* Was the group of candidate i read at an earlier candidate? */
static bool
is_read(const struct text_candidates *texts, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (texts->at[k].group == texts->at[i].group)
			return true;
	return false;
}

char *
text_choose(const struct text_candidates *texts, Rec__Mail *mail,
    const uint8_t *raw)
{
	GString *out = g_string_new(NULL);

	for (size_t i = 0; i < texts->count; i++) {
		const struct text_candidate *c = &texts->at[i];
		g_autofree char *text = NULL;

		if (c->group != 0 && is_read(texts, i))
			continue;
		text = c->group == 0 ? read_text(c, mail, raw)
				     : read_alternative(texts, i, mail, raw);
		append_text(out, text);
		if (out->len > MAIL_TEXT_MAX)
			break;
	}
	if (out->len > MAIL_TEXT_MAX)
		mail->marks |= MARK_CUT;
	return text_cut(g_string_free(out, FALSE), MAIL_TEXT_MAX);
}
