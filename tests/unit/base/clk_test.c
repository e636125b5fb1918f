/* SPDX-License-Identifier: MIT */
/* base/clk: RFC 3339 both ways, a clock that stands still. */
#include "base/clk.h"

#include "tests/lib/test.h"

TEST(rfc_3339_is_read_and_nothing_else)
{
	static const struct {
		const char *text;
		int64_t at; /* -1: refused */
	} row[] = {
	    {"1970-01-01T00:00:00Z",         0                               },
	    {"2024-02-29T12:00:00Z",         1709208000 * CLK_SECOND         },
	    {"2024-02-29t12:00:00z",         1709208000 * CLK_SECOND         },
	    {"2024-02-29 12:00:00Z",         1709208000 * CLK_SECOND         },
	    {"2024-02-29T14:30:00+02:30",    1709208000 * CLK_SECOND         },
	    {"2024-02-29T09:00:00-03:00",    1709208000 * CLK_SECOND         },
	    {"2024-02-29T12:00:00.5Z",       1709208000 * CLK_SECOND + 500000},
	    {"2024-02-29T12:00:00.1234567Z", 1709208000 * CLK_SECOND + 123456},
	    {"2016-12-31T23:59:60Z",         1483228800 * CLK_SECOND         },
	    {"1969-12-31T23:59:58.5Z",       -1500000                        },
	    {"2023-02-29T12:00:00Z",         -1                              },
	    {"2024-13-01T12:00:00Z",         -1                              },
	    {"2024-02-29T24:00:00Z",         -1                              },
	    {"2024-02-29T12:00:00",          -1                              },
	    {"2024-02-29T12:00:00.Z",        -1                              },
	    {"2024-02-29T12:00:00+0230",     -1                              },
	    {"2024-02-29T12:00:00+24:00",    -1                              },
	    {"2024-02-29T12:00:00Z ",        -1                              },
	    {"2024-02-29",                   -1			      },
	    {"24-02-29T12:00:00Z",           -1                              },
	    {"",			     -1			      },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autoptr(GError) error = NULL;
		int64_t at = -1;

		CHECK_EQ(i, clk_parse(row[i].text, &at, &error),
		    row[i].at != -1);
		CHECK_EQ(i, at, row[i].at);
		CHECK_EQ(i, err_is(error, ERR_INVALID), row[i].at == -1);
	}
}

TEST(a_time_is_written_in_whole_seconds)
{
	static const struct {
		int64_t at;
		const char *text;
	} row[] = {
	    {0,				"1970-01-01T00:00:00Z"},
	    {1709208000 * CLK_SECOND + 999999, "2024-02-29T12:00:00Z"},
	    {-1,			       "1969-12-31T23:59:59Z"},
	    {-CLK_SECOND,                      "1969-12-31T23:59:59Z"},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *text = clk_format(row[i].at);

		CHECK_STR(i, text, row[i].text);
	}
}

TEST(a_test_stops_the_wall_clock_only)
{
	const int64_t before = clk_monotonic_us();

	clk_set(42 * CLK_SECOND);
	CHECK_EQ(0, clk_wall_us(), 42 * CLK_SECOND);
	g_usleep(2000);
	CHECK(clk_monotonic_us() > before);
	clk_set(0);
	CHECK(clk_wall_us() > 1700000000 * CLK_SECOND);
}
