/* SPDX-License-Identifier: MIT */
/* Lists in columns; see table.h. */
#include "main/table.h"

#include <stdio.h>
#include <string.h>

#include "base/clk.h"
#include "main/term.h"
#include "model/json.h"

#define COLUMNS_MAX 7
#define GAP         2
#define FLEX_LEAST  12

enum shape { SHAPE_PLAIN, SHAPE_AGO, SHAPE_FLEX };

struct column {
	const char *title;
	const char *member; /* "from.address": a member of a member */
	enum shape shape;
};

struct layout {
	const char *resource;
	const char *empty;
	struct column column[COLUMNS_MAX]; /* the rest: title NULL */
};

static const struct layout layouts[] = {
    {"ticket",
     "No tickets. Mails to your mailboxes become tickets; try: "
	"maildesk deliver --to ADDRESS < MAIL",				{{"ID", "id", SHAPE_PLAIN}, {"STATUS", "status", SHAPE_PLAIN},
	    {"CHANGED", "changed_at", SHAPE_AGO},
	    {"N", "entry_count", SHAPE_PLAIN},
	    {"CUSTOMER", "customer_name", SHAPE_FLEX},
	    {"CATEGORY", "category_name", SHAPE_PLAIN},
	    {"TITLE", "title", SHAPE_FLEX}}           },
    {"mail",     "No held mails: every mail has found its ticket.",
     {{"ID", "id", SHAPE_PLAIN}, {"CAME", "at", SHAPE_AGO},
	    {"HELD BY", "held", SHAPE_PLAIN},
	    {"FROM", "from.address", SHAPE_FLEX},
	    {"SUBJECT", "subject", SHAPE_FLEX}}						      },
    {"mailbox",
     "No mailboxes. Make one: maildesk add mailbox name=Support "
	"addresses=support@example.org",				       {{"ID", "id", SHAPE_PLAIN}, {"NAME", "name", SHAPE_PLAIN},
	    {"ACTIVE", "active", SHAPE_PLAIN},
	    {"CATEGORY", "category_name", SHAPE_PLAIN},
	    {"ADDRESSES", "addresses", SHAPE_FLEX}}          },
    {"category",
     "No categories. Make one: maildesk add category "
	"name=Orders",							 {{"ID", "id", SHAPE_PLAIN}, {"NAME", "name", SHAPE_FLEX},
	    {"PARENT", "parent_name", SHAPE_PLAIN},
	    {"PRIORITY", "priority", SHAPE_PLAIN},
	    {"INTERNAL", "internal", SHAPE_PLAIN}}                             },
    {"customer",
     "No customers. Who writes becomes one; or: maildesk add "
	"customer name=... addresses=...",				     {{"ID", "id", SHAPE_PLAIN}, {"NUMBER", "number", SHAPE_PLAIN},
	    {"NAME", "name", SHAPE_FLEX}, {"GROUP", "group", SHAPE_PLAIN},
	    {"ADDRESSES", "addresses", SHAPE_FLEX}}        },
    {"user",     "No users. Make one: maildesk add user name=anna role=agent",
     {{"ID", "id", SHAPE_PLAIN}, {"NAME", "name", SHAPE_PLAIN},
	    {"ROLE", "role", SHAPE_PLAIN}, {"ACTIVE", "active", SHAPE_PLAIN},
	    {"EMAIL", "email", SHAPE_FLEX}}							  },
    {"setting",  "No settings.",
     {{"SETTING", "key", SHAPE_PLAIN}, {"VALUE", "value", SHAPE_FLEX},
	    {"DEFAULT", "default", SHAPE_FLEX},
	    {"WHAT IT DOES", "help", SHAPE_FLEX}}						    },
    {"trace",
     "No such mail: it was not received here, or another address or id was "
	"used. Ask the mail server's log next.",			       {{"MAIL", "id", SHAPE_PLAIN}, {"CAME", "at", SHAPE_AGO},
	    {"DID", "action", SHAPE_PLAIN}, {"TICKET", "ticket", SHAPE_PLAIN},
	    {"HELD BY", "held", SHAPE_PLAIN}, {"FROM", "from", SHAPE_FLEX},
	    {"SUBJECT", "subject", SHAPE_FLEX}}      },
    {"block",
     "Nobody is blocked. Block somebody: maildesk add block "
	"pattern=a@example.org",					       {{"ID", "id", SHAPE_PLAIN}, {"PATTERN", "pattern", SHAPE_FLEX},
	    {"SINCE", "at", SHAPE_AGO}, {"NOTE", "note", SHAPE_FLEX}}},
    {"job",      "No long jobs.",
     {{"ID", "id", SHAPE_PLAIN}, {"KIND", "kind", SHAPE_PLAIN},
	    {"BEGUN", "created_at", SHAPE_AGO},
	    {"PROGRESS", "progress", SHAPE_PLAIN},
	    {"ERROR", "error", SHAPE_FLEX}}							  },
};

static const struct layout *
layout_of(const char *resource)
{
	for (size_t i = 0; i < COUNT(layouts); i++)
		if (strcmp(layouts[i].resource, resource) == 0)
			return &layouts[i];
	return NULL;
}

