/* SPDX-License-Identifier: MIT */
/*
 * maildesk import customers; see customers.h. The table is walked twice: once
 * to check every row, by the desk what it means and here whether two rows
 * mean the same; and if all are well once more to stage those that change
 * something. So a table with a bad row leaves no trace.
 */
#include "main/customers.h"

#include <stdio.h>
#include <string.h>

#include "base/csv.h"
#include "base/text.h"
#include "main/client.h"
#include "main/job_line.h"
#include "model/json.h"

#define ROWS_A_CALL    200
#define BYTES_A_CALL   ((size_t)256 * 1024)
#define ROW_MAX        ((size_t)64 * 1024) /* bytes */
#define PROBLEMS_SHOWN 20

enum outcome { OUTCOME_NEW, OUTCOME_CHANGED, OUTCOME_UNCHANGED, OUTCOMES };

struct import {
	struct client *client;
	const struct customers_options *options;
	const char *text;
	enum csv_charset charset;
	int column[CUSTOMERS_COLUMNS]; /* its place, or -1 */
	size_t columns;
	uint64_t count[OUTCOMES];
	GPtrArray *problems; /* the first ones, char * */
	uint64_t problem_count;
	GByteArray *outcomes; /* of each good row, in their order */
	GHashTable *known; /* "number …", "address …", "id …" -> line + 1 */
	size_t at;         /* staging: the row in `outcomes` */
	json_int_t job;
	/* The rows that wait for the next call. */
	json_t *rows;
	size_t bytes;
};

static void PRINTF_LIKE(3, 4)
    problem(struct import *m, size_t line, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	m->problem_count++;
	if (m->problems->len >= PROBLEMS_SHOWN)
		return;
	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	g_ptr_array_add(m->problems,
	    g_strdup_printf("line %zu: %s", line, text));
}

/* ---- the first line ------------------------------------------------------ */

static bool
column_find(struct import *m, const char *given, int place, GError **error)
{
	g_autofree char *clean = text_clean_line(given, strlen(given));
	g_autofree char *name = g_ascii_strdown(clean, -1);

	for (size_t i = 0; i < CUSTOMERS_COLUMNS; i++) {
		if (strcmp(customers_columns[i], name) != 0)
			continue;
		if (m->column[i] >= 0)
			return fail(error, ERR_USAGE,
			    "the column %s is there twice", name);
		m->column[i] = place;
		return true;
	}
	return fail(error, ERR_USAGE,
	    "there is no column \"%s\"; the first line names some of: "
	    "number, name, group, addresses, language",
	    clean);
}

static bool
header_read(struct import *m, struct csv *csv, GPtrArray *cells, GError **error)
{
	enum found found = csv_next(csv, cells, error);

	if (found == FOUND_NO)
		return fail(error, ERR_USAGE, "the table is empty");
	if (found != FOUND_YES)
		return fail_while(error, "line %zu", csv->line);
	m->columns = cells->len;
	for (size_t i = 0; i < CUSTOMERS_COLUMNS; i++)
		m->column[i] = -1;
	for (guint i = 0; i < cells->len; i++)
		if (!column_find(m, g_ptr_array_index(cells, i), (int)i, error))
			return false;
	return true;
}

/* ---- a row --------------------------------------------------------------- */

static json_t *
addresses_read(char *cell)
{
	json_t *list = json_array();
	g_auto(GStrv) words = g_strsplit_set(cell, ", \t\r\n", -1);

	for (size_t i = 0; words[i] != NULL; i++)
		if (words[i][0] != '\0')
			(void)json_array_append_new(list, json_text(words[i]));
	return list;
}

/* What is empty stays as it is. */
static json_t *
row_json(const struct import *m, size_t line, const GPtrArray *cells)
{
	json_t *fields = json_object();

	for (size_t i = 0; i < CUSTOMERS_COLUMNS; i++) {
		char *cell = m->column[i] < 0
		    ? NULL
		    : g_ptr_array_index(cells, m->column[i]);

		if (cell == NULL || g_strstrip(cell)[0] == '\0')
			continue;
		json_put(fields, customers_columns[i],
		    i == CUSTOMERS_ADDRESSES ? addresses_read(cell)
					     : json_text(cell));
	}
	return json_pack("{s:I, s:o}", "line", (json_int_t)line, "fields",
	    fields);
}

