/* SPDX-License-Identifier: MIT */
/* base/metric: counting and Prometheus' text (R82). */
#include "base/metric.h"

#include <string.h>

#include "tests/lib/test.h"

TEST(metrics_count)
{
	metric_add(METRIC_COMMITS, 2);
	metric_add(METRIC_COMMITS, 3);
	metric_set(METRIC_LMTP_SESSIONS, 7);
	metric_add(METRIC_LMTP_SESSIONS, -1);
	CHECK_EQ(0, metric_get(METRIC_COMMITS), 5);
	CHECK_EQ(0, metric_get(METRIC_LMTP_SESSIONS), 6);
}

TEST(test_R82_the_text_is_that_of_prometheus)
{
	g_autoptr(GString) out = g_string_new("before\n");

	metric_set(METRIC_LMTP_SESSIONS, 6);
	metric_format(out);
	CHECK(g_str_has_prefix(out->str,
	    "before\n"
	    "# HELP maildesk_lmtp_sessions LMTP sessions open now\n"
	    "# TYPE maildesk_lmtp_sessions gauge\n"
	    "maildesk_lmtp_sessions 6\n"));
	CHECK(strstr(out->str, "_total counter\n") != NULL);
	CHECK(g_str_has_suffix(out->str, "\n"));
}
