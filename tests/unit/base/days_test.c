/* SPDX-License-Identifier: MIT */
/*
 * base/days: the same local time some days later, where clocks are put on and
 * back, and a day is left out. The zones are those of the system.
 */
#include "base/days.h"

#include "base/clk.h"
#include "base/err.h"
#include "tests/lib/test.h"

static int64_t
time_of(const char *text)
{
	g_autoptr(GError) error = NULL;
	int64_t at = 0;

	CHECK_OK(clk_parse(text, &at, &error), error);
	return at;
}

struct row {
	const char *zone, *at;
	unsigned days;
	const char *then;
};

static void
check_rows(const struct row *row, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GTimeZone) zone = days_zone(row[i].zone, &error);

		CHECK_OK(zone != NULL, error);
		CHECK_EQ(i, days_after(zone, time_of(row[i].at), row[i].days),
		    time_of(row[i].then));
	}
}

TEST(days_end_at_the_same_local_time)
{
	static const struct row row[] = {
	    {"UTC",          "2026-01-01T12:00:00Z",      1,   "2026-01-02T12:00:00Z"  },
	    {"UTC",          "2024-02-28T12:00:00Z",      1,   "2024-02-29T12:00:00Z"  },
	    {"UTC",          "2024-02-29T12:00:00Z",      366, "2025-03-01T12:00:00Z"  },
	    {"UTC",          "2100-02-28T12:00:00Z",      1,   "2100-03-01T12:00:00Z"  },
	    {"UTC",          "1969-12-31T23:59:59.5Z",    1,   "1970-01-01T23:59:59.5Z"},
	    {"Asia/Kolkata", "2026-03-28T18:30:00+05:30", 30,
             "2026-04-27T18:30:00+05:30"					       },
	};

	check_rows(row, COUNT(row));
}

TEST(hours_that_are_missing_or_come_twice_are_passed_over)
{
	static const struct row row[] = {
  /* spring: clocks go from 02:00 to 03:00 on March 29 */
	    {"Europe/Berlin",       "2026-03-28T12:00:00+01:00",    1,
             "2026-03-29T12:00:00+02:00"   },
	    {"Europe/Berlin",       "2026-03-28T01:59:59+01:00",    1,
             "2026-03-29T01:59:59+01:00"   },
	    {"Europe/Berlin",       "2026-03-28T02:00:00+01:00",    1,
             "2026-03-29T03:00:00+02:00"   },
	    {"Europe/Berlin",       "2026-03-28T02:30:00.25+01:00", 1,
             "2026-03-29T03:00:00+02:00"   },
	    {"Europe/Berlin",       "2026-03-28T03:00:00+01:00",    1,
             "2026-03-29T03:00:00+02:00"   },
	    {"Europe/Berlin",       "2026-03-28T02:30:00.25+01:00", 2,
             "2026-03-30T02:30:00.25+02:00"},
 /* autumn: from 03:00 to 02:00 on October 25 */
	    {"Europe/Berlin",       "2026-10-24T12:00:00+02:00",    1,
             "2026-10-25T12:00:00+01:00"   },
	    {"Europe/Berlin",       "2026-10-24T02:00:00+02:00",    1,
             "2026-10-25T02:00:00+02:00"   },
	    {"Europe/Berlin",       "2026-10-24T02:59:59.75+02:00", 1,
             "2026-10-25T02:59:59.75+02:00"},
	    {"Europe/Berlin",       "2026-10-24T03:00:00+02:00",    1,
             "2026-10-25T03:00:00+01:00"   },
	    {"Europe/Berlin",       "2026-10-25T02:30:00+01:00",    1,
             "2026-10-26T02:30:00+01:00"   },
	    {"Europe/Berlin",       "2026-10-25T02:30:00+01:00",    0,
             "2026-10-25T02:30:00+01:00"   },
	    {"America/New_York",    "2026-03-07T02:30:00-05:00",    1,
             "2026-03-08T03:00:00-04:00"   },
	    {"America/New_York",    "2026-10-31T01:30:00-04:00",    1,
             "2026-11-01T01:30:00-04:00"   },
	    {"America/New_York",    "2026-10-31T23:00:00-04:00",    1,
             "2026-11-01T23:00:00-05:00"   },
	    {"Australia/Lord_Howe", "2026-10-03T02:10:00+10:30",    1,
             "2026-10-04T02:30:00+11:00"   },
 /* Samoa had no December 30, 2011. */
	    {"Pacific/Apia",        "2011-12-29T12:00:00-10:00",    1,
             "2011-12-31T00:00:00+14:00"   },
	    {"Pacific/Apia",        "2011-12-29T12:00:00-10:00",    2,
             "2011-12-31T12:00:00+14:00"   },
	};

	check_rows(row, COUNT(row));
}

