/* SPDX-License-Identifier: MIT */
/*
 * The metrics: one relaxed atomic a row of metric.def and their text in
 * Prometheus' exposition format. No labels: nothing from outside can make a
 * new series. Any thread.
 */
#include "base/metric.h"

#include <stdatomic.h>

#define KIND_COUNTER "counter"
#define KIND_GAUGE   "gauge"

static _Atomic int64_t value[METRIC_COUNT];

static const struct {
	const char *kind;
	const char *name;
	const char *help;
} rows[] = {
#define M(id, kind, name, help) {KIND_##kind, name, help},
#include "base/metric.def"
#undef M
};
_Static_assert(COUNT(rows) == METRIC_COUNT, "one row a metric");

void
metric_add(enum metric metric, int64_t n)
{
	(void)atomic_fetch_add_explicit(&value[metric], n,
	    memory_order_relaxed);
}

void
metric_set(enum metric metric, int64_t n)
{
	atomic_store_explicit(&value[metric], n, memory_order_relaxed);
}

int64_t
metric_get(enum metric metric)
{
	return atomic_load_explicit(&value[metric], memory_order_relaxed);
}

const char *
metric_name(enum metric metric)
{
	return rows[metric].name;
}

void
metric_format(GString *out)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		g_string_append_printf(out, "# HELP %s %s\n# TYPE %s %s\n",
		    rows[i].name, rows[i].help, rows[i].name, rows[i].kind);
		g_string_append_printf(out, "%s %" PRId64 "\n", rows[i].name,
		    metric_get((enum metric)i));
	}
}
