/* SPDX-License-Identifier: MIT */
/* Private to src/mail: two ways to mark up text before HTML. */
#ifndef MAIL_ENRICHED_H
#define MAIL_ENRICHED_H

#include "base/base.h"

/* text/enriched (RFC 1896) to plain text; g_free the result. */
char *enriched_to_text(const char *text);
/* text/richtext (RFC 1341, 7.1.3). */
char *richtext_to_text(const char *text);

#endif
