/* SPDX-License-Identifier: MIT */
/*
 * An attribution is known by its end, a colon (or a frame of dashes), and by
 * what it holds: a word for "wrote" in some language, a date, a time, an
 * address. Date, time, and an address right before the colon are enough in
 * languages we do not know. Programs wrap it over up to four lines, one of
 * them (Windows Mail) with blank lines between.
 */
#include "mail/reply_wrote.h"

#include <string.h>

#include "mail/reply_words.h"

#define WEIGHED_MAX 5000 /* more look like one in no honest mail */
#define TEXT_BYTES  420  /* of an attribution */
#define LINES_MAX   4
#define SPREAD_MAX  7   /* lines, with blank ones between */
#define SHORT_BYTES 100 /* of one that has no date */
#define FRAME_MIN   4   /* dashes around it */
#define YEAR_FIRST  1980
#define YEAR_LAST   2099
#define WIDE_COLON  "\xEF\xBC\x9A"

enum evidence {
	HAS_DATE = 1 << 0,
	HAS_TIME = 1 << 1,
	HAS_ADDRESS = 1 << 2,
	HAS_VERB = 1 << 3,
	HAS_BEGIN = 1 << 4,
	HAS_DIGIT = 1 << 5, /* begins with one */
	ENDS_COLON = 1 << 6,
	ENDS_ADDRESS = 1 << 7, /* right before the colon, or last */
	HAS_FRAME = 1 << 8,
	HAS_STOP = 1 << 9, /* a sentence ends inside */
};

static bool
ends_with(const char *text, size_t len, const char *word)
{
	const size_t n = strlen(word);

	return len >= n && memcmp(text + len - n, word, n) == 0;
}

/* May an attribution end with this line? */
static bool
may_end(const struct line *line)
{
	const char *at = line->at;
	size_t len = line->len;

	while (len > 0 && strchr("*_ ", at[len - 1]) != NULL)
		len--;
	return ends_with(at, len, ":") || ends_with(at, len, WIDE_COLON) ||
	    (ends_with(at, len, "--") && !line_is_rule(line));
}

/* "2024/1/5 Ann <ann@example.org>" is all that old programs write. */
static bool
is_bare(const struct line *line)
{
	return g_ascii_isdigit(*line->at) && line->at[line->len - 1] == '>' &&
	    memchr(line->at, '@', line->len) != NULL;
}

/* How many angle brackets a line leaves open; never less than none. */
static long
open_brackets(const struct line *line, long open)
{
	for (size_t i = 0; i < line->len; i++) {
		if (line->at[i] == '<')
			open++;
		else if (line->at[i] == '>' && open > 0)
			open--;
	}
	return open;
}

static size_t
digits(const char *at, const char *end)
{
	size_t n = 0;

	while (at + n < end && g_ascii_isdigit(at[n]))
		n++;
	return n;
}

static bool
is_year(const char *at)
{
	const unsigned year = (unsigned)(at[0] - '0') * 1000 +
	    (unsigned)(at[1] - '0') * 100 + (unsigned)(at[2] - '0') * 10 +
	    (unsigned)(at[3] - '0');

	return year >= YEAR_FIRST && year <= YEAR_LAST;
}

/* What a number of n digits says together with what follows. */
static unsigned
judge_number(const char *at, size_t n, const char *end)
{
	const char *after = at + n;
	const size_t m = after < end ? digits(after + 1, end) : 0;
	const char *last = after + 1 + m;

	if (n == 4 && is_year(at))
		return HAS_DATE;
	if (n > 2 || m == 0 || m > 2)
		return 0;
	if (m == 2 && (*after == ':' || *after == 'h' || *after == 'H'))
		return HAS_TIME;
	if (strchr("./-", *after) != NULL && last < end && *last == *after &&
	    digits(last + 1, end) >= 2)
		return HAS_DATE;
	return 0;
}

static bool
is_sentence_end(const char *at, const char *end)
{
	return (*at == '?' || *at == '!') && at + 1 < end && at[1] == ' ';
}

