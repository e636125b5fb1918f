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

enum setting_type { SETTING_BOOL, SETTING_INT, SETTING_TEXT, SETTING_CHOICE };

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
/* By key; ERR_NOT_FOUND names what comes near. */
bool setting_find(const char *key, enum setting *setting_out, GError **error)
    MUST_CHECK;
/* The stored value, or the default; g_free. */
char *setting_load(const struct view *view, enum setting setting,
    GError **error) MUST_CHECK;
/* May the setting have this value? */
bool setting_check(enum setting setting, const char *value, GError **error)
    MUST_CHECK;
/* Checks, then stores; NULL resets to the default. Touches the snapshot. */
bool setting_save(struct wtxn *w, enum setting setting, const char *value,
    GError **error) MUST_CHECK;

/* Values as the snapshot holds them. */
bool setting_is_on(const char *value);
int64_t setting_int(const char *value);

#endif
