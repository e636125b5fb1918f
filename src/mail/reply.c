/* SPDX-License-Identifier: MIT */
/*
 * One pass over the lines. The history begins at an attribution line ("On …
 * wrote:", maybe folded over three lines) that quoted lines or the end
 * follow, at a separator ("-----Original Message-----") or at a block of
 * header lines as Outlook writes it. Lines with ">" are history wherever
 * they stand; answers between them stay. A signature begins at "-- ".
 */
#include "mail/reply.h"

#include <string.h>

#define ATTRIBUTION_MAX   400 /* bytes of an attribution */
#define ATTRIBUTION_LINES 4

struct line {
	const char *at;
	size_t len; /* without LF and blanks at the end */
};

/* The first and the last word of an attribution, by language. */
static const struct attribution {
	const char *begin;
	const char *end;
} attributions[] = {
    {"On ",     "wrote:"          },
    {"Am ",     "schrieb"         },
    {"Le ",     "crit :"          },
    {"Le ",     "crit\xC2\xA0:"   },
    {"Le ",     "crit:"           },
    {"El ",     "escribi\xC3\xB3:"},
    {"Il ",     "scritto:"        },
    {"Op ",     "schreef"         },
    {"Em ",     "escreveu:"       },
    {"Den ",    "skrev"           },
    {"Dne ",    "napsal"          },
    {"W dniu ", "pisze:"          },
};

/* Lines that begin history all by themselves, once dashes are off. */
static const char *const separators[] = {"Original Message",
    "Urspr\xC3\xBCngliche Nachricht", "Forwarded message",
    "Weitergeleitete Nachricht", "Message d'origine", "Mensaje original",
    "Messaggio originale", "Oorspronkelijk bericht", "Mensagem original",
    "Reply message", "Original-Nachricht"};

/* From-lines and the lines that must stand near them. */
static const char *const from_words[] = {"From:", "Von:", "De:", "Da:", "Van:",
    "Fr\xC3\xA5n:", "Od:", "*From:*", "*Von:*"};
static const char *const sent_words[] = {"Sent:", "Gesendet:", "Date:",
    "Datum:", "Envoy\xC3\xA9", "Enviado",
    "Inviato:", "Data:", "Verzonden:", "Skickat:", "*Sent:*", "*Gesendet:*",
    "*Date:*", "To:", "An:"};

static bool
starts(const struct line *line, const char *word)
{
	const size_t n = strlen(word);

	return line->len >= n && memcmp(line->at, word, n) == 0;
}

static bool
starts_any(const struct line *line, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (starts(line, words[i]))
			return true;
	return false;
}

static bool
is_quoted(const struct line *line)
{
	return line->len > 0 && *line->at == '>';
}

static GArray *
split(const char *text)
{
	GArray *lines = g_array_new(FALSE, FALSE, sizeof(struct line));

	while (*text != '\0') {
		const size_t len = strcspn(text, "\n");
		struct line line = {text, len};

		while (line.len > 0 &&
		    (line.at[line.len - 1] == ' ' ||
			line.at[line.len - 1] == '\t'))
			line.len--;
		g_array_append_val(lines, line);
		text += len + (text[len] == '\n');
	}
	return lines;
}

static bool
ends_attribution(const struct line *line, const char *word)
{
	const size_t n = strlen(word);

	if (line->len < n)
		return false;
	if (word[n - 1] == ':')
		return memcmp(line->at + line->len - n, word, n) == 0;
	/* Verb in the middle: "schrieb Anna <a@b>:" */
	return line->at[line->len - 1] == ':' &&
	    memmem(line->at, line->len, word, n) != NULL;
}

/* How many lines an attribution that begins at line i takes; 0: none. */
static size_t
attribution_lines(const struct line *line, size_t left)
{
	for (size_t a = 0; a < COUNT(attributions); a++) {
		size_t bytes = 0;

		if (!starts(line, attributions[a].begin))
			continue;
		for (size_t n = 0; n < MIN(left, ATTRIBUTION_LINES); n++) {
			bytes += line[n].len;
			if (bytes > ATTRIBUTION_MAX)
				break;
			if (ends_attribution(&line[n], attributions[a].end))
				return n + 1;
		}
	}
	return 0;
}

static bool
is_separator(const struct line *line)
{
	struct line rest = *line;
	unsigned dashes = 0;

	while (rest.len > 0 && (*rest.at == '-' || *rest.at == ' ')) {
		dashes += *rest.at == '-';
		rest.at++;
		rest.len--;
	}
	return dashes >= 2 && starts_any(&rest, separators, COUNT(separators));
}

static bool
is_header_block(const struct line *line, size_t left)
{
	if (!starts_any(line, from_words, COUNT(from_words)))
		return false;
	for (size_t n = 1; n < MIN(left, 4); n++)
		if (starts_any(&line[n], sent_words, COUNT(sent_words)))
			return true;
	return false;
}

static bool
is_signature(const struct line *line)
{
	return line->len == 2 && memcmp(line->at, "--", 2) == 0;
}

/* Is nothing but history behind line i? */
static bool
only_quotes_follow(const struct line *line, size_t left)
{
	for (size_t n = 0; n < left; n++)
		if (line[n].len > 0)
			return is_quoted(&line[n]);
	return true;
}

static void
append_line(GString *out, const struct line *line)
{
	g_string_append_len(out, line->at, (gssize)line->len);
	g_string_append_c(out, '\n');
}

static void
trim(GString *out)
{
	size_t end = out->len, start = 0;

	while (end > 0 && g_ascii_isspace(out->str[end - 1]))
		end--;
	g_string_truncate(out, end);
	while (start < end && out->str[start] == '\n')
		start++;
	g_string_erase(out, 0, (gssize)start);
}

static void
write_reply(GString *out, const struct line *line, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const size_t left = count - i;
		const size_t n = attribution_lines(&line[i], left);

		if (n > 0) {
			if (!only_quotes_follow(&line[i + n], left - n))
				return;
			i += n - 1;
			continue;
		}
		if (is_separator(&line[i]) || is_signature(&line[i]) ||
		    is_header_block(&line[i], left))
			return;
		if (!is_quoted(&line[i]))
			append_line(out, &line[i]);
	}
}

char *
reply_of(const char *text)
{
	g_autoptr(GArray) lines = split(text);
	GString *out = g_string_sized_new(256);

	write_reply(out, (const struct line *)(void *)lines->data, lines->len);
	trim(out);
	return g_string_free(out, FALSE);
}

bool
reply_rules(size_t i, struct rule_table *out)
{
	(void)i;
	(void)out;
	return false;
}