static size_t
cells_size(const GPtrArray *cells)
{
	size_t size = 0;

	for (guint i = 0; i < cells->len; i++)
		size += strlen(g_ptr_array_index(cells, i));
	return size;
}

/* NULL: a problem, which is noted in the first walk. */
static json_t *
row_read(struct import *m, const struct csv *csv, const GPtrArray *cells)
{
	if (cells->len != m->columns)
		problem(m, csv->line, "it has %u cells, the first line has %zu",
		    cells->len, m->columns);
	else if (cells_size(cells) > ROW_MAX)
		problem(m, csv->line, "it is longer than %zu bytes", ROW_MAX);
	else
		return row_json(m, csv->line, cells);
	return NULL;
}

/* ---- two rows, one customer ---------------------------------------------- */

/* True: this is the first row that says so. Takes `what`. */
static bool
say_once(struct import *m, size_t line, char *what, const char *problem_text)
{
	size_t before = GPOINTER_TO_SIZE(g_hash_table_lookup(m->known, what));

	if (before != 0) {
		g_free(what);
		problem(m, line, "%s line %zu", problem_text, before);
		return false;
	}
	g_hash_table_insert(m->known, what, GSIZE_TO_POINTER(line));
	return true;
}

/* An address of several rows is fine if each has its number. */
static bool
addresses_once(struct import *m, size_t line, const json_t *fields)
{
	const json_t *list = json_object_get(fields, "addresses");
	bool has_number = json_object_get(fields, "number") != NULL;

	for (size_t i = 0; i < json_array_size(list); i++) {
		g_autofree char *folded = text_fold_address(
		    json_string_value(json_array_get(list, i)));
		char *what = g_strconcat("address ", folded, NULL);

		if (has_number) {
			g_hash_table_insert(m->known, what,
			    GSIZE_TO_POINTER(line));
			continue;
		}
		if (!say_once(m, line, what,
			"it has no number, and its address stands in"))
			return false;
	}
	return true;
}

static bool
is_only_one(struct import *m, const json_t *row, json_int_t customer)
{
	const json_t *fields = json_object_get(row, "fields");
	const char *number = json_string_value(
	    json_object_get(fields, "number"));
	size_t line = (size_t)json_integer_value(json_object_get(row, "line"));

	if (customer != 0 &&
	    !say_once(m, line,
		g_strdup_printf("id %" JSON_INTEGER_FORMAT, customer),
		"it is the customer of"))
		return false;
	if (number != NULL) {
		g_autofree char *folded = text_fold(number);

		if (customer == 0 &&
		    !say_once(m, line, g_strconcat("number ", folded, NULL),
			"it has the number of"))
			return false;
	}
	return addresses_once(m, line, fields);
}

/* ---- calls --------------------------------------------------------------- */

static bool
call(struct import *m, json_t *request, json_t **out, GError **error)
{
	json_put(request, "rows", m->rows);
	m->rows = json_array();
	m->bytes = 0;
	return client_call(m->client, request, out, error);
}

static enum outcome
outcome_of(const json_t *answer)
{
	static const char *const words[OUTCOMES] = {"new", "changed",
	    "unchanged"};
	const char *word = json_string_value(
	    json_object_get(answer, "outcome"));
	size_t i = 0;

	while (i < OUTCOMES && g_strcmp0(words[i], word) != 0)
		i++;
	return (enum outcome)i;
}

static void
outcome_note(struct import *m, const json_t *row, const json_t *answer)
{
	const char *why = json_string_value(json_object_get(answer, "problem"));
	enum outcome outcome = outcome_of(answer);
	uint8_t byte = (uint8_t)outcome;

	if (why != NULL || outcome == OUTCOMES) {
		problem(m,
		    (size_t)json_integer_value(json_object_get(row, "line")),
		    "%s", why != NULL ? why : "the desk says nothing of it");
		return;
	}
	g_byte_array_append(m->outcomes, &byte, 1);
	if (is_only_one(m, row,
		json_integer_value(json_object_get(answer, "customer"))))
		m->count[outcome]++;
}

