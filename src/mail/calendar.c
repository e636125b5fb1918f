/* SPDX-License-Identifier: MIT */
/*
 * Title, time, repetition, place, people, state of the first few events or
 * tasks. libical gets a bounded text and is asked for values only as they
 * stand: its zones, its iterators and its arithmetic loop on hostile input.
 */
#include "mail/calendar.h"

#include <string.h>

#include <libical/ical.h>

#include "base/text.h"

#define EVENTS_MAX      5
#define LINE_MAX_BYTES  500
#define DESCRIPTION_MAX ((size_t)64 * 1024)
#define DEPTH_MAX       8  /* components in components */
#define DAYS_MAX        14 /* weekdays of a rule that are told */

/* What the first line begins with. */
static const struct method {
	icalproperty_method method;
	const char *title;
} methods[] = {
    {ICAL_METHOD_REQUEST,        "Invitation"               },
    {ICAL_METHOD_CANCEL,         "Cancelled"                },
    {ICAL_METHOD_REPLY,          "Answer to the invitation" },
    {ICAL_METHOD_COUNTER,        "Other time proposed"      },
    {ICAL_METHOD_DECLINECOUNTER, "Other time declined"      },
    {ICAL_METHOD_ADD,            "Dates added"              },
    {ICAL_METHOD_REFRESH,        "Asks for the latest state"},
};

static const struct answer {
	icalparameter_partstat partstat;
	const char *word;
} answers[] = {
    {ICAL_PARTSTAT_ACCEPTED,  "accepted"            },
    {ICAL_PARTSTAT_DECLINED,  "declined"            },
    {ICAL_PARTSTAT_TENTATIVE, "tentatively accepted"},
    {ICAL_PARTSTAT_DELEGATED, "delegated"           },
};

static const struct status {
	icalproperty_status status;
	const char *word;
} statuses[] = {
    {ICAL_STATUS_TENTATIVE, "tentative"},
    {ICAL_STATUS_CANCELLED, "cancelled"},
    {ICAL_STATUS_COMPLETED, "completed"},
};

static const struct frequency {
	icalrecurrencetype_frequency frequency;
	const char *one, *many;
} frequencies[] = {
    {ICAL_HOURLY_RECURRENCE,  "every hour",  "hours" },
    {ICAL_DAILY_RECURRENCE,   "every day",   "days"  },
    {ICAL_WEEKLY_RECURRENCE,  "every week",  "weeks" },
    {ICAL_MONTHLY_RECURRENCE, "every month", "months"},
    {ICAL_YEARLY_RECURRENCE,  "every year",  "years" },
};

void
calendar_setup(void)
{
	icalerror_set_errors_are_fatal(false);
	(void)icaltimezone_get_utc_timezone();
}

/* "Title: value", one clean line; nothing for an empty value. */
static void
tell(GString *out, const char *title, const char *value)
{
	g_autofree char *line = NULL;

	if (value == NULL)
		return;
	line = text_cut(text_clean_line(value, strnlen(value, CALENDAR_MAX)),
	    LINE_MAX_BYTES);
	if (*line != '\0')
		g_string_append_printf(out, "%s: %s\n", title, line);
}

static icalproperty *
find(icalcomponent *event, icalproperty_kind kind)
{
	return icalcomponent_get_first_property(event, kind);
}

static void
append_date(GString *out, const struct icaltimetype *t)
{
	g_string_append_printf(out, "%04d-%02d-%02d", t->year, t->month,
	    t->day);
}

static void
append_clock(GString *out, const struct icaltimetype *t)
{
	g_string_append_printf(out, "%02d:%02d", t->hour, t->minute);
}

static void
append_time(GString *out, const struct icaltimetype *t)
{
	append_date(out, t);
	if (t->is_date)
		return;
	g_string_append_c(out, ' ');
	append_clock(out, t);
}

/* The end of days is the day after the last (RFC 5545, 3.6.1). */
static void
append_last_day(GString *out, const struct icaltimetype *from,
    const struct icaltimetype *to)
{
	GDate day;
	char text[32];

	g_date_clear(&day, 1);
	if (!g_date_valid_dmy((GDateDay)to->day, (GDateMonth)to->month,
		(GDateYear)to->year))
		return;
	g_date_set_dmy(&day, (GDateDay)to->day, (GDateMonth)to->month,
	    (GDateYear)to->year);
	if (g_date_get_julian(&day) < 2)
		return;
	g_date_subtract_days(&day, 1);
	if (g_date_get_day(&day) == from->day &&
	    (int)g_date_get_month(&day) == from->month &&
	    g_date_get_year(&day) == from->year)
		return;
	(void)g_snprintf(text, sizeof(text), " - %04u-%02u-%02u",
	    g_date_get_year(&day), (unsigned)g_date_get_month(&day),
	    g_date_get_day(&day));
	g_string_append(out, text);
}

