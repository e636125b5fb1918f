/* SPDX-License-Identifier: MIT */
/* Settings: the table, its checks, its rows in the store. Any thread. */
#include "desk/setting.h"

#include <string.h>

#include "base/days.h"
#include "base/pattern.h"
#include "base/text.h"
#include "desk/event.h"
#include "desk/job.h"
#include "desk/name.h"
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
	return fail(error, ERR_INVALID,
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

/* ---- a check for each type ----------------------------------------------- */

struct wanted {
	const struct view *view;
	const struct setting_row *row;
	const char *value;
};

static bool
check_bool(const struct wanted *w, GError **error)
{
	if (strcmp(w->value, "on") == 0 || strcmp(w->value, "off") == 0)
		return true;
	return fail(error, ERR_INVALID, "%s is on or off", w->row->key);
}

static bool
is_int(const struct wanted *w)
{
	int64_t n;

	return g_ascii_string_to_signed(w->value, 10, w->row->min, w->row->max,
	    &n, NULL);
}

static bool
check_int(const struct wanted *w, GError **error)
{
	return is_int(w) ||
	    fail(error, ERR_INVALID,
		"%s is a whole number from %" PRId64 " to %" PRId64,
		w->row->key, w->row->min, w->row->max);
}

static bool
check_int_or_none(const struct wanted *w, GError **error)
{
	return w->value[0] == '\0' || is_int(w) ||
	    fail(error, ERR_INVALID,
		"%s is a whole number from %" PRId64 " to %" PRId64
		", or empty",
		w->row->key, w->row->min, w->row->max);
}

static bool
check_text(const struct wanted *w, GError **error)
{
	size_t len = strlen(w->value);
	g_autofree char *clean = text_clean_line(w->value, len);

	if (len >= (size_t)w->row->min && len <= (size_t)w->row->max &&
	    strcmp(clean, w->value) == 0)
		return true;
	return fail(error, ERR_INVALID,
	    "%s is one line of %" PRId64 " to %" PRId64
	    " bytes, without blanks at its ends",
	    w->row->key, w->row->min, w->row->max);
}

static bool
check_choice(const struct wanted *w, GError **error)
{
	g_auto(GStrv) words = g_strsplit(w->row->unit, " ", -1);
	g_autofree char *list = g_strjoinv(", ", words);

	return g_strv_contains((const char *const *)words, w->value) ||
	    fail(error, ERR_INVALID, "%s is one of: %s", w->row->key, list);
}

static bool
check_patterns(const struct wanted *w, GError **error)
{
	AUTO(pattern_list_free) struct pattern_list *list = NULL;

	if (strlen(w->value) > (size_t)w->row->max)
		return fail(error, ERR_INVALID,
		    "%s has at most %" PRId64 " bytes", w->row->key,
		    w->row->max);
	list = pattern_list_parse(w->value, error);
	return list != NULL || fail_while(error, "%s", w->row->key);
}

/* By its name or id; see setting_check. */
static bool
find_category(const struct wanted *w, uint64_t *id_out, GError **error)
{
	AUTO_RECORD(Rec__Category) category = NULL;
	enum found found = name_find(w->view, NAME_CATEGORY, w->value, id_out,
	    error);

	if (found == FOUND_NO &&
	    g_ascii_string_to_unsigned(w->value, 10, 1, UINT64_MAX, id_out,
		NULL)) {
		struct key key = key_1(TABLE_CATEGORY, *id_out);

		found = RECORD_FIND(w->view, &key, &category, error);
	}
	if (found != FOUND_NO)
		return found == FOUND_YES;
	return fail(error, ERR_INVALID,
	    "%s is the name or id of a category, or empty; there is none "
	    "named %s; see: maildesk list category",
	    w->row->key, w->value);
}

static bool
check_category(const struct wanted *w, GError **error)
{
	uint64_t id;

	return w->value[0] == '\0' || find_category(w, &id, error);
}

static bool
check_zone(const struct wanted *w, GError **error)
{
	g_autoptr(GTimeZone) zone = days_zone(w->value, error);

	return zone != NULL || fail_while(error, "%s", w->row->key);
}

char **
setting_items(const char *value)
{
	g_auto(GStrv) parts = g_strsplit(value, ",", -1);
	GPtrArray *items = g_ptr_array_new();

	for (size_t i = 0; parts[i] != NULL; i++)
		if (g_strstrip(parts[i])[0] != '\0')
			g_ptr_array_add(items, g_strdup(parts[i]));
	g_ptr_array_add(items, NULL);
	return (char **)g_ptr_array_free(items, FALSE);
}

static bool
check_items(const struct wanted *w, bool (*is_item)(const char *item),
    const char *what, GError **error)
{
	g_auto(GStrv) items = setting_items(w->value);

	if (strlen(w->value) > (size_t)w->row->max)
		return fail(error, ERR_INVALID,
		    "%s has at most %" PRId64 " bytes", w->row->key,
		    w->row->max);
	for (size_t i = 0; items[i] != NULL; i++)
		if (!is_item(items[i]))
			return fail(error, ERR_INVALID, "%s: \"%s\" is no %s",
			    w->row->key, items[i], what);
	return true;
}

static bool
is_host(const char *item)
{
	for (const char *at = item; *at != '\0'; at++)
		if (!g_ascii_isalnum(*at) && strchr("-._:[]/", *at) == NULL)
			return false;
	return true;
}

static bool
check_hosts(const struct wanted *w, GError **error)
{
	return check_items(w, is_host,
	    "server's name as in Authentication-Results, such as "
	    "mx.example.org; separate several by commas",
	    error);
}

static bool
is_header(const char *item)
{
	size_t name = strcspn(item, ":");

	for (size_t i = 0; i < name; i++)
		if (!g_ascii_isgraph(item[i]))
			return false;
	return name > 0 && item[name] == ':' &&
	    item[name + 1 + strspn(item + name + 1, " ")] != '\0';
}

static bool
check_headers(const struct wanted *w, GError **error)
{
	return check_items(w, is_header,
	    "field such as X-Spam-Flag: YES; separate several by commas",
	    error);
}

static const struct {
	const char *name;
	bool (*check)(const struct wanted *w, GError **error);
} types[SETTING_TYPE_COUNT] = {
    [SETTING_BOOL] = {"bool",         check_bool       },
    [SETTING_INT] = {"int",          check_int        },
    [SETTING_INT_OR_NONE] = {"int or empty", check_int_or_none},
    [SETTING_TEXT] = {"text",         check_text       },
    [SETTING_CHOICE] = {"choice",       check_choice     },
    [SETTING_PATTERNS] = {"patterns",     check_patterns   },
    [SETTING_CATEGORY] = {"category",     check_category   },
    [SETTING_ZONE] = {"time zone",    check_zone       },
    [SETTING_HOSTS] = {"hosts",        check_hosts      },
    [SETTING_HEADERS] = {"headers",      check_headers    },
};

const char *
setting_type_name(enum setting_type type)
{
	return types[type].name;
}

/* ---- tags ---------------------------------------------------------------- */

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
setting_check(const struct view *view, enum setting setting, const char *value,
    char **stored_out, GError **error)
{
	const struct setting_row *row = &rows[setting];
	const struct wanted wanted = {view, row, value};
	uint64_t id = 0;

	if (!g_utf8_validate(value, -1, NULL))
		return fail(error, ERR_INVALID, "%s is UTF-8", row->key);
	if (!types[row->type].check(&wanted, error) ||
	    !check_tag(setting, value, error))
		return false;
	if (row->type != SETTING_CATEGORY || value[0] == '\0') {
		*stored_out = g_strdup(value);
		return true;
	}
	if (!find_category(&wanted, &id, error))
		return false;
	*stored_out = g_strdup_printf("%" PRIu64, id);
	return true;
}

/* IN-12: what was held meanwhile is decided as soon as mails are again. */
static bool
switched_on(struct wtxn *w, const char *value, GError **error)
{
	g_autofree char *old = setting_load(wtxn_view(w),
	    SETTING_INTAKE_ENABLED, error);
	struct job_id job;

	if (old == NULL)
		return false;
	if (setting_is_on(old) || (value != NULL && !setting_is_on(value)))
		return true;
	return job_add(w, JOB_DECIDE_HELD,
	    json_pack("{s:s}", "held", "processing_off"), 0, &job, error);
}

bool
setting_save(struct wtxn *w, enum setting setting, const char *value,
    GError **error)
{
	const struct setting_row *row = &rows[setting];
	struct key key = key_name(TABLE_SETTING, row->key);
	g_autofree char *stored = NULL;
	Rec__Setting record = REC__SETTING__INIT;

	if (value != NULL &&
	    !setting_check(wtxn_view(w), setting, value, &stored, error))
		return false;
	if (setting == SETTING_INTAKE_ENABLED && !switched_on(w, stored, error))
		return false;
	event_config(w, row->key, 0);
	if (value == NULL)
		return wtxn_delete(w, &key, error);
	record.value = stored;
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
	return value[0] != '\0' ? g_ascii_strtoll(value, NULL, 10) : -1;
}
