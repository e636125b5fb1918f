/* SPDX-License-Identifier: MIT */
/*
 * Addresses in reports are found by their at sign and grow to both sides as
 * far as RFC 5321 lets them, within a bound. A quoted local part is taken
 * only in angle brackets.
 */
#include "mail/bounce_list.h"

#include <string.h>

#include "base/text.h"
#include "mail/bounce_reason.h"

#define LOCAL_MAX  128
#define DOMAIN_MAX 190

Rec__Bounce *
bounce_find(const Rec__Mail *mail, const char *recipient)
{
	for (size_t i = 0; i < mail->n_bounces; i++) {
		const char *known = mail->bounces[i]->recipient;

		if (known != NULL && g_ascii_strcasecmp(known, recipient) == 0)
			return mail->bounces[i];
	}
	return NULL;
}

Rec__Bounce *
bounce_add(Rec__Mail *mail, const char *recipient)
{
	Rec__Bounce *b = recipient == NULL ? NULL
					   : bounce_find(mail, recipient);

	if (b != NULL || mail->n_bounces == BOUNCES_MAX)
		return b;
	if (mail->bounces == NULL)
		mail->bounces = g_new(Rec__Bounce *, BOUNCES_MAX);
	b = g_new(Rec__Bounce, 1);
	rec__bounce__init(b);
	b->recipient = g_strdup(recipient);
	mail->bounces[mail->n_bounces++] = b;
	return b;
}

static void
set_status(Rec__Bounce *b, const char *status, char class)
{
	g_free(b->status);
	b->status = g_strdup(status);
	b->status[0] = class;
}

/* The report's status, unless it is none or vague, or the remote host gave
 * another one for good. Of a vague one the class stays. */
static void
finish_status(Rec__Bounce *b)
{
	const struct reason r = reason_read(
	    b->diagnostic == NULL ? "" : b->diagnostic);
	const bool by_host = r.source == REASON_STATUS;

	if (b->status != NULL && !status_is_valid(b->status))
		g_clear_pointer(&b->status, g_free);
	if (r.source == REASON_NONE || status_is_vague(r.status))
		return;
	if (b->status == NULL)
		set_status(b, r.status, r.status[0]);
	else if (status_is_vague(b->status))
		set_status(b, r.status, by_host ? r.status[0] : b->status[0]);
	else if (by_host && b->status[0] == '5' && r.status[0] == '5')
		set_status(b, r.status, '5');
}

/* What is only late failed for now, whatever its words mean elsewhere. */
static void
finish_delayed(Rec__Bounce *b)
{
	if (b->status == NULL)
		b->status = g_strdup("4.0.0");
	if (b->status[0] == '5')
		b->status[0] = '4';
}

void
bounce_finish(Rec__Bounce *b, const char *action)
{
	bool failed;

	if (b->action == NULL)
		b->action = g_strdup(action);
	failed = g_str_equal(b->action, "failed");
	finish_status(b);
	if (b->status == NULL && failed)
		b->status = g_strdup("5.0.0");
	if (g_str_equal(b->action, "delayed"))
		finish_delayed(b);
	b->has_hard = true;
	b->hard = failed && reason_is_hard(b->status, b->diagnostic);
}

/* Of UTF-8 all but the first byte of CJK: there words stand without blanks
 * around an address. */
static bool
is_wide(char c)
{
	return (uint8_t)c >= 0x80 && (uint8_t)c < 0xE2;
}

/* May it stand in a local part that is not quoted? */
static bool
is_local(char c)
{
	if (g_ascii_isalnum(c) || is_wide(c))
		return true;
	return c != '\0' && strchr(".!#$%&'*+-/=?^_`{|}~", c) != NULL;
}

static bool
is_domain(char c)
{
	return g_ascii_isalnum(c) || c == '-' || c == '.' || is_wide(c);
}

static size_t
local_len(const char *p)
{
	size_t n = 0;

	while (n < LOCAL_MAX && is_local(p[n]))
		n++;
	return n;
}

/* Ends at a letter or a digit: "x@example.org." is the end of a sentence. */
static size_t
domain_len(const char *p)
{
	size_t n = 0;

	if (*p == '[') {
		n = strcspn(p, "] \t\n");
		return p[n] == ']' && n <= DOMAIN_MAX ? n + 1 : 0;
	}
	while (n < DOMAIN_MAX && is_domain(p[n]))
		n++;
	while (n > 0 && (p[n - 1] == '.' || p[n - 1] == '-'))
		n--;
	return n;
}

/* "a b"@; its length without the at sign, 0 if it is none. */
static size_t
quoted_len(const char *p)
{
	for (size_t n = 1; *p == '"' && n < LOCAL_MAX; n++) {
		if (p[n] == '\0' || p[n] == '\n')
			return 0;
		if (p[n] == '"')
			return p[n + 1] == '@' ? n + 1 : 0;
		if (p[n] == '\\' && p[n + 1] != '\0')
			n++;
	}
	return 0;
}

static bool
plain_at(const char *p, bool quoted, struct span *out)
{
	size_t local = quoted ? quoted_len(p) : 0;
	size_t domain;

	if (local == 0)
		local = local_len(p);
	if (local == 0 || p[local] != '@')
		return false;
	domain = domain_len(p + local + 1);
	*out = (struct span){.at = p, .len = local + 1 + domain};
	return domain > 0;
}

bool
address_at(const char *text, struct span *out, size_t *used_out)
{
	const char *p = text + strspn(text, "<\"'(");
	const bool bracketed = *text == '<';

	if (bracketed)
		p = text + 1;
	if (g_ascii_strncasecmp(p, "mailto:", 7) == 0)
		p += 7;
	if (!plain_at(p, bracketed, out))
		return false;
	p = out->at + out->len;
	if (p != NULL && *text != *out->at)
		p += strspn(p, ">\"')");
	*used_out = (size_t)(p - text);
	return true;
}

bool
address_in(const char *text, struct span *out)
{
	const char *at = strchr(text, '@');

	for (; at != NULL; at = strchr(at + 1, '@')) {
		const char *p = at;

		while (p > text && at - p < LOCAL_MAX && is_local(p[-1]))
			p--;
		while (p < at &&
		    (*p == '\'' || *p == '.' || ((uint8_t)*p & 0xC0) == 0x80))
			p++;
		if (p < at && plain_at(p, false, out))
			return true;
	}
	return false;
}

char *
span_dup(const struct span *span)
{
	return text_clean_line(span->at, span->len);
}

bool
span_is(const struct span *span, const char *text)
{
	return text != NULL && strlen(text) == span->len &&
	    g_ascii_strncasecmp(text, span->at, span->len) == 0;
}
