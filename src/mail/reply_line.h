/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: a text as lines, with what its marks (mail/mark.h) say
 * of each, and the lines that programs write around another mail: blocks of
 * header lines, separators. Pure; any thread.
 */
#ifndef MAIL_REPLY_LINE_H
#define MAIL_REPLY_LINE_H

#include "mail/reply_words.h"

enum line_flag {
	LINE_QUOTED = 1 << 0,    /* begins with ">" */
	LINE_HISTORY = 1 << 1,   /* HTML knows that it is of another mail */
	LINE_SIGNATURE = 1 << 2, /* HTML knows that it is a signature */
	LINE_FORWARD = 1 << 3,   /* a forwarded mail begins here */
	LINE_KNOWN = 1 << 4,     /* roles are set */
	LINE_KEPT = 1 << 5,
	LINE_OTHER = 1 << 6, /* another mail begins, once LINE_JUDGED */
	LINE_JUDGED = 1 << 7,
};

struct line {
	const char *at; /* behind its marks; borrowed */
	uint32_t len;   /* without LF, marks and blanks at the end */
	uint16_t roles; /* enum word_role, once LINE_KNOWN */
	uint16_t flags;
};

struct lines {
	struct line *at;
	size_t count;
	unsigned weighed; /* attributions looked at: mail/reply_wrote */
};

void lines_init(struct lines *lines, const char *marked);
void lines_drop(struct lines *lines);

/* The line behind what may frame its text. */
struct span line_bare(const struct line *line);
/* Does the text begin with the phrase? ASCII without case. */
bool span_begins(const struct span *s, const char *phrase);

/* What is before and behind the colon of a header line, trimmed of quote
 * signs and what makes bold; false if there is no colon near. */
bool line_field(const struct line *line, struct span *name, struct span *value);
/* WORD_HEADER bits of a header line; 0: it is none. */
unsigned line_roles(struct line *line);
/* WORD_ORIGINAL, WORD_FORWARDED, WORD_ENDED bits of a separator. */
unsigned line_separator(const struct line *line);
/* At least three of "-", "_", "=" and such, and nothing else. */
bool line_is_rule(const struct line *line);
/* "-- Reply above this line --". */
bool line_is_above(const struct line *line);

/* ">>> Ann <ann@example.org> 05.01.24 10:00 >>>", above a text that has no
 * quote signs: GroupWise. */
bool line_is_arrows(const struct line *line);

/* How many lines a block of header lines takes that begins at line i; 0 if
 * it is none, or might be what somebody wrote himself. */
size_t lines_header(const struct lines *lines, size_t i);
/* The same of a block whose begin is certain already. */
size_t lines_any_header(const struct lines *lines, size_t i);

/* The first line from i on that is not blank; count if none. */
size_t lines_next(const struct lines *lines, size_t i);

#endif
