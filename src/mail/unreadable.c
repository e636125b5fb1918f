/* SPDX-License-Identifier: MIT */
/*
 * The header of a mail that no parser may see, as far as a bounded scan reads
 * it: the first 64 KiB, 998 bytes a field, no encoded words, no grammar. It
 * runs in the daemon itself, so it is nothing but loops over bytes. The
 * record is for a person who looks at a held mail.
 */
#include <string.h>

#include "base/text.h"
#include "mail/field.h"
#include "mail/parse.h"
#include "mail/prescan.h"
#include "mail/thread.h"

#define SCAN_MAX   (64 * 1024)
#define FIELDS_MAX 500
#define ADDRS_MAX  50

/* A date as its header writes it. */
struct moment {
	int day, month, year;
	int hour, minute, second;
	int zone_minutes; /* east of Greenwich */
};

/* One "Name <address>" or "address". */
static Rec__Addr *
read_mailbox(const char *text)
{
	const char *open = strrchr(text, '<');
	const char *close = open == NULL ? NULL : strchr(open, '>');
	Rec__Addr *addr = g_new(Rec__Addr, 1);

	rec__addr__init(addr);
	if (close != NULL) {
		addr->address = text_clean_line(open + 1,
		    (size_t)(close - open - 1));
		addr->name = text_clean_line(text, (size_t)(open - text));
	} else if (strchr(text, '@') != NULL) {
		addr->address = text_clean_line(text, strlen(text));
	} else {
		addr->name = text_clean_line(text, strlen(text));
	}
	return addr;
}

static size_t
read_list(const struct fields *f, const char *name, Rec__Addr ***out)
{
	g_autofree char *text = fields_text(f, name, MAIL_LINE_MAX);
	g_auto(GStrv) words = NULL;
	size_t count = 0;

	if (text == NULL)
		return 0;
	words = g_strsplit(text, ",", ADDRS_MAX);
	*out = g_new(Rec__Addr *, ADDRS_MAX);
	for (size_t i = 0; words[i] != NULL; i++)
		if (*g_strstrip(words[i]) != '\0')
			(*out)[count++] = read_mailbox(words[i]);
	return count;
}

static char *
read_line(const struct fields *f, const char *name)
{
	g_autofree char *text = fields_text(f, name, MAIL_LINE_MAX);

	return text == NULL ? NULL : text_clean_line(text, strlen(text));
}

/* Minutes east of UTC of "+0130", "GMT"…; what is no number is UTC. */
static int
read_zone(const char *zone)
{
	const int sign = *zone == '-' ? -1 : 1;
	int number = 0;

	if (*zone != '+' && *zone != '-')
		return 0;
	for (size_t i = 1; i <= 4 && g_ascii_isdigit(zone[i]); i++)
		number = number * 10 + (zone[i] - '0');
	return sign * (number / 100 * 60 + number % 100);
}

static const char *
after_spaces(const char *text)
{
	while (g_ascii_isspace(*text))
		text++;
	return text;
}

/* Of at most `digits` digits; `text` moves behind them. */
static bool
read_number(const char **text, size_t digits, int *out)
{
	const char *begin = after_spaces(*text), *at = begin;
	int number = 0;

	while (g_ascii_isdigit(*at) && (size_t)(at - begin) < digits)
		number = number * 10 + (*at++ - '0');
	*text = at;
	*out = number;
	return at > begin;
}

/* The month's number from 1 on. */
static bool
read_month(const char **text, int *out)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *name = after_spaces(*text);

	for (int i = 0; i < 12; i++)
		if (strncmp(name, months + (ptrdiff_t)3 * i, 3) == 0) {
			*text = name + 3;
			*out = i + 1;
			return true;
		}
	return false;
}

/* "10:52[:37[ +0200]]" */
static bool
read_time(const char *text, struct moment *m)
{
	if (!read_number(&text, 2, &m->hour) || *text++ != ':' ||
	    !read_number(&text, 2, &m->minute))
		return false;
	if (*text++ == ':' && read_number(&text, 2, &m->second))
		m->zone_minutes = read_zone(after_spaces(text));
	return true;
}

/* "[Tue, ]1 Jul 2003 10:52:37[ +0200]" (RFC 5322, 3.3). */
static bool
read_date(const char *text, int64_t *at_out)
{
	const char *comma = strchr(text, ',');
	struct moment m = {0};
	g_autoptr(GDateTime) date = NULL;

	if (comma != NULL)
		text = comma + 1;
	if (!read_number(&text, 2, &m.day) || !read_month(&text, &m.month) ||
	    !read_number(&text, 4, &m.year) || !read_time(text, &m))
		return false;
	date = g_date_time_new_utc(m.year, m.month, m.day, m.hour, m.minute,
	    m.second);
	if (date == NULL)
		return false;
	*at_out = (g_date_time_to_unix(date) - 60 * m.zone_minutes) *
	    INT64_C(1000000);
	return true;
}

static void
read_from(Rec__Mail *mail, const struct fields *f)
{
	g_autofree char *from = fields_text(f, "From", MAIL_LINE_MAX);

	if (from != NULL)
		mail->from = read_mailbox(from);
	if (fields_count(f, "From") != 1)
		mail->marks |= from == NULL ? MARK_NO_FROM
					    : MARK_DUPLICATE_FROM;
}

Rec__Mail *
prescan_headers(const uint8_t *raw, size_t len, const char *why)
{
	AUTO(fields_drop) struct fields f = {0};
	g_autofree char *date = NULL;
	Rec__Mail *mail = g_new(Rec__Mail, 1);

	rec__mail__init(mail);
	mail->unreadable = g_strdup(why);
	mail->has_marks = true;
	fields_init(&f, raw, MIN(len, SCAN_MAX), FIELDS_MAX);
	read_from(mail, &f);
	mail->n_to = read_list(&f, "To", &mail->to);
	mail->n_cc = read_list(&f, "Cc", &mail->cc);
	mail->subject = read_line(&f, "Subject");
	date = read_line(&f, "Date");
	mail->has_date_at = date != NULL && read_date(date, &mail->date_at);
	thread_read(mail, &f);
	return mail;
}
