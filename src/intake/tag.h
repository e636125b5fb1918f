/* SPDX-License-Identifier: MIT */
/* The ticket number's tag in a subject (IN-15). Pure. */
#ifndef INTAKE_TAG_H
#define INTAKE_TAG_H

#include "base/base.h"

#define TAGS_MAX 8

/* The numbers that stand in `subject` in one of `forms` (char *, "%" for the
 * number), in the order of the subject; how many. Blanks inside a tag, as
 * folding leaves them, do not matter. */
size_t tag_find(const GPtrArray *forms, const char *subject,
    uint64_t numbers_out[TAGS_MAX]);

#endif
