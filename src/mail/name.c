/* SPDX-License-Identifier: MIT */
/*
 * A file name from a mail may hold "../", line ends, characters that turn the
 * direction of what follows ("gpj.exe" shown as "exe.jpg") or that are not
 * seen at all. What is left here may be shown and offered for saving; it is
 * never used to find anything.
 */
#include "mail/name.h"

#include <string.h>

#include "base/text.h"

#define NAME_MAX_BYTES 200
#define EXTENSION_MAX  16
#define NUMBER_MAX     10

/* Types by extension: for files that come without one, uuencoded or from a
 * winmail.dat. */
static const struct name_type {
	const char *extension;
	const char *type;
} name_types[] = {
#include "mail/name_types.def"
};

/* Windows opens a device by such a name, whatever its extension. A digit may
 * follow the last two. */
static const char *const devices[] = {"con", "prn", "aux", "nul", "com", "lpt"};
#define NUMBERED 4

static bool
is_unseen(gunichar c)
{
	return (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
	    (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || c == 0x00AD ||
	    c == 0x061C || c == 0x180E || (c >= 0xFE00 && c <= 0xFE0F) ||
	    (c >= 0xE0000 && c <= 0xE0FFF) || g_unichar_iscntrl(c);
}

static void
drop_unseen(char *text)
{
	char *to = text;

	for (char *p = text; *p != '\0';) {
		char *next = g_utf8_next_char(p);
		const size_t n = (size_t)(next - p);

		if (!is_unseen(g_utf8_get_char(p))) {
			memmove(to, p, n);
			to += n;
		}
		p = next;
	}
	*to = '\0';
}

static char *
cut_keeping_extension(char *text)
{
	const char *dot = strrchr(text, '.');
	g_autofree char *tail = NULL;

	if (strlen(text) <= NAME_MAX_BYTES)
		return text;
	if (dot == NULL || strlen(dot) > EXTENSION_MAX)
		return text_cut(text, NAME_MAX_BYTES);
	tail = g_strdup(dot);
	(void)text_cut(text, NAME_MAX_BYTES - strlen(tail));
	(void)g_strlcat(text, tail, NAME_MAX_BYTES + 1);
	return text;
}

static bool
is_device(const char *name)
{
	const size_t n = strcspn(name, ".");

	for (size_t i = 0; i < COUNT(devices); i++) {
		const bool numbered = i >= NUMBERED;

		if (n == (numbered ? 4 : 3) &&
		    g_ascii_strncasecmp(name, devices[i], 3) == 0 &&
		    (!numbered || g_ascii_isdigit(name[3])))
			return true;
	}
	return false;
}

static char *
trim(char *name)
{
	size_t n;

	name = g_strstrip(name);
	n = strlen(name);
	while (n > 0 && (name[n - 1] == '.' || name[n - 1] == ' '))
		n--;
	name[n] = '\0';
	return name;
}

char *
name_clean(const char *name)
{
	g_autofree char *line = NULL;
	char *base;

	if (name == NULL)
		return NULL;
	line = text_clean_line(name, strnlen(name, 64 * 1024));
	drop_unseen(line);
	base = line;
	for (char *p = line; *p != '\0'; p++)
		if (*p == '/' || *p == '\\')
			base = p + 1;
	base = trim(base);
	if (*base == '\0')
		return NULL;
	return cut_keeping_extension(
	    g_strconcat(is_device(base) ? "_" : "", base, NULL));
}

/* NULL: its extension is not in the table. */
static const struct name_type *
find_type(const char *name)
{
	const char *dot = name == NULL ? NULL : strrchr(name, '.');

	for (size_t i = 0; dot != NULL && i < COUNT(name_types); i++)
		if (RULE_ON(&name_types[i]) &&
		    g_ascii_strcasecmp(dot + 1, name_types[i].extension) == 0)
			return &name_types[i];
	return NULL;
}

const char *
name_type(const char *name)
{
	const struct name_type *found = find_type(name);

	return found != NULL ? found->type : "application/octet-stream";
}

char *
name_of_cid(const char *cid)
{
	const char *at = cid == NULL ? NULL : strchr(cid, '@');
	g_autofree char *name = at == NULL ? NULL
					   : g_strndup(cid, (gsize)(at - cid));

	return name != NULL && *name != '.' && find_type(name) != NULL
	    ? name_clean(name)
	    : NULL;
}

/* By what it is, or by the name of its type: image, audio, video, message. */
static const char *
stem_of(const char *type, size_t *len_out)
{
	static const char document[] = "document";
	const size_t len = strcspn(type, "/");
	const bool is_other = g_str_has_prefix(type, "application/") ||
	    g_str_has_prefix(type, "text/");

	*len_out = is_other ? sizeof(document) - 1 : len;
	return is_other ? document : type;
}

char *
name_of_type(const char *type)
{
	size_t len;
	const char *stem = stem_of(type, &len);

	for (size_t i = 0; i < COUNT(name_types); i++)
		if (RULE_ON(&name_types[i]) &&
		    g_str_equal(name_types[i].type, type))
			return g_strdup_printf("%.*s.%s", (int)len, stem,
			    name_types[i].extension);
	return NULL;
}

char *
name_numbered(const char *name, unsigned n)
{
	const char *dot = strrchr(name, '.');
	const char *end = dot != NULL && dot != name ? dot : strchr(name, 0);
	g_autofree char *number = g_strdup_printf("%u", n);
	g_autofree char *stem = g_strndup(name, (gsize)(end - name));

	(void)text_cut(stem, NAME_MAX_BYTES - NUMBER_MAX);
	return cut_keeping_extension(g_strconcat(stem, number, end, NULL));
}

bool
name_rules(size_t i, struct rule_table *out)
{
	static const struct rule_table table = RULE_TABLE("mime", name_types);

	if (i > 0)
		return false;
	*out = table;
	return true;
}
