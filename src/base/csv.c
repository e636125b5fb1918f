/* SPDX-License-Identifier: MIT */
/* Tables as text; see csv.h. Each byte is looked at once. */
#include "base/csv.h"

#include <string.h>

#define BOM "\xef\xbb\xbf"

/* ---- bytes to text ------------------------------------------------------- */

static bool
is_text(const char *bytes, size_t len, GError **error)
{
	if (len >= 2 &&
	    (memcmp(bytes, "\xff\xfe", 2) == 0 ||
		memcmp(bytes, "\xfe\xff", 2) == 0))
		return fail(error, ERR_INVALID,
		    "the table is UTF-16; save it as UTF-8");
	if (memchr(bytes, '\0', len) != NULL)
		return fail(error, ERR_INVALID,
		    "this is no table of text: it has NUL bytes");
	return true;
}

char *
csv_decode(const char *bytes, size_t len, enum csv_charset *charset_out,
    GError **error)
{
	const size_t mark = strlen(BOM);
	char *text;

	if (!is_text(bytes, len, error))
		return NULL;
	if (len >= mark && memcmp(bytes, BOM, mark) == 0) {
		bytes += mark;
		len -= mark;
	}
	*charset_out = CSV_UTF8;
	if (g_utf8_validate(bytes, (gssize)len, NULL))
		return g_strndup(bytes, len);
	*charset_out = CSV_WINDOWS_1252;
	text = g_convert(bytes, (gssize)len, "UTF-8", "WINDOWS-1252", NULL,
	    NULL, NULL);
	if (text == NULL)
		return fail_null(error, ERR_INVALID,
		    "the table is neither UTF-8 nor Windows-1252");
	return text;
}

/* ---- reading ------------------------------------------------------------- */

void
csv_begin(struct csv *csv, const char *text)
{
	static const char separators[] = ";,\t";
	size_t count[sizeof(separators)] = {0};
	size_t best = 0;

	for (const char *p = text; *p != '\0' && *p != '\n'; p++) {
		const char *hit = strchr(separators, *p);

		if (hit != NULL)
			count[hit - separators]++;
	}
	for (size_t i = 1; separators[i] != '\0'; i++)
		if (count[i] > count[best])
			best = i;
	*csv = (struct csv){.at = text,
	    .separator = separators[best],
	    .next_line = 1};
}

static bool
is_line_end(const char *p)
{
	return *p == '\0' || *p == '\n' || (p[0] == '\r' && p[1] == '\n');
}

static void
line_end_take(struct csv *csv)
{
	if (*csv->at == '\r')
		csv->at++;
	if (*csv->at == '\n') {
		csv->at++;
		csv->next_line++;
	}
}

/* At the opening quote. */
static bool
quoted_take(struct csv *csv, GString *cell, GError **error)
{
	size_t from = csv->next_line;

	for (csv->at++; *csv->at != '\0'; csv->at++) {
		if (csv->at[0] == '"' && csv->at[1] != '"') {
			csv->at++;
			return true;
		}
		if (*csv->at == '"')
			csv->at++;
		if (*csv->at == '\n')
			csv->next_line++;
		g_string_append_c(cell, *csv->at);
	}
	return fail(error, ERR_INVALID,
	    "the quote that begins in line %zu does not end", from);
}

static void
plain_take(struct csv *csv, GString *cell)
{
	while (!is_line_end(csv->at) && *csv->at != csv->separator)
		g_string_append_c(cell, *csv->at++);
}

static bool
cell_take(struct csv *csv, GPtrArray *cells, GError **error)
{
	g_autoptr(GString) cell = g_string_new(NULL);

	if (*csv->at != '"')
		plain_take(csv, cell);
	else if (!quoted_take(csv, cell, error))
		return false;
	if (!is_line_end(csv->at) && *csv->at != csv->separator) {
		while (!is_line_end(csv->at))
			csv->at++;
		line_end_take(csv);
		return fail(error, ERR_INVALID,
		    "text stands behind a closing quote");
	}
	g_ptr_array_add(cells, g_strdup(cell->str));
	return true;
}

enum found
csv_next(struct csv *csv, GPtrArray *cells, GError **error)
{
	g_ptr_array_set_size(cells, 0);
	while (*csv->at != '\0' && is_line_end(csv->at))
		line_end_take(csv);
	csv->line = csv->next_line;
	if (*csv->at == '\0')
		return FOUND_NO;
	while (cell_take(csv, cells, error)) {
		if (is_line_end(csv->at)) {
			line_end_take(csv);
			return FOUND_YES;
		}
		csv->at++; /* the separator */
	}
	return FOUND_ERROR;
}

/* ---- writing ------------------------------------------------------------- */

static bool
must_quote(const char *cell, char separator)
{
	size_t len = strlen(cell);

	return strpbrk(cell, "\"\r\n") != NULL ||
	    strchr(cell, separator) != NULL ||
	    (len > 0 && (cell[0] == ' ' || cell[len - 1] == ' '));
}

static void
cell_put(GString *text, char separator, const char *cell)
{
	if (!must_quote(cell, separator)) {
		g_string_append(text, cell);
		return;
	}
	g_string_append_c(text, '"');
	for (; *cell != '\0'; cell++) {
		if (*cell == '"')
			g_string_append_c(text, '"');
		g_string_append_c(text, *cell);
	}
	g_string_append_c(text, '"');
}

void
csv_put(GString *text, char separator, const char *const *cells, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			g_string_append_c(text, separator);
		cell_put(text, separator, cells[i]);
	}
	g_string_append_c(text, '\n');
}
