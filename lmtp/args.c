/* SPDX-License-Identifier: MIT */
/*
 * Parameters and attributes, a table row each; see args.h. We announce no
 * DSN: its parameters are read and left alone, since Postfix issues the
 * notices itself. Any thread.
 */
#include "lmtp/args.h"

#include <string.h>

#include "lmtp/path.h"

#define VALUE_MAX 1024

char *
xtext_decode(const char *text)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (const char *p = text; *p != '\0'; p++) {
		int high, low;

		if (*p != '+') {
			g_string_append_c(out, *p);
			continue;
		}
		high = g_ascii_xdigit_value(p[1]);
		low = high < 0 ? -1 : g_ascii_xdigit_value(p[2]);
		if (low < 0)
			return NULL;
		g_string_append_c(out, (char)(high * 16 + low));
		p += 2;
	}
	return path_is_clean(out->str, out->len) ? g_strdup(out->str) : NULL;
}

static bool
take_size(struct args *args, const char *value)
{
	const size_t digits = strspn(value, "0123456789");

	if (digits == 0 || value[digits] != '\0')
		return false;
	args->size = digits > 18 ? SIZE_MAX
				 : (size_t)g_ascii_strtoull(value, NULL, 10);
	return true;
}

static bool
take_body(struct args *args, const char *value)
{
	(void)args; /* both kinds are bytes to us */
	return g_ascii_strcasecmp(value, "7BIT") == 0 ||
	    g_ascii_strcasecmp(value, "8BITMIME") == 0;
}

static bool
take_flag(struct args *args, const char *value)
{
	(void)args;
	return *value == '\0';
}

static bool
take_orcpt(struct args *args, const char *value)
{
	args->orcpt = xtext_decode(value);
	return true;
}

static bool
take_any(struct args *args, const char *value)
{
	(void)args;
	return *value != '\0';
}

static const struct {
	const char *name;
	unsigned of;
	bool (*take)(struct args *args, const char *value);
} rows[] = {
    {"SIZE",     ARGS_MAIL, take_size },
    {"BODY",     ARGS_MAIL, take_body },
    {"SMTPUTF8", ARGS_MAIL, take_flag },
    {"RET",      ARGS_MAIL, take_any  },
    {"ENVID",    ARGS_MAIL, take_any  },
    {"ORCPT",    ARGS_RCPT, take_orcpt},
    {"NOTIFY",   ARGS_RCPT, take_any  },
};

static enum args_verdict
take_word(enum args_of of, const char *word, struct args *out)
{
	const size_t key = strcspn(word, "=");
	const char *value = word[key] == '=' ? word + key + 1 : "";

	if (strlen(value) > VALUE_MAX)
		return ARGS_BAD;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (rows[i].of != of || strlen(rows[i].name) != key ||
		    g_ascii_strncasecmp(rows[i].name, word, key) != 0)
			continue;
		if (out->seen & 1u << i)
			return ARGS_BAD;
		out->seen |= 1u << i;
		return rows[i].take(out, value) ? ARGS_OK : ARGS_BAD;
	}
	return ARGS_UNKNOWN;
}

enum args_verdict
args_parse(enum args_of of, const char *text, struct args *out)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	enum args_verdict verdict = ARGS_OK;

	for (size_t i = 0; words[i] != NULL && verdict == ARGS_OK; i++)
		if (*words[i] != '\0')
			verdict = take_word(of, words[i], out);
	return verdict;
}

void
args_clear(struct args *args)
{
	g_clear_pointer(&args->orcpt, g_free);
}

static const struct {
	const char *name;
	size_t offset;
} attributes[] = {
    {"NAME",  offsetof(struct xforward, name) },
    {"ADDR",  offsetof(struct xforward, addr) },
    {"PROTO", offsetof(struct xforward, proto)},
    {"HELO",  offsetof(struct xforward, helo) },
    {"IDENT", offsetof(struct xforward, ident)},
};

static char **
attribute_find(struct xforward *xforward, const char *word, size_t key)
{
	for (size_t i = 0; i < COUNT(attributes); i++)
		if (strlen(attributes[i].name) == key &&
		    g_ascii_strncasecmp(attributes[i].name, word, key) == 0)
			return (char **)(void *)((char *)xforward +
			    attributes[i].offset);
	return NULL;
}

/* "[UNAVAILABLE]" and "[TEMPUNAVAIL]" say that Postfix does not know. */
static bool
take_attribute(struct xforward *xforward, const char *word)
{
	const size_t key = strcspn(word, "=");
	char **place = attribute_find(xforward, word, key);

	if (place == NULL || word[key] != '=')
		return false;
	g_autofree char *value = xtext_decode(word + key + 1);

	if (value == NULL || *value == '\0' || strlen(value) > 255)
		return false;
	g_clear_pointer(place, g_free);
	if (g_ascii_strcasecmp(value, "[UNAVAILABLE]") != 0 &&
	    g_ascii_strcasecmp(value, "[TEMPUNAVAIL]") != 0)
		*place = g_steal_pointer(&value);
	return true;
}

bool
xforward_parse(const char *text, struct xforward *out)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	size_t count = 0;

	for (size_t i = 0; words[i] != NULL; i++) {
		if (*words[i] == '\0')
			continue;
		if (!take_attribute(out, words[i]))
			return false;
		count++;
	}
	return count > 0;
}

void
xforward_clear(struct xforward *xforward)
{
	for (size_t i = 0; i < COUNT(attributes); i++) {
		char **place = attribute_find(xforward, attributes[i].name,
		    strlen(attributes[i].name));

		g_clear_pointer(place, g_free);
	}
}

char *
xforward_client(const struct xforward *xforward)
{
	if (xforward->name != NULL && xforward->addr != NULL)
		return g_strdup_printf("%s [%s]", xforward->name,
		    xforward->addr);
	if (xforward->addr != NULL)
		return g_strdup_printf("[%s]", xforward->addr);
	return g_strdup(xforward->name);
}