static unsigned
judge_bytes(const char *text, size_t len)
{
	const char *const end = text + len;
	unsigned found = 0;

	for (const char *at = text; at < end; at++) {
		const size_t n = digits(at, end);

		if (n > 0) {
			found |= judge_number(at, n, end);
			at += n - 1;
		} else if (*at == '@' && at > text && at + 1 < end &&
		    at[-1] != ' ' && at[1] != ' ') {
			found |= HAS_ADDRESS;
		} else if (is_sentence_end(at, end)) {
			found |= HAS_STOP;
		}
	}
	return found;
}

/* The end without colons, and whether one, or an address, stood there. */
static unsigned
judge_end(const char *text, size_t *len)
{
	unsigned found = 0;

	while (*len > 0) {
		if (strchr(": *_-=", text[*len - 1]) != NULL) {
			found |= text[*len - 1] == ':' ? ENDS_COLON : 0;
			(*len)--;
		} else if (ends_with(text, *len, WIDE_COLON)) {
			found |= ENDS_COLON;
			*len -= strlen(WIDE_COLON);
		} else {
			break;
		}
	}
	if (*len > 0 && strchr(">)]", text[*len - 1]) != NULL)
		found |= ENDS_ADDRESS;
	return found;
}

static unsigned
count_facts(unsigned found)
{
	return ((found & HAS_DATE) != 0) + ((found & HAS_TIME) != 0) +
	    ((found & HAS_ADDRESS) != 0);
}

/* Words are looked for only where something else speaks for them. */
static unsigned
judge_words(const char *text, size_t len, unsigned found)
{
	const unsigned words = words_wrote(text, len);

	if (len > 0 && g_ascii_isdigit(*text))
		found |= HAS_DIGIT;
	if (words & WROTE_VERB)
		found |= HAS_VERB;
	if (words & WROTE_BEGIN)
		found |= HAS_BEGIN;
	return found;
}

static unsigned
judge(const char *text, size_t len)
{
	size_t dashes = strspn(text, "-= \t");
	const bool framed = dashes >= FRAME_MIN && len > dashes + FRAME_MIN &&
	    strchr("-=", text[len - 1]) != NULL;
	unsigned found = framed ? HAS_FRAME : 0;

	dashes = strspn(text, "-=*_ \t>\"");
	text += MIN(dashes, len);
	len -= MIN(dashes, len);
	found |= judge_end(text, &len);
	found |= judge_bytes(text, len);
	if (count_facts(found) == 0 && len > SHORT_BYTES)
		return found;
	return judge_words(text, len, found);
}

static bool
has_all(unsigned found, unsigned wanted)
{
	return (found & wanted) == wanted;
}

/* A verb and more than one fact, or what only programs write. */
static bool
is_sure(unsigned found)
{
	const unsigned facts = count_facts(found);

	if (!(found & HAS_VERB))
		return facts == 3 && (found & ENDS_ADDRESS);
	return facts >= 2 || (found & HAS_FRAME) ||
	    has_all(found, HAS_BEGIN | HAS_ADDRESS);
}

static bool
is_likely(unsigned found, size_t len)
{
	const unsigned facts = count_facts(found);

	/* "Quoting Ann <ann@example.org>:" */
	if (!(found & HAS_VERB))
		return (found & HAS_ADDRESS) &&
		    (facts >= 2 ||
			((found & ENDS_ADDRESS) && len <= SHORT_BYTES));
	return facts > 0 || (found & HAS_BEGIN) || len <= SHORT_BYTES;
}

static enum wrote
weigh(unsigned found, size_t len)
{
	if (found & HAS_STOP)
		return WROTE_NOT;
	if (!(found & (ENDS_COLON | HAS_FRAME)))
		return has_all(found,
			   HAS_DIGIT | HAS_DATE | HAS_ADDRESS | ENDS_ADDRESS)
		    ? WROTE_MAYBE
		    : WROTE_NOT;
	if (is_sure(found))
		return WROTE_SURE;
	return is_likely(found, len) ? WROTE_MAYBE : WROTE_NOT;
}

struct joined {
	char text[TEXT_BYTES + 1];
	size_t len;
};

