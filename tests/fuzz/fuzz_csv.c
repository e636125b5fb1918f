/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a table: what is read of it, written again, is read as the
 * same; lines rise.
 */
#include "base/csv.h"
#include "tests/fuzz/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* First a line that names the separator, so that it is found again. */
static void
check_again(const GPtrArray *cells)
{
	g_autoptr(GString) text = g_string_new(";;\n");
	g_autoptr(GPtrArray) again = g_ptr_array_new_with_free_func(g_free);
	struct csv csv;

	csv_put(text, ';', (const char *const *)cells->pdata, cells->len);
	csv_begin(&csv, text->str);
	CHECK_OR_ABORT(csv_next(&csv, again, NULL) == FOUND_YES);
	if (cells->len == 1 &&
	    *(const char *)g_ptr_array_index(cells, 0) == '\0')
		return; /* an empty line */
	CHECK_OR_ABORT(csv_next(&csv, again, NULL) == FOUND_YES);
	CHECK_OR_ABORT(again->len == cells->len);
	for (guint i = 0; i < cells->len; i++)
		CHECK_OR_ABORT(strcmp(g_ptr_array_index(cells, i),
				   g_ptr_array_index(again, i)) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
	enum csv_charset charset;
	g_autofree char *text = csv_decode((const char *)data, size, &charset,
	    NULL);
	struct csv csv;
	enum found found = FOUND_NO;
	size_t line = 0;

	if (text == NULL)
		return 0;
	CHECK_OR_ABORT(g_utf8_validate(text, -1, NULL));
	csv_begin(&csv, text);
	while ((found = csv_next(&csv, cells, NULL)) != FOUND_NO) {
		CHECK_OR_ABORT(csv.line > line);
		line = csv.line;
		if (found == FOUND_YES)
			check_again(cells);
	}
	return 0;
}
