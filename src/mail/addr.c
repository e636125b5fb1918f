/* SPDX-License-Identifier: MIT */
/*
 * Address fields. What a scan of the field gives (mail/mailbox) becomes
 * records here: decoded, cleaned, clipped and counted. A name may have been
 * cut at a comma, an address may stand in a name or a name where the address
 * belongs; what was meant is put together again. Of duplicate From fields
 * the first is shown; header marks the mail as untrusted, as it does one
 * without.
 */
#include "mail/addr.h"

#include <string.h>

#include "base/text.h"
#include "mail/charset.h"
#include "mail/mailbox.h"
#include "mail/parse.h"
#include "mail/word.h"

#define FIELD_MAX ((size_t)128 * 1024) /* bytes read of one address field */

/* One field being read. */
struct reading {
	struct addr_list *list;
	const char *charset;
	GString *held; /* pieces of a name that was cut at its commas */
	bool again;    /* this is the text of an encoded word or of quotes */
};

static void parse_text(struct reading *r, const char *text, size_t len);

static char *
clip(char *line)
{
	(void)text_cut(line, MAIL_LINE_MAX);
	if (*line == '\0')
		g_clear_pointer(&line, g_free);
	return line;
}

/* Quotes around all of it that were encoded with the name. */
static char *
unwrap(char *name)
{
	const size_t len = strlen(name);

	if (len > 2 && name[0] == '"' &&
	    strchr(name + 1, '"') == name + len - 1)
		return g_strstrip(g_strdelimit(name, "\"", ' '));
	return name;
}

static char *
clean_name(const struct reading *r, const char *text, size_t len)
{
	char *name = word_decode(text, len, r->charset);

	return clip(memmem(text, len, "=?", 2) != NULL ? unwrap(name) : name);
}

static char *
clean_address(const struct reading *r, const char *text)
{
	const size_t len = strlen(text);
	bool bad = false;
	g_autofree char *utf8 = NULL;

	if (charset_is_ascii(text, len) && strstr(text, "=?") == NULL)
		return clip(text_clean_line(text, len));
	if (strstr(text, "=?") != NULL)
		return clip(word_decode(text, len, r->charset));
	utf8 = charset_decode(r->charset, text, len, &bad);
	return clip(text_clean_line(utf8, strlen(utf8)));
}

/* Takes both strings. */
static void
add_addr(struct addr_list *list, char *name, char *address)
{
	Rec__Addr *addr;

	if (list->count == list->max || (name == NULL && address == NULL)) {
		list->cut |= list->count == list->max;
		g_free(name);
		g_free(address);
		return;
	}
	addr = g_new(Rec__Addr, 1);
	rec__addr__init(addr);
	addr->name = name;
	addr->address = address;
	if (list->at == NULL)
		list->at = g_new(Rec__Addr *, list->max);
	list->at[list->count++] = addr;
}

/* The name of a mailbox: its phrase with what was cut off it, or else its
 * comment. */
static char *
name_of(struct reading *r, const struct mailbox *box, const char *phrase,
    size_t len)
{
	while (len > 0 && phrase[len - 1] == ' ')
		len--;
	if (r->held->len > 0) {
		g_string_append_len(r->held, phrase, (gssize)len);
		return clean_name(r, r->held->str, r->held->len);
	}
	if (len == 0)
		return clean_name(r, box->comment->str, box->comment->len);
	return clean_name(r, phrase, len);
}

static void
add_with_angle(struct reading *r, const struct mailbox *box)
{
	g_autofree char *address = mailbox_trim(box->angle->str,
	    box->angle->len);
	g_autofree char *other = NULL;
	struct mailbox_place place;

	if (strchr(address, '@') == NULL)
		other = mailbox_find_address(box->spec->str, box->spec->len,
		    &place);
	if (other == NULL && *address == '\0') /* ""anna@example.org" <>" */
		other = mailbox_find_address(box->name->str, box->name->len,
		    &place);
	if (other != NULL) /* "anna@example.org <Anna>" */
		add_addr(r->list, clean_name(r, address, strlen(address)),
		    clean_address(r, other));
	else if (*address != '\0' && *address != '@')
		add_addr(r->list,
		    name_of(r, box, box->name->str,
			box->name_end > 0 ? box->name_end : box->name->len),
		    clean_address(r, address));
}

