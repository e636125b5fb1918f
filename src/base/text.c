/* SPDX-License-Identifier: MIT */
/*
 * Cleaning, folding and cutting of text, and what we take for an address.
 * Unicode's tables are GLib's. Cleaning runs over every stored body, so runs
 * of plain ASCII are copied at once. Addresses are judged for one question
 * only: can this go into an envelope without becoming something else there
 * (R25, R46)? Sloppy local parts that exist (a..b@, over 64 bytes) pass.
 * Any thread.
 */
#include "base/text.h"

#include <string.h>

#define DELETE_CHAR     0x7f
#define FIRST_NON_ASCII 0x80
#define LAST_C1         0x9f
#define REPLACEMENT     "\xef\xbf\xbd"
#define ADDRESS_MAX     320
/* RFC 5322 specials but the dot; the at sign is handled apart. */
#define ADDRESS_SPECIALS "()<>[]:;,\\\""

static bool
is_bidi_control(gunichar c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* Not for exchange; mail/mark.h uses some inside texts. */
static bool
is_noncharacter(gunichar c)
{
	return c >= 0xfdd0 && c <= 0xfdef;
}

static bool
is_plain(uint8_t c)
{
	return (c >= ' ' && c < DELETE_CHAR) || c == '\n' || c == '\t';
}

static bool
is_continuation(char c)
{
	return ((uint8_t)c & 0xc0) == 0x80;
}

/* One control character at `p`: only CR leaves something behind. */
static const char *
clean_control(GString *out, const char *p, const char *end)
{
	if (*p == '\r' && (p + 1 == end || p[1] != '\n'))
		g_string_append_c(out, '\n');
	return p + 1;
}

/* One multi-byte character, or what should have been one. */
static const char *
clean_wide(GString *out, const char *p, const char *end)
{
	const gunichar c = g_utf8_get_char_validated(p, end - p);
	const char *next = p + 1;

	if (c == (gunichar)-1 || c == (gunichar)-2) {
		g_string_append(out, REPLACEMENT);
		while (next < end && is_continuation(*next))
			next++;
		return next;
	}
	next = text_next_char(p);
	if (c > LAST_C1 && !is_bidi_control(c) && !is_noncharacter(c))
		g_string_append_len(out, p, next - p);
	return next;
}

static GString *
clean(const char *bytes, size_t len)
{
	GString *out = g_string_sized_new(len);
	const char *const end = bytes + len;
	const char *p = bytes;

	while (p < end) {
		const char *run = p;

		while (p < end && is_plain((uint8_t)*p))
			p++;
		g_string_append_len(out, run, p - run);
		if (p == end)
			break;
		if ((uint8_t)*p < FIRST_NON_ASCII)
			p = clean_control(out, p, end);
		else
			p = clean_wide(out, p, end);
	}
	return out;
}

char *
text_clean(const char *bytes, size_t len)
{
	return g_string_free(clean(bytes, len), FALSE);
}

static bool
is_line_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

char *
text_clean_line(const char *bytes, size_t len)
{
	GString *line = clean(bytes, len);
	size_t to = 0;

	for (size_t i = 0; i < line->len;) {
		size_t blanks, spaces;

		if (!is_line_blank(line->str[i])) {
			line->str[to++] = line->str[i++];
			continue;
		}
		blanks = strspn(line->str + i, " \t\n");
		spaces = strspn(line->str + i, " ");
		/* Plain blanks are kept, a folded line is joined. */
		memset(line->str + to, ' ', blanks);
		to += spaces == blanks ? blanks : 1;
		i += blanks;
	}
	g_string_truncate(line, to);
	return g_strstrip(g_string_free(line, FALSE));
}

static char *
fold_wide(const char *utf8, GNormalizeMode mode)
{
	g_autofree char *normal = g_utf8_normalize(utf8, -1, mode);
	g_autofree char *folded = NULL;

	if (normal == NULL) {
		g_autofree char *cleaned = text_clean(utf8, strlen(utf8));

		normal = g_utf8_normalize(cleaned, -1, mode);
	}
	/* Folding can undo the normal form. */
	folded = g_utf8_casefold(normal, -1);
	return g_utf8_normalize(folded, -1, mode);
}

char *
text_fold(const char *utf8)
{
	if (g_str_is_ascii(utf8))
		return g_ascii_strdown(utf8, -1);
	return fold_wide(utf8, G_NORMALIZE_NFKC);
}

static char *
fold_domain(const char *domain)
{
	g_autofree char *ascii = NULL;
	size_t len = strlen(domain);

	if (len > 1 && domain[len - 1] == '.')
		len--;
	if (g_str_is_ascii(domain))
		return g_ascii_strdown(domain, (gssize)len);
	ascii = g_hostname_to_ascii(domain);
	if (ascii == NULL)
		return fold_wide(domain, G_NORMALIZE_NFKC);
	len = strlen(ascii);
	if (len > 1 && ascii[len - 1] == '.')
		len--;
	return g_ascii_strdown(ascii, (gssize)len);
}

char *
text_fold_address(const char *address)
{
	const char *at = strrchr(address, '@');
	g_autofree char *raw = NULL;
	g_autofree char *local = NULL;
	g_autofree char *domain = NULL;

	if (at == NULL)
		return text_fold(address);
	raw = g_strndup(address, (gsize)(at - address));
	/* Not NFKC: a compatibility form of @ must not become one. */
	local = g_str_is_ascii(raw) ? g_ascii_strdown(raw, -1)
				    : fold_wide(raw, G_NORMALIZE_NFC);
	domain = fold_domain(at + 1);
	return g_strconcat(local, "@", domain, NULL);
}

char *
text_cut(char *text, size_t max)
{
	size_t len = strnlen(text, max + 1);

	if (len <= max)
		return text;
	len = max;
	while (len > 0 && is_continuation(text[len]))
		len--;
	text[len] = '\0';
	return text;
}

/* No control, no blank, no character that changes what a reader sees. */
static bool
is_solid(const char *utf8)
{
	for (const char *p = utf8; *p != '\0'; p = text_next_char(p)) {
		const gunichar c = g_utf8_get_char(p);

		if (g_unichar_iscntrl(c) || is_bidi_control(c))
			return false;
		if (c != ' ' && g_unichar_isspace(c))
			return false;
	}
	return true;
}

/* The length of `"…"` at the start of `text`, 0 if it does not end. */
static size_t
quoted_len(const char *text)
{
	for (size_t i = 1; text[i] != '\0'; i++) {
		if (text[i] == '"')
			return i + 1;
		if (text[i] == '\\' && text[++i] == '\0')
			return 0;
	}
	return 0;
}

/* The length of the local part; 0 if it is none. */
static size_t
local_len(const char *address)
{
	if (address[0] == '"')
		return quoted_len(address);
	return strcspn(address, " @" ADDRESS_SPECIALS);
}

static bool
is_literal(const char *domain)
{
	const size_t inner = strspn(domain + 1,
	    "0123456789abcdefABCDEF.:IPvVp"); /* "IPv6:" tag */

	return inner > 0 && strcmp(domain + 1 + inner, "]") == 0;
}

static bool
is_domain(const char *domain)
{
	if (domain[0] == '[')
		return is_literal(domain);
	if (domain[0] == '\0' || domain[0] == '.' ||
	    strstr(domain, "..") != NULL || g_str_has_suffix(domain, "."))
		return false;
	for (const char *p = domain; *p != '\0'; p++)
		if ((uint8_t)*p < FIRST_NON_ASCII && !g_ascii_isalnum(*p) &&
		    strchr("-._", *p) == NULL)
			return false;
	/* Folded, these two are an @: "x@c＠b" would be another's address. */
	return strstr(domain, "\uff20") == NULL &&
	    strstr(domain, "\ufe6b") == NULL;
}

bool
text_is_address(const char *address)
{
	const size_t len = strnlen(address, ADDRESS_MAX + 1);
	size_t local;

	if (len > ADDRESS_MAX || !g_utf8_validate(address, (gssize)len, NULL) ||
	    !is_solid(address))
		return false;
	local = local_len(address);
	return local > 0 && address[local] == '@' &&
	    is_domain(address + local + 1);
}

bool
text_split_address(const char *address, const char *delimiters, char **user_out,
    char **detail_out, char **domain_out)
{
	size_t local;
	size_t user;

	if (!text_is_address(address))
		return false;
	local = local_len(address);
	user = local;
	if (address[0] != '"') /* a detail without a user is a user */
		user = MIN(local, 1 + strcspn(address + 1, delimiters));
	*user_out = g_strndup(address, user);
	*detail_out = user < local
	    ? g_strndup(address + user + 1, local - user - 1)
	    : NULL;
	*domain_out = g_strdup(address + local + 1);
	return true;
}
