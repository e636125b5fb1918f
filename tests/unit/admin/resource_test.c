/* SPDX-License-Identifier: MIT */
/* The table of resources on a small store: what is asked, what comes back. */
#include "admin/resource.h"

#include <string.h>

#include "base/token.h"
#include "desk/snapshot.h"
#include "desk/ticket.h"
#include "store/store.h"
#include "store/writer.h"
#include "tests/lib/test.h"

#define NOW INT64_C(1770112800000000)

/* ---- a store in memory --------------------------------------------------- */

static struct store *
new_store(void)
{
	static unsigned count;
	g_autofree char *name = g_strdup_printf("store%u", count++);
	g_autofree char *dir = g_build_filename(test_directory(), name, NULL);
	struct store_options options = {
	    .dir = dir,
	    .create = STORE_CREATE,
	};
	g_autoptr(GError) error = NULL;
	struct store *store;

	token_init_or_die();
	CHECK(g_mkdir_with_parents(dir, 0700) == 0);
	store = store_open(&options, &error);
	CHECK_OK(store != NULL, error);
	return store;
}

/* The answer, or NULL with the kind of the error. */
static json_t *
ask(struct store *store, const char *text, enum err_kind *kind_out)
{
	AUTO(wtxn_abort) struct wtxn *w = wtxn_begin(store, NOW, NULL);
	AUTO(snapshot_release)
	struct snapshot *snapshot = snapshot_load(wtxn_view(w), NULL);
	json_t *request = json_loads(text, 0, NULL);
	g_autoptr(GError) error = NULL;
	enum resource_mode mode;
	json_t *answer = NULL;
	bool done;

	CHECK(request != NULL);
	done = resource_mode(request, &mode, &error) &&
	    (mode == RESOURCE_READS
		    ? resource_read(wtxn_view(w), snapshot, request, &answer,
			  &error)
		    : resource_write(w, snapshot, request, &answer, &error));
	json_decref(request);
	CHECK(done == (answer != NULL));
	if (!done)
		*kind_out = err_kind(error);
	else
		CHECK(wtxn_commit(&w, NULL));
	return answer;
}

static bool
works(struct store *store, const char *text)
{
	enum err_kind kind;
	json_t *answer = ask(store, text, &kind);

	json_decref(answer);
	return answer != NULL;
}

static size_t
count_of(struct store *store, const char *text)
{
	enum err_kind kind;
	json_t *answer = ask(store, text, &kind);
	size_t count = json_array_size(json_object_get(answer, "items"));

	json_decref(answer);
	return count;
}

#define ADD_MAILBOX                                                            \
	"{\"verb\":\"add\",\"resource\":\"mailbox\",\"fields\":{"              \
	"\"name\":\"Support\",\"addresses\":\"a@b.example\"}}"

/* ---- the table ----------------------------------------------------------- */

TEST(what_is_not_in_the_table_is_wrong_usage)
{
	static const char *const row[] = {
	    "{}",
	    "{\"verb\":\"list\"}",
	    "{\"verb\":\"list\",\"resource\":\"dragon\"}",
	    "{\"verb\":\"rm\",\"resource\":\"ticket\",\"id\":\"1\"}",
	    "{\"verb\":\"do\",\"resource\":\"user\",\"action\":\"fly\"}",
	    "{\"verb\":3,\"resource\":[]}",
	};
	AUTO(store_close) struct store *store = new_store();

	for (size_t i = 0; i < COUNT(row); i++) {
		enum err_kind kind = ERR_COUNT;

		CHECK(ask(store, row[i], &kind) == NULL);
		CHECK_EQ(i, kind, ERR_USAGE);
	}
}

TEST(a_new_mailbox_is_active_and_found_by_name_and_id)
{
	AUTO(store_close) struct store *store = new_store();
	enum err_kind kind;
	json_t *answer = ask(store, ADD_MAILBOX, &kind);

	CHECK(json_is_true(json_object_get(answer, "active")));
	json_decref(answer);
	CHECK(works(store,
	    "{\"verb\":\"show\",\"resource\":\"mailbox\","
	    "\"id\":\"support\"}"));
	CHECK(works(store,
	    "{\"verb\":\"show\",\"resource\":\"mailbox\","
	    "\"id\":1}"));
	CHECK(ask(store, ADD_MAILBOX, &kind) == NULL);
	CHECK_EQ(0, kind, ERR_CONFLICT);
}

TEST(a_list_is_filtered_and_unknown_filters_are_refused)
{
	AUTO(store_close) struct store *store = new_store();

	CHECK(works(store, ADD_MAILBOX));
	CHECK_EQ(0,
	    count_of(store,
		"{\"verb\":\"list\",\"resource\":"
		"\"mailbox\",\"fields\":{\"active\":\"on\"}}"),
	    1);
	CHECK_EQ(1,
	    count_of(store,
		"{\"verb\":\"list\",\"resource\":"
		"\"mailbox\",\"fields\":{\"active\":\"off\"}}"),
	    0);
	CHECK(!works(store,
	    "{\"verb\":\"list\",\"resource\":\"mailbox\","
	    "\"fields\":{\"colour\":\"red\"}}"));
}

TEST(settings_are_checked_set_and_reset)
{
	AUTO(store_close) struct store *store = new_store();

	CHECK(works(store,
	    "{\"verb\":\"set\",\"resource\":\"setting\","
	    "\"id\":\"desk.name\",\"fields\":{\"value\":\"Desk\"}}"));
	CHECK(!works(store,
	    "{\"verb\":\"set\",\"resource\":\"setting\","
	    "\"id\":\"ticket.first_number\",\"fields\":{\"value\":\"x\"}}"));
	CHECK(works(store,
	    "{\"verb\":\"rm\",\"resource\":\"setting\","
	    "\"id\":\"desk.name\"}"));
}

