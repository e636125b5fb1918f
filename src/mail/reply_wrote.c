/* SPDX-License-Identifier: MIT */
/*
 * An attribution is known by its end, a colon (or a frame of dashes), and by
 * what it holds: a word for "wrote" in some language, a date, a time, an
 * address. Date, time, and an address right before the colon are enough in
 * languages we do not know. Programs wrap it over up to four lines, one of
 * them (Windows Mail) with blank lines between. Zoho leaves the colon out;
 * Yahoo on Android puts the quoted text on the same line, behind blanks.
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
#define VERB_BYTES  32  /* of what may stand behind the address: "wrote:" */
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
	HAS_STOP = 1 << 9,  /* a sentence ends inside */
	HAS_SELF = 1 << 10, /* speaks of its writer */
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

/* What stands behind the address at the end of a line; false: there is none
 * in angle brackets. */
static bool
behind_address(const char *text, size_t len, struct span *out)
{
	const char *close = memrchr(text, '>', len);
	const char *at = memchr(text, '@', len);

	if (close == NULL || at == NULL || at > close)
		return false;
	out->at = close + 1;
	out->len = (size_t)(text + len - out->at);
	return true;
}

/* "Ann <ann@example.org> wrote", and little follows. */
static bool
ends_verb(const char *text, size_t len)
{
	struct span rest;

	return behind_address(text, len, &rest) && rest.len > 0 &&
	    rest.len <= VERB_BYTES &&
	    (words_wrote(rest.at, rest.len) & WROTE_VERB);
}

/* Is line i the last of a paragraph, and something follows? */
static bool
ends_paragraph(const struct lines *lines, size_t i)
{
	return i + 1 < lines->count &&
	    (lines->at[i + 1].len == 0 ||
		(lines->at[i + 1].flags & LINE_QUOTED));
}

/* "On 5 Jan 2024 10:00:00 +0100 Ann <ann@example.org> wrote", and no more: no
 * sentence of a person ends so. */
