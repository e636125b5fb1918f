/* SPDX-License-Identifier: MIT */
/*
 * Our tokens stand in the addresses that the desk sent from, so every field
 * that names a sender counts, also the envelope's in a Received field. What
 * else the returned header says steers nothing (R36).
 */
#include "mail/bounce_returned.h"

#include <string.h>

#include "base/text.h"
#include "mail/bounce_list.h"
#include "mail/field.h"
#include "mail/parse.h"
#include "mail/thread.h"

#define FIELDS_MAX  300
#define HEADER_MAX  (64 * 1024)
#define PREFACE_MAX 6 /* lines before the header that are none of it */

static const char *const sender_fields[] = {"Return-Path", "Reply-To", "From",
    "Sender", "Errors-To"};

void
returned_add_address(Rec__Mail *mail, const char *address)
{
	if (mail->n_returned_addresses == RETURNED_ADDRESSES_MAX ||
	    !text_is_address(address))
		return;
	for (size_t i = 0; i < mail->n_returned_addresses; i++)
		if (g_ascii_strcasecmp(mail->returned_addresses[i], address) ==
		    0)
			return;
	if (mail->returned_addresses == NULL)
		mail->returned_addresses = g_new(char *,
		    RETURNED_ADDRESSES_MAX);
	mail->returned_addresses[mail->n_returned_addresses++] = g_strdup(
	    address);
}

static void
add_all(Rec__Mail *mail, const char *text)
{
	struct span span;

	while (address_in(text, &span)) {
		g_autofree char *address = span_dup(&span);

		returned_add_address(mail, address);
		text = span.at + span.len;
	}
}

/* X-Envelope-From, X-HE-Envelope-Sender and their like. */
static bool
is_sender_field(const struct field *field)
{
	g_autofree char *name = g_ascii_strdown(field->name,
	    (gssize)MIN(field->name_len, 100));

	for (size_t i = 0; i < COUNT(sender_fields); i++)
		if (field_is(field, sender_fields[i]))
			return true;
	return *name == 'x' &&
	    (g_str_has_suffix(name, "envelope-from") ||
		g_str_has_suffix(name, "envelope-sender"));
}

static void
read_field(Rec__Mail *mail, const struct field *field)
{
	g_autofree char *text = NULL;
	const char *from;
	struct span span;

	if (is_sender_field(field)) {
		text = field_text(field, 4 * MAIL_LINE_MAX);
		add_all(mail, text);
	} else if (field_is(field, "Received")) {
		text = field_text(field, MAIL_LINE_MAX);
		from = strstr(text, "envelope-from ");
		if (from != NULL && address_in(from, &span)) {
			g_autofree char *address = span_dup(&span);

			returned_add_address(mail, address);
		}
	}
}

/* Hotmail's complaints tell the recipient in a field of the mail itself. */
static void
read_to(const struct fields *f, char **to_out)
{
	const struct field *field = fields_find(f, "X-HmXmrOriginalRecipient");
	g_autofree char *text = field != NULL
	    ? field_text(field, MAIL_LINE_MAX)
	    : fields_text(f, "To", 4 * MAIL_LINE_MAX);
	struct span first, second;

	if (text == NULL || *to_out != NULL || !address_in(text, &first))
		return;
	if (address_in(first.at + first.len, &second) &&
	    (second.len != first.len ||
		g_ascii_strncasecmp(first.at, second.at, first.len) != 0))
		return;
	*to_out = span_dup(&first);
}

void
returned_read(Rec__Mail *mail, const uint8_t *bytes, size_t len, char **to_out)
{
	AUTO(fields_drop) struct fields f = {0};

	fields_init(&f, bytes, MIN(len, HEADER_MAX), FIELDS_MAX);
	if (mail->returned_message_id == NULL)
		mail->returned_message_id = thread_id(&f, "Message-ID");
	for (size_t i = 0; i < f.count; i++)
		read_field(mail, &f.at[i]);
	read_to(&f, to_out);
}

static bool
is_header_line(const char *line)
{
	const size_t n = strcspn(line, " \t:\n");

	return n > 0 && line[n] == ':' && line[n + 1] != '\0';
}

/* "  Message-ID: <1@example.org>" of a mail that the prose describes. */
void
returned_read_prose(Rec__Mail *mail, const char *text)
{
	for (const char *p = text; mail->returned_message_id == NULL;) {
		AUTO(fields_drop) struct fields f = {0};

		p += strspn(p, " \t>");
		if (g_ascii_strncasecmp(p, "Message-ID:", 11) == 0) {
			fields_init(&f, (const uint8_t *)p, strcspn(p, "\n"),
			    1);
			mail->returned_message_id = thread_id(&f, "Message-ID");
		}
		p += strcspn(p, "\n");
		if (*p == '\0')
			return;
		p++;
	}
}

void
returned_read_text(Rec__Mail *mail, const char *text, char **to_out)
{
	for (size_t i = 0; i < PREFACE_MAX && !is_header_line(text); i++) {
		text += strcspn(text, "\n");
		text += strspn(text, "\n");
	}
	returned_read(mail, (const uint8_t *)text, strlen(text), to_out);
}
