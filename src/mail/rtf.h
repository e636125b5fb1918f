/* SPDX-License-Identifier: MIT */
/* Private to src/mail: Rich Text Format to text, or to the HTML in it. */
#ifndef MAIL_RTF_H
#define MAIL_RTF_H

#include "base/base.h"

/* UTF-8, valid, but neither cleaned nor cut. *is_html_out: it is the HTML
 * that Outlook wrapped in RTF (MS-OXRTFEX). g_free the result. */
char *rtf_to_text(const char *rtf, size_t len, bool *is_html_out);

#endif