/* Joins lines i to last with blanks; false if that is too long. */
static bool
join(const struct lines *lines, size_t i, size_t last, struct joined *out)
{
	out->len = 0;
	for (size_t n = i; n <= last; n++) {
		const struct line *line = &lines->at[n];

		if (out->len + line->len + 1 > TEXT_BYTES)
			return false;
		if (out->len > 0 && line->len > 0)
			out->text[out->len++] = ' ';
		memcpy(out->text + out->len, line->at, line->len);
		out->len += line->len;
	}
	out->text[out->len] = '\0';
	return true;
}

static enum wrote
weigh_lines(struct lines *lines, size_t i, size_t last, unsigned *found_out)
{
	struct joined joined;

	if (++lines->weighed > WEIGHED_MAX || !join(lines, i, last, &joined))
		return WROTE_NOT;
	*found_out = judge(joined.text, joined.len);
	return weigh(*found_out, joined.len);
}

/* Some programs leave blank lines between the date and the rest. */
static bool
may_spread(const struct line *first)
{
	for (size_t i = 0; i < first->len; i++)
		if (g_ascii_isdigit(first->at[i]))
			return words_begin(first->at, first->len);
	return false;
}

/* May the attribution from line i on go on with line n? One that begins with
 * ">" is of it only where it closes an address. */
static bool
may_go_on(const struct lines *lines, size_t i, size_t n)
{
	const struct line *line = &lines->at[n];
	long open = 0;

	if (line->len > TEXT_BYTES)
		return false;
	if (!(line->flags & LINE_QUOTED))
		return true;
	for (; i < n; i++)
		open = open_brackets(&lines->at[i], open);
	return open > 0;
}

/* The line that may end the attribution from line i on; count: none. */
static size_t
find_end(const struct lines *lines, size_t i)
{
	const size_t stop = MIN(lines->count, i + SPREAD_MAX);
	size_t full = 0;
	bool spread = false;

	for (size_t n = i; n < stop && full < LINES_MAX; n++) {
		const struct line *line = &lines->at[n];

		if (line->len == 0) {
			spread = spread || may_spread(&lines->at[i]);
			if (!spread)
				break;
			continue;
		}
		if (n > i && !may_go_on(lines, i, n))
			break;
		if (may_end(line))
			return n;
		full++;
	}
	return is_bare(&lines->at[i]) ? i : lines->count;
}

/* Does one begin later that is as good, or better than one whose first line
 * looks like nothing? */
static bool
begins_later(struct lines *lines, size_t i, size_t last, bool is_odd)
{
	const unsigned wanted = HAS_BEGIN | (is_odd ? HAS_DIGIT : 0);

	for (size_t n = i + 1; n <= last; n++) {
		const struct line *line = &lines->at[n];
		unsigned found = 0;

		if (line->len > 0 &&
		    weigh_lines(lines, n, last, &found) != WROTE_NOT &&
		    (found & wanted) &&
		    ((found & HAS_BEGIN) || count_facts(found) > 0))
			return true;
	}
	return false;
}

/* Is line i the first of a paragraph? */
static bool
begins_paragraph(const struct lines *lines, size_t i)
{
	return i == 0 || lines->at[i - 1].len == 0 ||
	    (lines->at[i - 1].flags & LINE_QUOTED);
}

/* May what begins here run over several lines? */
static bool
may_run_on(struct lines *lines, size_t i, size_t last, unsigned found)
{
	const bool is_odd = !(found & (HAS_BEGIN | HAS_DIGIT));

	if (is_odd && memchr(lines->at[i].at, '@', lines->at[i].len) == NULL &&
	    (!begins_paragraph(lines, i) || count_facts(found) < 2))
		return false;
	return !begins_later(lines, i, last, is_odd);
}

enum wrote
wrote_at(struct lines *lines, size_t i, size_t *count_out)
{
	const size_t last = find_end(lines, i);
	unsigned found = 0;
	enum wrote wrote;

	if (last == lines->count)
		return WROTE_NOT;
	wrote = weigh_lines(lines, i, last, &found);
	if (wrote == WROTE_NOT)
		return WROTE_NOT;
	if (last > i && !may_run_on(lines, i, last, found))
		return WROTE_NOT;
	*count_out = last - i + 1;
	/* So do lines of a log look. */
	if (!(found & HAS_VERB) && !begins_paragraph(lines, i))
		return WROTE_MAYBE;
	return wrote;
}
