/* SPDX-License-Identifier: MIT */
/*
 * export: everything as objects with a `type`, in pages, so that no view is
 * old (R10). The cursor is SECTION:ID, within a long ticket TICKET:ENTRY as
 * well; a ticket that does not fit into its page goes on in the next as an
 * object of the same id with `continued`. What changes between two pages is
 * seen as it is then.
 */
#include "admin/api/api.h"

#include <string.h>

#include "desk/ticket.h"

#define TICKETS_PER_PAGE 100
#define CURSOR_FIELDS    3

struct position {
	size_t section;
	uint64_t id;    /* behind this one */
	uint64_t entry; /* of the ticket `id`, 0: the next ticket */
};

struct page {
	json_t *items;
	struct position next;
	bool is_over; /* of the section */
};

typedef bool section_fn(const struct api_call *call, struct position at,
    struct page *page, GError **error);

struct section {
	const char *type;
	section_fn *run;
	const struct noun *noun;
};

static section_fn export_settings, export_noun, export_tickets, export_held;

static const struct section sections[] = {
    {"setting",  export_settings, NULL          },
    {"mailbox",  export_noun,     &noun_mailbox },
    {"category", export_noun,     &noun_category},
    {"user",     export_noun,     &noun_user    },
    {"customer", export_noun,     &noun_customer},
    {"ticket",   export_tickets,  NULL          },
    {"mail",     export_held,     NULL          },
};

static void
add(struct page *page, const char *type, json_t *object)
{
	json_t *typed = json_object();

	json_put(typed, "type", json_text(type));
	(void)json_object_update(typed, object);
	(void)json_array_append_new(page->items, typed);
}

/* Takes the items of a list's page. */
static bool
add_list(const struct section *section, json_t *list, struct page *page)
{
	const json_t *items = json_object_get(list, "items");
	const char *cursor = json_string_value(json_object_get(list, "cursor"));

	for (size_t i = 0; i < json_array_size(items); i++)
		add(page, section->type, json_array_get(items, i));
	page->is_over = cursor == NULL;
	page->next.id = cursor != NULL ? g_ascii_strtoull(cursor, NULL, 10) : 0;
	json_decref(list);
	return true;
}

typedef json_t *list_fn(const struct api_call *call, GError **error);

/* The same call for a list function, from `at` on. */
static bool
add_from(const struct api_call *call, struct position at, list_fn *list_of,
    struct page *page, GError **error)
{
	const struct section *section = &sections[at.section];
	struct api_call sub = *call;
	json_t *request = json_object();
	g_autofree char *cursor = g_strdup_printf("%" PRIu64, at.id);
	json_t *list;

	json_put(request, "cursor", json_text(cursor));
	json_put(request, "limit", json_integer(TICKETS_PER_PAGE));
	sub.noun = section->noun;
	sub.request = request;
	list = list_of(&sub, error);
	json_decref(request);
	return list != NULL && add_list(section, list, page);
}

static bool
export_settings(const struct api_call *call, struct position at,
    struct page *page, GError **error)
{
	json_t *list = setting_list(call, error);

	return list != NULL && add_list(&sections[at.section], list, page);
}

static bool
export_noun(const struct api_call *call, struct position at, struct page *page,
    GError **error)
{
	return add_from(call, at, noun_list, page, error);
}

static bool
export_held(const struct api_call *call, struct position at, struct page *page,
    GError **error)
{
	return add_from(call, at, mail_page, page, error);
}

/* ---- tickets ------------------------------------------------------------- */

/* The id of the next ticket behind `id`; 0 if there is none. */
static bool
next_ticket(const struct view *view, uint64_t id, uint64_t *next_out,
    GError **error)
{
	struct key prefix = key_of(TABLE_TICKET);
	struct key last = key_2(TABLE_TICKET, id, UINT64_MAX);
	AUTO(cursor_free)
	struct cursor *c = cursor_new(view, &prefix, ASCENDING, error);
	struct key key;
	struct slice value;
	size_t at = key_start(TABLE_TICKET);
	enum found found;

	if (c == NULL)
		return false;
	cursor_after(c, &last);
	found = cursor_next(c, &key, &value, error);
	*next_out = found == FOUND_YES ? key_get_u64(&key, &at) : 0;
	return found != FOUND_ERROR;
}

static bool
add_ticket(const struct api_call *call, struct position at, struct page *page,
    size_t *texts, GError **error)
{
	struct entry_page entries;
	struct ticket ticket;
	json_t *object;

	if (!entry_page_read(call->view, at.id, at.entry, &entries, error))
		return false;
	if (!ticket_load(call->view, (struct ticket_id){at.id}, &ticket,
		error)) {
		json_decref(entries.items);
		return false;
	}
	object = ticket_json(call->view, at.id, ticket.rec);
	ticket_drop(&ticket);
	for (size_t i = 0; i < json_array_size(entries.items); i++)
		*texts += entry_text_len(json_array_get(entries.items, i));
	json_put(object, "entries", entries.items);
	if (at.entry != 0)
		json_put(object, "continued", json_true());
	add(page, "ticket", object);
	json_decref(object);
	page->next.id = at.id;
	page->next.entry = entries.next;
	return true;
}

static bool
export_tickets(const struct api_call *call, struct position at,
    struct page *page, GError **error)
{
	size_t texts = 0;

	page->next = at;
	for (size_t i = 0; i < TICKETS_PER_PAGE && texts <= API_TEXT_MAX; i++) {
		at = page->next;
		if (at.entry == 0 &&
		    !next_ticket(call->view, at.id, &at.id, error))
			return false;
		page->is_over = at.id == 0;
		if (page->is_over)
			return true;
		if (!add_ticket(call, at, page, &texts, error))
			return false;
	}
	return true;
}

/* ---- the page ------------------------------------------------------------ */

static bool
position_parse(const struct api_call *call, struct position *out,
    GError **error)
{
	const char *text = json_string_value(
	    json_object_get(call->request, "cursor"));
	g_auto(GStrv) field = g_strsplit(text != NULL ? text : "", ":", -1);

	*out = (struct position){0};
	if (text == NULL)
		return true;
	if (g_strv_length(field) != CURSOR_FIELDS)
		return fail(error, ERR_USAGE, "no such cursor");
	while (out->section < COUNT(sections) &&
	    strcmp(sections[out->section].type, field[0]) != 0)
		out->section++;
	if (out->section == COUNT(sections))
		return fail(error, ERR_USAGE, "no such cursor");
	out->id = g_ascii_strtoull(field[1], NULL, 10);
	out->entry = g_ascii_strtoull(field[2], NULL, 10);
	return true;
}

static json_t *
page_json(const struct page *page)
{
	json_t *object = json_object();
	g_autofree char *cursor = NULL;

	if (page->next.section < COUNT(sections))
		cursor = g_strdup_printf("%s:%" PRIu64 ":%" PRIu64,
		    sections[page->next.section].type, page->next.id,
		    page->next.entry);
	json_put(object, "items", page->items);
	json_put(object, "cursor", json_text(cursor));
	return object;
}

json_t *
export_page(const struct api_call *call, GError **error)
{
	struct position at;
	struct page page = {.is_over = false};

	if (!position_parse(call, &at, error))
		return NULL;
	page.items = json_array();
	if (!sections[at.section].run(call, at, &page, error)) {
		json_decref(page.items);
		return NULL;
	}
	page.next.section = at.section;
	if (page.is_over)
		page.next = (struct position){.section = at.section + 1};
	return page_json(&page);
}
