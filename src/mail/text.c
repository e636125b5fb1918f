/* SPDX-License-Identifier: MIT */
/*
 * Of an alternative the plain text is preferred, unless it is a stub that
 * points to the HTML or says less than that; texts that stand beside each
 * other follow one another, but for one that says the same as the one before.
 * A text of another kind, or in a winmail.dat, is shown when there is nothing
 * else. What a calendar says stands at the end.
 */
#include "mail/text.h"

#include <string.h>

#include "base/text.h"
#include "mail/body.h"
#include "mail/mark.h"
#include "mail/parse.h"
#include "mail/reply.h"
#include "mail/stub.h"

#define THIN_MAX   2000 /* bytes of a plain text that may say too little */
#define THIN_TIMES 5    /* HTML says so many times more */
#define RICH_WORDS 5    /* HTML says all of it, and so many words more */

void
text_add(struct text_candidates *texts, const struct text_candidate *one)
{
	if (texts->count < TEXT_CANDIDATES_MAX) {
		texts->bodies += one->use == USE_BODY &&
		    one->kind != TEXT_CALENDAR;
		texts->at[texts->count++] = *one;
	} else {
		g_free(one->ready);
	}
}

const uint8_t *
text_keep(struct text_candidates *texts, GBytes *bytes)
{
	if (texts->buffers == NULL)
		texts->buffers = g_ptr_array_new_with_free_func(
		    (GDestroyNotify)g_bytes_unref);
	g_ptr_array_add(texts->buffers, bytes);
	return g_bytes_get_data(bytes, NULL);
}

