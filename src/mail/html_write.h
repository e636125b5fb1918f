/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: writes words as lines of clean text. It keeps how many
 * line ends are owed, so that blocks in blocks do not pile up blank lines,
 * what stands at the start of each line, and the marks (mail/mark.h).
 */
#ifndef MAIL_HTML_WRITE_H
#define MAIL_HTML_WRITE_H

#include "base/base.h"

struct writer {
	GString *out;
	size_t max;     /* bytes; `full` beyond */
	size_t at_line; /* where the last line begins, behind its quote signs */
	unsigned quote, indent;
	unsigned owed;  /* line ends before the next text */
	unsigned gap;   /* blanks owed */
	bool is_joined; /* lines end nowhere until there is text: in a cell */
	bool is_void;   /* only blanks that count since the last line end */
	bool is_full;
	bool is_marked; /* a mark is open, in the text or owed */
	bool owes_end;  /* marks before the next text */
	const char *owed_mark;
	size_t lines;      /* begun so far */
	size_t row_line;   /* where the row of a table began */
	bool is_row_fresh; /* no text in it yet */
};

void writer_init(struct writer *w, size_t len, size_t max);
/* The text; the writer is empty then. */
char *writer_finish(struct writer *w);

/* Text whose blanks count as one, or whose blanks and lines all count. */
void write_flow(struct writer *w, const char *text, size_t len);
void write_pre(struct writer *w, const char *text, size_t len);
/* One word, whatever is in it. */
void write_word(struct writer *w, const char *text, size_t len);

void write_lines_owed(struct writer *w, unsigned count);
void write_break(struct writer *w);
void write_gap(struct writer *w, unsigned blanks);

/* A mark of mail/mark.h at the next line; false if another one is open:
 * they are not nested. */
bool write_mark(struct writer *w, const char *mark);
/* The end of the one that is open. */
void write_mark_end(struct writer *w);

/* A row of a table begins, or a cell: behind what the row has so far, if
 * that is one line. */
void write_row(struct writer *w);
void write_row_end(struct writer *w);
void write_cell(struct writer *w);
void write_cell_end(struct writer *w);

/* Is there text behind this place in the output? */
bool writer_has_text(const struct writer *w, size_t from);

#endif
