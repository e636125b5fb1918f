/* SPDX-License-Identifier: MIT */
/*
 * Builds the daemon's parts in order and stops them in reverse. Main thread,
 * which becomes the loop's.
 */
#ifndef MAIN_WIRE_H
#define MAIN_WIRE_H

#include "base/base.h"
#include "base/err.h"

struct config;

/* Runs until SIGTERM or SIGINT (true), or until something fails for good.
 * `dir` is the data directory. */
bool wire_run(const struct config *config, const char *dir, GError **error)
    MUST_CHECK;

#endif
