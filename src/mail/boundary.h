/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: the parts of a multipart by its boundary lines. All
 * lines of the mail that begin with "--" are listed once (prescan bounds
 * them); each multipart looks only at those of its own range.
 */
#ifndef MAIL_BOUNDARY_H
#define MAIL_BOUNDARY_H

#include "base/base.h"

struct dash_lines {
	const uint8_t *bytes;
	size_t *at; /* where the lines begin, rising */
	size_t count;
};

/* At most `max` lines. The bytes are borrowed. */
void dash_lines_init(struct dash_lines *lines, const uint8_t *bytes, size_t len,
    size_t max);
void dash_lines_drop(struct dash_lines *lines);

/* An iteration over the parts between two offsets. A plain value; the
 * boundary is borrowed. */
struct split {
	const struct dash_lines *lines;
	const char *boundary;
	size_t boundary_len;
	size_t next;  /* line to look at */
	size_t start; /* of the part that is open; SIZE_MAX: none is */
	size_t end;
	bool loose; /* lines that merely begin like one count */
};

void split_init(struct split *s, const struct dash_lines *lines,
    const char *boundary, size_t from, size_t end);
/* The next part without the line end before its boundary; false at the end.
 * What follows the last boundary line, if that did not close, is a part. */
bool split_next(struct split *s, size_t *from_out, size_t *end_out);

/* The boundary as the first line names it that looks like one and has a
 * part's header below it; NULL if none. g_free the result. */
char *boundary_guess(const struct dash_lines *lines, size_t from, size_t end);

#endif
