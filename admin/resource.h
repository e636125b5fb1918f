/* SPDX-License-Identifier: MIT */
/*
 * Resource functions: everything the desk knows and can do, as JSON in and
 * out. The control socket, the in-process CLI, and later HTTP and the pages
 * call the same. A request is an object:
 *
 *	{"verb": "list" | "show" | "add" | "set" | "rm" | "do" | …,
 *	 "resource": "ticket", "id": "1017", "action": "…",
 *	 "fields": {"status": "open", …}, "cursor": "…", "limit": 50}
 *
 * One table (resources in resource.c) says which verbs a resource has and
 * whether they write. Reads run on a reader thread with a short view, writes
 * as a write job. Long answers are pages: {"items": […], "cursor": "…"|null}.
 */
#ifndef ADMIN_RESOURCE_H
#define ADMIN_RESOURCE_H

#include "base/base.h"
#include "base/err.h"

#include <jansson.h>

struct snapshot;
struct view;
struct wtxn;

enum resource_mode { RESOURCE_READS, RESOURCE_WRITES };

/* Which it is; ERR_USAGE names what there is instead. */
bool resource_mode(const json_t *request, enum resource_mode *mode_out,
    GError **error) MUST_CHECK;
/* *out is a new reference. */
bool resource_read(const struct view *view, const struct snapshot *snapshot,
    const json_t *request, json_t **out, GError **error) MUST_CHECK;
/* Validates before it writes; may run twice. */
bool resource_write(struct wtxn *w, const struct snapshot *snapshot,
    const json_t *request, json_t **out, GError **error) MUST_CHECK;

#endif
