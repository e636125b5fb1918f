/* SPDX-License-Identifier: MIT */
/*
 * The control socket, DATA/control.sock (0660): one JSON request a line, one
 * JSON answer a line: {"ok": …} or {"error": {"kind", "message"}}. A client
 * that stops reading delays nobody: its answers wait in a bounded buffer, then
 * it is dropped. Owner: loop.
 */
#ifndef ADMIN_CONTROL_H
#define ADMIN_CONTROL_H

#include "base/base.h"
#include "base/cell.h"
#include "base/err.h"
#include "base/pool.h"

#include <jansson.h>

struct loop;
struct store;
struct writer;

#define CONTROL_SOCKET "control.sock"

struct control_options {
	struct loop *loop;
	struct store *store;
	struct writer *writer;
	struct pool *readers;
	struct cell *snapshot; /* struct snapshot */
	const char *dir;
	/* What "status" answers beside version and pid, such as the LMTP
	 * addresses; a new reference. */
	json_t *(*status)(void *arg);
	void *arg;
};

struct control;
struct control *control_start(const struct control_options *options,
    GError **error) MUST_CHECK;
/* Answers what is running, then closes. */
void control_stop(struct control **owner);

#endif
