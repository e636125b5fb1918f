/* SPDX-License-Identifier: MIT */
/*
 * Mails to records: each tests/mail/FOLDER/NAME.eml against NAME.want beside
 * it, the JSON that `maildesk parse` prints; `make bless` rewrites the wants.
 * And each row of a table of rules (mail/rule.h) is needed: without it, some
 * mail of the folder with the table's name is read otherwise.
 */
#include <string.h>

#include <jansson.h>

#include "mail/parse.h"
#include "mail/rule.h"
#include "tests/lib/test.h"

#define MAILS     "tests/mail"
#define MAILS_MIN 150

struct sample {
	char *path; /* of the mail */
	char *raw;
	gsize len;
	char *want_path;
	json_t *want; /* NULL: not there, or no JSON */
};

static void
sample_clear(gpointer element)
{
	struct sample *s = element;

	g_free(s->path);
	g_free(s->raw);
	g_free(s->want_path);
	json_decref(s->want);
}

static void
add_sample(GArray *samples, const char *folder, const char *name)
{
	struct sample s = {.path = g_build_filename(folder, name, NULL)};
	g_autofree char *stem = g_strndup(s.path, strlen(s.path) - 4);

	s.want_path = g_strconcat(stem, ".want", NULL);
	s.want = json_load_file(s.want_path, 0, NULL);
	CHECK(g_file_get_contents(s.path, &s.raw, &s.len, NULL));
	g_array_append_val(samples, s);
}

static void
add_folder(GArray *samples, const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
		if (g_str_has_suffix(name, ".eml"))
			add_sample(samples, folder, name);
}

static GArray *
load_folder(const char *name)
{
	GArray *samples = g_array_new(FALSE, FALSE, sizeof(struct sample));
	g_autofree char *folder = g_build_filename(MAILS, name, NULL);

	g_array_set_clear_func(samples, sample_clear);
	add_folder(samples, folder);
	return samples;
}

static json_t *
read_sample(const struct sample *s)
{
	AUTO(mail_free)
	Rec__Mail *mail = mail_parse((const uint8_t *)s->raw, s->len);
	g_autofree char *text = mail_to_json(mail);

	return json_loads(text, 0, NULL);
}

static bool
is_as_wanted(const struct sample *s)
{
	json_t *is = read_sample(s);
	const bool same = s->want != NULL && json_equal(is, s->want);

	json_decref(is);
	return same;
}

static void
bless(const struct sample *s)
{
	json_t *is = read_sample(s);

	CHECK(json_dump_file(is, s->want_path, JSON_INDENT(1)) == 0);
	json_decref(is);
}

static void
check_sample(const struct sample *s)
{
	json_t *is = read_sample(s);
	g_autofree char *text = json_dumps(is, JSON_COMPACT);

	if (s->want == NULL || !json_equal(is, s->want))
		test_failed(__FILE__, __LINE__, "%s: %s", s->path, text);
	json_decref(is);
}

static unsigned
check_folder(const char *name)
{
	g_autoptr(GArray) samples = load_folder(name);

	for (guint i = 0; i < samples->len; i++) {
		const struct sample *s = &g_array_index(samples, struct sample,
		    i);

		if (g_getenv("BLESS") != NULL)
			bless(s);
		else
			check_sample(s);
	}
	return samples->len;
}

TEST(each_mail_is_read_as_wanted)
{
	g_autoptr(GDir) dir = g_dir_open(MAILS, 0, NULL);
	const char *name;
	unsigned count = 0;

	CHECK(dir != NULL);
	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
		count += check_folder(name);
	CHECK(count >= MAILS_MIN);
}

static bool
row_is_needed(const void *row, const GArray *samples)
{
	bool needed = false;

	rule_take_away(row);
	for (guint i = 0; i < samples->len && !needed; i++)
		needed = !is_as_wanted(
		    &g_array_index(samples, struct sample, i));
	rule_take_away(NULL);
	return needed;
}

/* Only where rows can be taken away: not in what users get. */
TEST(each_row_of_a_table_is_needed)
{
	struct rule_table table;

	for (size_t t = 0; RULES_REMOVABLE && rule_table(t, &table); t++) {
		g_autoptr(GArray) samples = load_folder(table.name);

		for (size_t i = 0; i < table.count; i++)
			if (!row_is_needed((const char *)table.rows +
				    i * table.size,
				samples))
				test_failed(__FILE__, __LINE__,
				    "no mail of %s/ needs row %zu of the "
				    "table %s",
				    table.name, i, table.name);
	}
}
