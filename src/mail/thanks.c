/* SPDX-License-Identifier: MIT */
/*
 * Mere thanks: greeting, a few words of thanks_words.def, closing, name. One
 * pass over the words of a short text; the first that does not belong there
 * ends it. So "danke, aber …" or "thanks, but it still …" are none: their
 * words are not in the list. Greeting and closing may name people, whom no
 * list knows: words with a capital, few of them.
 */
#include "mail/thanks.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#include "mail/rule.h"

#define THANKS_MAX   60  /* characters between greeting and closing */
#define TEXT_MAX     300 /* bytes, greeting and closing included */
#define WORD_MAX     40  /* bytes of a word */
#define GREETING_MAX 6   /* words */
#define NAME_MIN     3   /* with the blank before it */
#define NAMES_MAX    6   /* words behind the closing */

enum {
	CORE = 1,
	FILLER = 2,
	GREETING = 4,
	TITLE = 8,
	GENTLE = 16,
	CLOSING = 32
};

static const struct word {
	const char *text;
	unsigned kinds;
} words[] = {
#define WORD(text_, kinds_)                                                    \
	{                                                                      \
	    .text = (text_),                                                   \
	    .kinds = (kinds_),                                                 \
	},
#include "mail/thanks_words.def"
#undef WORD
};

/* One word of the mail. */
struct token {
	char text[WORD_MAX]; /* lower case */
	unsigned kinds;      /* 0: not in the list */
	bool is_capital;
	bool ends_phrase; /* a comma, an end of line follows */
	size_t chars;     /* with the blank before it */
};

struct reading {
	const Rec__Mail *mail;
	enum { AT_GREETING, AT_THANKS, AT_NAMES } where;
	unsigned greeting; /* words of it so far */
	unsigned names;    /* words behind the closing */
	size_t chars;      /* between the two */
	bool has_core;
	bool is_after_title; /* "Herr": a name follows */
};

/* ---- words --------------------------------------------------------------- */

static int
compare_word(const void *key, const void *row)
{
	return strcmp(key, ((const struct word *)row)->text);
}

static unsigned
kinds_of(const char *text)
{
	const struct word *row = bsearch(text, words, COUNT(words),
	    sizeof(words[0]), compare_word);

	return row != NULL && RULE_ON(row) ? row->kinds : 0;
}

static bool
is_letter(gunichar c)
{
	return g_unichar_isalpha(c) || c == '\'' || c == 0x2019;
}

/* What may stand between words. No "(": ":-(" is no thanks. */
static bool
is_between(gunichar c)
{
	return g_unichar_isspace(c) ||
	    (c < 0x80 && c != '\0' && strchr(".,!;:-)\"*", (int)c) != NULL) ||
	    c == 0x2013 || c == 0x2026 || c == 0xFE0F || c == 0x200D ||
	    (c >= 0x1F3FB && c <= 0x1F3FF); /* of emoji: style, skin */
}

static void
add_char(struct token *t, size_t *len, gunichar c)
{
	if (*len + 7 < sizeof(t->text))
		*len += (size_t)g_unichar_to_utf8(c == 0x2019
			? '\''
			: g_unichar_tolower(c),
		    &t->text[*len]);
	t->text[*len] = '\0';
	t->chars++;
}

/* Passes over what stands between words; NULL: what no thanks has. */
static const char *
skip_between(const char *at, bool *ends_phrase_out)
{
	while (*at != '\0' && is_between(g_utf8_get_char(at))) {
		*ends_phrase_out |= strchr(",.!;\n", *at) != NULL;
		at = text_next_char(at);
	}
	return at;
}