static bool
is_without_colon(const struct lines *lines, size_t i)
{
	const struct line *line = &lines->at[i];

	return ends_paragraph(lines, i) && line->len <= TEXT_BYTES &&
	    words_begin(line->at, line->len) && ends_verb(line->at, line->len);
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
	/* "30.9.2024, 18.30, Ann": of some languages only. */
	if (m == 2 && *after == '.' && last < end && *last == ',')
		return HAS_TIME;
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

/* "On 5 Jan 2024 at 10:00 I wrote to you:" is no program's. */
static unsigned
judge_self(const char *text)
{
	static const char *const words[] = {" I ", " we wrote", " ich ",
	    " wir ", " mir ", " uns ", " je vous ", " j'ai ", " nous ", " ho ",
	    " abbiamo "};

	for (size_t i = 0; i < COUNT(words); i++)
		if (strstr(text, words[i]) != NULL)
			return HAS_SELF;
	return g_str_has_prefix(text, "I ") ? HAS_SELF : 0;
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
	return judge_words(text, len, found) | judge_self(text);
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

/* What has no colon. */
static enum wrote
weigh_open(unsigned found)
{
	if (has_all(found, HAS_BEGIN | HAS_VERB) && count_facts(found) == 3)
		return WROTE_SURE;
	return has_all(found, HAS_DIGIT | HAS_DATE | HAS_ADDRESS | ENDS_ADDRESS)
	    ? WROTE_MAYBE
	    : WROTE_NOT;
}

static enum wrote
weigh(unsigned found, size_t len)
{
	if ((found & HAS_STOP) ||
	    ((found & HAS_SELF) && count_facts(found) < 3))
		return WROTE_NOT;
	if (!(found & (ENDS_COLON | HAS_FRAME)))
		return weigh_open(found);
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

static bool
has_digit(const struct line *line)
{
	for (size_t i = 0; i < line->len; i++)
		if (g_ascii_isdigit(line->at[i]))
			return true;
	return false;
}

/* Some programs leave blank lines between the date and the rest. */
static bool
may_spread(const struct line *first)
{
	return has_digit(first) && words_begin(first->at, first->len);
}

/* May the attribution from line i on go on with line n? One that begins with
 * ">" is of it only where it closes an address. */
static bool
may_go_on(const struct lines *lines, size_t i, size_t n)
{
	const struct line *line = &lines->at[n];
	long open = 0;

	if (line->len > TEXT_BYTES ||
	    ((line->flags ^ lines->at[i].flags) & LINE_HISTORY))
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
	return is_bare(&lines->at[i]) || is_without_colon(lines, i)
	    ? i
	    : lines->count;
}

/* Is what begins later as good as all of it? Then the lines above it, which
 * add nothing ("On " with neither a digit nor a comma at the end does not),
 * are the answer's last. */
static bool
is_as_good(unsigned later, unsigned all, const struct line *first)
{
	const bool may_begin = has_digit(first) ||
	    first->at[first->len - 1] == ',';
	const unsigned evidence = HAS_DATE | HAS_TIME | HAS_ADDRESS | HAS_VERB |
	    (may_begin ? HAS_BEGIN : 0);

	return (later & HAS_BEGIN) || (all & evidence & ~later) == 0;
}

/* Does one begin later that is as good, or better than one whose first line
 * looks like nothing? */
static bool
begins_later(struct lines *lines, size_t i, size_t last, unsigned all)
{
	const bool is_odd = !(all & (HAS_BEGIN | HAS_DIGIT));

	for (size_t n = i + 1; n <= last; n++) {
		const struct line *line = &lines->at[n];
		unsigned found = 0;

		if (line->len == 0 ||
		    weigh_lines(lines, n, last, &found) == WROTE_NOT)
			continue;
		if (is_as_good(found, all, &lines->at[i]) ||
		    (is_odd && (found & HAS_DIGIT) && count_facts(found) > 0))
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

/* "Ann <ann@example.org> wrote:" as a paragraph of its own: old mail programs
 * of Android write no more than that. */
static bool
is_named(const struct lines *lines, size_t i)
{
	const struct line *line = &lines->at[i];

	return line->len <= SHORT_BYTES && begins_paragraph(lines, i) &&
	    ends_paragraph(lines, i) && ends_verb(line->at, line->len);
}

/* May what begins here run over several lines? */
static bool
may_run_on(struct lines *lines, size_t i, size_t last, unsigned found)
{
	const bool is_odd = !(found & (HAS_BEGIN | HAS_DIGIT));

	if (is_odd && memchr(lines->at[i].at, '@', lines->at[i].len) == NULL &&
	    (!begins_paragraph(lines, i) || count_facts(found) < 2))
		return false;
	return !begins_later(lines, i, last, found);
}

/* The bytes of a line up to a colon with blanks, or a quote, behind it; 0:
 * there is no such colon, or nothing on the line but that. */
static size_t
head_len(const struct line *line)
{
	const char *const end = line->at + MIN(line->len, TEXT_BYTES);
	const char *at = line->at;

	while ((at = memchr(at, ':', (size_t)(end - at))) != NULL) {
		at++;
		if (end - at > 2 &&
		    (*at == '>' || (at[0] == ' ' && at[1] == ' ')))
			return (size_t)(at - line->at);
	}
	return 0;
}

/* An attribution with the quoted text on its own line; it must have all that
 * one can have. */
static bool
is_head(struct lines *lines, size_t i)
{
	struct line head = lines->at[i];
	struct lines one = {.at = &head, .count = 1};
	unsigned found = 0;

	head.len = (uint32_t)head_len(&head);
	if (memchr(head.at, '@', head.len) == NULL ||
	    ++lines->weighed > WEIGHED_MAX ||
	    weigh_lines(&one, 0, 0, &found) != WROTE_SURE)
		return false;
	return has_all(found, HAS_BEGIN | HAS_VERB) && count_facts(found) == 3;
}

enum wrote
wrote_at(struct lines *lines, size_t i, size_t *count_out)
{
	const size_t last = find_end(lines, i);
	unsigned found = 0;
	enum wrote wrote;

	if (is_head(lines, i)) {
		*count_out = 1;
		return WROTE_SURE;
	}
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
	return last == i && is_named(lines, i) ? WROTE_SURE : wrote;
}

/* Does the end of line i from `from` on have all that an attribution can? */
static bool
is_full(struct lines *lines, size_t i, size_t from)
{
	struct line rest = lines->at[i];
	struct lines one = {.at = &rest, .count = 1};
	unsigned found = 0;

	rest.at += from;
	rest.len -= (uint32_t)from;
	return words_begin(rest.at, rest.len) &&
	    ++lines->weighed <= WEIGHED_MAX &&
	    weigh_lines(&one, 0, 0, &found) == WROTE_SURE &&
	    has_all(found, HAS_BEGIN | HAS_VERB) && count_facts(found) == 3;
}

/* The bytes before `from` without blanks and dashes at their end. */
static size_t
head_end(const struct line *line, size_t from)
{
	while (from > 0 && strchr(" -", line->at[from - 1]) != NULL)
		from--;
	return from;
}

size_t
wrote_behind(struct lines *lines, size_t i)
{
	const struct line *line = &lines->at[i];

	if (line->len > TEXT_BYTES || !ends_paragraph(lines, i) ||
	    !may_end(line) || memchr(line->at, '@', line->len) == NULL ||
	    is_full(lines, i, 0))
		return 0;
	for (size_t from = line->len; from-- > 1;)
		if (strchr(" -", line->at[from - 1]) != NULL &&
		    is_full(lines, i, from))
			return head_end(line, from);
	return 0;
}
