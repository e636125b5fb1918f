/* SPDX-License-Identifier: MIT */
/*
 * The grammar wants blocks of fields, one about the report, then one a
 * recipient. Real ones have blank lines inside a block, none between two, or
 * other text around. So a block ends where a field comes a second time, or at
 * a blank line once it has a recipient and an action.
 */
#include "mail/bounce_report.h"

#include <string.h>

#include "base/text.h"
#include "mail/bounce_list.h"
#include "mail/bounce_reason.h"

enum slot { SLOT_FINAL, SLOT_ORIGINAL, SLOT_ACTION, SLOT_STATUS, SLOT_WORDS };
#define SLOTS (SLOT_WORDS + 1)

static const char *const names[SLOTS] = {
    [SLOT_FINAL] = "Final-Recipient:",
    [SLOT_ORIGINAL] = "Original-Recipient:",
    [SLOT_ACTION] = "Action:",
    [SLOT_STATUS] = "Status:",
    [SLOT_WORDS] = "Diagnostic-Code:",
};

/* What mailers write for the five actions, by their first letters. */
static const struct {
	const char *begins;
	const char *action;
} actions[] = {
    {"fail",    "failed"   },
    {"error",   "failed"   },
    {"delay",   "delayed"  },
    {"deliver", "delivered"},
    {"relay",   "relayed"  },
    {"expand",  "expanded" },
};

struct block {
	GString *values[SLOTS]; /* NULL: not yet */
	GString *open;          /* takes folded lines; borrowed */
};

static void
block_clear(struct block *b)
{
	for (size_t i = 0; i < SLOTS; i++) {
		if (b->values[i] != NULL)
			(void)g_string_free(b->values[i], TRUE);
		b->values[i] = NULL;
	}
	b->open = NULL;
}

static const char *
value(const struct block *b, enum slot slot)
{
	return b->values[slot] == NULL ? NULL : b->values[slot]->str;
}

/* Runs of blanks become one, ends are trimmed. */
static char *
squeeze(const char *text)
{
	g_autofree char *line = text_clean_line(text, strlen(text));
	char *to = line;

	for (const char *p = line; *p != '\0'; p++)
		if (*p != ' ' || (to > line && to[-1] != ' '))
			*to++ = *p;
	*to = '\0';
	return text_cut(g_strstrip(g_steal_pointer(&line)), BOUNCE_WORDS_MAX);
}