TEST(rules_of_zones_hold_for_years_ahead)
{
	static const struct row row[] = {
	    {"Europe/Berlin", "2026-07-01T12:00:00+02:00", 365,
             "2027-07-01T12:00:00+02:00"},
	    {"Europe/Berlin", "2026-07-01T12:00:00+02:00", 3653,
             "2036-07-01T12:00:00+02:00"},
	    {"Asia/Kolkata",  "2026-07-01T12:00:00+05:30", 36524,
             "2126-07-01T12:00:00+05:30"},
	    {"Europe/Berlin", "2026-07-01T12:00:00+02:00", 18263,
             "2076-07-01T12:00:00+02:00"},
	};

	check_rows(row, COUNT(row));
}

/* Whatever the hour, the order of times is kept, and each day is found. */
TEST(later_times_never_end_earlier)
{
	static const char *const names[] = {"Europe/Berlin", "America/New_York",
	    "Pacific/Apia", "Africa/Casablanca", "America/St_Johns"};

	for (size_t i = 0; i < COUNT(names); i++) {
		g_autoptr(GTimeZone) zone = days_zone(names[i], NULL);
		const int64_t from = time_of("2011-01-01T00:00:00Z");
		int64_t before = from;

		CHECK(zone != NULL);
		for (int64_t hour = 0; hour < 2 * 8766; hour++) {
			const int64_t at = from + hour * CLK_HOUR;
			const int64_t then = days_after(zone, at, 1);

			CHECK(then >= at && then - at <= 2 * CLK_DAY);
			CHECK(then >= before - CLK_HOUR);
			before = then;
		}
	}
}

TEST(times_beyond_all_calendars_have_an_end)
{
	static const int64_t at[] = {INT64_MIN, INT64_MIN + 1, INT64_MIN / 2,
	    -1, 0, 1, INT64_C(253402300800000000), INT64_MAX / 2,
	    INT64_MAX - CLK_DAY, INT64_MAX};
	static const unsigned days[] = {1, 36525, 3652425, G_MAXUINT};
	static const char *const names[] = {"UTC", "Europe/Berlin",
	    "Pacific/Apia", ""};

	for (size_t n = 0; n < COUNT(names); n++) {
		g_autoptr(GTimeZone) zone = days_zone(names[n], NULL);

		for (size_t i = 0; i < COUNT(at) * COUNT(days); i++) {
			const int64_t from = at[i / COUNT(days)];

			CHECK_EQ(i,
			    days_after(zone, from, days[i % COUNT(days)]) >=
				from,
			    true);
		}
		CHECK(days_after(zone, INT64_MAX, 1) == INT64_MAX);
		CHECK(days_after(zone, 0, G_MAXUINT) == INT64_MAX);
		CHECK(days_after(zone, INT64_MAX, 0) == INT64_MAX);
		CHECK(days_after(zone, INT64_MIN, 0) == INT64_MIN);
	}
}

TEST(zones_have_the_names_of_iana)
{
	static const struct {
		const char *name;
		bool is_known;
	} row[] = {
	    {"",			   true },
	    {"UTC",			true },
	    {"Europe/Berlin",              true },
	    {"America/Argentina/Ushuaia",  true },
	    {"Etc/GMT+5",                  true },
	    {"Europe/Berlim",              false},
	    {"Europe",                     false},
	    {"Berlin2",                    false},
	    {"CET-1CEST,M3.5.0,M10.5.0/3", false},
	    {"+02:00",                     false},
	    {" UTC",		       false},
	    {"UTC\n",		      false},
	    {"../zoneinfo/UTC",            false},
	    {"Etc/../UTC",                 false},
	    {"/usr/share/zoneinfo/UTC",    false},
	    {"zone.tab",                   false},
	    {"leapseconds",                false},
	    {":UTC",		       false},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GTimeZone) zone = days_zone(row[i].name, &error);

		CHECK_EQ(i, zone != NULL, row[i].is_known);
		CHECK_EQ(i, err_is(error, ERR_INVALID), !row[i].is_known);
	}
}
