/* SPDX-License-Identifier: MIT */
/*
 * The clocks and RFC 3339. The wall clock can be made to stand still for
 * tests, by call or, in builds with test hooks, by MAILDESK_CLOCK. Calendar
 * arithmetic is GLib's; only the shape of the text is judged here, because
 * g_date_time_new_from_iso8601 takes much more than RFC 3339. Any thread.
 */
#include "base/clk.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"

#define NS_PER_US       1000
#define FRACTION_DIGITS 6 /* microseconds; more digits are cut */
#define HOUR_MAX        23
#define MINUTE_MAX      59
#define LEAP_SECOND     60

static _Atomic int64_t stopped_at; /* 0: the clock runs */

static int64_t
read_clock(clockid_t id)
{
	struct timespec t;

	(void)clock_gettime(id, &t); /* these two cannot fail */
	return t.tv_sec * CLK_SECOND + t.tv_nsec / NS_PER_US;
}

int64_t
clk_wall_us(void)
{
	const int64_t stopped = atomic_load_explicit(&stopped_at,
	    memory_order_relaxed);

	return stopped != 0 ? stopped : read_clock(CLOCK_REALTIME);
}

int64_t
clk_monotonic_us(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

void
clk_set(int64_t wall_us)
{
	atomic_store_explicit(&stopped_at, wall_us, memory_order_relaxed);
}

#ifdef MAILDESK_TEST_HOOKS
__attribute__((constructor)) static void
clk_set_from_environment(void)
{
	const char *text = getenv("MAILDESK_CLOCK");

	if (text != NULL)
		clk_set(g_ascii_strtoll(text, NULL, 10) * CLK_SECOND);
}
#endif

char *
clk_format(int64_t wall_us)
{
	const int64_t part = wall_us % CLK_SECOND;
	const time_t seconds = wall_us / CLK_SECOND - (part < 0 ? 1 : 0);
	struct tm t = {0};

	(void)gmtime_r(&seconds, &t);
	return g_strdup_printf("%04d-%02d-%02dT%02d:%02d:%02dZ",
	    t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min,
	    t.tm_sec);
}

/* Exactly `digits` digits at *at, which moves on. */
static bool
take_number(const char **at, int digits, int *number_out)
{
	int n = 0;

	for (int i = 0; i < digits; i++) {
		const char c = (*at)[i];

		if (!g_ascii_isdigit(c))
			return false;
		n = n * 10 + (c - '0');
	}
	*at += digits;
	*number_out = n;
	return true;
}

static bool
take_one_of(const char **at, const char *set, char *taken_out)
{
	if (**at == '\0' || strchr(set, **at) == NULL)
		return false;
	*taken_out = **at;
	*at += 1;
	return true;
}

/* ".123": microseconds; nothing there is 0. */
static bool
take_fraction(const char **at, int64_t *us_out)
{
	int64_t us = 0;
	int digits = 0;
	char dot;

	*us_out = 0;
	if (!take_one_of(at, ".", &dot))
		return true;
	for (; g_ascii_isdigit(**at); (*at)++, digits++)
		if (digits < FRACTION_DIGITS)
			us = us * 10 + (**at - '0');
	for (int i = digits; i < FRACTION_DIGITS; i++)
		us *= 10;
	*us_out = us;
	return digits > 0;
}

/* "Z" or "+02:00". */
static bool
take_offset(const char **at, int64_t *us_out)
{
	char sign;
	char colon;
	int hour = 0;
	int minute = 0;

	*us_out = 0;
	if (!take_one_of(at, "Zz+-", &sign))
		return false;
	if (sign == 'Z' || sign == 'z')
		return true;
	if (!take_number(at, 2, &hour) || !take_one_of(at, ":", &colon) ||
	    !take_number(at, 2, &minute))
		return false;
	if (hour > HOUR_MAX || minute > MINUTE_MAX)
		return false;
	*us_out = hour * CLK_HOUR + minute * CLK_MINUTE;
	if (sign == '-')
		*us_out = -*us_out;
	return true;
}

/* year, month, day, hour, minute, second with their separators. */
static bool
take_fields(const char **at, int field[6])
{
	static const struct {
		int digits;
		const char *after;
	} shape[] = {
	    {4, "-"  },
	    {2, "-"  },
	    {2, "Tt "},
	    {2, ":"  },
	    {2, ":"  },
	    {2, NULL },
	};

	for (size_t i = 0; i < COUNT(shape); i++) {
		char mark;

		if (!take_number(at, shape[i].digits, &field[i]))
			return false;
		if (shape[i].after != NULL &&
		    !take_one_of(at, shape[i].after, &mark))
			return false;
	}
	return true;
}

bool
clk_parse(const char *text, int64_t *wall_us_out, GError **error)
{
	const char *at = text;
	g_autoptr(GDateTime) t = NULL;
	int64_t fraction = 0;
	int64_t offset = 0;
	int64_t leap = 0;
	int f[6];

	if (!take_fields(&at, f) || !take_fraction(&at, &fraction) ||
	    !take_offset(&at, &offset) || *at != '\0')
		return fail(error, ERR_INVALID,
		    "not a time as in 2024-02-29T12:00:00Z");
	if (f[5] == LEAP_SECOND) {
		f[5]--;
		leap = CLK_SECOND;
	}
	t = g_date_time_new_utc(f[0], f[1], f[2], f[3], f[4], f[5]);
	if (t == NULL)
		return fail(error, ERR_INVALID, "there is no such time");
	*wall_us_out = g_date_time_to_unix(t) * CLK_SECOND + leap + fraction -
	    offset;
	return true;
}
