/* SPDX-License-Identifier: MIT */
/*
 * Calendar days in a time zone: what "after 3 days" means to people. Times
 * are epoch microseconds. A GTimeZone is immutable once it is made, so any
 * thread may use one that another made and keeps.
 */
#ifndef BASE_DAYS_H
#define BASE_DAYS_H

#include "base/base.h"

/* The zone of an IANA name ("Europe/Berlin"); "" is the system's. NULL and
 * ERR_INVALID for a name that the system does not know. g_time_zone_unref the
 * result. Reads files: at start, or when a setting changes. */
GTimeZone *days_zone(const char *name, GError **error);

/* The same local time `days` calendar days later: of one that does not exist
 * there the next that does, of one that exists twice the first. 0 days later
 * is `at` itself. What lies beyond the end of time is its end. */
int64_t days_after(GTimeZone *zone, int64_t at, unsigned days);

#endif
