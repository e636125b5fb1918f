/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: what to say of a link's target. Pure; any thread.
 */
#ifndef MAIL_HTML_LINK_H
#define MAIL_HTML_LINK_H

#include "base/base.h"

#define LINK_MAX 2000 /* bytes of a target that is said */

/* What a link leads to, as a reader wants it; NULL: nothing to say. */
const char *link_target(const char *href, size_t *len_out);
/* Says the text of the link where it leads? Without scheme and last "/". */
bool link_is_said(const char *shown, const char *target, size_t len);

#endif
