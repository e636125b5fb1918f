/* SPDX-License-Identifier: MIT */
/*
 * Requests on the whole store that may take long: "backup" (to "path") and
 * "check". They open views of their own. A pool thread of the daemon, or the
 * in-process CLI.
 */
#ifndef ADMIN_TASK_H
#define ADMIN_TASK_H

#include <jansson.h>

#include "base/base.h"
#include "base/err.h"

struct store;

bool task_is(const json_t *request);
/* *out is a new reference. */
bool task_run(struct store *store, const json_t *request, json_t **out,
    GError **error) MUST_CHECK;

#endif
