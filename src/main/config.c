/* SPDX-License-Identifier: MIT */
/* Configuration; see config.h. A value is checked when it is set, so that the
 * getters cannot fail. */
#include "main/config.h"

#include <string.h>

#define KIB UINT64_C(1024)
#define MIB (KIB * 1024)
#define GIB (MIB * 1024)

enum type { TYPE_TEXT, TYPE_NUMBER, TYPE_SIZE, TYPE_MS };
enum reload { RELOAD_NO, RELOAD_YES };

struct row {
	const char *group, *key;
	enum type type;
	const char *value;
	uint64_t min, max;
	enum reload reload;
	const char *help;
};

static const struct row rows[OPTION_COUNT] = {
#define O(id, group, key, type, value, min, max, reload, help)                 \
	[OPTION_##id] = {group, key, TYPE_##type, value, min, max,             \
	    RELOAD_##reload, help},
#include "main/config.def"
#undef O
};

struct config {
	char *text[OPTION_COUNT];
	uint64_t number[OPTION_COUNT];
};

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit size_units[] = {
    {"",  1  },
    {"k", KIB},
    {"M", MIB},
    {"G", GIB}
};
static const struct unit time_units[] = {
    {"ms",  1        },
    {"",    1        },
    {"s",   1000     },
    {"min", 60 * 1000}
};
static const struct unit no_units[] = {
    {"", 1}
};

static bool
scale(const struct unit *units, size_t count, const char *unit, uint64_t *n)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(units[i].name, unit) != 0)
			continue;
		if (*n > UINT64_MAX / units[i].factor)
			return false;
		*n *= units[i].factor;
		return true;
	}
	return false;
}

static bool
number_parse(const struct row *row, const char *value, uint64_t *n_out)
{
	char *end;
	uint64_t n;
	bool known = false;

	if (!g_ascii_isdigit(value[0]))
		return false;
	n = g_ascii_strtoull(value, &end, 10);
	switch (row->type) {
	case TYPE_SIZE:
		known = scale(size_units, COUNT(size_units), end, &n);
		break;
	case TYPE_MS:
		known = scale(time_units, COUNT(time_units), end, &n);
		break;
	case TYPE_NUMBER:
	case TYPE_TEXT:
		known = scale(no_units, COUNT(no_units), end, &n);
		break;
	}
	*n_out = n;
	return known && n >= row->min && n <= row->max;
}

static const char *
units_help(enum type type)
{
	switch (type) {
	case TYPE_SIZE:
		return " (bytes, or with k, M, G)";
	case TYPE_MS:
		return " (milliseconds, or with ms, s, min)";
	case TYPE_NUMBER:
	case TYPE_TEXT:
		break;
	}
	return "";
}

static bool
option_set(struct config *config, enum option option, const char *value,
    GError **error)
{
	const struct row *row = &rows[option];

	if (row->type != TYPE_TEXT &&
	    !number_parse(row, value, &config->number[option]))
		return fail(error, ERR_USAGE,
		    "%s.%s takes a number from %" PRIu64 " to %" PRIu64
		    "%s, not %s",
		    row->group, row->key, row->min, row->max,
		    units_help(row->type), value);
	g_free(config->text[option]);
	config->text[option] = g_strdup(value);
	return true;
}

static bool
option_find(const char *group, const char *key, enum option *out,
    GError **error)
{
	for (enum option i = 0; i < OPTION_COUNT; i++) {
		if (strcmp(rows[i].group, group) != 0 ||
		    strcmp(rows[i].key, key) != 0)
			continue;
		*out = i;
		return true;
	}
	return fail(error, ERR_USAGE,
	    "there is no option %s.%s; all stand in: "
	    "maildesk help config",
	    group, key);
}

bool
config_set(struct config *config, const char *assignment, GError **error)
{
	const char *equals = strchr(assignment, '=');
	const char *dot = strchr(assignment, '.');
	g_autofree char *group = NULL;
	g_autofree char *key = NULL;
	enum option option;

	if (equals == NULL || dot == NULL || dot > equals)
		return fail(error, ERR_USAGE,
		    "--set takes GROUP.KEY=VALUE, not %s", assignment);
	group = g_strndup(assignment, (size_t)(dot - assignment));
	key = g_strndup(dot + 1, (size_t)(equals - dot - 1));
	return option_find(group, key, &option, error) &&
	    option_set(config, option, equals + 1, error);
}

static bool
group_read(struct config *config, GKeyFile *file, const char *group,
    GError **error)
{
	g_auto(GStrv) keys = g_key_file_get_keys(file, group, NULL, NULL);

	for (size_t i = 0; keys != NULL && keys[i] != NULL; i++) {
		g_autofree char *value = g_key_file_get_value(file, group,
		    keys[i], NULL);
		enum option option;

		if (!option_find(group, keys[i], &option, error) ||
		    !option_set(config, option, g_strstrip(value), error))
			return false;
	}
	return true;
}

static bool
file_read(struct config *config, const char *path, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GError) why = NULL;
	g_auto(GStrv) groups = NULL;

	if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &why))
		return fail(error, ERR_USAGE, "%s: %s", path, why->message);
	groups = g_key_file_get_groups(file, NULL);
	for (size_t i = 0; groups[i] != NULL; i++)
		if (!group_read(config, file, groups[i], error))
			return fail_while(error, "%s", path);
	return true;
}

struct config *
config_load(const char *path, GError **error)
{
	AUTO(config_free) struct config *config = g_new0(struct config, 1);

	for (enum option i = 0; i < OPTION_COUNT; i++)
		if (!option_set(config, i, rows[i].value, error))
			return NULL;
	if (path != NULL && !file_read(config, path, error))
		return NULL;
	return g_steal_pointer(&config);
}

void
config_free(struct config **config)
{
	if (*config == NULL)
		return;
	for (enum option i = 0; i < OPTION_COUNT; i++)
		g_free((*config)->text[i]);
	g_clear_pointer(config, g_free);
}

const char *
config_text(const struct config *config, enum option option)
{
	return config->text[option];
}

uint64_t
config_number(const struct config *config, enum option option)
{
	assert(rows[option].type != TYPE_TEXT);
	return config->number[option];
}

char *
config_example(void)
{
	GString *text = g_string_new(NULL);
	const char *group = "";

	for (enum option i = 0; i < OPTION_COUNT; i++) {
		if (strcmp(rows[i].group, group) != 0)
			g_string_append_printf(text, "%s[%s]\n",
			    i == 0 ? "" : "\n", rows[i].group);
		group = rows[i].group;
		g_string_append_printf(text, "# %s\n%s = %s\n", rows[i].help,
		    rows[i].key, rows[i].value);
	}
	return g_string_free(text, FALSE);
}
