/* SPDX-License-Identifier: MIT */
/*
 * The walls of a mail process: after sandbox_close it can compute, read and
 * write its socket, get and give back memory, and end. Anything else kills
 * it; looking for a file finds none (R32). One thread, in the child only.
 */
#ifndef MAIL_SANDBOX_H
#define MAIL_SANDBOX_H

#include "base/base.h"

/* Sanitizers need much address space, and calls of their own. */
#ifdef MAILDESK_SANITIZED
#define SANDBOX_ON false
#else
#define SANDBOX_ON true
#endif

bool sandbox_close(GError **error) MUST_CHECK;

#endif
