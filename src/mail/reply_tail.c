/* SPDX-License-Identifier: MIT */
/*
 * From the end upwards, as long as what stands there is certainly a footer.
 * What a program says of itself is one short line; a disclaimer is known by
 * how its paragraph begins. A signature is short: behind "--" more than a
 * screenful is text again.
 */
#include "mail/reply_tail.h"

#include <string.h>

#include "mail/reply_words.h"
#include "mail/reply_wrote.h"

#define SIGNATURE_LINES 20
#define BARE_LINES      6 /* of a signature below an odd separator */
#define FOOTER_BYTES    240
#define FOOTERS_MAX     200
#define FOOTER_WORDS    7
#define NAME_BYTES      40
#define LIST_RULE       20 /* characters of the rule above a list's footer */
#define EM_DASH         "\xE2\x80\x94"

static const struct paragraph {
	const char *begin;
} paragraphs[] = {
#include "mail/reply_tail.def"
};

/* What comes behind a device, as an excuse. */
static const char *const excuses[] = {"excuse", "typo", "sorry", "brief",
    "brevity", "forgive", "pardon", "spelling", "entschuldig", "fehler",
    "tippfehler", "merci de", "disculp", "scus"};

static bool
is_mark_line(const struct line *line, const char *mark)
{
	return line->len == strlen(mark) &&
	    memcmp(line->at, mark, line->len) == 0;
}

/* How many lines a signature may have below this line; 0: none begins. */
static size_t
signature_max(const struct line *line)
{
	if (line->flags & LINE_QUOTED)
		return 0;
	if (is_mark_line(line, "--"))
		return SIGNATURE_LINES;
	if (is_mark_line(line, "__") || is_mark_line(line, EM_DASH))
		return BARE_LINES;
	return 0;
}

static bool
judge_other(struct lines *lines, size_t i)
{
	const struct line *line = &lines->at[i];
	size_t count;

	return (line->flags & (LINE_QUOTED | LINE_HISTORY)) ||
	    line_separator(line) != 0 || line_is_above(line) ||
	    lines_header(lines, i) > 0 ||
	    wrote_at(lines, i, &count) != WROTE_NOT;
}

/* Judged once a line, though many signatures may seem to be above it. */
static bool
is_other_mail(struct lines *lines, size_t i)
{
	struct line *line = &lines->at[i];

	if (!(line->flags & LINE_JUDGED))
		line->flags |= LINE_JUDGED |
		    (judge_other(lines, i) ? LINE_OTHER : 0);
	return (line->flags & LINE_OTHER) != 0;
}

size_t
tail_signature(struct lines *lines, size_t i)
{
	const size_t max = signature_max(&lines->at[i]);
	size_t full = 0;

	if (max == 0)
		return 0;
	for (size_t n = i + 1; n < lines->count; n++) {
		if (lines->at[n].len == 0)
			continue;
		if (is_other_mail(lines, n))
			return n - i;
		if (++full > max)
			return 0;
	}
	return lines->count - i;
}

static size_t
count_words(const char *text, size_t len)
{
	size_t words = 0;

	for (size_t i = 0; i < len; i++)
		words += text[i] != ' ' && (i == 0 || text[i - 1] == ' ');
	return words;
}

static bool
is_excuse(const char *text, size_t len)
{
	g_autofree char *lower = NULL;

	if (len <= strlen("..."))
		return true;
	lower = g_ascii_strdown(text, (gssize)len);
	for (size_t i = 0; i < COUNT(excuses); i++)
		if (strstr(lower, excuses[i]) != NULL)
			return true;
	return strstr(lower, "http") != NULL;
}

/* "my iPhone, please excuse typos", but not "my desk, which is large". */
static bool
is_device(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && strchr(",!;(<[", text[n]) == NULL &&
	    !(text[n] == '.' && (n + 1 == len || text[n + 1] == ' ')))
		n++;
	return count_words(text, n) <= FOOTER_WORDS &&
	    (n == len || strchr("(<[", text[n]) != NULL ||
		is_excuse(text + n + 1, len - n - 1));
}

/* The bytes of a character that cannot be seen; 0: it can. BlueMail puts some
 * around what it says. */
static size_t
unseen_len(const char *at, size_t len)
{
	static const char *const unseen[] = {"\xE2\x80\x8B", "\xE2\x81\xA3",
	    "\xEF\xBB\xBF"};

	for (size_t i = 0; i < COUNT(unseen); i++)
		if (len >= strlen(unseen[i]) &&
		    memcmp(at, unseen[i], strlen(unseen[i])) == 0)
			return strlen(unseen[i]);
	return 0;
}