static bool
check_rows(struct import *m, GError **error)
{
	json_t *rows = json_incref(m->rows);
	json_t *answer = NULL;
	bool done = call(m, client_request("import_check", "customer", NULL),
	    &answer, error);

	for (size_t i = 0; done && i < json_array_size(rows); i++)
		outcome_note(m, json_array_get(rows, i),
		    json_array_get(json_object_get(answer, "rows"), i));
	json_decref(answer);
	json_decref(rows);
	return done;
}

static bool
stage_rows(struct import *m, GError **error)
{
	g_autofree char *id = g_strdup_printf("%" JSON_INTEGER_FORMAT, m->job);
	json_t *answer = NULL;
	bool done = call(m, client_request("import_rows", "customer", id),
	    &answer, error);

	json_decref(answer);
	return done;
}

/* ---- walks --------------------------------------------------------------- */

typedef bool rows_fn(struct import *m, GError **error);

static bool
row_add(struct import *m, json_t *row, size_t size, rows_fn *flush,
    GError **error)
{
	/* The second walk leaves out what would change nothing. */
	if (m->job != 0 &&
	    m->outcomes->data[m->at++] == (uint8_t)OUTCOME_UNCHANGED) {
		json_decref(row);
		return true;
	}
	(void)json_array_append_new(m->rows, row);
	m->bytes += size;
	return (json_array_size(m->rows) < ROWS_A_CALL &&
		   m->bytes < BYTES_A_CALL) ||
	    flush(m, error);
}

static bool
walk_rows(struct import *m, struct csv *csv, GPtrArray *cells, rows_fn *flush,
    GError **error)
{
	for (;;) {
		g_autoptr(GError) why = NULL;
		enum found found = csv_next(csv, cells, &why);
		size_t size = cells_size(cells);
		json_t *row;

		if (found == FOUND_NO)
			return true;
		if (found == FOUND_ERROR) {
			problem(m, csv->line, "%s", why->message);
			continue;
		}
		row = row_read(m, csv, cells);
		if (row != NULL && !row_add(m, row, size, flush, error))
			return false;
	}
}

static bool
walk(struct import *m, rows_fn *flush, GError **error)
{
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
	struct csv csv;

	csv_begin(&csv, m->text);
	if (!header_read(m, &csv, cells, error) ||
	    !walk_rows(m, &csv, cells, flush, error))
		return false;
	return json_array_size(m->rows) == 0 || flush(m, error);
}

/* ---- importing ----------------------------------------------------------- */

static bool
begin(struct import *m, GError **error)
{
	json_t *answer;

	if (!client_call(m->client,
		client_request("import_begin", "customer", NULL), &answer,
		error))
		return false;
	m->job = json_integer_value(json_object_get(answer, "import"));
	json_decref(answer);
	return true;
}

static bool
start(struct import *m, GError **error)
{
	g_autofree char *id = g_strdup_printf("%" JSON_INTEGER_FORMAT, m->job);
	json_t *request = client_request("import_start", "customer", id);
	json_int_t total = (json_int_t)m->count[OUTCOME_NEW] +
	    (json_int_t)m->count[OUTCOME_CHANGED];
	json_t *answer;

	json_put(request, "total", json_integer(total));
	if (!client_call(m->client, request, &answer, error))
		return false;
	json_decref(answer);
	return true;
}

static bool
stage_all(struct import *m, GError **error)
{
	if (m->count[OUTCOME_NEW] + m->count[OUTCOME_CHANGED] == 0)
		return true;
	return begin(m, error) && walk(m, stage_rows, error) && start(m, error);
}

/* ---- what came of it ----------------------------------------------------- */

