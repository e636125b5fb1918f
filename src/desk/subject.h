/* SPDX-License-Identifier: MIT */
/*
 * Subjects and titles as they are compared (IN-9). Two mails about one matter
 * fold to the same text, whatever mail programs have put around it. Pure; any
 * thread.
 */
#ifndef DESK_SUBJECT_H
#define DESK_SUBJECT_H

#include "base/base.h"

#define SUBJECT_POINTS_MAX 200 /* code points of what is returned */

/* Without tags in one of the forms (intake/tag), without prefixes of replies
 * and forwarded mails (subject_prefixes.def), NFKC, case-folded, white space
 * to one blank, nothing around it; also without what cannot be seen, such as
 * the direction marks before a Hebrew prefix. Names of lists in brackets
 * stay; prefixes behind them go too. Of a longer subject the first 2 KiB are
 * looked at. `subject` may be NULL. g_free'd. */
char *subject_fold(const GPtrArray *tag_forms, const char *subject);

#endif