const char *
table_empty(const char *resource)
{
	const struct layout *layout = layout_of(resource);

	return layout != NULL ? layout->empty : "There is none.";
}

/* ---- a value as text ----------------------------------------------------- */

static char *
text_of(const json_t *value)
{
	GString *list;

	if (value == NULL || json_is_null(value))
		return g_strdup("");
	if (json_is_string(value))
		return g_strdup(json_string_value(value));
	if (json_is_boolean(value))
		return g_strdup(json_is_true(value) ? "on" : "off");
	if (!json_is_array(value))
		return json_line(value);
	list = g_string_new(NULL);
	for (size_t i = 0; i < json_array_size(value); i++) {
		g_autofree char *one = text_of(json_array_get(value, i));

		g_string_append_printf(list, "%s%s", i > 0 ? ", " : "", one);
	}
	return g_string_free(list, FALSE);
}

static char *
cell(const struct column *column, const json_t *item, int64_t now)
{
	g_auto(GStrv) path = g_strsplit(column->member, ".", -1);
	const json_t *value = item;
	int64_t at;

	for (size_t i = 0; path[i] != NULL; i++)
		value = json_object_get(value, path[i]);
	if (column->shape == SHAPE_AGO && json_is_string(value) &&
	    clk_parse(json_string_value(value), &at, NULL))
		return term_ago(at, now);
	return text_of(value);
}

/* ---- widths -------------------------------------------------------------- */

static void
widths_want(const struct layout *layout, const json_t *items,
    unsigned width[COLUMNS_MAX])
{
	int64_t now = clk_wall_us();

	for (size_t i = 0; i < COLUMNS_MAX; i++) {
		const struct column *column = &layout->column[i];

		width[i] = 0;
		if (column->title == NULL)
			return;
		width[i] = term_columns(column->title);
		for (size_t j = 0; j < json_array_size(items); j++) {
			g_autofree char *text = cell(column,
			    json_array_get(items, j), now);

			width[i] = MAX(width[i], term_columns(text));
		}
	}
}

static unsigned
widths_total(const struct layout *layout, const unsigned width[COLUMNS_MAX])
{
	unsigned total = 0;

	for (size_t i = 0; i < COLUMNS_MAX; i++) {
		if (layout->column[i].title == NULL)
			break;
		total += width[i] + (i > 0 ? GAP : 0);
	}
	return total;
}

/* The widest column that may shrink; NULL: none. */
static unsigned *
widest_flexible(const struct layout *layout, unsigned width[COLUMNS_MAX])
{
	unsigned *widest = NULL;

	for (size_t i = 0; i < COLUMNS_MAX; i++) {
		if (layout->column[i].title == NULL)
			break;
		if (layout->column[i].shape != SHAPE_FLEX ||
		    width[i] <= FLEX_LEAST)
			continue;
		if (widest == NULL || width[i] > *widest)
			widest = &width[i];
	}
	return widest;
}

/* What is too much is taken from the widest flexible column, bit by bit. */
static void
widths_squeeze(const struct layout *layout, unsigned width[COLUMNS_MAX],
    unsigned room)
{
	unsigned *widest;

	while (widths_total(layout, width) > room &&
	    (widest = widest_flexible(layout, width)) != NULL)
		(*widest)--;
}

static void
row_print(const struct layout *layout, const unsigned width[COLUMNS_MAX],
    const json_t *item)
{
	GString *line = g_string_new(NULL);
	int64_t now = clk_wall_us();
	g_autofree char *text = NULL;

	for (size_t i = 0; i < COLUMNS_MAX; i++) {
		const struct column *column = &layout->column[i];
		g_autofree char *value = NULL;
		g_autofree char *fit = NULL;

		if (column->title == NULL)
			break;
		value = item != NULL ? cell(column, item, now)
				     : g_strdup(column->title);
		fit = term_fit(value, width[i]);
		g_string_append_printf(line, "%*s%s", i > 0 ? GAP : 0, "", fit);
	}
	text = g_string_free(line, FALSE);
	(void)g_strchomp(text);
	printf("%s%s%s\n", item == NULL ? term_style(TERM_BOLD) : "", text,
	    item == NULL ? term_style(TERM_PLAIN) : "");
}

void
table_print(const char *resource, const json_t *items, enum table_part part)
{
	const struct layout *layout = layout_of(resource);
	unsigned width[COLUMNS_MAX] = {0};

	if (layout == NULL) {
		for (size_t i = 0; i < json_array_size(items); i++)
			table_record(json_array_get(items, i));
		return;
	}
	widths_want(layout, items, width);
	if (term_is_tty())
		widths_squeeze(layout, width, term_width());
	if (part == TABLE_FIRST)
		row_print(layout, width, NULL);
	for (size_t i = 0; i < json_array_size(items); i++)
		row_print(layout, width, json_array_get(items, i));
}

void
table_record(const json_t *object)
{
	json_t *all = (json_t *)(uintptr_t)object; /* only walked */
	const char *name;
	json_t *value;

	json_object_foreach(all, name, value)
	{
		g_autofree char *text = text_of(value);

		if (text[0] != '\0')
			printf("%-16s %s\n", name, text);
	}
}
