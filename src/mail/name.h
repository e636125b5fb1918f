/* SPDX-License-Identifier: MIT */
/*
 * Names of attachments: display data only (R37). Any thread.
 */
#ifndef MAIL_NAME_H
#define MAIL_NAME_H

#include "base/base.h"

/* The last component of the name without controls, bidi marks, zero-width
 * characters; at most 200 bytes, the extension kept. NULL for NULL and when
 * nothing is left. g_free the result. */
char *name_clean(const char *name);

#endif
