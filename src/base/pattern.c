/* SPDX-License-Identifier: MIT */
/*
 * Each pattern becomes a key, "local@host" or "@host", in the table of its
 * shape; an address is looked up by the keys it could be meant by. So its
 * price is that of its labels, however many patterns there are.
 */
#include "base/pattern.h"

#include <pthread.h>
#include <string.h>

#include <libpsl.h>

#include "base/err.h"
#include "base/text.h"

#define ITEM_MAX  320 /* bytes, as of an address */
#define HOST_MAX  253
#define LABEL_MAX 63
#define SHOWN_MAX 60 /* bytes of a wrong item in the error */

/* What wildcards stand at the host: bits. */
enum shape {
	SHAPE_EXACT,
	SHAPE_BELOW = 1 << 0,  /* *.host */
	SHAPE_SUFFIX = 1 << 1, /* host.* */
};
#define SHAPES 4

struct pattern_list {
	GHashTable *items[SHAPES]; /* key -> the item as written */
	unsigned count;
};

static struct {
	pthread_once_t once;
	const psl_ctx_t *list;
} suffixes = {.once = PTHREAD_ONCE_INIT};

static void
load_suffixes(void)
{
	suffixes.list = psl_latest(NULL);
	if (suffixes.list == NULL)
		suffixes.list = psl_builtin();
}

/* Without a list libpsl takes each name for a suffix: nothing matches. */
static const psl_ctx_t *
suffix_list(void)
{
	(void)pthread_once(&suffixes.once, load_suffixes);
	return suffixes.list;
}

/* The longest suffix of the ICANN section that `host` ends with. */
static const char *
registry_suffix(const char *host)
{
	const char *dot;

	while (!psl_is_public_suffix2(suffix_list(), host, PSL_TYPE_ICANN)) {
		dot = strchr(host, '.');
		if (dot == NULL)
			break;
		host = dot + 1;
	}
	return host;
}

static bool
is_label(const char *label, size_t len)
{
	if (len == 0 || len > LABEL_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!g_ascii_isalnum(label[i]) && label[i] != '-' &&
		    label[i] != '_')
			return false;
	return true;
}

/* A name in A-labels. */
static bool
is_host(const char *host)
{
	size_t len;

	if (strnlen(host, HOST_MAX + 1) > HOST_MAX)
		return false;
	for (;; host += len + 1) {
		len = strcspn(host, ".");
		if (!is_label(host, len))
			return false;
		if (host[len] == '\0')
			return true;
	}
}

/* ---- parsing ------------------------------------------------------------- */

static char *
shown(const char *item, size_t len)
{
	char *text = text_clean_line(item, MIN(len, SHOWN_MAX));

	return text_cut(text, SHOWN_MAX);
}

static bool
refuse(const char *item, GError **error)
{
	g_autofree char *text = shown(item, strlen(item));

	return fail(error, ERR_INVALID,
	    "\"%s\" is no pattern: it is a@b.example, b.example, *.b.example, "
	    "or b.example.*",
	    text);
}

/* Takes the wildcards off. */
static char *
inner_host(const char *host, enum shape *shape_out)
{
	unsigned shape = SHAPE_EXACT;
	size_t len;

	if (g_str_has_prefix(host, "*.")) {
		shape |= SHAPE_BELOW;
		host += 2;
	}
	len = strlen(host);
	if (g_str_has_suffix(host, ".*")) {
		shape |= SHAPE_SUFFIX;
		len -= 2;
	}
	*shape_out = shape;
	return g_strndup(host, len);
}

static char *
fold_host(const char *host)
{
	g_autofree char *raw = g_strconcat("@", host, NULL);
	g_autofree char *folded = text_fold_address(raw);

	return g_strdup(folded + 1);
}

/* NULL: there is no such address or domain. */
static char *
item_key(const char *local, const char *host, enum shape shape)
{
	g_autofree char *raw = g_strconcat(local, "@", host, NULL);
	g_autofree char *folded = fold_host(host);

	if (strchr(local, '*') != NULL || g_str_has_suffix(host, "."))
		return NULL;
	if (*local != '\0' && !text_is_address(raw))
		return NULL;
	/* user@[192.0.2.1] */
	if (*local != '\0' && *host == '[' && shape == SHAPE_EXACT)
		return text_fold_address(raw);
	return is_host(folded) ? text_fold_address(raw) : NULL;
}

static bool
add_item(struct pattern_list *list, const char *item, GError **error)
{
	const char *at = strrchr(item, '@');
	enum shape shape;
	g_autofree char *host = inner_host(at == NULL ? item : at + 1, &shape);
	g_autofree char *local = g_strndup(item,
	    at == NULL ? 0 : (gsize)(at - item));
	g_autofree char *key = item_key(strcmp(local, "*") == 0 ? "" : local,
	    host, shape);

	if (key == NULL)
		return refuse(item, error);
	if (at == NULL && shape == SHAPE_EXACT && strchr(key, '.') == NULL)
		return fail(error, ERR_INVALID,
		    "\"%s\" is one word: @%s is exactly that domain, *.%s all "
		    "below it",
		    item, item, item);
	if (!g_hash_table_contains(list->items[shape], key))
		g_hash_table_insert(list->items[shape], g_steal_pointer(&key),
		    g_strdup(item));
	return true;
}

