/* SPDX-License-Identifier: MIT */
/*
 * Dates: a row is a text and the seconds since 1970, or none.
 */
#include "mail/date.h"
#include "mail/date_table.h"
#include "tests/lib/test.h"

#define JULY INT64_C(1057049557) /* 2003-07-01 08:52:37 UTC */

struct row {
	const char *text;
	int64_t seconds;
};

static void
check_rows(const struct row *row, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t at = INT64_MIN;

		CHECK_EQ(i, date_parse(row[i].text, &at), true);
		CHECK_EQ(i, at, row[i].seconds * 1000000);
	}
}

TEST(dates_of_all_kinds_are_read)
{
	static const struct row row[] = {
	    {"Tue, 1 Jul 2003 10:52:37 +0200",                  JULY        },
	    {"Tue, 1 Jul 2003 10:52:37 +02:00",                 JULY        },
	    {"Tue, 1 Jul 2003 10:52:37 GMT+0200",               JULY        },
	    {"Tue, 1 Jul 2003 10:52:37 UTC+2",                  JULY        },
	    {"Tue, 1 Jul 2003 10:52:37 CEST",                   JULY        },
	    {"Tue, 1 Jul 2003 10:52:37 +0200 (CEST)",           JULY        },
	    {"Tue, 1 Jul 2003 04:52:37 -0400 (EDT)",            JULY        },
	    {"Tue, 1 Jul 2003 08:52:37 GMT",                    JULY        },
	    {"Tue, 1 Jul 2003 08:52:37 Z",                      JULY        },
	    {"Tue, 1 Jul 2003 08:52:37",                        JULY        },
	    {"Tue, 1 Jul 2003 10:52 +0200",                     JULY - 37   },
	    {"1 jul 03 08:52:37 UT",                            JULY        },
	    {"Tue,01-Jul-2003 08:52:37 GMT",                    JULY        },
	    {"Tuesday, 1 July 2003 08:52:37 -0000",             JULY        },
	    {"Tue, July 1, 2003 8:52:37 AM",                    JULY        },
	    {"July 1, 2003 12:52:37 am +0000",                  JULY - 28800},
	    {"Tue Jul  1 08:52:37 2003",                        JULY        },
	    {"Tue Jul  1 10:52:37 CEST 2003",                   JULY        },
	    {"Tue Jul  1 10:52:37 2003 +0200",                  JULY        },
	    {"2003-07-01T10:52:37+02:00",                       JULY        },
	    {"2003-07-01 08:52:37.123Z",                        JULY        },
	    {"2003/07/01 08:52:37",                             JULY        },
	    {"Thu,\n 13\n Feb\n 1969\n 23:32\n -0330 (NST)",    -27723480   },
	    {"Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", 880127706   },
	    {"Sat, 31 Dec 2016 23:59:60 +0000",                 1483228800  },
	    {"Sat, 31 Dec 2016 24:00 +0000",                    1483228800  },
	    {"Sat, 31 Dec 16 24:00:00",                         1483228800  },
	    {"Fri, 31 Dec 99 00:00:00 GMT",                     946598400   },
	    {"Fri, 31 Dec 103 00:00:00 GMT",                    1072828800  },
	    {"Thu, 29 Feb 2024 00:00:00 +0000",                 1709164800  },
	    {"Tue, 1 Jul 2003 08:52:37 +9900",                  JULY        },
	    {"Tue, 1 Jul 2003 12:22:37 +0330",                  JULY        },
	    {"1 Jul 2003",				      1057017600  },
	    {"EST 1 Jul 2003 04:52:37 EDT-0400",                JULY        },
	};

	check_rows(row, COUNT(row));
}

