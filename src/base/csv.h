/* SPDX-License-Identifier: MIT */
/*
 * Tables as text (RFC 4180), as spreadsheets and other desks write them: the
 * separator is ; , or TAB, lines end with CRLF or LF, a cell with any of
 * these stands in quotes, a quote in it is doubled. Records know their line,
 * so that whoever wrote the table finds what is wrong with it; that is why no
 * library reads it. Any thread.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/base.h"
#include "base/err.h"

enum csv_charset { CSV_UTF8, CSV_WINDOWS_1252 };

/* The bytes of a file as UTF-8 without a byte order mark: what is no UTF-8 is
 * Windows-1252. NULL is an error: it is neither, or UTF-16, or binary. */
char *csv_decode(const char *bytes, size_t len, enum csv_charset *charset_out,
    GError **error) MUST_CHECK;

struct csv {
	const char *at; /* what is left; borrowed */
	char separator;
	size_t next_line;
	size_t line; /* where the record that was read begins, from 1 */
};

/* The separator is the one that the first line has most of; none: ';'. */
void csv_begin(struct csv *csv, const char *text);
/* The next record that is no empty line into `cells` (char *, g_free), which
 * is emptied first. FOUND_ERROR: it is malformed and passed over; reading
 * goes on behind it. */
enum found csv_next(struct csv *csv, GPtrArray *cells, GError **error)
    MUST_CHECK;

/* Appends a line of cells, each quoted if it must be. */
void csv_put(GString *text, char separator, const char *const *cells,
    size_t count);

#endif
