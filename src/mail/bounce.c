/* SPDX-License-Identifier: MIT */
/*
 * A delivery-status body is blocks of fields: the first is about the report,
 * each further one about a recipient. Blocks without a recipient or an action
 * are passed over.
 */
#include "mail/bounce.h"

#include <string.h>

#include "base/text.h"
#include "mail/parse.h"
#include "mail/prescan.h"
#include "mail/thread.h"

#define BOUNCES_MAX 100
#define FIELDS_MAX  100

/* "rfc822; user@example.org" without its type. */
static char *
typed_value(const struct fields *f, const char *name)
{
	g_autofree char *text = fields_text(f, name, MAIL_LINE_MAX);
	const char *value;
	char *clean;

	if (text == NULL)
		return NULL;
	value = strchr(text, ';');
	value = value == NULL ? text : value + 1;
	clean = text_clean_line(value, strlen(value));
	if (*clean == '<' && g_str_has_suffix(clean, ">")) {
		const size_t len = strlen(clean);

		memmove(clean, clean + 1, len - 2);
		clean[len - 2] = '\0';
	}
	return clean;
}

static char *
plain_value(const struct fields *f, const char *name, size_t max)
{
	g_autofree char *text = fields_text(f, name, max);

	return text == NULL ? NULL : text_clean_line(text, strlen(text));
}

static void
add(Rec__Mail *mail, Rec__Bounce *bounce)
{
	if (mail->bounces == NULL)
		mail->bounces = g_new(Rec__Bounce *, BOUNCES_MAX);
	mail->bounces[mail->n_bounces++] = bounce;
}

/* "5.1.1 (unknown user)" to "5.1.1". */
static char *
status_of(const struct fields *f)
{
	char *status = plain_value(f, "Status", 64);

	if (status != NULL)
		status[strspn(status, "0123456789.")] = '\0';
	return status;
}

static void
read_group(Rec__Mail *mail, const struct fields *f)
{
	Rec__Bounce *bounce;

	if (mail->n_bounces == BOUNCES_MAX ||
	    (fields_find(f, "Final-Recipient") == NULL &&
		fields_find(f, "Original-Recipient") == NULL))
		return;
	bounce = g_new(Rec__Bounce, 1);
	rec__bounce__init(bounce);
	bounce->recipient = typed_value(f, "Final-Recipient");
	if (bounce->recipient == NULL)
		bounce->recipient = typed_value(f, "Original-Recipient");
	bounce->status = status_of(f);
	bounce->action = plain_value(f, "Action", 64);
	bounce->diagnostic = typed_value(f, "Diagnostic-Code");
	add(mail, bounce);
}

static void
read_status(Rec__Mail *mail, const uint8_t *body, size_t len)
{
	size_t at = 0;

	while (at < len && mail->n_bounces < BOUNCES_MAX) {
		AUTO(fields_drop) struct fields f = {0};

		while (at < len && (body[at] == '\r' || body[at] == '\n'))
			at++;
		fields_init(&f, body + at, len - at, FIELDS_MAX);
		read_group(mail, &f);
		at += f.body_offset;
	}
}

static void
read_returned(Rec__Mail *mail, const uint8_t *body, size_t len)
{
	AUTO(fields_drop) struct fields f = {0};

	if (mail->returned_message_id != NULL)
		return;
	fields_init(&f, body, len, PRESCAN_HEADERS_MAX);
	mail->returned_message_id = thread_id(&f, "Message-ID");
}

static void
read_header(Rec__Mail *mail, const struct fields *f)
{
	g_autofree char *text = fields_text(f, "X-Failed-Recipients", 4096);
	g_auto(GStrv) words = NULL;

	if (text == NULL || mail->n_bounces > 0)
		return;
	words = g_strsplit(text, ",", BOUNCES_MAX);
	for (size_t i = 0; words[i] != NULL; i++) {
		Rec__Bounce *bounce = g_new(Rec__Bounce, 1);

		rec__bounce__init(bounce);
		bounce->recipient = text_clean_line(words[i], strlen(words[i]));
		bounce->action = g_strdup("failed");
		add(mail, bounce);
	}
}

static bool
is_status(const Rec__Part *part)
{
	return g_str_has_suffix(part->type, "/delivery-status") ||
	    g_str_has_suffix(part->type, "/global-delivery-status");
}

static bool
is_returned(const Rec__Part *part)
{
	return g_str_equal(part->type, "message/rfc822") ||
	    g_str_equal(part->type, "message/global") ||
	    g_str_has_suffix(part->type, "rfc822-headers") ||
	    g_str_has_suffix(part->type, "global-headers");
}

static bool
is_report(const struct fields *f)
{
	g_autofree char *type = fields_text(f, "Content-Type", 64);

	return type != NULL &&
	    g_ascii_strncasecmp(type, "multipart/report", 16) == 0;
}

static void
read_part(Rec__Mail *mail, const Rec__Part *part, const uint8_t *raw)
{
	g_autoptr(GBytes) body = NULL;
	const uint8_t *data;
	size_t len = 0;

	if (!is_status(part) && !is_returned(part))
		return;
	body = mail_part_content(mail, part, raw, MAIL_TEXT_MAX);
	data = g_bytes_get_data(body, &len);
	if (data == NULL)
		return;
	if (is_status(part))
		read_status(mail, data, len);
	else
		read_returned(mail, data, len);
}

void
bounce_read(Rec__Mail *mail, const struct fields *f, const uint8_t *raw,
    size_t len)
{
	(void)len;
	for (size_t i = 0; is_report(f) && i < mail->n_parts; i++)
		read_part(mail, mail->parts[i], raw);
	read_header(mail, f);
}

bool
bounce_rules(size_t i, struct rule_table *out)
{
	(void)i;
	(void)out;
	return false;
}