/* One word without a sign is an address of this host ("root"), unless it is
 * written like a name ("Anna"). */
static bool
is_local(const char *text, size_t len)
{
	if (len == 0 || len > 64 || !charset_is_ascii(text, len))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!g_ascii_isalnum(text[i]) &&
		    strchr("-._+$", text[i]) == NULL)
			return false;
	return !g_ascii_isupper(text[0]) || len == 1 ||
	    !g_ascii_islower(text[1]) || memchr(text, '-', len) != NULL;
}

/* What was held back belongs to no name: local addresses, or nothing. */
static void
drop_held(struct reading *r)
{
	const char *at = r->held->str;

	while (*at != '\0') {
		const size_t len = strcspn(at, ",");

		if (is_local(at, len))
			add_addr(r->list, NULL, g_strndup(at, len));
		at += len;
		at += strspn(at, ", ");
	}
	g_string_truncate(r->held, 0);
}

/* Quotes become blanks, what was escaped in them stays. */
static char *
unquote(char *text)
{
	char *out = text;

	for (const char *at = text; *at != '\0'; at++) {
		if (*at == '\\' && at[1] != '\0')
			*out++ = *++at;
		else
			*out++ = *at == '"' ? ' ' : *at;
	}
	*out = '\0';
	return g_strstrip(text);
}

/* The words around a bare address as its name: those before it, or those
 * after the last one. */
static char *
bare_name(struct reading *r, const struct mailbox *box, const char *text,
    const struct mailbox_place *place, size_t len)
{
	const bool is_last = memchr(text + place->to, '@', len - place->to) ==
	    NULL;
	g_autofree char *before = g_strndup(text, place->from);
	g_autofree char *after = g_strndup(text + place->to, len - place->to);
	char *name = unquote(before);

	if (*name == '\0' && is_last)
		name = unquote(after);
	return name_of(r, box, name, strlen(name));
}

/* "Anna anna@example.org", "anna@example.org (Anna)", or several of them
 * with nothing but blanks between. */
static bool
add_bare(struct reading *r, const struct mailbox *box)
{
	const char *text = box->spec->str;
	size_t len = box->spec->len;
	struct mailbox_place place;
	char *address;

	while (!r->list->cut &&
	    (address = mailbox_find_address(text, len, &place)) != NULL) {
		drop_held(r);
		add_addr(r->list, bare_name(r, box, text, &place, len),
		    clean_address(r, address));
		g_free(address);
		text += place.to;
		len -= place.to;
	}
	return text != box->spec->str;
}

/* "Anna (anna@example.org)". */
static bool
add_comment(struct reading *r, const struct mailbox *box)
{
	struct mailbox_place place;
	g_autofree char *address = mailbox_find_address(box->comment->str,
	    box->comment->len, &place);

	if (address == NULL)
		return false;
	add_addr(r->list, name_of(r, box, box->name->str, box->name->len),
	    clean_address(r, address));
	g_string_truncate(r->held, 0);
	return true;
}

/* An address, or "Anna <anna@example.org>", all of it in quotes or in an
 * encoded word: that text is read once more. */
static bool
add_inner(struct reading *r, const struct mailbox *box)
{
	g_autofree char *line = NULL;
	struct reading inner = {.list = r->list, .again = true};

	if (r->again || memchr(box->spec->str, '@', box->spec->len) == NULL)
		if (r->again || strstr(box->spec->str, "=?") == NULL)
			return false;
	line = word_decode(box->name->str, box->name->len, r->charset);
	if (strchr(line, '@') == NULL)
		return false;
	drop_held(r);
	inner.held = g_string_new(NULL);
	parse_text(&inner, line, strlen(line));
	(void)g_string_free(inner.held, TRUE);
	return true;
}

/* A piece without an address: the first part of a name that was cut at its
 * comma ("Doe, John <…>"), or a local address. */