/* ---- tickets ------------------------------------------------------------- */

static void
add_tickets(struct store *store, unsigned count)
{
	AUTO(wtxn_abort) struct wtxn *w = wtxn_begin(store, NOW, NULL);

	for (unsigned i = 0; i < count; i++) {
		struct ticket ticket;

		CHECK(ticket_new(w, &ticket, NULL));
		ticket.rec->title = g_strdup_printf("Ticket %u", i);
		ticket.rec->has_customer = true;
		ticket.rec->customer = 1 + i % 2;
		ticket.rec->has_status = true;
		ticket.rec->status = i % 3 == 0 ? REC__TICKET_STATUS__CLOSED
						: REC__TICKET_STATUS__NEW;
		CHECK(ticket_save(w, &ticket, NULL));
		ticket_drop(&ticket);
	}
	CHECK(wtxn_commit(&w, NULL));
}

TEST(tickets_are_listed_newest_first_over_all_statuses)
{
	AUTO(store_close) struct store *store = new_store();
	enum err_kind kind;
	json_t *page, *items;

	add_tickets(store, 9);
	page = ask(store, "{\"verb\":\"list\",\"resource\":\"ticket\"}", &kind);
	items = json_object_get(page, "items");
	CHECK_EQ(0, json_array_size(items), 9);
	for (size_t i = 0; i < json_array_size(items); i++)
		CHECK_EQ(i,
		    json_integer_value(
			json_object_get(json_array_get(items, i), "id")),
		    1008 - (int64_t)i);
	CHECK(json_is_null(json_object_get(page, "cursor")));
	json_decref(page);
}

TEST(pages_of_tickets_join_without_gap_or_repeat)
{
	AUTO(store_close) struct store *store = new_store();
	g_autofree char *cursor = g_strdup("");
	size_t total = 0;

	add_tickets(store, 10);
	for (unsigned i = 0; i < 4; i++) {
		g_autofree char *request = g_strdup_printf(
		    "{\"verb\":\"list\",\"resource\":\"ticket\",\"limit\":3,"
		    "\"cursor\":\"%s\"}",
		    cursor);
		enum err_kind kind;
		json_t *page = ask(store, request, &kind);

		total += json_array_size(json_object_get(page, "items"));
		g_free(cursor);
		cursor = g_strdup(
		    json_string_value(json_object_get(page, "cursor")));
		CHECK_EQ(i, cursor != NULL, i < 3);
		json_decref(page);
	}
	CHECK_EQ(0, total, 10);
}

TEST(tickets_are_filtered_by_status_and_customer)
{
	static const struct {
		const char *fields;
		size_t count;
	} row[] = {
	    {"{\"status\":\"closed\"}",                    3},
	    {"{\"status\":\"new,closed\"}",                9},
	    {"{\"status\":\"open\"}",                      0},
	    {"{\"category\":\"none\"}",                    9},
	    {"{\"assignee\":\"none\",\"status\":\"new\"}", 6},
	};
	AUTO(store_close) struct store *store = new_store();

	add_tickets(store, 9);
	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *request = g_strdup_printf(
		    "{\"verb\":\"list\",\"resource\":\"ticket\","
		    "\"fields\":%s}",
		    row[i].fields);

		CHECK_EQ(i, count_of(store, request), row[i].count);
	}
}

TEST(only_plain_fields_of_a_ticket_can_be_set)
{
	static const struct {
		const char *fields;
		bool is_fine;
	} row[] = {
	    {"{\"title\":\"New\"}",       true },
	    {"{\"priority\":\"5\"}",      true },
	    {"{\"title\":\"\"}",          false},
	    {"{\"status\":\"closed\"}",   false},
	    {"{\"entry_count\":0}",       false},
	    {"{\"category\":\"nobody\"}", false},
	    {"{}",			false},
	};
	AUTO(store_close) struct store *store = new_store();

	add_tickets(store, 1);
	for (size_t i = 0; i < COUNT(row); i++) {
		g_autofree char *request = g_strdup_printf(
		    "{\"verb\":\"set\",\"resource\":\"ticket\",\"id\":1000,"
		    "\"fields\":%s}",
		    row[i].fields);

		CHECK_EQ(i, works(store, request), row[i].is_fine);
	}
}

TEST(an_export_ends_and_names_the_type_of_everything)
{
	AUTO(store_close) struct store *store = new_store();
	g_autofree char *cursor = NULL;
	size_t tickets = 0, pages = 0;

	add_tickets(store, 250);
	do {
		g_autofree char *request = cursor == NULL
		    ? g_strdup("{\"verb\":\"export\"}")
		    : g_strdup_printf("{\"verb\":\"export\",\"cursor\":\"%s\"}",
			  cursor);
		enum err_kind kind;
		json_t *page = ask(store, request, &kind);
		json_t *items = json_object_get(page, "items");

		for (size_t i = 0; i < json_array_size(items); i++) {
			const char *type = json_string_value(
			    json_object_get(json_array_get(items, i), "type"));

			CHECK(type != NULL);
			tickets += g_strcmp0(type, "ticket") == 0;
		}
		g_free(cursor);
		cursor = g_strdup(
		    json_string_value(json_object_get(page, "cursor")));
		json_decref(page);
	} while (cursor != NULL && ++pages < 100);
	CHECK_EQ(0, tickets, 250);
}