TEST(dates_of_other_languages_are_read)
{
	static const struct row row[] = {
	    {"Di, 1. Juli 2003 um 08:52:37 Uhr",          JULY      },
	    {"01.07.2003 08:52:37",                       JULY      },
	    {"01.07.03 8:52:37",                          JULY      },
	    {"mar., 1 juil. 2003 08:52:37",               JULY      },
	    {"mardi 1er juillet 2003 08:52:37",           JULY      },
	    {"martes, 1 de julio de 2003 8:52:37",        JULY      },
	    {"mar 1 lug 2003 08.52.37",                   JULY      },
	    {"ter, 1 de jul de 2003 08:52:37",            JULY      },
	    {"di 1 juli 2003 08:52:37",                   JULY      },
	    {"2003年7月1日 08:52:37",                  JULY      },
	    {"2003년 7월 1일 8:52:37",                 JULY      },
	    {"25/12/2020 10:00",                          1608890400},
	    {"Fri, Jan 5, 2024 at 10:00 AM",              1704448800},
	    {"Friday, January 5, 2024 12:30 AM",          1704414600},
	    {"vendredi 5 janvier 2024 10h00",             1704448800},
	    {"viernes, 5 de enero de 2024 10:00",         1704448800},
	    {"5. ledna 2024",                             1704412800},
	    {"05.01.2024 10:00",                          1704448800},
	    {"2024-01-05 10:00 GMT+01:00",                1704445200},
	    {"2024年1月5日星期五 下午10:00",      1704492000},
	    {"2024年1月5日星期五下午10:00",       1704492000},
	    {"1/5/2024 10:00 AM",                         1704448800},
	    {"13/1/2024",				 1705104000},
	    {"1/13/2024",				 1705104000},
	    {"5 January 2024 at 10:00 CET",               1704445200},
	    {"Пятница, 5 Января 2024 10:00", 1704448800},
	    {"Середа, 5 січня 2024",           1704412800},
	    {"keskiviikko 5. tammikuuta 2024",            1704412800},
	    {"pazartesi, 5 Ocak 2024",                    1704412800},
	    {"martes, 5 de abril de 2024",                1712275200},
	    {"12/25/2020 10:00 AM",                       1608890400},
	    {"8 d\xC3\xA9"
	     "cembre 2021 8:16 p.m.",        1638994560},
	};

	check_rows(row, COUNT(row));
}

TEST(what_is_no_date_gives_none)
{
	static const char *const row[] = {"", "yesterday", "03/04/2005 10:00",
	    "32 Jul 2003 10:00", "1 Jul 2003 25:00", "29 Feb 2023 00:00 +0000",
	    "1 Jux 2003 10:00", "Tue, 10:52:37 +0200", "1 Jul 2003 10:61",
	    "1 Jul 20033 10:00", "0000-00-00", "1 Jul 1 10:00:00:00 11:00",
	    "99999999999999999999", "((((((((", "+", "24:01 1 Jul 2003",
	    "1 Jul 1899 00:00:00"};

	for (size_t i = 0; i < COUNT(row); i++) {
		int64_t at;

		CHECK_EQ(i, date_parse(row[i], &at), false);
	}
}

TEST(each_month_and_zone_of_the_tables_is_read)
{
	static const int days_before[] = {0, 31, 59, 90, 120, 151, 181, 212,
	    243, 273, 304, 334};

	for (size_t i = 0; i < date_month_count; i++) {
		const struct date_month *row = &date_months[i];
		g_autofree char *text = g_strdup_printf("1 %s 1970", row->name);
		int64_t at = 0;

		/* A day of the week that begins like a month is none. */
		CHECK_EQ(i, date_parse(text, &at), row->month != 0);
		if (row->month != 0)
			CHECK_EQ(i, at / 86400000000,
			    days_before[row->month - 1]);
	}
	for (size_t i = 0; i < date_zone_count; i++) {
		const struct date_zone *row = &date_zones[i];
		g_autofree char *text = g_strdup_printf("2 Jan 1970 00:00 %s",
		    row->name);
		int64_t at = 0;

		CHECK_EQ(i, date_parse(text, &at), true);
		CHECK_EQ(i, at / 60000000, 1440 - row->minutes);
	}
}