static bool
is_same_day(const struct icaltimetype *a, const struct icaltimetype *b)
{
	return a->year == b->year && a->month == b->month && a->day == b->day;
}

static void
append_end(GString *out, icalcomponent *event, const struct icaltimetype *from)
{
	icalproperty *p = find(event, ICAL_DTEND_PROPERTY);
	struct icaltimetype to;

	if (p == NULL)
		return;
	to = icalproperty_get_dtend(p);
	if (icaltime_is_null_time(to))
		return;
	if (to.is_date) {
		append_last_day(out, from, &to);
		return;
	}
	g_string_append(out, " - ");
	if (is_same_day(from, &to))
		append_clock(out, &to);
	else
		append_time(out, &to);
}

static void
append_duration(GString *out, icalcomponent *event)
{
	icalproperty *p = find(event, ICAL_DURATION_PROPERTY);
	struct icaldurationtype d;

	if (p == NULL)
		return;
	d = icalproperty_get_duration(p);
	if (d.is_neg)
		return;
	g_string_append(out, " for");
	if (d.weeks > 0)
		g_string_append_printf(out, " %u w", d.weeks);
	if (d.days > 0)
		g_string_append_printf(out, " %u d", d.days);
	if (d.hours > 0)
		g_string_append_printf(out, " %u h", d.hours);
	if (d.minutes > 0)
		g_string_append_printf(out, " %u min", d.minutes);
}

static void
append_zone(GString *out, icalproperty *p, const struct icaltimetype *t)
{
	icalparameter *zone = icalproperty_get_first_parameter(p,
	    ICAL_TZID_PARAMETER);
	const char *name = zone == NULL ? NULL : icalparameter_get_tzid(zone);

	if (t->is_date)
		return;
	if (icaltime_is_utc(*t))
		g_string_append(out, " UTC");
	else if (name != NULL)
		g_string_append_printf(out, " (%s)", name);
}

static void
tell_start(GString *out, icalcomponent *event)
{
	icalproperty *p = find(event, ICAL_DTSTART_PROPERTY);
	g_autoptr(GString) when = g_string_new(NULL);
	struct icaltimetype from;

	if (p == NULL)
		return;
	from = icalproperty_get_dtstart(p);
	if (icaltime_is_null_time(from))
		return;
	append_time(when, &from);
	append_end(when, event, &from);
	append_zone(when, p, &from);
	append_duration(when, event);
	tell(out, "When", when->str);
}

static void
tell_due(GString *out, icalcomponent *event)
{
	icalproperty *p = find(event, ICAL_DUE_PROPERTY);
	g_autoptr(GString) when = g_string_new(NULL);
	struct icaltimetype due;

	if (p == NULL)
		return;
	due = icalproperty_get_due(p);
	if (icaltime_is_null_time(due))
		return;
	append_time(when, &due);
	append_zone(when, p, &due);
	tell(out, "Due", when->str);
}

static void
append_days(GString *out, const struct icalrecurrencetype *rule)
{
	static const char *const names[] = {"", "Sunday", "Monday", "Tuesday",
	    "Wednesday", "Thursday", "Friday", "Saturday"};

	for (size_t i = 0; i < DAYS_MAX; i++) {
		const short day = rule->by_day[i];
		unsigned weekday;
		int position;

		if (day == ICAL_RECURRENCE_ARRAY_MAX)
			return;
		weekday = (unsigned)icalrecurrencetype_day_day_of_week(day);
		position = icalrecurrencetype_day_position(day);
		if (weekday == 0 || weekday >= COUNT(names))
			continue;
		g_string_append(out, i == 0 ? " on " : ", ");
		if (position == -1)
			g_string_append(out, "the last ");
		else if (position != 0)
			g_string_append_printf(out, "%d. ", position);
		g_string_append(out, names[weekday]);
	}
}

