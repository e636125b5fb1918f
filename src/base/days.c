/* SPDX-License-Identifier: MIT */
/*
 * A zone is a row of intervals, each with its offset from UTC; GLib tells an
 * instant's interval and an interval's offset. The instant wanted is the first
 * whose local time is not before the local time wanted: that is the next valid
 * one in a gap, and the first one where clocks are put back. So the intervals
 * around it are asked in order, and no calendar is needed: GDateTime ends with
 * the year 9999.
 */
#include "base/days.h"

#include <string.h>

#include "base/err.h"

#define SECOND       INT64_C(1000000)
#define DAY_SECONDS  INT64_C(86400)
#define OFFSET_MAX   (2 * DAY_SECONDS) /* no zone is farther from UTC */
#define NAME_LEN_MAX 64
#define ZONE_LEN_MIN 44                    /* its head (RFC 8536, 3.1) */
#define ZONES        "/usr/share/zoneinfo" /* as GLib has it, and $TZDIR */

/* ---- zones --------------------------------------------------------------- */

/* Without a dot, no name leaves the folder. */
static bool
has_form_of_zone(const char *name)
{
	const size_t len = strspn(name,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789_+-/");

	return len <= NAME_LEN_MAX && name[len] == '\0' &&
	    g_ascii_isalpha(name[0]);
}

/* GLib takes "Berlin2" as well, for rules of POSIX, and calls a file of that
 * folder that is no zone ("leapseconds") an error of the program. */
static bool
is_zone_file(const char *name)
{
	const char *folder = g_getenv("TZDIR");
	g_autofree char *path = g_build_filename(folder != NULL ? folder
								: ZONES,
	    name, NULL);
	g_autofree char *bytes = NULL;
	gsize len = 0;

	return g_file_get_contents(path, &bytes, &len, NULL) &&
	    len >= ZONE_LEN_MIN && memcmp(bytes, "TZif", 4) == 0;
}

GTimeZone *
days_zone(const char *name, GError **error)
{
	GTimeZone *zone = NULL;

	if (name[0] == '\0')
		return g_time_zone_new_local();
	if (has_form_of_zone(name) && is_zone_file(name))
		zone = g_time_zone_new_identifier(name);
	if (zone == NULL)
		return fail_null(error, ERR_INVALID,
		    "\"%.*s\" is no time zone that this system knows; "
		    "an example is Europe/Berlin",
		    NAME_LEN_MAX, name);
	return zone;
}

/* ---- days ---------------------------------------------------------------- */

static int
interval_at(GTimeZone *zone, int64_t second)
{
	return g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, second);
}

/* The first second of an interval that begins after `low`, not after `high`. */
static int64_t
start_of(GTimeZone *zone, int interval, int64_t low, int64_t high)
{
	while (high - low > 1) {
		const int64_t middle = low + (high - low) / 2;

		if (interval_at(zone, middle) < interval)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* The first second whose local time is not before `local`. */
static int64_t
second_of(GTimeZone *zone, int64_t local)
{
	const int64_t low = local - OFFSET_MAX;
	const int64_t high = local + OFFSET_MAX;
	const int last = interval_at(zone, high);
	int64_t start = low;

	for (int i = interval_at(zone, low); i < last; i++) {
		const int64_t second = MAX(start,
		    local - g_time_zone_get_offset(zone, i));

		if (interval_at(zone, second) == i)
			return second;
		start = start_of(zone, i + 1, start, high);
	}
	return MAX(start, local - g_time_zone_get_offset(zone, last));
}

static int64_t
with_fraction(int64_t second, int64_t fraction)
{
	if (second >= INT64_MAX / SECOND)
		return INT64_MAX;
	if (second <= INT64_MIN / SECOND)
		return INT64_MIN;
	return second * SECOND + fraction;
}

int64_t
days_after(GTimeZone *zone, int64_t at, unsigned days)
{
	const int64_t fraction = (at % SECOND + SECOND) % SECOND;
	const int64_t second = at / SECOND - (at % SECOND < 0);
	int64_t local, then;
	int interval;

	if (days == 0)
		return at;
	local = second +
	    g_time_zone_get_offset(zone, interval_at(zone, second)) +
	    days * DAY_SECONDS;
	then = second_of(zone, local);
	interval = interval_at(zone, then);
	/* The end of a gap is a whole second. */
	return with_fraction(then,
	    then + g_time_zone_get_offset(zone, interval) == local ? fraction
								   : 0);
}
