/* SPDX-License-Identifier: MIT */
/* Private to mail/date: names of months and zones. */
#ifndef MAIL_DATE_TABLE_H
#define MAIL_DATE_TABLE_H

#include "base/base.h"

/* In small letters; a word of a date begins with it, the longest wins. */
struct date_month {
	const char *name;
	int month; /* from 1 on */
};

/* In capitals, minutes east of Greenwich. */
struct date_zone {
	const char *name;
	int minutes;
};

extern const struct date_month date_months[];
extern const size_t date_month_count;
extern const struct date_zone date_zones[];
extern const size_t date_zone_count;

#endif
