/* SPDX-License-Identifier: MIT */
/*
 * RCPT: is this address ours, and does it carry a reply token? Decided on the
 * routing snapshot alone, no I/O. Any thread.
 */
#ifndef INTAKE_RECIPIENT_H
#define INTAKE_RECIPIENT_H

#include "base/base.h"
#include "base/err.h"
#include "desk/snapshot.h"
#include "intake/delivery.h"

/* ERR_NOT_FOUND: no mailbox of ours (550 5.1.1); inactive ones likewise. */
bool recipient_route(const struct snapshot *snapshot, const char *address,
    struct delivery_recipient *out, GError **error) MUST_CHECK;

#endif
