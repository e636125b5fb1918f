/* SPDX-License-Identifier: MIT */
/*
 * Lines and their looks. A block of header lines is taken for one when it
 * has a sender and what no travel plan ("From: Ulm, To: Rome, Date: May 5")
 * has: a line that says "sent", a subject, or an address.
 */
#include "mail/reply_line.h"

#include <string.h>

#include "mail/mark.h"
#include "mail/reply_words.h"

#define NAME_MAX_LEN  48 /* bytes before the colon of a header line */
#define BLOCK_LINES   24
#define BLOCK_WRAPPED 4 /* lines that go on with the one before */
#define BLOCK_BLANKS  8
#define RULE_MIN      3
#define LONG_RULE_MIN 5
#define ABOVE_MAX     160
#define MARKS_DEPTH   64
#define INDENT_MAX    3
#define NBSP          "\xC2\xA0"
#define WIDE_COLON    "\xEF\xBC\x9A"

static bool
ends_with(const struct span *s, const char *word)
{
	const size_t n = strlen(word);

	return s->len >= n && memcmp(s->at + s->len - n, word, n) == 0;
}

static bool
begins_with(const struct span *s, const char *word)
{
	const size_t n = strlen(word);

	return s->len >= n && memcmp(s->at, word, n) == 0;
}

/* Takes blanks, those that do not break and these ASCII characters off. */
static void
trim_end(struct span *s, const char *set)
{
	for (;;) {
		if (s->len > 0 && s->at[s->len - 1] != '\0' &&
		    strchr(set, s->at[s->len - 1]) != NULL)
			s->len--;
		else if (ends_with(s, NBSP))
			s->len -= strlen(NBSP);
		else
			return;
	}
}

static void
trim_start(struct span *s, const char *set)
{
	for (;;) {
		size_t n = 0;

		if (s->len > 0 && *s->at != '\0' && strchr(set, *s->at) != NULL)
			n = 1;
		else if (begins_with(s, NBSP))
			n = strlen(NBSP);
		if (n == 0)
			return;
		s->at += n;
		s->len -= n;
	}
}

/* The open marks of a text, innermost last. */
struct open_marks {
	uint16_t flags[MARKS_DEPTH];
	size_t depth; /* may exceed what is kept */
};

static void
take_mark(struct open_marks *open, const char *mark, uint16_t *line_flags)
{
	uint16_t flag = 0;

	if (memcmp(mark, MARK_END, MARK_LEN) == 0) {
		open->depth -= open->depth > 0;
		return;
	}
	if (memcmp(mark, MARK_HISTORY, MARK_LEN) == 0)
		flag = LINE_HISTORY;
	else if (memcmp(mark, MARK_SIGNATURE, MARK_LEN) == 0)
		flag = LINE_SIGNATURE;
	else
		*line_flags |= LINE_FORWARD;
	if (open->depth < MARKS_DEPTH)
		open->flags[open->depth] = flag;
	open->depth++;
}

static uint16_t
open_flags(const struct open_marks *open)
{
	uint16_t flags = 0;

	for (size_t i = 0; i < MIN(open->depth, MARKS_DEPTH); i++)
		flags |= open->flags[i];
	return flags;
}

static bool
looks_quoted(const struct span *s)
{
	size_t at = 0;

	while (at < s->len && at < INDENT_MAX && s->at[at] == ' ')
		at++;
	if (at == s->len || s->at[at] != '>')
		return false;
	/* What mbox files and old servers make of "From " at a line's start. */
	return s->len < 6 || memcmp(s->at, ">From ", 6) != 0;
}

/* Marks stand at the start of a line, and at the end of the last. */
static struct line
read_line(struct open_marks *open, const char *text, size_t len)
{
	struct span s = {text, len};
	struct line line = {0};
	size_t ends = 0;

	while (s.len >= MARK_LEN && mark_is(s.at)) {
		take_mark(open, s.at, &line.flags);
		s.at += MARK_LEN;
		s.len -= MARK_LEN;
	}
	while (ends_with(&s, MARK_END)) {
		s.len -= MARK_LEN;
		ends++;
	}
	trim_end(&s, " \t");
	line.at = s.at;
	line.len = (uint32_t)s.len;
	line.flags |= open->depth > 0 ? open_flags(open) : 0;
	if (looks_quoted(&s))
		line.flags |= LINE_QUOTED;
	open->depth -= MIN(ends, open->depth);
	return line;
}

