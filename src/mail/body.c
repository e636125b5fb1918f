/* SPDX-License-Identifier: MIT */
/*
 * From the bytes of a part to text: transfer encoding, files in the text,
 * charset, then what its type asks for. What a label says is not believed
 * where the bytes say otherwise: HTML as text/plain, text as text/html.
 */
#include "mail/body.h"

#include <string.h>

#include "base/text.h"
#include "mail/armor.h"
#include "mail/calendar.h"
#include "mail/charset.h"
#include "mail/enriched.h"
#include "mail/flowed.h"
#include "mail/html.h"
#include "mail/parse.h"
#include "mail/rtf.h"
#include "mail/security.h"
#include "mail/uu.h"

#define DECODED_MAX ((size_t)2 * MAIL_TEXT_MAX) /* UTF-16 is twice as long */

/* What is being read. */
struct source {
	const struct text_candidate *c;
	Rec__Mail *mail;
	const char *data;
	size_t size;
	bool bad, cut;
};

/* NULL: there is none, the text is ready. */
static GBytes *
content_of(const struct text_candidate *c)
{
	const Rec__Part *part = c->part;

	if (c->kind == TEXT_READY)
		return NULL;
	if (part->encoding == REC__PART__ENCODING__IDENTITY)
		return g_bytes_new_static(c->bytes + part->offset,
		    part->length);
	return mail_part_decode(c->bytes + part->offset, part->length,
	    part->encoding);
}

static char *
decode(struct source *s, const char *charset)
{
	return charset_decode(charset, s->data, s->size, &s->bad);
}

static char *
read_html(struct source *s)
{
	g_autofree char *charset = g_strdup(s->c->part->charset);
	g_autofree char *html = NULL, *whole = NULL;

	if (charset == NULL)
		charset = html_charset(s->data, s->size);
	html = decode(s, charset);
	/* Text that only calls itself HTML keeps its lines. */
	if (strchr(html, '<') == NULL)
		whole = g_strconcat("<pre>", html, "</pre>", NULL);
	else
		whole = g_steal_pointer(&html);
	return html_to_text(whole, strlen(whole), &s->cut);
}

/* Some programs send the source of their HTML as the plain text. */
static bool
is_html_source(const char *data, size_t size)
{
	static const char *const starts[] = {"<!doctype html", "<html"};
	size_t at = 0;

	while (at < size && g_ascii_isspace(data[at]))
		at++;
	for (size_t i = 0; i < COUNT(starts); i++)
		if (size - at > strlen(starts[i]) &&
		    g_ascii_strncasecmp(data + at, starts[i],
			strlen(starts[i])) == 0)
			return true;
	return false;
}

static char *
read_plain(struct source *s)
{
	char *text;

	if (is_html_source(s->data, s->size))
		return read_html(s);
	text = decode(s, s->c->part->charset);
	if (s->c->flowed) {
		g_autofree char *fixed = g_steal_pointer(&text);

		text = flowed_join(fixed, s->c->delsp);
	}
	switch (armor_open(text)) {
	case ARMOR_SIGNED:
		security_add(s->mail, REC__MAIL__SECURITY__PGP_SIGNED);
		break;
	case ARMOR_ENCRYPTED:
		security_add(s->mail, REC__MAIL__SECURITY__PGP_ENCRYPTED);
		break;
	case ARMOR_NONE:
		break;
	}
	return text;
}

static char *
read_enriched(struct source *s)
{
	g_autofree char *text = decode(s, s->c->part->charset);

	return enriched_to_text(text);
}

static char *
read_richtext(struct source *s)
{
	g_autofree char *text = decode(s, s->c->part->charset);

	return richtext_to_text(text);
}

static char *
read_rtf(struct source *s)
{
	bool is_html = false;
	g_autofree char *text = rtf_to_text(s->data, s->size, &is_html);

	if (is_html)
		return html_to_text(text, strlen(text), &s->cut);
	return text_clean(text, strlen(text));
}

static char *(*const readers[])(struct source *) = {
    [TEXT_PLAIN] = read_plain,
    [TEXT_HTML] = read_html,
    [TEXT_ENRICHED] = read_enriched,
    [TEXT_RICHTEXT] = read_richtext,
    [TEXT_RTF] = read_rtf,
    [TEXT_OTHER] = read_plain,
    [TEXT_CALENDAR] = read_plain,
};

char *
body_read(const struct text_candidate *c, Rec__Mail *mail)
{
	g_autoptr(GBytes) bytes = content_of(c);
	g_autoptr(GString) rest = NULL;
	struct source s = {.c = c, .mail = mail};
	char *text;

	if (bytes == NULL)
		return g_strdup(c->ready);
	s.data = g_bytes_get_data(bytes, &s.size);
	if (c->kind == TEXT_PLAIN)
		rest = uu_take(c, mail, (const uint8_t *)s.data, s.size);
	if (rest != NULL) {
		s.data = rest->str;
		s.size = rest->len;
	}
	s.cut = s.size > DECODED_MAX;
	s.size = MIN(s.size, DECODED_MAX);
	if (s.size == 0)
		return g_strdup("");
	text = readers[c->kind](&s);
	s.cut |= strlen(text) > MAIL_TEXT_MAX;
	mail->marks |= (s.bad ? MARK_BAD_ENCODING : 0) | (s.cut ? MARK_CUT : 0);
	return text_cut(text, MAIL_TEXT_MAX);
}

char *
body_read_calendar(const struct text_candidate *c, Rec__Mail *mail, bool alone)
{
	g_autoptr(GBytes) bytes = content_of(c);
	struct source s = {.c = c, .mail = mail};
	g_autofree char *text = NULL;

	s.data = g_bytes_get_data(bytes, &s.size);
	s.size = MIN(s.size, CALENDAR_MAX);
	if (s.size == 0)
		return NULL;
	/* RFC 5545, 3.1.4: UTF-8 unless told otherwise. */
	text = decode(&s, c->part->charset);
	return calendar_tell(text, alone);
}

static bool
opens(const char *data, size_t size, const char *tag)
{
	const size_t n = strlen(tag);

	return size > n && g_ascii_strncasecmp(data, tag, n) == 0;
}

/* The end of the tag, style, script or comment at `at`. */
static size_t
skip_tag(const char *data, size_t size, size_t at)
{
	const char *end = ">", *hit;

	if (opens(data + at, size - at, "<style"))
		end = "</style";
	else if (opens(data + at, size - at, "<script"))
		end = "</script";
	else if (opens(data + at, size - at, "<!--"))
		end = "-->";
	hit = memmem(data + at, size - at, end, strlen(end));
	return hit == NULL ? size : (size_t)(hit - data) + 1;
}

size_t
body_visible(const struct text_candidate *c)
{
	g_autoptr(GBytes) bytes = content_of(c);
	size_t size, count = 0;
	const char *data = g_bytes_get_data(bytes, &size);

	size = MIN(size, DECODED_MAX);
	for (size_t at = 0; at < size;) {
		if (data[at] == '<') {
			at = skip_tag(data, size, at);
			continue;
		}
		count += !g_ascii_isspace(data[at]);
		at++;
	}
	return count;
}
