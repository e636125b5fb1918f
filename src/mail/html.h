/* SPDX-License-Identifier: MIT */
/*
 * HTML to readable text by libxml2's HTML parser, as events: no tree is
 * built, so memory and time stay linear. Sees hostile bytes.
 */
#ifndef MAIL_HTML_H
#define MAIL_HTML_H

#include "base/base.h"

/* Once per process, before the sandbox closes. */
void html_setup(void);

/* Blocks, lists, tables, links with targets, pre, quotes as "> "; hidden
 * text is left out. *cut_out is set, never cleared, when a limit cut it.
 * `html` is UTF-8. g_free the result. */
char *html_to_text(const char *html, size_t len, bool *cut_out);

/* The charset that a meta element names in the first KiB; NULL if none. */
char *html_charset(const char *html, size_t len);

#endif
