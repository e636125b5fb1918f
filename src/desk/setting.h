/* SPDX-License-Identifier: MIT */
/*
 * Settings by their table (settings.def): reading and checking values. The
 * values of a moment are an array in the routing snapshot.
 */
#ifndef DESK_SETTING_H
#define DESK_SETTING_H

#include "base/base.h"
#include "base/err.h"
#include "store/view.h"
#include "store/wtxn.h"

enum setting {
#define S(id, key, type, value, min, max, unit, row, help) SETTING_##id,
#include "desk/settings.def"
#undef S
	SETTING_COUNT
};

enum setting_type {
	SETTING_BOOL,
	SETTING_INT,
	SETTING_INT_OR_NONE,
	SETTING_TEXT,
	SETTING_CHOICE,
	SETTING_PATTERNS,
	SETTING_CATEGORY,
	SETTING_ZONE,
	SETTING_HOSTS,
	SETTING_HEADERS,
	SETTING_TYPE_COUNT
};

struct setting_row {
	const char *key;
	enum setting_type type;
	const char *value; /* the default */
	int64_t min, max;
	const char *unit; /* of an INT; the words of a CHOICE */
	const char *row;  /* of the requirement table */
	const char *help;
};

const struct setting_row *setting_row(enum setting setting);
/* By key; ERR_INVALID says where they are listed. */
bool setting_find(const char *key, enum setting *setting_out, GError **error)
    MUST_CHECK;
/* The stored value, or the default; g_free. */
char *setting_load(const struct view *view, enum setting setting,
    GError **error) MUST_CHECK;
/* "int", "patterns" … */
const char *setting_type_name(enum setting_type type);
/* May the setting have this value? What it names is looked up in the view;
 * *stored_out is the form in which it is kept (a category's id), g_free. */
bool setting_check(const struct view *view, enum setting setting,
    const char *value, char **stored_out, GError **error) MUST_CHECK;
/* Checks, then stores; NULL resets to the default. Touches the snapshot. */
bool setting_save(struct wtxn *w, enum setting setting, const char *value,
    GError **error) MUST_CHECK;

/* Values as they are stored. */
bool setting_is_on(const char *value);
/* -1 of an INT_OR_NONE that is empty. */
int64_t setting_int(const char *value);
/* The items of a HOSTS or HEADERS, trimmed, without empty ones; g_strfreev. */
char **setting_items(const char *value);

#endif