static void
hold(struct reading *r, const struct mailbox *box)
{
	if (box->name->len > 0 && !box->was_quoted) {
		g_string_append_len(r->held, box->name->str,
		    (gssize)box->name->len);
		g_string_append(r->held, ", ");
	}
	if (box->end != MAILBOX_COMMA)
		drop_held(r);
}

static void
trim_end(GString *text)
{
	while (text->len > 0 && text->str[text->len - 1] == ' ')
		g_string_truncate(text, text->len - 1);
}

static void
add_mailbox(struct reading *r, struct mailbox *box)
{
	trim_end(box->name);
	trim_end(box->spec);
	if (box->has_angle) {
		add_with_angle(r, box);
		g_string_truncate(r->held, 0);
	} else if (!add_bare(r, box) && !add_inner(r, box) &&
	    !add_comment(r, box)) {
		hold(r, box);
	}
}

static void
parse_text(struct reading *r, const char *text, size_t len)
{
	struct mailbox_scan scan;

	mailbox_scan_init(&scan, text, MIN(len, FIELD_MAX));
	while (!r->list->cut && mailbox_next(&scan))
		add_mailbox(r, &scan.box);
	drop_held(r);
	mailbox_scan_drop(&scan);
}

void
addr_parse(struct addr_list *list, const char *text, size_t len,
    const char *charset)
{
	struct reading r = {.list = list,
	    .charset = charset,
	    .held = g_string_new(NULL)};

	parse_text(&r, text, len);
	(void)g_string_free(r.held, TRUE);
}

static void
read_list(struct addr_list *list, const struct fields *f, const char *name,
    const char *charset)
{
	for (size_t i = 0; i < f->count && !list->cut; i++)
		if (field_is(&f->at[i], name))
			addr_parse(list, f->at[i].value, f->at[i].value_len,
			    charset);
}

/* The first address of a field; a field that holds none gives its text as a
 * name, so that a reader sees what stood there. */
static Rec__Addr *
read_one(const struct fields *f, const char *name, const char *charset)
{
	struct addr_list list = {.max = 1};
	const struct field *field = fields_find(f, name);
	Rec__Addr *addr;

	if (field == NULL)
		return NULL;
	read_list(&list, f, name, charset);
	if (list.count == 0) {
		g_autofree char *text = field_text(field, MAIL_LINE_MAX);
		const struct reading r = {.charset = charset};

		(void)g_strdelimit(text, "\"<>", ' ');
		add_addr(&list, clean_name(&r, text, strlen(text)), NULL);
	}
	addr = list.count > 0 ? list.at[0] : NULL;
	g_free(list.at);
	return addr;
}

static Rec__Addr *
copy(const Rec__Addr *from)
{
	Rec__Addr *addr = g_new(Rec__Addr, 1);

	rec__addr__init(addr);
	addr->name = g_strdup(from->name);
	addr->address = g_strdup(from->address);
	return addr;
}

/* Without a From field the one who is to be answered wrote it, as far as a
 * person can tell; header marks the mail as untrusted. */
static Rec__Addr *
stand_in(const Rec__Mail *mail)
{
	if (mail->n_reply_to > 0)
		return copy(mail->reply_to[0]);
	return mail->sender != NULL ? copy(mail->sender) : NULL;
}

void
addr_read(Rec__Mail *mail, const struct fields *f, const char *charset)
{
	const struct {
		const char *name;
		Rec__Addr ***at;
		size_t *count;
	} lists[] = {
	    {"To",       &mail->to,       &mail->n_to      },
	    {"Cc",       &mail->cc,       &mail->n_cc      },
	    {"Reply-To", &mail->reply_to, &mail->n_reply_to},
	};

	mail->from = read_one(f, "From", charset);
	mail->sender = read_one(f, "Sender", charset);
	for (size_t i = 0; i < COUNT(lists); i++) {
		struct addr_list list = {.max = MAIL_ADDRS_MAX};

		read_list(&list, f, lists[i].name, charset);
		*lists[i].at = list.at;
		*lists[i].count = list.count;
		if (list.cut)
			mail->marks |= MARK_CUT;
	}
	if (mail->from == NULL)
		mail->from = stand_in(mail);
}