static void
print_json(const struct import *m)
{
	json_t *problems = json_array();
	json_t *said;
	g_autofree char *line = NULL;

	for (guint i = 0; i < m->problems->len; i++)
		(void)json_array_append_new(problems,
		    json_text(g_ptr_array_index(m->problems, i)));
	said = json_pack("{s:s, s:I, s:I, s:I, s:o, s:I}", "charset",
	    m->charset == CSV_UTF8 ? "utf-8" : "windows-1252", "new",
	    (json_int_t)m->count[OUTCOME_NEW], "changed",
	    (json_int_t)m->count[OUTCOME_CHANGED], "unchanged",
	    (json_int_t)m->count[OUTCOME_UNCHANGED], "problems", problems,
	    "problem_count", (json_int_t)m->problem_count);
	json_put(said, "job", m->job != 0 ? json_integer(m->job) : json_null());
	line = json_line(said);
	json_decref(said);
	printf("%s\n", line);
}

/* Each call finds its own, those of the table itself come before. */
static gint
compare_lines(const void *a, const void *b)
{
	const size_t skip = strlen("line ");
	const uint64_t x = g_ascii_strtoull(*(char *const *)a + skip, NULL, 10);
	const uint64_t y = g_ascii_strtoull(*(char *const *)b + skip, NULL, 10);

	return (x > y) - (x < y);
}

static void
print_problems(const struct import *m)
{
	for (guint i = 0; i < m->problems->len; i++)
		(void)fprintf(stderr, "maildesk: %s\n",
		    (const char *)g_ptr_array_index(m->problems, i));
	if (m->problem_count > m->problems->len)
		(void)fprintf(stderr, "maildesk: … and %" PRIu64 " more\n",
		    m->problem_count - m->problems->len);
	(void)fprintf(stderr,
	    "maildesk: nothing was imported; put the table right first\n");
}

static void
print_text(const struct import *m)
{
	if (m->charset == CSV_WINDOWS_1252)
		printf("the table is no UTF-8: read as Windows-1252\n");
	printf("%s%" PRIu64 " new, %" PRIu64 " changed, %" PRIu64
	       " unchanged\n",
	    m->options->is_dry ? "would be: " : "", m->count[OUTCOME_NEW],
	    m->count[OUTCOME_CHANGED], m->count[OUTCOME_UNCHANGED]);
	if (m->problem_count > 0)
		print_problems(m);
}

static bool
report(const struct import *m, GError **error)
{
	g_autofree char *id = g_strdup_printf("%" JSON_INTEGER_FORMAT, m->job);

	g_ptr_array_sort(m->problems, compare_lines);
	if (m->options->is_json) {
		print_json(m);
		return true;
	}
	print_text(m);
	return m->job == 0 ||
	    job_line_print(m->client, id, "imports customers", error);
}

/* ---- the whole ----------------------------------------------------------- */

static char *
text_read(const struct customers_options *options, enum csv_charset *charset,
    GError **error)
{
	const char *path = options->path != NULL ? options->path : "/dev/stdin";
	g_autofree char *bytes = NULL;
	g_autoptr(GError) why = NULL;
	gsize len;

	if (!g_file_get_contents(path, &bytes, &len, &why))
		return fail_null(error, ERR_USAGE, "%s", why->message);
	return csv_decode(bytes, len, charset, error);
}

static void
import_drop(struct import *m)
{
	g_ptr_array_unref(m->problems);
	g_byte_array_unref(m->outcomes);
	g_hash_table_unref(m->known);
	json_decref(m->rows);
}

bool
customers_import(struct client *client, const struct customers_options *options,
    bool *bad_out, GError **error)
{
	AUTO(import_drop)
	struct import m = {.client = client,
	    .options = options,
	    .problems = g_ptr_array_new_with_free_func(g_free),
	    .outcomes = g_byte_array_new(),
	    .known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		NULL),
	    .rows = json_array()};
	g_autofree char *text = text_read(options, &m.charset, error);

	if (text == NULL)
		return false;
	m.text = text;
	if (!walk(&m, check_rows, error))
		return false;
	*bad_out = m.problem_count > 0;
	if (!*bad_out && !options->is_dry && !stage_all(&m, error))
		return false;
	return report(&m, error);
}
