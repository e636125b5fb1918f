/* SPDX-License-Identifier: MIT */
/* maildesk export customers; see customers.h. */
#include "main/customers.h"

#include <errno.h>
#include <stdio.h>

#include "base/csv.h"
#include "main/client.h"
#include "model/json.h"

const char *const customers_columns[CUSTOMERS_COLUMNS] = {"number", "name",
    "group", "addresses", "language"};

static char *
cell_of(const json_t *value)
{
	const char *text = json_string_value(value);
	GString *list;

	if (!json_is_array(value))
		return g_strdup(text != NULL ? text : "");
	list = g_string_new(NULL);
	for (size_t i = 0; i < json_array_size(value); i++)
		g_string_append_printf(list, "%s%s", i > 0 ? "," : "",
		    json_string_value(json_array_get(value, i)));
	return g_string_free(list, FALSE);
}

static void
customer_put(GString *text, const json_t *customer)
{
	char *cells[CUSTOMERS_COLUMNS];

	for (size_t i = 0; i < CUSTOMERS_COLUMNS; i++)
		cells[i] = cell_of(
		    json_object_get(customer, customers_columns[i]));
	csv_put(text, ';', (const char *const *)cells, CUSTOMERS_COLUMNS);
	for (size_t i = 0; i < CUSTOMERS_COLUMNS; i++)
		g_free(cells[i]);
}

static bool
print(const GString *text, GError **error)
{
	if (fwrite(text->str, 1, text->len, stdout) == text->len)
		return true;
	return fail(error, ERR_TEMP, "writing: %s", g_strerror(errno));
}

static bool
on_page(void *arg, const json_t *page, GError **error)
{
	const json_t *items = json_object_get(page, "items");
	g_autoptr(GString) text = g_string_new(NULL);

	(void)arg;
	for (size_t i = 0; i < json_array_size(items); i++) {
		const json_t *customer = json_array_get(items, i);

		if (json_integer_value(
			json_object_get(customer, "merged_into")) == 0)
			customer_put(text, customer);
	}
	return print(text, error);
}

bool
customers_export(struct client *client, GError **error)
{
	g_autoptr(GString) head = g_string_new(NULL);
	json_t *request = client_request("list", "customer", NULL);

	json_put(request, "limit", json_integer(500));
	csv_put(head, ';', customers_columns, CUSTOMERS_COLUMNS);
	if (print(head, error))
		return client_pages(client, request, on_page, NULL, error);
	json_decref(request);
	return false;
}