/* The word at `at`, or the one picture; returns what is behind it. */
static const char *
read_token(struct token *t, const char *at)
{
	gunichar c = g_utf8_get_char(at);
	size_t len = 0;

	memset(t, 0, sizeof(*t));
	t->is_capital = g_unichar_isupper(c);
	t->chars = 1;
	do {
		add_char(t, &len, c);
		at = text_next_char(at);
		if (!is_letter(c))
			break;
		c = g_utf8_get_char(at);
	} while (is_letter(c));
	t->kinds = kinds_of(t->text);
	at = skip_between(at, &t->ends_phrase);
	t->ends_phrase |= *at == '\0';
	return at;
}

/* ---- what they are ------------------------------------------------------- */

/* Is it a part of the sender's name or address? */
static bool
is_sender(const Rec__Mail *mail, const struct token *t)
{
	g_autofree char *name = NULL;

	if (mail->from == NULL || !t->is_capital || t->chars < NAME_MIN)
		return false;
	if (mail->from->name != NULL)
		name = g_utf8_strdown(mail->from->name, -1);
	return (name != NULL && strstr(name, t->text) != NULL) ||
	    (mail->from->address != NULL &&
		g_str_has_prefix(mail->from->address, t->text));
}

/* Still in the greeting? It ends with its phrase, or where thanks begin. */
static bool
take_greeting(struct reading *r, const struct token *t)
{
	const bool starts = (t->kinds & GREETING) != 0;
	const bool goes_on = r->greeting > 0 &&
	    ((t->kinds & TITLE) != 0 || (t->kinds == 0 && t->is_capital));

	if ((!starts && !goes_on) || r->greeting >= GREETING_MAX) {
		r->where = AT_THANKS;
		return false;
	}
	r->greeting++;
	if (t->ends_phrase)
		r->where = AT_THANKS;
	return true;
}

static bool
take_thanks(struct reading *r, const struct token *t)
{
	const bool is_name = t->is_capital && r->is_after_title;

	r->is_after_title = (t->kinds & TITLE) != 0;
	r->has_core |= (t->kinds & CORE) != 0;
	if ((t->kinds & CLOSING) != 0 ||
	    (t->kinds == 0 && !is_name && r->has_core &&
		is_sender(r->mail, t))) {
		r->where = AT_NAMES;
		return true;
	}
	if ((t->kinds & (CORE | FILLER)) != 0)
		r->chars += t->chars;
	else if ((t->kinds & (GENTLE | TITLE)) == 0 && !is_name)
		return false;
	return r->chars <= THANKS_MAX;
}

static bool
take(struct reading *r, const struct token *t)
{
	if (r->where == AT_GREETING && take_greeting(r, t))
		return true;
	if (r->where != AT_NAMES)
		return take_thanks(r, t);
	return ++r->names <= NAMES_MAX && t->is_capital;
}

static bool
is_thanks(const Rec__Mail *mail, const char *at)
{
	struct reading r = {.mail = mail};
	struct token t;
	bool ends = false;

	for (at = skip_between(at, &ends); *at != '\0';) {
		at = read_token(&t, at);
		if (!take(&r, &t))
			return false;
	}
	return r.has_core;
}

/* Pictures of a signature and signatures themselves do not count. */
static bool
has_attachment(const Rec__Mail *mail)
{
	for (size_t i = 0; i < mail->n_parts; i++) {
		const Rec__Part *part = mail->parts[i];

		if (part->attachment && !part->inline_part &&
		    (part->type == NULL ||
			strstr(part->type, "signature") == NULL))
			return true;
	}
	return false;
}

void
thanks_read(Rec__Mail *mail)
{
	const char *text = mail->reply != NULL ? mail->reply : mail->text;

	if (text == NULL || mail->auto_kind != REC__MAIL__AUTO__NONE ||
	    mail->n_forwards > 0 || strnlen(text, TEXT_MAX) == TEXT_MAX ||
	    !is_thanks(mail, text) || has_attachment(mail))
		return;
	mail->has_thanks = true;
	mail->thanks = true;
}

bool
thanks_rules(size_t i, struct rule_table *out)
{
	static const struct rule_table own = RULE_TABLE("thanks", words);

	*out = own;
	return i == 0;
}