static void
append_rule(GString *out, const struct icalrecurrencetype *rule)
{
	for (size_t i = 0; i < COUNT(frequencies); i++) {
		const struct frequency *f = &frequencies[i];

		if (!RULE_ON(f) || f->frequency != rule->freq)
			continue;
		if (rule->interval > 1)
			g_string_append_printf(out, "every %d %s",
			    rule->interval, f->many);
		else
			g_string_append(out, f->one);
	}
	append_days(out, rule);
	if (rule->count > 0)
		g_string_append_printf(out, ", %d times", rule->count);
	if (!icaltime_is_null_time(rule->until)) {
		g_string_append(out, ", until ");
		append_date(out, &rule->until);
	}
}

static void
tell_rule(GString *out, icalcomponent *event)
{
	icalproperty *p = find(event, ICAL_RRULE_PROPERTY);
	g_autoptr(GString) words = g_string_new(NULL);
	struct icalrecurrencetype rule;

	if (p == NULL)
		return;
	rule = icalproperty_get_rrule(p);
	append_rule(words, &rule);
	tell(out, "Repeats", words->str);
}

/* "Name <address>", whichever of them is there. */
static char *
person(icalproperty *p, const char *address)
{
	icalparameter *cn = icalproperty_get_first_parameter(p,
	    ICAL_CN_PARAMETER);
	const char *name = cn == NULL ? NULL : icalparameter_get_cn(cn);

	if (address == NULL)
		return g_strdup(name);
	if (g_ascii_strncasecmp(address, "mailto:", 7) == 0)
		address += 7;
	if (name == NULL || g_str_equal(name, address))
		return g_strdup(address);
	return g_strdup_printf("%s <%s>", name, address);
}

static void
tell_organizer(GString *out, icalcomponent *event)
{
	icalproperty *p = find(event, ICAL_ORGANIZER_PROPERTY);
	g_autofree char *who = NULL;

	if (p == NULL)
		return;
	who = person(p, icalproperty_get_organizer(p));
	tell(out, "Organizer", who);
}

/* In a reply: who answers, and what. */
static void
tell_answer(GString *out, icalcomponent *event)
{
	icalproperty *p = find(event, ICAL_ATTENDEE_PROPERTY);
	icalparameter *partstat = p == NULL
	    ? NULL
	    : icalproperty_get_first_parameter(p, ICAL_PARTSTAT_PARAMETER);
	g_autofree char *who = NULL;

	if (partstat == NULL)
		return;
	who = person(p, icalproperty_get_attendee(p));
	for (size_t i = 0; who != NULL && i < COUNT(answers); i++) {
		g_autofree char *line = NULL;

		if (!RULE_ON(&answers[i]) ||
		    answers[i].partstat != icalparameter_get_partstat(partstat))
			continue;
		line = g_strdup_printf("%s: %s", who, answers[i].word);
		tell(out, "Answer", line);
	}
}

static void
tell_status(GString *out, icalcomponent *event)
{
	icalproperty *p = find(event, ICAL_STATUS_PROPERTY);

	for (size_t i = 0; p != NULL && i < COUNT(statuses); i++)
		if (RULE_ON(&statuses[i]) &&
		    statuses[i].status == icalproperty_get_status(p))
			tell(out, "Status", statuses[i].word);
}

static void
tell_text(GString *out, const char *title, icalcomponent *event,
    icalproperty_kind kind, const char *(*get)(const icalproperty *))
{
	icalproperty *p = find(event, kind);

	if (p != NULL)
		tell(out, title, get(p));
}

static const char *
title_of(icalproperty_method method)
{
	for (size_t i = 0; i < COUNT(methods); i++)
		if (RULE_ON(&methods[i]) && methods[i].method == method)
			return methods[i].title;
	return "Event";
}

static void
tell_event(GString *out, icalcomponent *event, icalproperty_method method)
{
	const size_t before = out->len;

	tell_text(out, title_of(method), event, ICAL_SUMMARY_PROPERTY,
	    icalproperty_get_summary);
	if (out->len == before)
		g_string_append_printf(out, "%s\n", title_of(method));
	tell_start(out, event);
	tell_due(out, event);
	tell_rule(out, event);
	tell_text(out, "Where", event, ICAL_LOCATION_PROPERTY,
	    icalproperty_get_location);
	tell_organizer(out, event);
	if (method == ICAL_METHOD_REPLY || method == ICAL_METHOD_COUNTER)
		tell_answer(out, event);
	tell_status(out, event);
}