void
lines_init(struct lines *lines, const char *marked)
{
	GArray *list = g_array_sized_new(FALSE, FALSE, sizeof(struct line), 64);
	const char *const end = marked + strlen(marked);
	struct open_marks open = {0};

	while (marked < end) {
		const char *lf = memchr(marked, '\n', (size_t)(end - marked));
		const char *stop = lf == NULL ? end : lf;
		const struct line line = read_line(&open, marked,
		    (size_t)(stop - marked));

		g_array_append_val(list, line);
		marked = stop + (lf != NULL);
	}
	lines->count = list->len;
	lines->at = (struct line *)(void *)g_array_free(list, FALSE);
}

void
lines_drop(struct lines *lines)
{
	g_clear_pointer(&lines->at, g_free);
	lines->count = 0;
}

struct span
line_bare(const struct line *line)
{
	struct span s = {line->at, line->len};

	trim_start(&s, "*_<([ ");
	return s;
}

bool
span_begins(const struct span *s, const char *phrase)
{
	const size_t n = strlen(phrase);

	return s->len >= n &&
	    g_ascii_tolower(*s->at) == g_ascii_tolower(*phrase) &&
	    g_ascii_strncasecmp(s->at, phrase, n) == 0;
}

bool
line_field(const struct line *line, struct span *name, struct span *value)
{
	struct span all = {line->at, line->len};
	const char *colon, *wide;
	size_t near;

	trim_start(&all, "> \t*_");
	near = MIN(all.len, NAME_MAX_LEN);
	colon = memchr(all.at, ':', near);
	wide = memmem(all.at, near, WIDE_COLON, strlen(WIDE_COLON));
	if (colon == NULL && wide == NULL)
		return false;
	*value = all;
	if (colon == NULL || (wide != NULL && wide < colon)) {
		colon = wide;
		value->at = colon + strlen(WIDE_COLON);
	} else {
		value->at = colon + 1;
	}
	value->len = (size_t)(all.at + all.len - value->at);
	*name = (struct span){all.at, (size_t)(colon - all.at)};
	trim_end(name, " \t*_");
	trim_start(value, " \t*_");
	trim_end(value, " \t");
	return name->len > 0;
}

unsigned
line_roles(struct line *line)
{
	struct span name, value;

	if (line->flags & LINE_KNOWN)
		return line->roles;
	line->flags |= LINE_KNOWN;
	if (line_field(line, &name, &value))
		line->roles = (uint16_t)(words_roles(name.at, name.len) &
		    WORD_HEADER);
	return line->roles;
}

static const char *const dashes[] = {"\xE2\x80\x94", "\xE2\x80\x93",
    "\xE2\x94\x80", "\xE2\x80\x95", "\xE2\x95\x90"};

/* The bytes of one character of a rule at the start; 0: none. */
static size_t
dash_len(const struct span *s)
{
	if (s->len > 0 && *s->at != '\0' && strchr("-_=*~#", *s->at) != NULL)
		return 1;
	for (size_t i = 0; i < COUNT(dashes); i++)
		if (begins_with(s, dashes[i]))
			return strlen(dashes[i]);
	return 0;
}

/* Takes a rule with its blanks off the start; its characters are counted. */
static unsigned
skip_rule(struct span *s)
{
	unsigned count = 0;

	for (;;) {
		const size_t n = dash_len(s);

		if (n == 0 && (s->len == 0 || *s->at != ' '))
			return count;
		count += n > 0;
		s->at += n > 0 ? n : 1;
		s->len -= n > 0 ? n : 1;
	}
}

/* QQ writes the blanks of its HTML into the plain text as they are. */
static void
trim_entities(struct span *s)
{
	static const char blank[] = "&nbsp;";
	const size_t n = sizeof(blank) - 1;

	while (begins_with(s, blank)) {
		s->at += n;
		s->len -= n;
	}
	while (ends_with(s, blank))
		s->len -= n;
}

bool
line_is_rule(const struct line *line)
{
	struct span rest = {line->at, line->len};

	return skip_rule(&rest) >= RULE_MIN && rest.len == 0;
}

/* The phrase, or what it begins with before " by Ann", " from ann@…". */
static unsigned
separator_roles(const struct span *core, bool framed)
{
	const unsigned wanted = WORD_ORIGINAL | WORD_FORWARDED | WORD_ENDED;
	unsigned roles = words_roles(core->at, core->len) & wanted;
	size_t len = MIN(core->len, NAME_MAX_LEN);

	for (; framed && roles == 0 && len > 0; len--)
		if (core->at[len - 1] == ' ')
			roles = words_roles(core->at, len - 1) & wanted;
	return roles;
}