/* The line without what frames it, brackets of links and what is unseen. */
static size_t
bare_footer(const struct line *line, char *out)
{
	size_t n = 0, unseen;

	for (size_t i = 0; i < line->len; i += MAX(unseen, 1)) {
		const char c = line->at[i];

		unseen = unseen_len(line->at + i, line->len - i);
		if (unseen == 0 && c != '[' && c != ']' &&
		    (n > 0 || strchr("<({*_- ", c) == NULL))
			out[n++] = c;
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	return n;
}

bool
tail_is_program(const struct line *line)
{
	char text[FOOTER_BYTES];
	size_t len, n;

	if (line->len > sizeof(text))
		return false;
	len = bare_footer(line, text);
	n = words_footer(text, len);
	return n > 0 && is_device(text + n, len - n);
}

/* "-Ann Miller" on a line of its own. */
static bool
is_dashed_name(const struct line *line)
{
	const char *at = line->at;
	const size_t len = line->len;

	if (len < 3 || len > NAME_BYTES || *at != '-')
		return false;
	for (size_t i = 1; i < len; i++) {
		if (at[i - 1] == '-' || at[i - 1] == ' ') {
			if (!g_ascii_isupper(at[i]) && !(at[i] & 0x80))
				return false;
		} else if (!g_ascii_isalpha(at[i]) && !(at[i] & 0x80) &&
		    strchr(" .-", at[i]) == NULL) {
			return false;
		}
	}
	return count_words(at, len) <= 3;
}

/* The kept line before line i; count if none. */
static size_t
previous_kept(const struct lines *lines, size_t i)
{
	while (i-- > 0)
		if (lines->at[i].flags & LINE_KEPT)
			return i;
	return lines->count;
}

/* The rule that lists draw right below a text. */
static bool
is_list_rule(const struct line *line)
{
	return line->len >= LIST_RULE && line_is_rule(line);
}

/* The first line of the paragraph that ends at line i, or a rule in it. */
static size_t
paragraph_start(const struct lines *lines, size_t i)
{
	while (i > 0 && !is_list_rule(&lines->at[i]) &&
	    lines->at[i - 1].len > 0 && (lines->at[i - 1].flags & LINE_KEPT))
		i--;
	return i;
}

static bool
begins_as_footer(const struct line *line)
{
	const struct span s = line_bare(line);

	for (size_t i = 0; i < COUNT(paragraphs); i++)
		if (RULE_ON(&paragraphs[i]) &&
		    span_begins(&s, paragraphs[i].begin))
			return true;
	return false;
}

/* A rule as lists have it, and below it the list's name or where to leave. */
static bool
is_list_footer(const struct line *first, const struct line *last)
{
	if (!is_list_rule(first) || first == last)
		return false;
	for (const struct line *line = first + 1; line <= last; line++)
		if (memmem(line->at, line->len, "mailing list", 12) != NULL ||
		    memmem(line->at, line->len, "http", 4) != NULL)
			return true;
	return false;
}

/* Is the paragraph from `first` to `last` a footer? */
static bool
is_footer(const struct lines *lines, size_t first, size_t last)
{
	const struct line *line = &lines->at[first];

	if (is_list_footer(line, &lines->at[last]))
		return true;
	if (line_is_rule(line) && first < last)
		line++;
	return begins_as_footer(line);
}

static void
take_off(struct lines *lines, size_t first, size_t last)
{
	for (size_t i = first; i <= last; i++)
		lines->at[i].flags &= (uint16_t)~LINE_KEPT;
}

/* Takes one footer that ends at line i off; false if none does. */
static bool
trim_one(struct lines *lines, size_t i)
{
	const struct line *line = &lines->at[i];
	size_t first;

	if (line->len == 0 || line_is_rule(line) || tail_is_program(line)) {
		take_off(lines, i, i);
		return true;
	}
	first = paragraph_start(lines, i);
	if (first == i && i > 0 && is_dashed_name(line)) {
		take_off(lines, i, i);
		return true;
	}
	if (!is_footer(lines, first, i))
		return false;
	take_off(lines, first, i);
	return true;
}

void
tail_trim(struct lines *lines)
{
	size_t i = previous_kept(lines, lines->count);
	unsigned footers = 0;

	while (i < lines->count && footers < FOOTERS_MAX) {
		footers += lines->at[i].len > 0;
		if (!trim_one(lines, i))
			return;
		i = previous_kept(lines, i);
	}
}

bool
tail_rules(size_t i, struct rule_table *out)
{
	static const struct rule_table table = RULE_TABLE("reply", paragraphs);

	if (i > 0)
		return false;
	*out = table;
	return true;
}
