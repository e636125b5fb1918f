/* SPDX-License-Identifier: MIT */
/*
 * Metrics: a fixed table (metric.def) of relaxed atomics. Any thread.
 */
#ifndef BASE_METRIC_H
#define BASE_METRIC_H

#include "base/base.h"

enum metric {
#define M(id, kind, name, help) METRIC_##id,
#include "base/metric.def"
#undef M
	METRIC_COUNT
};

void metric_add(enum metric metric, int64_t n);
void metric_set(enum metric metric, int64_t n);
int64_t metric_get(enum metric metric);

/* Its name in Prometheus' words; constant. */
const char *metric_name(enum metric metric);

/* All in Prometheus' text format, appended to `out`. */
void metric_format(GString *out);

#endif