/* "[Original Message processed by david]": without the brackets. */
static bool
take_brackets(struct span *s)
{
	if (s->len < 2 || *s->at != '[' || s->at[s->len - 1] != ']')
		return false;
	s->at++;
	s->len -= 2;
	return true;
}

unsigned
line_separator(const struct line *line)
{
	struct span core = {line->at, MIN(line->len, ABOVE_MAX)};
	unsigned before, roles;
	bool colon;

	before = take_brackets(&core) ? 2 : skip_rule(&core);
	/* A long one has the header lines behind it (Samsung's phones). */
	if (line->len > ABOVE_MAX && before < LONG_RULE_MIN)
		return 0;
	colon = ends_with(&core, ":") || ends_with(&core, WIDE_COLON);
	if (core.len == 0 || (before < 2 && !colon))
		return 0;
	trim_end(&core, "-_=*~# \t:");
	if (ends_with(&core, WIDE_COLON))
		core.len -= strlen(WIDE_COLON);
	trim_entities(&core);
	roles = separator_roles(&core, before >= 2);
	/* "Original message:" in a sentence of its own says too little. */
	return before >= 2 ? roles : roles & WORD_FORWARDED;
}

bool
line_is_above(const struct line *line)
{
	struct span core = {line->at, line->len};
	unsigned before;

	if (line->len == 0 || line->len > ABOVE_MAX)
		return false;
	before = skip_rule(&core);
	if (before >= 2)
		return words_have_above(core.at, core.len);
	return core.len <= ABOVE_MAX / 2 &&
	    words_begin_above(core.at, core.len);
}

bool
line_is_arrows(const struct line *line)
{
	static const char arrows[] = ">>>";
	const struct span s = {line->at, line->len};
	const char *time;

	if (s.len > ABOVE_MAX || s.len <= 2 * strlen(arrows) ||
	    !begins_with(&s, arrows) || !ends_with(&s, arrows))
		return false;
	time = memchr(s.at, ':', s.len);
	return time != NULL && g_ascii_isdigit(time[-1]) &&
	    g_ascii_isdigit(time[1]);
}

static bool
is_certain(unsigned seen, bool has_address)
{
	if (!(seen & WORD_FROM))
		return false;
	if (seen & WORD_SENT)
		return (seen & ~(unsigned)(WORD_SENT | WORD_FROM)) != 0;
	if (seen & WORD_SUBJECT)
		return (seen & (WORD_DATE | WORD_TO)) != 0;
	return has_address && (seen & (WORD_DATE | WORD_TO)) != 0;
}

struct block {
	size_t end; /* behind its last header line */
	unsigned seen;
	bool has_address;
};

static bool
is_blank_line(const struct line *line)
{
	return line->len == 0 || (line->len <= 2 && *line->at == '>');
}

static struct block
read_block(const struct lines *lines, size_t i)
{
	struct block b = {.end = i};
	unsigned wrapped = 0, blanks = 0;

	for (size_t n = i; n < MIN(lines->count, i + BLOCK_LINES); n++) {
		struct line *line = &lines->at[n];
		const unsigned roles = line_roles(line);

		if (is_blank_line(line)) {
			if (++blanks > BLOCK_BLANKS || n + 1 == lines->count ||
			    line_roles(line + 1) == 0)
				break;
			continue;
		}
		if (roles == 0 && (n == i || ++wrapped > BLOCK_WRAPPED))
			break;
		b.has_address |= memchr(line->at, '@', line->len) != NULL;
		if (roles == 0)
			continue;
		b.seen |= roles;
		b.end = n + 1;
		wrapped = 0;
	}
	return b;
}

size_t
lines_header(const struct lines *lines, size_t i)
{
	struct block b;

	if (line_roles(&lines->at[i]) == 0)
		return 0;
	b = read_block(lines, i);
	return is_certain(b.seen, b.has_address) ? b.end - i : 0;
}

size_t
lines_any_header(const struct lines *lines, size_t i)
{
	const struct block b = read_block(lines, i);

	return b.seen & WORD_FROM ? b.end - i : 0;
}

size_t
lines_next(const struct lines *lines, size_t i)
{
	while (i < lines->count && lines->at[i].len == 0)
		i++;
	return i;
}
