/* SPDX-License-Identifier: MIT */
/* Received lines of the site; see trace.h. */
#include "mail/trace.h"

#include <string.h>

#include "mail/lex.h"

/* A name or a number: nothing that was quoted. */
static bool
is_host(const GString *word)
{
	return word->len > 0 && word->len <= LEX_WORD_MAX &&
	    strspn(word->str,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789-_.:[]") == word->len;
}

/* The host behind the last "by" before the date: what stands behind "from"
 * is the sender's to choose. NULL if there is none. */
static char *
read_by(const struct field *field)
{
	struct lex l = {.at = field->value,
	    .end = field->value + field->value_len};
	g_autoptr(GString) word = g_string_new(NULL);
	g_autoptr(GString) host = g_string_new(NULL);
	bool is_next = false;

	while (lex_skip(&l) && *l.at != ';') {
		g_string_truncate(word, 0);
		lex_word(&l, ";", word);
		if (is_next)
			g_string_assign(host, word->str);
		is_next = g_ascii_strcasecmp(word->str, "by") == 0;
	}
	if (host->len > 0 && host->str[host->len - 1] == '.')
		g_string_truncate(host, host->len - 1);
	return is_host(host) ? g_ascii_strdown(host->str, -1) : NULL;
}

static bool
is_local(const char *host)
{
	static const char *const names[] = {"localhost",
	    "localhost.localdomain", "localhost.localdomain4",
	    "localhost.localdomain6", "127.0.0.1", "[127.0.0.1]", "::1",
	    "[::1]", "[ipv6:::1]"};

	for (size_t i = 0; i < COUNT(names); i++)
		if (strcmp(host, names[i]) == 0)
			return true;
	return false;
}

/* "co.uk", "com.au", "ac.at": its second label is part of the suffix. */
static bool
looks_like_suffix(const char *domain)
{
	const char *dot = strchr(domain, '.');

	return dot != NULL && strchr(dot + 1, '.') == NULL &&
	    dot - domain <= 3 && strlen(dot + 1) == 2;
}

/* What remains of a host's name without its first label; NULL if that is no
 * domain of an owner, or the name is a number. */
static const char *
parent_of(const char *host)
{
	const char *dot = strchr(host, '.');
	const char *last = strrchr(host, '.');

	if (dot == NULL || dot == last || host[0] == '[' ||
	    !g_ascii_isalpha(last[1]) || looks_like_suffix(dot + 1))
		return NULL;
	return dot + 1;
}

static bool
is_in(const char *host, const char *domain)
{
	const size_t host_len = strlen(host);
	const size_t len = strlen(domain);

	if (host_len < len || strcmp(host + host_len - len, domain) != 0)
		return false;
	return host_len == len || host[host_len - len - 1] == '.';
}

static bool
is_same_site(const char *one, const char *other)
{
	const char *of_one = parent_of(one);
	const char *of_other = parent_of(other);

	return strcmp(one, other) == 0 ||
	    (of_one != NULL && is_in(other, of_one)) ||
	    (of_other != NULL && is_in(one, of_other));
}

/* `site` is the host that was named first, but for localhost. */
static bool
is_own(const struct field *received, char **site)
{
	g_autofree char *host = read_by(received);

	if (host != NULL && is_local(host))
		return true;
	if (*site != NULL)
		return host != NULL && is_same_site(*site, host);
	*site = g_steal_pointer(&host);
	return true;
}

size_t
trace_own(const struct fields *f)
{
	g_autofree char *site = NULL;

	for (size_t i = 0; i < f->count; i++)
		if (field_is(&f->at[i], "Received") &&
		    !is_own(&f->at[i], &site))
			return i;
	return f->count;
}
