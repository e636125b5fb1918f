/* SPDX-License-Identifier: MIT */
/*
 * Private to mail/html: HTML as browsers read it, rewritten so that libxml2
 * reads it the same. Pure, linear; any thread. Sees hostile bytes.
 */
#ifndef MAIL_HTML_MEND_H
#define MAIL_HTML_MEND_H

#include "base/base.h"

/* Text after "</html>", Word's conditions, empty comments, characters that
 * HTML 5 has names for. The caller owns the result. */
GString *html_mend(const char *html, size_t len);

#endif
