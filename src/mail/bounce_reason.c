/* SPDX-License-Identifier: MIT */
/*
 * An enhanced status code is taken at its word unless it is vague. Else the
 * phrase tells the kind of failure and the reply code, if any, its class:
 * "450 mailbox full" is 4.2.2. Of phrases the first row that fits counts, so
 * rows that blame the sender or the mail stand before those that blame the
 * address: an address is given up by mistake at a price.
 */
#include "mail/bounce_reason.h"

#include <string.h>

static const struct phrase {
	const char *words; /* in lower case */
	const char *status;
} phrases[] = {
#define PHRASE(words_, status_) {.words = (words_), .status = (status_)},
#include "mail/bounce_reason.def"
#undef PHRASE
};

const struct rule_table reason_table = RULE_TABLE("bounce-reason", phrases);

/* Reply codes that appear in reports, and what each says without words. */
static const struct code {
	char digits[4];
	const char *status;
} codes[] = {
    {"421", "4.3.2" },
    {"422", "4.2.2" },
    {"426", "4.4.2" },
    {"431", "4.3.1" },
    {"432", "4.3.2" },
    {"441", "4.4.1" },
    {"442", "4.4.2" },
    {"446", "4.4.6" },
    {"447", "4.4.7" },
    {"449", "4.4.0" },
    {"450", "4.2.0" },
    {"451", "4.3.0" },
    {"452", "4.3.1" },
    {"454", "4.7.0" },
    {"471", "4.7.1" },
    {"500", "5.5.2" },
    {"501", "5.5.4" },
    {"502", "5.5.1" },
    {"503", "5.5.1" },
    {"504", "5.5.4" },
    {"510", "5.1.0" },
    {"511", "5.1.1" },
    {"512", "5.1.2" },
    {"521", "5.3.2" },
    {"523", "5.2.3" },
    {"530", "5.7.0" },
    {"535", "5.7.8" },
    {"541", "5.7.1" },
    {"550", "5.0.0" },
    {"551", "5.1.6" },
    {"552", "5.2.2" },
    {"553", "5.1.0" },
    {"554", "5.0.0" },
    {"555", "5.5.4" },
    {"556", "5.1.10"},
    {"557", "5.7.1" },
    {"559", "5.7.1" },
    {"571", "5.7.1" },
};

/* What gives up an address. */
static const struct {
	unsigned subject;
	unsigned detail;
} hard_statuses[] = {
    {1, 1  },
    {1, 2  },
    {1, 3  },
    {1, 6  },
    {1, 10 },
    {1, 351},
    {2, 1  },
};

char *
words_lower(const char *text)
{
	return g_ascii_strdown(text, -1);
}

char *
words_fold(const char *text)
{
	return g_str_is_ascii(text) ? words_lower(text)
				    : g_utf8_strdown(text, -1);
}

static bool
is_digit(char c)
{
	return g_ascii_isdigit(c);
}

/* One number of at most three digits; its length, 0 if it is none. */
static size_t
number_len(const char *p)
{
	const size_t n = strspn(p, "0123456789");

	return n <= 3 ? n : 0;
}

/* The length of the status at `p`, 0 if there is none. The subject of RFC
 * 3463 is at most 7: "4.86.2" is a version. */
static size_t
status_len(const char *p)
{
	size_t n = 0, detail;

	if ((p[0] != '2' && p[0] != '4' && p[0] != '5') || p[1] != '.')
		return 0;
	if (p[2] < '0' || p[2] > '7' || p[3] != '.')
		return 0;
	n = 4;
	detail = number_len(p + n);
	n += detail;
	if (detail == 0 || (p[n] == '.' && is_digit(p[n + 1])))
		return 0;
	return n;
}

bool
status_is_valid(const char *status)
{
	const size_t n = status_len(status);

	return n > 0 && status[n] == '\0';
}

bool
status_is_vague(const char *status)
{
	return strlen(status) < 5 || strcmp(status + 1, ".0.0") == 0;
}

/* Before a code may stand anything but what makes it part of a longer number
 * or word. */
