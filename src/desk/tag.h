/* SPDX-License-Identifier: MIT */
/* The ticket number's tag in a subject (IN-15). Pure. */
#ifndef DESK_TAG_H
#define DESK_TAG_H

#include "base/base.h"

#define TAGS_MAX 8

/* Where a number stands. */
struct tag_hit {
	uint64_t number;
	unsigned form; /* index into the forms */
	bool is_cut;   /* the subject ends inside the tag, behind the number:
			* its closing letters are gone, if all of them then
			* perhaps the last digits too */
	size_t start;  /* bytes of the subject */
	size_t end;    /* behind the tag */
};

/* The first tag at or behind `from`, in one of `forms` (char *, "%" for the
 * number); false if there is none. Blanks inside a tag, as folding leaves
 * them, do not matter. A whole tag in any form goes before a cut one. */
bool tag_next(const GPtrArray *forms, const char *subject, size_t from,
    struct tag_hit *hit_out);

/* All of them, in the order of the subject, at most TAGS_MAX; how many.
 * `subject` may be NULL. */
size_t tag_find(const GPtrArray *forms, const char *subject,
    struct tag_hit hits_out[TAGS_MAX]);

#endif