/* "smtp; 550 no" to "550 no": a type is one word. */
static const char *
without_type(const char *text)
{
	const size_t word = strspn(text,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
	const char *p = text + word + strspn(text + word, " ");

	return *p == ';' ? p + 1 : text;
}

/* RFC 6533: \x{3B1} stands for a character. */
static const char *
append_escaped(GString *out, const char *p)
{
	char *end = NULL;
	const guint64 c = g_ascii_strtoull(p + 3, &end, 16);

	if (*end != '}' || end - p > 10 || c < ' ' ||
	    !g_unichar_validate((gunichar)MIN(c, G_MAXUINT32))) {
		g_string_append_c(out, *p);
		return p + 1;
	}
	g_string_append_unichar(out, (gunichar)c);
	return end + 1;
}

/* RFC 3461, xtext: of an address only "+" and "=" need be written so, and
 * "+20" may well be a detail of an address. */
static char *
decode_address(const char *text)
{
	GString *out = g_string_new(NULL);

	for (const char *p = text; *p != '\0';) {
		if (g_str_has_prefix(p, "\\x{")) {
			p = append_escaped(out, p);
			continue;
		}
		if (g_str_has_prefix(p, "+2B") || g_str_has_prefix(p, "+3D")) {
			g_string_append_c(out, p[1] == '2' ? '+' : '=');
			p += 3;
			continue;
		}
		g_string_append_c(out, *p++);
	}
	return g_string_free(out, FALSE);
}

/* The address in a field; NULL if it holds nothing. Exim names pipes there,
 * with the address among the arguments. */
static char *
address_of(const struct block *b, enum slot slot)
{
	g_autofree char *all = NULL, *decoded = NULL;
	struct span span;
	size_t used;
	char *text;

	if (value(b, slot) == NULL)
		return NULL;
	all = squeeze(value(b, slot));
	text = g_strstrip(g_strdup(without_type(all)));
	decoded = decode_address(text);
	g_free(text);
	if (*decoded == '<' && g_str_has_suffix(decoded, ">")) {
		decoded[strlen(decoded) - 1] = '\0';
		memmove(decoded, decoded + 1, strlen(decoded));
	}
	if (text_is_address(decoded))
		return g_steal_pointer(&decoded);
	if (address_at(decoded, &span, &used) || address_in(decoded, &span))
		return span_dup(&span);
	return *decoded == '\0' ? NULL : g_steal_pointer(&decoded);
}

static char *
action_of(const struct block *b)
{
	const char *text = value(b, SLOT_ACTION);

	if (text == NULL)
		return NULL;
	text += strspn(text, " \t");
	for (size_t i = 0; i < COUNT(actions); i++)
		if (g_ascii_strncasecmp(text, actions[i].begins,
			strlen(actions[i].begins)) == 0)
			return g_strdup(actions[i].action);
	return g_strdup("failed");
}

static void
put(char **field, char *text)
{
	if (text == NULL || *text == '\0' || *field != NULL) {
		g_free(text);
		return;
	}
	*field = text;
}

/* "5.1.1 (unknown user)" to "5.1.1". */
static char *
status_of(const struct block *b)
{
	char *status;

	if (value(b, SLOT_STATUS) == NULL)
		return NULL;
	status = squeeze(value(b, SLOT_STATUS));
	status[strspn(status, "0123456789.")] = '\0';
	return status;
}

static char *
words_of(const struct block *b)
{
	const char *text = value(b, SLOT_WORDS);
	g_autofree char *all = text == NULL ? NULL : squeeze(text);

	return all == NULL ? NULL : squeeze(without_type(all));
}

static bool
has_recipient(const struct block *b)
{
	return b->values[SLOT_FINAL] != NULL ||
	    b->values[SLOT_ORIGINAL] != NULL;
}

/* An address that another mailer may write to. */
static bool
is_complete(const char *address)
{
	const char *at = address == NULL ? NULL : strrchr(address, '@');

	return at != NULL && strchr(at, '.') != NULL;
}

static void
end_block(Rec__Mail *mail, struct block *b)
{
	g_autofree char *final = address_of(b, SLOT_FINAL);
	g_autofree char *original = address_of(b, SLOT_ORIGINAL);
	const char *recipient = final != NULL ? final : original;
	Rec__Bounce *bounce;

	if (!is_complete(final) && is_complete(original))
		recipient = original;
	bounce = recipient == NULL ? NULL : bounce_add(mail, recipient);
	if (bounce != NULL) {
		put(&bounce->action, action_of(b));
		put(&bounce->status, status_of(b));
		put(&bounce->diagnostic, words_of(b));
		if (original != NULL && strcmp(original, recipient) != 0)
			put(&bounce->original_recipient,
			    g_steal_pointer(&original));
	}
	block_clear(b);
}

static void
take_field(Rec__Mail *mail, struct block *b, enum slot slot,
    const struct span *text)
{
	if (b->values[slot] != NULL && has_recipient(b))
		end_block(mail, b);
	if (b->values[slot] != NULL)
		(void)g_string_free(b->values[slot], TRUE);
	b->values[slot] = g_string_new_len(text->at,
	    (gssize)MIN(text->len, BOUNCE_WORDS_MAX));
	b->open = b->values[slot];
}

static bool
is_field(const struct span *line)
{
	const size_t n = MIN(strcspn(line->at, " \t:\n"), line->len);

	return n > 0 && n < line->len && line->at[n] == ':';
}

static void
fold(struct block *b, const struct span *line)
{
	if (b->open != NULL && b->open->len < 4 * BOUNCE_WORDS_MAX) {
		g_string_append_c(b->open, ' ');
		g_string_append_len(b->open, line->at,
		    (gssize)MIN(line->len, BOUNCE_WORDS_MAX));
	}
}

static void
take_line(Rec__Mail *mail, struct block *b, const struct span *line)
{
	const size_t blanks = strspn(line->at, " \t");

	if (blanks >= line->len) {
		b->open = NULL;
		if (has_recipient(b) && b->values[SLOT_ACTION] != NULL)
			end_block(mail, b);
		return;
	}
	for (enum slot slot = 0; slot < SLOTS; slot++) {
		const size_t n = strlen(names[slot]);
		const struct span rest = {line->at + blanks + n,
		    line->len - MIN(line->len, blanks + n)};

		if (line->len < blanks + n ||
		    g_ascii_strncasecmp(line->at + blanks, names[slot], n) != 0)
			continue;
		take_field(mail, b, slot, &rest);
		return;
	}
	if (blanks > 0 || !is_field(line))
		fold(b, line);
	else
		b->open = NULL;
}

void
report_read(Rec__Mail *mail, const char *text)
{
	struct block b = {0};

	for (const char *p = text; *p != '\0' && mail->n_bounces < BOUNCES_MAX;
	     p += *p == '\n') {
		const struct span line = {p, strcspn(p, "\n")};

		take_line(mail, &b, &line);
		p += line.len;
	}
	end_block(mail, &b);
}