static bool
may_begin(const char *words, const char *p)
{
	if (p == words)
		return true;
	return !g_ascii_isalnum(p[-1]) && p[-1] != '.' && p[-1] != '_';
}

static bool
find_status(const char *words, char out[STATUS_SIZE])
{
	bool found = false;

	for (const char *p = strpbrk(words, "45"); p != NULL;
	     p = strpbrk(p + 1, "45")) {
		const size_t n = status_len(p);

		if (n == 0 || !may_begin(words, p))
			continue;
		if (found && strncmp(p + 1, ".0.0", 4) == 0)
			continue;
		(void)g_snprintf(out, STATUS_SIZE, "%.*s", (int)n, p);
		found = true;
		if (!status_is_vague(out))
			return true;
	}
	return found;
}

/* "550 ", "550-", "(550)"; not "550 kb", "2550", "550.12". */
static const struct code *
code_at(const char *words, const char *p)
{
	if (!is_digit(p[1]) || !is_digit(p[2]) || is_digit(p[3]) ||
	    g_ascii_isalpha(p[3]) || (p[3] == '.' && is_digit(p[4])) ||
	    !may_begin(words, p))
		return NULL;
	for (size_t i = 0; i < COUNT(codes); i++)
		if (strncmp(codes[i].digits, p, 3) == 0)
			return &codes[i];
	return NULL;
}

static const struct code *
find_code(const char *words)
{
	for (const char *p = strpbrk(words, "45"); p != NULL;
	     p = strpbrk(p + 1, "45")) {
		const struct code *code = code_at(words, p);

		if (code != NULL)
			return code;
	}
	return NULL;
}

static const struct phrase *
find_phrase(const char *words)
{
	g_autofree char *lower = words_fold(words);

	for (size_t i = 0; i < COUNT(phrases); i++)
		if (RULE_ON(&phrases[i]) &&
		    strstr(lower, phrases[i].words) != NULL)
			return &phrases[i];
	return NULL;
}

static void
set_status(struct reason *r, enum reason_source source, const char *status,
    char class)
{
	r->source = source;
	(void)g_strlcpy(r->status, status, sizeof(r->status));
	r->status[0] = class;
}

struct reason
reason_read(const char *words)
{
	const struct phrase *phrase = find_phrase(words);
	const struct code *code = find_code(words);
	struct reason r = {0};
	char status[STATUS_SIZE] = "";

	if (find_status(words, status) && !status_is_vague(status))
		set_status(&r, REASON_STATUS, status, status[0]);
	else if (status[0] != '\0')
		set_status(&r, REASON_STATUS,
		    phrase != NULL ? phrase->status : status, status[0]);
	else if (code != NULL)
		set_status(&r, REASON_CODE,
		    phrase != NULL ? phrase->status : code->status,
		    code->digits[0]);
	else if (phrase != NULL)
		set_status(&r, REASON_PHRASE, phrase->status,
		    phrase->status[0]);
	return r;
}

static bool
blames_address(const char *status)
{
	unsigned subject, detail;

	if (!status_is_valid(status) || status[0] == '2')
		return false;
	subject = (unsigned)(status[2] - '0');
	detail = (unsigned)g_ascii_strtoull(status + 4, NULL, 10);
	for (size_t i = 0; i < COUNT(hard_statuses); i++)
		if (hard_statuses[i].subject == subject &&
		    hard_statuses[i].detail == detail)
			return true;
	return false;
}

/* "Recipient address rejected" may mean the user or a policy: with a status
 * that says more, that decides. */
static bool
may_blame_address(const char *status)
{
	return blames_address(status) || status_is_vague(status) ||
	    strcmp(status, "5.1.0") == 0 || strcmp(status, "5.5.0") == 0;
}

bool
reason_is_hard(const char *status, const char *words)
{
	const struct phrase *phrase = words == NULL ? NULL : find_phrase(words);

	if (status == NULL || status[0] != '5')
		return false;
	if (phrase == NULL)
		return blames_address(status);
	if (strcmp(phrase->status, "5.1.0") == 0)
		return may_blame_address(status);
	return blames_address(phrase->status);
}
