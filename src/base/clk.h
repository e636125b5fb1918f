/* SPDX-License-Identifier: MIT */
/*
 * The two clocks. Wall-clock times are epoch microseconds (int64_t `*_at`);
 * timeouts and measurements use monotonic microseconds. Tests set the wall
 * clock; MAILDESK_CLOCK (epoch seconds) does so for a test build's process.
 * Commands never call this: they take the time from their transaction.
 */
#ifndef BASE_CLK_H
#define BASE_CLK_H

#include "base/base.h"

#define CLK_SECOND INT64_C(1000000)
#define CLK_MINUTE (60 * CLK_SECOND)
#define CLK_HOUR   (60 * CLK_MINUTE)
#define CLK_DAY    (24 * CLK_HOUR)

int64_t clk_wall_us(void);
int64_t clk_monotonic_us(void);

/* For tests: the wall clock stands still there; 0 lets it run again. */
void clk_set(int64_t wall_us);

/* RFC 3339 with "Z", whole seconds; g_free the result. */
char *clk_format(int64_t wall_us);

/* Reads RFC 3339 (any offset, fraction allowed). */
bool clk_parse(const char *text, int64_t *wall_us_out, GError **error)
    MUST_CHECK;

#endif
