/* SPDX-License-Identifier: MIT */
/*
 * Text for a person at a terminal: its width in columns, clipped, wrapped,
 * dimmed; times in local words. Controls are never passed on. Without a
 * terminal there are no colours and nothing is clipped. Main thread.
 */
#ifndef MAIN_TERM_H
#define MAIN_TERM_H

#include "base/base.h"

bool term_is_tty(void);
/* Columns; 80 when there is no terminal. */
unsigned term_width(void);

enum term_style { TERM_PLAIN, TERM_BOLD, TERM_DIM };
/* What begins a style, or ends it (TERM_PLAIN); "" without a terminal. */
const char *term_style(enum term_style style);

/* Columns that the text takes. */
unsigned term_columns(const char *text);
/* The text in exactly `width` columns (0: as it is), cut with "…" or filled
 * with blanks; g_free. */
char *term_fit(const char *text, unsigned width);
/* Lines of at most `width` columns, each behind `indent`; what is one word
 * stays one. Appended to `out`. */
void term_wrap(GString *out, const char *text, unsigned width,
    const char *indent);

/* "3 min ago", "yesterday 17:05", "2026-02-03"; g_free. */
char *term_ago(int64_t at, int64_t now);
/* "Tue 3 Feb 2026, 10:00"; g_free. */
char *term_time(int64_t at);
/* "3.4 MiB"; g_free. */
char *term_size(uint64_t bytes);

#endif