void
text_candidates_drop(struct text_candidates *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		g_free(texts->at[i].ready);
	if (texts->buffers != NULL)
		g_ptr_array_unref(texts->buffers);
	*texts = (struct text_candidates){0};
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

/* Letters and digits of all languages, nothing else: for comparison. */
static GString *
squeeze(const char *text)
{
	static const char hard_blank[] = "\xC2\xA0";
	GString *out = g_string_sized_new(strlen(text));

	for (; *text != '\0'; text++) {
		if (*text == *MARK_END && mark_is(text))
			text += MARK_LEN - 1;
		else if (*text == *hard_blank && text[1] == hard_blank[1])
			text++;
		else if (g_ascii_isalnum(*text) || (*text & 0x80) != 0)
			g_string_append_c(out, *text);
	}
	return out;
}

static bool
says_within(const char *part, const char *whole)
{
	g_autoptr(GString) a = squeeze(part);
	g_autoptr(GString) b = squeeze(whole);

	return strstr(b->str, a->str) != NULL;
}

static bool
is_plain_kind(enum text_kind kind)
{
	return kind == TEXT_PLAIN || kind == TEXT_READY;
}

static bool
is_html_kind(enum text_kind kind)
{
	return kind == TEXT_HTML;
}

static bool
is_rich_kind(enum text_kind kind)
{
	return kind == TEXT_ENRICHED || kind == TEXT_RICHTEXT ||
	    kind == TEXT_RTF || kind == TEXT_OTHER;
}

typedef bool kind_test(enum text_kind);

static const struct text_candidate *
find_kind(const struct text_candidates *texts, size_t first, kind_test *is)
{
	for (size_t i = first; i < texts->count; i++)
		if (texts->at[i].group == texts->at[first].group &&
		    is(texts->at[i].kind))
			return &texts->at[i];
	return NULL;
}

/* All texts of one kind of a group, from candidate `first` on. */
static char *
read_group(const struct text_candidates *texts, size_t first, kind_test *is,
    Rec__Mail *mail)
{
	const unsigned group = texts->at[first].group;
	GString *out = g_string_new(NULL);

	for (size_t i = first; i < texts->count && out->len <= MAIL_TEXT_MAX;
	     i++) {
		const struct text_candidate *c = &texts->at[i];
		g_autofree char *text = NULL;

		if (c->group != group || !is(c->kind))
			continue;
		text = body_read(c, mail);
		append_text(out, text);
	}
	return g_string_free(out, FALSE);
}

/* Does a short text leave out most of what the HTML says? A reply whose HTML
 * has a long quote or signature besides is none of those: its words are in
 * the HTML as they are. */
static bool
is_thin(const char *plain, const char *html)
{
	return stub_words(plain) * THIN_TIMES < stub_words(html) &&
	    !says_within(plain, html);
}

/* Does the HTML say all that the text says, and something new besides? Some
 * programs leave address lines or a whole table out of the text. */
static bool
is_rich(const char *plain, const char *html)
{
	const size_t words = stub_words(plain);
	g_autofree char *new = NULL;

	/* A picture is "[its name]" in one and not there in the other. */
	if (stub_words_missing(plain, html) > 1 + words / 20)
		return false;
	new = reply_of(html);
	return stub_words(new) >= words + RICH_WORDS;
}

/* A cheap look at the HTML: is it worth reading beside this text? */
static bool
may_say_more(const char *plain, const struct text_candidate *html)
{
	const size_t len = strlen(plain);

	return len <= THIN_MAX && body_visible(html) > len + len / 8;
}

static char *
read_alternative(const struct text_candidates *texts, size_t first,
    Rec__Mail *mail)
{
	const struct text_candidate *html = find_kind(texts, first,
	    is_html_kind);
	g_autofree char *plain = read_group(texts, first, is_plain_kind, mail);
	g_autofree char *other = NULL;
	bool stub;

	if (html == NULL)
		return *plain != '\0'
		    ? g_steal_pointer(&plain)
		    : read_group(texts, first, is_rich_kind, mail);
	stub = stub_is(plain);
	if (!stub && !may_say_more(plain, html))
		return g_steal_pointer(&plain);
	other = read_group(texts, first, is_html_kind, mail);
	if (stub ? strlen(other) > strlen(plain) / 2
		 : is_thin(plain, other) || is_rich(plain, other))
		return g_steal_pointer(&other);
	return g_steal_pointer(&plain);
}

/* Was the group of candidate i read at an earlier candidate? */
static bool
is_read(const struct text_candidates *texts, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (texts->at[k].group == texts->at[i].group &&
		    texts->at[k].use == texts->at[i].use &&
		    texts->at[k].kind != TEXT_CALENDAR)
			return true;
	return false;
}

static char *
read_candidate(const struct text_candidates *texts, size_t i, Rec__Mail *mail)
{
	return texts->at[i].group == 0 ? body_read(&texts->at[i], mail)
				       : read_alternative(texts, i, mail);
}

/* HTML beside a plain text that says the same: an alternative whose writer
 * called it mixed. */
static bool
says_again(const struct text_candidate *before, const struct text_candidate *c,
    const GString *out, const char *text)
{
	return before != NULL && before->kind == TEXT_PLAIN &&
	    c->kind == TEXT_HTML && before->group == 0 && c->group == 0 &&
	    says_within(text, out->str);
}

static void
append_bodies(const struct text_candidates *texts, Rec__Mail *mail,
    GString *out)
{
	const struct text_candidate *before = NULL;

	for (size_t i = 0; i < texts->count; i++) {
		const struct text_candidate *c = &texts->at[i];
		g_autofree char *text = NULL;

		if (c->use != USE_BODY || c->kind == TEXT_CALENDAR ||
		    (c->group != 0 && is_read(texts, i)))
			continue;
		text = read_candidate(texts, i, mail);
		if (!says_again(before, c, out, text))
			append_text(out, text);
		before = c;
		if (out->len > MAIL_TEXT_MAX)
			return;
	}
}

/* The first that says anything, where there is no body. */
static void
append_spare(const struct text_candidates *texts, Rec__Mail *mail, GString *out)
{
	for (size_t i = 0; i < texts->count && out->len == 0; i++) {
		const struct text_candidate *c = &texts->at[i];
		g_autofree char *text = NULL;

		if (c->use == USE_BODY || c->kind == TEXT_CALENDAR)
			continue;
		text = read_candidate(texts, i, mail);
		append_text(out, text);
		if (out->len > 0 && c->part->name == NULL)
			c->part->attachment = false;
	}
}

/* A text in a winmail.dat that is not shown must not get lost. */
static void
list_inner(const struct text_candidates *texts, Rec__Mail *mail,
    const char *shown)
{
	for (size_t i = 0; i < texts->count; i++) {
		const struct text_candidate *c = &texts->at[i];
		g_autofree char *text = NULL;

		if (c->use != USE_INNER)
			continue;
		text = body_read(c, mail);
		c->part->attachment = !says_within(text, shown);
	}
}

/* An invitation often comes twice, as a part of the alternative and as a
 * file. */
static void
append_calendar(const struct text_candidates *texts, Rec__Mail *mail,
    GString *out)
{
	for (size_t i = 0; i < texts->count; i++) {
		g_autofree char *told = NULL;

		if (texts->at[i].kind != TEXT_CALENDAR)
			continue;
		told = body_read_calendar(&texts->at[i], mail, out->len == 0);
		if (told == NULL)
			continue;
		append_text(out, told);
		return;
	}
}

char *
text_choose(const struct text_candidates *texts, Rec__Mail *mail)
{
	GString *out = g_string_new(NULL);

	append_bodies(texts, mail, out);
	if (out->len == 0)
		append_spare(texts, mail, out);
	list_inner(texts, mail, out->str);
	append_calendar(texts, mail, out);
	if (out->len > MAIL_TEXT_MAX)
		mail->marks |= MARK_CUT;
	return text_cut(g_string_free(out, FALSE), MAIL_TEXT_MAX);
}
