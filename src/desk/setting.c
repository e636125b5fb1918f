/* SPDX-License-Identifier: MIT */
/* Settings: the table, its checks, its rows in the store. Any thread. */
#include "desk/setting.h"

#include <string.h>

#include "desk/event.h"
#include "store/record.h"

static const struct setting_row rows[SETTING_COUNT] = {
#define S(id, key, type, value, min, max, unit, row, help)                     \
	[SETTING_##                                                            \
	    id] = {key, SETTING_##type, value, min, max, unit, row, help},
#include "desk/settings.def"
#undef S
};

const struct setting_row *
setting_row(enum setting setting)
{
	return &rows[setting];
}

bool
setting_find(const char *key, enum setting *setting_out, GError **error)
{
	for (enum setting i = 0; i < SETTING_COUNT; i++) {
		if (strcmp(rows[i].key, key) != 0)
			continue;
		*setting_out = i;
		return true;
	}
	return fail(error, ERR_NOT_FOUND,
	    "there is no setting %s; see: "
	    "maildesk settings list",
	    key);
}

char *
setting_load(const struct view *view, enum setting setting, GError **error)
{
	struct key key = key_name(TABLE_SETTING, rows[setting].key);
	AUTO_RECORD(Rec__Setting) record = NULL;

	if (RECORD_FIND(view, &key, &record, error) == FOUND_ERROR)
		return NULL;
	return g_strdup(record != NULL ? record->value : rows[setting].value);
}

static bool
check_int(const struct setting_row *row, const char *value, GError **error)
{
	int64_t n;

	if (!g_ascii_string_to_signed(value, 10, row->min, row->max, &n, NULL))
		return fail(error, ERR_INVALID,
		    "%s is a whole number from %" PRId64 " to %" PRId64,
		    row->key, row->min, row->max);
	return true;
}

static bool
check_text(const struct setting_row *row, const char *value, GError **error)
{
	size_t len = strlen(value);

	if (len < (size_t)row->min || len > (size_t)row->max ||
	    !g_utf8_validate(value, -1, NULL))
		return fail(error, ERR_INVALID,
		    "%s is a text of %" PRId64 " to %" PRId64 " bytes",
		    row->key, row->min, row->max);
	return true;
}

static bool
check_choice(const struct setting_row *row, const char *value, GError **error)
{
	g_auto(GStrv) words = g_strsplit(row->unit, " ", -1);

	if (!g_strv_contains((const char *const *)words, value))
		return fail(error, ERR_INVALID, "%s is one of: %s", row->key,
		    row->unit);
	return true;
}

static bool
check(const struct setting_row *row, const char *value, GError **error)
{
	switch (row->type) {
	case SETTING_BOOL:
		if (strcmp(value, "on") == 0 || strcmp(value, "off") == 0)
			return true;
		return fail(error, ERR_INVALID, "%s is on or off", row->key);
	case SETTING_INT:
		return check_int(row, value, error);
	case SETTING_TEXT:
		return check_text(row, value, error);
	case SETTING_CHOICE:
		return check_choice(row, value, error);
	}
	return false;
}

/* A form of the tag: one %, and the nearest letter on both sides is there
 * and no digit, or "#10" would be in "#1000". Former forms may end with it. */
static bool
is_tag(const char *form, enum setting setting)
{
	const char *percent = strchr(form, '%');
	const char *before = percent;
	const char *behind;

	if (percent == NULL || strchr(percent + 1, '%') != NULL)
		return false;
	while (before > form && g_ascii_isspace(before[-1]))
		before--;
	if (before == form || g_ascii_isdigit(before[-1]))
		return false;
	behind = percent + 1 + strspn(percent + 1, " \t");
	if (*behind == '\0')
		return setting == SETTING_TICKET_TAG_FORMER;
	return !g_ascii_isdigit(*behind);
}

static bool
check_tags(const char *value, GError **error)
{
	g_auto(GStrv) forms = g_strsplit(value, ",", -1);

	for (size_t i = 0; forms[i] != NULL; i++)
		if (g_strstrip(forms[i])[0] != '\0' &&
		    !is_tag(forms[i], SETTING_TICKET_TAG_FORMER))
			return fail(error, ERR_INVALID,
			    "ticket.tag_former: "
			    "\"%s\" has not one %% for the number, with "
			    "something that is no digit before it",
			    forms[i]);
	return true;
}

static bool
check_tag(enum setting setting, const char *value, GError **error)
{
	if (setting == SETTING_TICKET_TAG_FORMER)
		return check_tags(value, error);
	if (setting != SETTING_TICKET_TAG || is_tag(value, setting))
		return true;
	return fail(error, ERR_INVALID,
	    "ticket.tag has one %% for the "
	    "number, with something that is no digit before and behind it, "
	    "such as [#%%]");
}

bool
setting_check(enum setting setting, const char *value, GError **error)
{
	return check(&rows[setting], value, error) &&
	    check_tag(setting, value, error);
}

bool
setting_save(struct wtxn *w, enum setting setting, const char *value,
    GError **error)
{
	const struct setting_row *row = &rows[setting];
	struct key key = key_name(TABLE_SETTING, row->key);
	g_autofree char *copy = g_strdup(value);
	Rec__Setting record = REC__SETTING__INIT;

	if (value != NULL && !setting_check(setting, value, error))
		return false;
	event_config(w, row->key, 0);
	if (value == NULL)
		return wtxn_delete(w, &key, error);
	record.value = copy;
	record.has_changed_at = true;
	record.changed_at = wtxn_now(w);
	return RECORD_SAVE(w, &key, &record, error);
}

bool
setting_is_on(const char *value)
{
	return strcmp(value, "on") == 0;
}

int64_t
setting_int(const char *value)
{
	return g_ascii_strtoll(value, NULL, 10);
}