/* An item with the blanks around it. */
static bool
parse_item(struct pattern_list *list, const char *text, size_t len,
    GError **error)
{
	g_autofree char *item = NULL;

	while (len > 0 && g_ascii_isspace(*text)) {
		text++;
		len--;
	}
	while (len > 0 && g_ascii_isspace(text[len - 1]))
		len--;
	if (len == 0)
		return true;
	if (++list->count > PATTERN_ITEMS_MAX)
		return fail(error, ERR_INVALID,
		    "there are more than %d patterns", PATTERN_ITEMS_MAX);
	if (len > ITEM_MAX) {
		item = shown(text, len);
		return fail(error, ERR_INVALID,
		    "the pattern \"%s…\" is longer than %d bytes", item,
		    ITEM_MAX);
	}
	item = g_strndup(text, len);
	if (!g_utf8_validate(item, -1, NULL))
		return refuse(item, error);
	return add_item(list, item, error);
}

struct pattern_list *
pattern_list_parse(const char *text, GError **error)
{
	AUTO(pattern_list_free)
	struct pattern_list *list = g_new0(struct pattern_list, 1);

	for (size_t i = 0; i < SHAPES; i++)
		list->items[i] = g_hash_table_new_full(g_str_hash, g_str_equal,
		    g_free, g_free);
	while (*text != '\0') {
		const size_t len = strcspn(text, ",");

		if (!parse_item(list, text, len, error))
			return NULL;
		text += len;
		if (*text == ',')
			text++;
	}
	return g_steal_pointer(&list);
}

void
pattern_list_free(struct pattern_list **list)
{
	if (*list == NULL)
		return;
	for (size_t i = 0; i < SHAPES; i++)
		g_clear_pointer(&(*list)->items[i], g_hash_table_destroy);
	g_free(*list);
	*list = NULL;
}

/* ---- matching ------------------------------------------------------------ */

/* The pattern for this local part at `host`, else that for all of them. */
static const char *
find_at(GHashTable *items, const char *local, const char *host)
{
	g_autofree char *key = g_strconcat(local, "@", host, NULL);
	const char *item = g_hash_table_lookup(items, key);

	if (item != NULL)
		return item;
	return g_hash_table_lookup(items, key + strlen(local));
}

/* A pattern for a domain above `host`, the nearest first. */
static const char *
find_above(GHashTable *items, const char *local, const char *host)
{
	const char *item = NULL;

	if (g_hash_table_size(items) == 0)
		return NULL;
	for (const char *dot = strchr(host, '.'); item == NULL && dot != NULL;
	     dot = strchr(dot + 1, '.'))
		item = find_at(items, local, dot + 1);
	return item;
}

/* The host without its public suffix, NULL if nothing is before it. */
static char *
stem_of(const struct pattern_list *list, const char *host)
{
	const char *suffix;

	if (g_hash_table_size(list->items[SHAPE_SUFFIX]) == 0 &&
	    g_hash_table_size(list->items[SHAPE_BELOW | SHAPE_SUFFIX]) == 0)
		return NULL;
	suffix = registry_suffix(host);
	if (suffix == host)
		return NULL;
	return g_strndup(host, (gsize)(suffix - host - 1));
}

static const char *
match(const struct pattern_list *list, const char *local, const char *host)
{
	g_autofree char *stem = stem_of(list, host);
	const char *item = find_at(list->items[SHAPE_EXACT], local, host);

	if (item == NULL && stem != NULL)
		item = find_at(list->items[SHAPE_SUFFIX], local, stem);
	if (item == NULL)
		item = find_above(list->items[SHAPE_BELOW], local, host);
	if (item == NULL && stem != NULL)
		item = find_above(list->items[SHAPE_BELOW | SHAPE_SUFFIX],
		    local, stem);
	return item;
}

const char *
pattern_list_match(const struct pattern_list *list, const char *address)
{
	g_autofree char *local = NULL;
	g_autofree char *host = NULL;

	if (list->count == 0 || address == NULL || !text_is_address(address))
		return NULL;
	local = text_fold_address(address);
	host = fold_host(strrchr(address, '@') + 1);
	/* Not by the folded @: folding makes one of a wide form in a host. */
	if (!is_host(host) && *host != '[')
		return NULL;
	local[strlen(local) - strlen(host) - 1] = '\0';
	return match(list, local, host);
}

/* ---- organisations ------------------------------------------------------- */

char *
pattern_organisation(const char *domain)
{
	g_autofree char *folded = NULL;
	const char *own = NULL;

	/* Folding is not linear in what no domain is long enough for. */
	if (strlen(domain) > ITEM_MAX || strchr(domain, '@') != NULL)
		return g_ascii_strdown(domain, -1);
	folded = fold_host(domain);
	if (is_host(folded) && !g_hostname_is_ip_address(folded))
		own = psl_registrable_domain(suffix_list(), folded);
	return g_strdup(own != NULL ? own : folded);
}

bool
pattern_domains_align(const char *a, const char *b)
{
	g_autofree char *of_a = pattern_organisation(a);
	g_autofree char *of_b = pattern_organisation(b);

	return *of_a != '\0' && strcmp(of_a, of_b) == 0;
}
