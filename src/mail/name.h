/* SPDX-License-Identifier: MIT */
/*
 * Names of attachments: display data only (R37). Any thread.
 */
#ifndef MAIL_NAME_H
#define MAIL_NAME_H

#include "base/base.h"
#include "mail/rule.h"

/* The last component of the name without controls, bidi marks, zero-width
 * characters, dots and blanks at the end; at most 200 bytes, the extension
 * kept. A name that Windows keeps for a device gets "_" in front. NULL for
 * NULL and when nothing is left. g_free the result. */
char *name_clean(const char *name);

/* The MIME type that the extension of a name stands for; never NULL, a
 * constant. */
const char *name_type(const char *name);

/* Outlook makes a Content-ID of the name of a file, a "@" and a number. That
 * name, if its extension is one we know; else NULL. g_free the result. */
char *name_of_cid(const char *cid);

/* What a file without a name is saved as: "image.gif", "document.pdf"; NULL
 * for a type we do not know. g_free the result. */
char *name_of_type(const char *type);

/* The name that file number n (from 1) gets beside one of the same name:
 * "video.mov", then "video1.mov". g_free the result. */
char *name_numbered(const char *name, unsigned n);

bool name_rules(size_t i, struct rule_table *out);

#endif
