/* SPDX-License-Identifier: MIT */
/*
 * How a command reaches the desk: the running daemon over DATA/control.sock,
 * or, when there is none, the store itself, taken for the command's time. The
 * same requests either way (admin/resource.h); a long job that one of them
 * starts (an answer with "job") the daemon does afterwards, without a daemon
 * it is done when the answer comes. Main thread.
 */
#ifndef MAIN_CLIENT_H
#define MAIN_CLIENT_H

#include <jansson.h>

#include "base/base.h"
#include "base/err.h"

struct cli;
struct client;

/* ERR_BUSY: another process holds the store and answers nothing. */
struct client *client_open(const struct cli *cli, GError **error) MUST_CHECK;
void client_close(struct client **owner);
/* Is there a daemon behind it? */
bool client_is_daemon(const struct client *client);

/* Takes the request. *out is a new reference. */
bool client_call(struct client *client, json_t *request, json_t **out,
    GError **error) MUST_CHECK;
/* Calls again with the answer's cursor until there is none; `page` gets each
 * answer, false ends the walk. Takes the request. */
typedef bool client_page_fn(void *arg, const json_t *page, GError **error);
bool client_pages(struct client *client, json_t *request, client_page_fn *page,
    void *arg, GError **error) MUST_CHECK;

/* {"verb": …, "resource": …, "id": …}; NULL members are left out. */
json_t *client_request(const char *verb, const char *resource, const char *id);
/* "NAME=VALUE" arguments as "fields" of the request. */
bool client_fields(json_t *request, char *const *args, GError **error)
    MUST_CHECK;

#endif