static void
tell_description(GString *out, icalcomponent *event)
{
	icalproperty *p = find(event, ICAL_DESCRIPTION_PROPERTY);
	const char *text = p == NULL ? NULL : icalproperty_get_description(p);
	g_autofree char *clean = NULL;

	if (text == NULL)
		return;
	clean = text_clean(text, strnlen(text, DESCRIPTION_MAX));
	if (*g_strstrip(clean) != '\0')
		g_string_append_printf(out, "\n%s\n", clean);
}

static bool
is_told(icalcomponent *c)
{
	return icalcomponent_isa(c) == ICAL_VEVENT_COMPONENT ||
	    icalcomponent_isa(c) == ICAL_VTODO_COMPONENT;
}

static void
tell_calendar(GString *out, icalcomponent *calendar, bool description)
{
	icalproperty *p = find(calendar, ICAL_METHOD_PROPERTY);
	const icalproperty_method method = p == NULL
	    ? ICAL_METHOD_NONE
	    : icalproperty_get_method(p);
	icalcomponent *c, *first = NULL;
	unsigned count = 0;

	for (c = icalcomponent_get_first_component(calendar,
		 ICAL_ANY_COMPONENT);
	     c != NULL; c = icalcomponent_get_next_component(calendar,
			    ICAL_ANY_COMPONENT)) {
		if (!is_told(c))
			continue;
		if (first == NULL)
			first = c;
		if (++count > EVENTS_MAX)
			continue;
		if (count > 1)
			g_string_append_c(out, '\n');
		tell_event(out, c, method);
	}
	if (count > EVENTS_MAX)
		g_string_append_printf(out, "\nand %u more\n",
		    count - EVENTS_MAX);
	if (description && first != NULL)
		tell_description(out, first);
}

/* The line "BEGIN:x" or "END:x" at `text`: where x stands; NULL if it is
 * another. */
static const char *
bracket(const char *text, const char *word)
{
	const size_t n = strlen(word);

	return g_ascii_strncasecmp(text, word, n) == 0 ? text + n : NULL;
}

/* Components that are open. */
struct nesting {
	const char *names[DEPTH_MAX];
	size_t depth;
};

/* Follows one line; false when libical is to see none of it. */
static bool
follow(struct nesting *open, const char *line)
{
	const char *begun = bracket(line, "BEGIN:");

	if (begun != NULL) {
		if (open->depth == DEPTH_MAX)
			return false;
		open->names[open->depth++] = begun;
	} else if (bracket(line, "END:") != NULL) {
		open->depth--;
	}
	return true;
}

/* The first calendar, each component closed: one that was cut gives what
 * stands before the cut, and libical has nothing to complain of on standard
 * error. */
static char *
balanced(const char *text)
{
	GString *out = g_string_sized_new(strlen(text) + 64);
	struct nesting open = {.depth = 0};

	for (const char *line = text; *line != '\0';) {
		const size_t len = strcspn(line, "\n");

		if (open.depth > 0 || bracket(line, "BEGIN:") != NULL) {
			if (!follow(&open, line))
				break;
			g_string_append_len(out, line, (gssize)len);
			g_string_append_c(out, '\n');
			if (open.depth == 0)
				break;
		}
		line += len + (line[len] == '\n');
	}
	while (open.depth-- > 0)
		g_string_append_printf(out, "END:%.*s\n",
		    (int)strcspn(open.names[open.depth], "\n"),
		    open.names[open.depth]);
	return g_string_free(out, FALSE);
}

char *
calendar_tell(const char *text, bool description)
{
	g_autofree char *closed = NULL;
	icalcomponent *calendar;
	GString *out;

	if (strstr(text, "BEGIN:V") == NULL)
		return NULL;
	calendar_setup();
	closed = balanced(text);
	calendar = icalparser_parse_string(closed);
	if (calendar == NULL)
		return NULL;
	out = g_string_new(NULL);
	if (is_told(calendar))
		tell_event(out, calendar, ICAL_METHOD_NONE);
	else
		tell_calendar(out, calendar, description);
	icalcomponent_free(calendar);
	icalmemory_free_ring();
	if (out->len == 0) {
		(void)g_string_free(out, TRUE);
		return NULL;
	}
	return g_string_free(out, FALSE);
}

bool
calendar_rules(size_t i, struct rule_table *out)
{
	static const struct rule_table tables[] = {
	    RULE_TABLE("text", methods),
	    RULE_TABLE("text", answers),
	    RULE_TABLE("text", statuses),
	    RULE_TABLE("text", frequencies),
	};

	if (i >= COUNT(tables))
		return false;
	*out = tables[i];
	return true;
}
