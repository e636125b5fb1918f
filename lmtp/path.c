/* SPDX-License-Identifier: MIT */
/*
 * A reader of paths, one function a rule of the grammar; each returns where
 * its part ends, NULL if it is none. See path.h. Any thread.
 */
#include "lmtp/path.h"

#include <string.h>

#include "base/err.h"

bool
path_is_clean(const char *text, size_t len)
{
	const char *end = text + len;

	if (!g_utf8_validate(text, (gssize)len, NULL))
		return false;
	while (text < end) {
		if (g_unichar_iscntrl(g_utf8_get_char(text)))
			return false;
		text += g_utf8_skip[(unsigned char)*text];
	}
	return true;
}

static bool
is_control(unsigned char c)
{
	return c < 0x20 || c == 0x7f;
}

/* atext and the dot, or any byte of a UTF-8 sequence. */
static bool
is_local_char(unsigned char c)
{
	return !is_control(c) && c != '\0' &&
	    strchr(" ()<>[]:;@\\,\"", c) == NULL;
}

static bool
is_domain_char(unsigned char c)
{
	return g_ascii_isalnum(c) || c == '-' || c == '.' || c == '_' ||
	    c >= 0x80;
}

static const char *
skip(const char *at, bool (*is_part)(unsigned char))
{
	const char *start = at;

	while (is_part((unsigned char)*at))
		at++;
	return at > start ? at : NULL;
}

static const char *
skip_quoted(const char *at)
{
	for (at++; *at != '"'; at++) {
		if (*at == '\\')
			at++;
		if (is_control((unsigned char)*at)) /* or the end */
			return NULL;
	}
	return at + 1;
}

static bool
is_literal_char(unsigned char c)
{
	return g_ascii_isalnum(c) || c == '.' || c == ':' || c == '-';
}

static const char *
skip_domain(const char *at)
{
	if (*at != '[')
		return skip(at, is_domain_char);
	at = skip(at + 1, is_literal_char);
	return at != NULL && *at == ']' ? at + 1 : NULL;
}

/* "@one,@two:" */
static const char *
skip_route(const char *at)
{
	while (at != NULL && *at == '@') {
		at = skip_domain(at + 1);
		if (at != NULL && *at == ',' && at[1] == '@')
			at++;
	}
	return at != NULL && *at == ':' ? at + 1 : NULL;
}

static const char *
skip_mailbox(const char *at)
{
	const char *start = at;

	at = *at == '"' ? skip_quoted(at) : skip(at, is_local_char);
	if (at == NULL)
		return NULL;
	if (*at == '@')
		return skip_domain(at + 1);
	return at - start == 10 &&
		g_ascii_strncasecmp(start, "postmaster", 10) == 0
	    ? at
	    : NULL;
}

bool
path_parse(const char **text, char **address_out, GError **error)
{
	const char *start = *text, *end;

	while (*start == ' ')
		start++;
	if (*start++ != '<')
		return fail(error, ERR_USAGE, "address without brackets");
	if (*start == '@')
		start = skip_route(start);
	if (start == NULL)
		return fail(error, ERR_USAGE, "malformed source route");
	end = *start == '>' ? start : skip_mailbox(start);
	if (end == NULL || *end != '>' || (end[1] != '\0' && end[1] != ' '))
		return fail(error, ERR_USAGE, "malformed address");
	if (end == start && start[-1] != '<')
		return fail(error, ERR_USAGE, "source route to nowhere");
	if (end - start > PATH_MAX_LEN)
		return fail(error, ERR_USAGE, "address too long");
	if (!path_is_clean(start, (size_t)(end - start)))
		return fail(error, ERR_USAGE, "address is not clean UTF-8");
	*address_out = g_strndup(start, (size_t)(end - start));
	*text = end + 1;
	return true;
}
