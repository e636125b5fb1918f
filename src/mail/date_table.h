/* SPDX-License-Identifier: MIT */
/* Private to mail/date: names of months, zones, units. */
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

/* What stands behind a number and says what it is, in East Asia. */
struct date_unit {
	const char *name;
	enum date_unit_kind { DATE_YEAR, DATE_MONTH, DATE_DAY } kind;
};

/* Which half of the day; in small letters. */
struct date_half {
	const char *name;
	bool is_pm;
};

extern const struct date_half date_halves[];
extern const size_t date_half_count;
extern const struct date_unit date_units[];
extern const size_t date_unit_count;
extern const struct date_month date_months[];
extern const size_t date_month_count;
extern const struct date_zone date_zones[];
extern const size_t date_zone_count;

#endif
