/* SPDX-License-Identifier: MIT */
/*
 * authserv-id [version] *(";" method [/version] "=" result *(property "="
 * value)), with comments anywhere. Verifiers put foreign text into values
 * (the envelope sender, with "=" and quotes in it), so a value ends at a
 * blank, a comment or a semicolon only.
 */
#include "mail/claim.h"

#include <string.h>

#include "base/text.h"
#include "mail/lex.h"

/* Which property says whom a result is about, the best one first. */
static const struct subject {
	const char *method, *property;
	enum { SUBJECT_DOMAIN, SUBJECT_ADDRESS } kind;
} subjects[] = {
    {"dmarc", "header.from",   SUBJECT_DOMAIN },
    {"dkim",  "header.d",      SUBJECT_DOMAIN },
    {"dkim",  "header.i",      SUBJECT_DOMAIN },
    {"spf",   "smtp.mailfrom", SUBJECT_DOMAIN },
    {"spf",   "smtp.mail",     SUBJECT_DOMAIN }, /* before RFC 5451 */
    {"spf",   "smtp.helo",     SUBJECT_DOMAIN }, /* of a null sender */
    {"auth",  "smtp.auth",     SUBJECT_ADDRESS},
};

/* owner: claim_read */
struct reading {
	Rec__Mail *mail;
	struct lex l;
	char *authserv;
	GString *name, *value; /* of the pair that was read last */
};

/* ---- words --------------------------------------------------------------- */

static bool
is_keyword(const GString *word)
{
	return word->len > 0 && word->len <= LEX_WORD_MAX &&
	    strspn(word->str,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789-_") == word->len;
}

/* NULL: it is empty or too long. */
static char *
clean(const GString *word)
{
	g_autofree char *line = NULL;

	if (word->len > LEX_WORD_MAX)
		return NULL;
	line = text_clean_line(word->str, word->len);
	if (*line == '\0' || strlen(line) > LEX_WORD_MAX)
		return NULL;
	return g_ascii_strdown(line, -1);
}

/* Letters, digits, hyphens, underscores, beyond ASCII, and dots between. */
static bool
is_domain(const char *text)
{
	const size_t len = strlen(text);

	for (size_t i = 0; i < len; i++)
		if ((uint8_t)text[i] < 0x80 && !g_ascii_isalnum(text[i]) &&
		    strchr("-_.", text[i]) == NULL)
			return false;
	return len > 0 && text[0] != '.' && text[len - 1] != '.';
}

/* Of "a@b", "@b", "b", "<a@b>"; NULL if there is none. */
static char *
read_domain(const GString *value)
{
	g_autofree char *text = clean(value);
	const char *at = text == NULL ? NULL : strrchr(text, '@');
	char *from = at == NULL ? text : text + (at + 1 - text);

	if (from != NULL && g_str_has_suffix(from, ">"))
		from[strlen(from) - 1] = '\0';
	if (from != NULL && g_str_has_suffix(from, "."))
		from[strlen(from) - 1] = '\0';
	return from != NULL && is_domain(from) ? g_strdup(from) : NULL;
}

/* ---- pairs --------------------------------------------------------------- */

/* "smtp . mailfrom" and "dkim / 1" are one name each. */
static bool
goes_on(const GString *name, char next)
{
	return name->len > 0 &&
	    (strchr("./", next) != NULL ||
		strchr("./", name->str[name->len - 1]) != NULL);
}

/* The next name and value before a semicolon; false if there is none. */
static bool
read_pair(struct reading *r)
{
	g_string_truncate(r->name, 0);
	g_string_truncate(r->value, 0);
	while (lex_skip(&r->l) && *r->l.at != '=') {
		if (*r->l.at == ';')
			return false;
		if (!goes_on(r->name, *r->l.at))
			g_string_truncate(r->name, 0);
		lex_word(&r->l, ";=", r->name);
	}
	if (r->l.at == r->l.end)
		return false;
	r->l.at++;
	if (lex_skip(&r->l))
		lex_word(&r->l, ";", r->value);
	return true;
}

/* ---- claims -------------------------------------------------------------- */

static Rec__AuthClaim *
add_claim(struct reading *r)
{
	Rec__Mail *mail = r->mail;
	Rec__AuthClaim *claim = g_new(Rec__AuthClaim, 1);

	rec__auth_claim__init(claim);
	claim->authserv = g_strdup(r->authserv);
	claim->method = clean(r->name);
	claim->result = clean(r->value);
	if (mail->claims == NULL)
		mail->claims = g_new(Rec__AuthClaim *, CLAIMS_MAX);
	mail->claims[mail->n_claims++] = claim;
	return claim;
}

static bool
is_row(size_t row, const char *method, const char *property)
{
	return strcmp(subjects[row].method, method) == 0 &&
	    g_ascii_strcasecmp(subjects[row].property, property) == 0;
}

/* Takes the property if it says better than row `best` who is meant. Returns
 * the row that does now. */
static size_t
take_property(const struct reading *r, Rec__AuthClaim *claim, size_t best)
{
	size_t row = 0;
	char *text;

	while (row < best && !is_row(row, claim->method, r->name->str))
		row++;
	if (row == best)
		return best;
	if (subjects[row].kind == SUBJECT_ADDRESS)
		text = clean(r->value);
	else
		text = read_domain(r->value);
	if (text == NULL)
		return best;
	g_free(claim->domain);
	claim->domain = text;
	return row;
}

/* A method, its result and its properties. */
static void
read_result(struct reading *r)
{
	Rec__AuthClaim *claim = NULL;
	size_t best = COUNT(subjects);

	if (read_pair(r)) {
		const char *slash = strchr(r->name->str, '/');

		if (slash != NULL)
			g_string_truncate(r->name,
			    (gsize)(slash - r->name->str));
		if (is_keyword(r->name) && is_keyword(r->value))
			claim = add_claim(r);
	}
	while (read_pair(r))
		if (claim != NULL)
			best = take_property(r, claim, best);
}

/* The server and a version, which must be 1; false: nothing follows that we
 * could read. */
static bool
read_server(struct reading *r)
{
	if (lex_skip(&r->l))
		lex_word(&r->l, ";=", r->name);
	r->authserv = clean(r->name);
	if (lex_skip(&r->l) && *r->l.at != ';')
		lex_word(&r->l, ";=", r->value);
	return r->authserv != NULL && lex_skip(&r->l) && *r->l.at == ';' &&
	    (r->value->len == 0 || strcmp(r->value->str, "1") == 0);
}

void
claim_read(Rec__Mail *mail, const struct field *field)
{
	struct reading r = {
	    .mail = mail,
	    .l = {.at = field->value, .end = field->value + field->value_len},
	    .name = g_string_new(NULL),
	    .value = g_string_new(NULL)
        };

	if (read_server(&r))
		while (mail->n_claims < CLAIMS_MAX && lex_skip(&r.l)) {
			r.l.at++; /* the semicolon before it */
			read_result(&r);
		}
	g_free(r.authserv);
	(void)g_string_free(r.name, TRUE);
	(void)g_string_free(r.value, TRUE);
}
