/* SPDX-License-Identifier: MIT */
/*
 * A date is read word by word; what a word is follows from its form and from
 * what is known already. A number before a colon is an hour, a name of a
 * month is one, four digits are a year, a number behind the time with a sign
 * is a zone. Comments and names of days say nothing. At the end all must be
 * there and in range.
 */
#include "mail/date.h"

#include <string.h>

#include "mail/date_table.h"

#define TEXT_MAX 200
#define WORD_MAX 48
/* Bytes of a word for a half of the day that needs no time before it. */
#define LONG_HALF 5
#define NONE      (-1)

struct moment {
	int year, month, day;
	int hour, minute, second;
	int zone; /* minutes east of Greenwich */
	bool has_zone;
	bool pm, am;
	bool is_american;  /* "1/5/2024", if a half of the day is named */
	bool may_be_a_day; /* the month was read from "mar", also a weekday */
	int digits;        /* of the year */
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The number at `*at`, which moves behind it, and its digits. */
static int
read_number(const char **at, int *digits_out)
{
	const char *from = *at;
	int number = 0;

	for (; is_digit(**at); (*at)++)
		number = MIN(number * 10 + (**at - '0'), 100000000);
	*digits_out = (int)(*at - from);
	return number;
}

/* ":52:37.123" behind an hour; the older dots do as well. */
static const char *
read_time(struct moment *m, int hour, const char *at, char separator)
{
	int digits;

	m->hour = hour;
	m->minute = m->second = 0;
	at++;
	m->minute = read_number(&at, &digits);
	if (*at == separator && is_digit(at[1])) {
		at++;
		m->second = read_number(&at, &digits);
		if ((*at == '.' || *at == ',') && is_digit(at[1])) {
			at++;
			(void)read_number(&at, &digits);
		}
	}
	return at;
}

/* A zone that was named before ("EST-0500") stays. */
static void
set_offset(struct moment *m, int sign, int hours, int minutes)
{
	if (m->has_zone)
		return;
	m->has_zone = true;
	if (hours <= 14 && minutes < 60)
		m->zone = sign * (hours * 60 + minutes);
}

/* "+0130", "-5", "+01:00" at its sign. */
static const char *
read_offset(struct moment *m, const char *at)
{
	const int sign = *at++ == '-' ? -1 : 1;
	int digits, hours, minutes = 0;

	hours = read_number(&at, &digits);
	if (digits > 2) {
		minutes = hours % 100;
		hours /= 100;
	} else if (*at == ':' && is_digit(at[1])) {
		at++;
		minutes = read_number(&at, &digits);
	}
	set_offset(m, sign, hours, minutes);
	return at;
}

static void
set_year(struct moment *m, int number, int digits)
{
	m->digits = digits;
	m->year = number;
	if (digits <= 2) /* RFC 5322, 4.3 */
		m->year += number < 50 ? 2000 : 1900;
	else if (digits == 3)
		m->year += 1900;
}

static bool
has_time(const struct moment *m)
{
	return m->hour != NONE;
}

static void
set_number(struct moment *m, int number, int digits)
{
	if (digits >= 3 && m->year == NONE)
		set_year(m, number, digits);
	else if (m->day == NONE)
		m->day = number;
	else if (m->year == NONE)
		set_year(m, number, digits);
}

/* Three numbers with the same sign between: year first, or day, month, year;
 * with dots; with other signs only if one of them cannot be a month. */
static const char *
read_numbers(struct moment *m, int first, int digits, const char *at)
{
	const char separator = *at++;
	int second_digits, third_digits;
	const int second = read_number(&at, &second_digits);
	int third;

	if (*at++ != separator)
		return NULL;
	third = read_number(&at, &third_digits);
	if (third_digits == 0)
		return NULL;
	if (digits == 4) {
		m->year = first;
		m->month = second;
		m->day = third;
		return at;
	}
	if (separator != '.' && first <= 12 && second <= 12 &&
	    first != second) {
		if (separator != '/')
			return NULL;
		m->is_american = true;
	}
	m->day = separator != '.' && first <= 12 ? second : first;
	m->month = separator != '.' && first <= 12 ? first : second;
	set_year(m, third, third_digits);
	return at;
}

/* Behind the unit of a number, if one stands at `at`; else NULL. */
static const char *
read_unit(struct moment *m, int number, int digits, const char *at)
{
	for (size_t i = 0; i < date_unit_count; i++) {
		const size_t n = strlen(date_units[i].name);

		if (strncmp(at, date_units[i].name, n) != 0)
			continue;
		if (date_units[i].kind == DATE_YEAR)
			set_year(m, number, digits);
		else if (date_units[i].kind == DATE_MONTH)
			m->month = number;
		else
			m->day = number;
		return at + n;
	}
	return NULL;
}

/* A word that starts with a digit. NULL: no date can hold it. */
static const char *
read_numeric(struct moment *m, const char *at)
{
	int digits;
	const int number = read_number(&at, &digits);
	const char *next = (uint8_t)*at >= 0x80
	    ? read_unit(m, number, digits, at)
	    : NULL;

	if (next != NULL)
		return next;
	if (*at == ':' && is_digit(at[1]))
		return has_time(m) ? NULL : read_time(m, number, at, ':');
	if ((*at == 'h' || *at == 'H') && is_digit(at[1]) && !has_time(m))
		return read_time(m, number, at, *at);
	if (*at == '.' && is_digit(at[1]) && m->year != NONE && !has_time(m))
		return read_time(m, number, at, '.');
	if ((*at == '.' || *at == '/' || *at == '-') && is_digit(at[1]) &&
	    m->month == NONE && m->day == NONE)
		return read_numbers(m, number, digits, at);
	set_number(m, number, digits);
	return at;
}

static bool
is_letter(char c)
{
	return g_ascii_isalpha(c) || (uint8_t)c >= 0x80;
}

/* The month whose name `word` begins with; 0 if none. */
static int
find_month(const char *word)
{
	int month = 0;
	size_t longest = 0;

	for (size_t i = 0; i < date_month_count; i++) {
		const size_t n = strlen(date_months[i].name);

		if (n > longest && strncmp(word, date_months[i].name, n) == 0) {
			longest = n;
			month = date_months[i].month;
		}
	}
	return month;
}

static void
set_zone(struct moment *m, const char *word)
{
	if (m->has_zone)
		return;
	for (size_t i = 0; i < date_zone_count; i++)
		if (g_ascii_strcasecmp(word, date_zones[i].name) == 0) {
			m->zone = date_zones[i].minutes;
			m->has_zone = true;
			return;
		}
}

/* In East Asia it stands before the time, behind the day of the week. */
static const struct date_half *
find_half(const struct moment *m, const char *word)
{
	for (size_t i = 0; i < date_half_count; i++) {
		const struct date_half *half = &date_halves[i];

		if (strlen(half->name) >= LONG_HALF
			? g_str_has_suffix(word, half->name)
			: has_time(m) && strcmp(word, half->name) == 0)
			return half;
	}
	return NULL;
}

static void
set_word(struct moment *m, const char *word)
{
	const struct date_half *half = find_half(m, word);
	const int month = find_month(word);

	if (half != NULL) {
		m->pm = half->is_pm;
		m->am = !half->is_pm;
	} else if (month != 0 && (m->month == NONE || m->may_be_a_day)) {
		m->may_be_a_day = month == 3 && m->day == NONE;
		m->month = month;
	} else if (has_time(m)) {
		set_zone(m, word);
	}
}

/* A word of letters, its ASCII in small ones. "T" of ISO 8601 is one too. */
static const char *
read_letters(struct moment *m, const char *at)
{
	char word[WORD_MAX] = "";
	size_t n = 0;

	for (; is_letter(*at); at++)
		if (n < sizeof(word) - 1)
			word[n++] = g_ascii_tolower(*at);
	if (n == 1 && at[0] == '.' && g_ascii_tolower(at[1]) == 'm') {
		word[n++] = '.'; /* "8:16 p.m." */
		word[n++] = 'm';
		at += 2;
	}
	word[n] = '\0';
	set_word(m, word);
	return at;
}

/* Behind a comment, which may hold others. */
static const char *
skip_comment(const char *at)
{
	unsigned depth = 0;

	for (; *at != '\0'; at++) {
		if (*at == '\\' && at[1] != '\0') {
			at++;
			continue;
		}
		depth += *at == '(';
		if (*at == ')' && --depth == 0)
			return at + 1;
	}
	return at;
}

static const char *
read_one(struct moment *m, const char *at)
{
	const bool is_sign = *at == '+' || *at == '-';

	if (*at == '(')
		return skip_comment(at);
	if (is_digit(*at))
		return read_numeric(m, at);
	if (is_letter(*at))
		return read_letters(m, at);
	if (is_sign && is_digit(at[1]) && has_time(m))
		return read_offset(m, at);
	return at + 1;
}

/* Leaves out comments and blanks around colons ("09(x):   55"), which would
 * part a time. */
static void
tighten(const char *text, char out[TEXT_MAX + 1])
{
	const char *const end = text + strnlen(text, TEXT_MAX);
	size_t n = 0;

	while (text < end) {
		if (*text == '(') {
			text = MIN(skip_comment(text), end);
			continue;
		}
		if (*text == ':')
			while (n > 0 && out[n - 1] == ' ')
				n--;
		if (n == 0 || *text != ' ' || out[n - 1] != ':')
			out[n++] = *text;
		text++;
	}
	out[n] = '\0';
}

static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
days_of(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
	    31};

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* 24:00 is the next day's midnight, 60 a leap second. */
static bool
is_in_range(const struct moment *m)
{
	if (m->year < 1900 || m->year > 9999 || m->month < 1 || m->month > 12 ||
	    m->day < 1 || m->day > days_of(m->year, m->month))
		return false;
	if (m->hour == 24)
		return m->minute == 0 && m->second == 0;
	return m->hour >= 0 && m->hour < 24 && m->minute < 60 &&
	    m->second <= 60;
}

static int64_t
days_since_1970(int year, int month, int day)
{
	const int before = year - 1;
	int64_t days = INT64_C(365) * before + before / 4 - before / 100 +
	    before / 400;

	for (int i = 1; i < month; i++)
		days += days_of(year, i);
	return days + day - 1 - 719162;
}

static void
finish(struct moment *m)
{
	if (!has_time(m))
		m->hour = 0;
	if (m->pm && m->hour < 12)
		m->hour += 12;
	if (m->am && m->hour == 12)
		m->hour = 0;
}

/* Beyond ASCII, which read_letters does; NULL if there is nothing else. */
static char *
small_letters(const char *text)
{
	const size_t len = strnlen(text, TEXT_MAX);
	g_autofree char *valid = NULL;

	if (g_str_is_ascii(text))
		return NULL;
	valid = g_utf8_make_valid(text, (gssize)len);
	return g_utf8_strdown(valid, -1);
}

bool
date_parse(const char *text, int64_t *at_us_out)
{
	struct moment m = {.year = NONE,
	    .month = NONE,
	    .day = NONE,
	    .hour = NONE};
	g_autofree char *small = small_letters(text);
	char tight[TEXT_MAX + 1] = "";
	int64_t seconds;

	tighten(small != NULL ? small : text, tight);
	for (const char *at = tight; *at != '\0';) {
		at = read_one(&m, at);
		if (at == NULL)
			return false;
	}
	finish(&m);
	if (!is_in_range(&m) || (m.is_american && !m.am && !m.pm))
		return false;
	seconds = days_since_1970(m.year, m.month, m.day) * 86400 +
	    m.hour * 3600 + (m.minute - m.zone) * 60 + m.second;
	*at_us_out = seconds * 1000000;
	return true;
}
