/* SPDX-License-Identifier: MIT */
/*
 * A reader of numbers and words in any order: a month's name, a year, a day,
 * a time, "PM", a zone. Of "3/4/2024" nobody knows which is the month: it is
 * read only where a half of the day says that Americans wrote it.
 */
#include "mail/forward_date.h"

#include <string.h>

#define TEXT_MAX    120
#define NUMBERS_MAX 8
#define YEAR_FIRST  1980
#define YEAR_LAST   2099
#define HALF_DAY    12
#define HOUR_S      3600

/* How the names of the twelve months begin, in the languages of
 * reply_words.def; longer ones first where one begins another. */
static const char *const months[] = {
    "jan|ener|genn|gen|ocak|sty|led|янв|січ|яну|ιαν|ינו|يناير|ian|gener|xan",
    "feb|fév|fev|febb|lut|úno|uno|фев|лют|φεβ|פבר|فبراير|şub|sub|vas",
    "mar|mär|mae|mrz|mrt|maa|márc|mart|бер|мар|μαρ|מרץ|مارس|bře|bre",
    "apr|avr|abr|kwi|dub|huh|nis|апр|кві|απρ|אפר|أبريل|ápr|ebr",
    "mai|may|mag|maj|mei|mayo|maio|máj|кве|трав|мая|май|μαΐ|μαι|מאי|مايو|"
    "kvě|kve|tou|maí",
    "jun|juin|giu|juni|czer|cze|čvn|cvn|kes|haz|июн|чер|юни|ιουν|יונ|يونيو|"
    "jún|ιούν|iun",
    "jul|juil|lug|lip|čvc|cvc|hei|tem|июл|лип|юли|ιουλ|יול|يوليو|júl|ιούλ|iul",
    "aug|aoû|aou|ago|sie|srp|elo|ağu|agu|авг|серп|сер|αυγ|אוג|أغسطس|août|ág",
    "sep|set|wrz|zář|zar|syy|eyl|сен|вер|сеп|σεπ|ספט|سبتمبر|szept",
    "oct|okt|ott|out|paź|paz|říj|rij|lok|eki|окт|жов|οκτ|אוק|أكتوبر",
    "nov|lis|marras|kas|ноя|лист|ное|νοε|נוב|نوفمبر|nób|noi",
    "dec|dez|déc|dic|des|gru|pro|jou|ara|дек|груд|гру|δεκ|דצמ|ديسمبر|dets",
};

struct number {
	unsigned value;
	unsigned digits;
	char before, after; /* the bytes around it; '\0' at the ends */
};

struct reading {
	struct number number[NUMBERS_MAX];
	size_t count;
	unsigned year, month, day;
	int hour, minute, second;
	bool has_time, is_am, is_pm;
	int zone_s;
};

/* The month whose name a word begins with; 0: none. */
static unsigned
month_of(const char *word, size_t len)
{
	for (unsigned m = 0; m < COUNT(months); m++)
		for (const char *at = months[m]; *at != '\0';) {
			const size_t n = strcspn(at, "|");

			if (len >= n && memcmp(word, at, n) == 0)
				return m + 1;
			at += n + (at[n] == '|');
		}
	return 0;
}

/* Zones by name, as far as they are one zone only. */
static const struct zone {
	const char *name;
	int hours;
} zones[] = {
    {"mez",  1 },
    {"mesz", 2 },
    {"cet",  1 },
    {"cest", 2 },
    {"eet",  2 },
    {"eest", 3 },
    {"msk",  3 },
    {"est",  -5},
    {"edt",  -4},
    {"cst",  -6},
    {"cdt",  -5},
    {"mst",  -7},
    {"mdt",  -6},
    {"pst",  -8},
    {"pdt",  -7},
    {"jst",  9 },
};

static void
read_zone_name(struct reading *r, const char *word, size_t len)
{
	for (size_t i = 0; i < COUNT(zones); i++)
		if (len == strlen(zones[i].name) &&
		    memcmp(word, zones[i].name, len) == 0)
			r->zone_s = zones[i].hours * HOUR_S;
}

static void
read_word(struct reading *r, const char *word, size_t len)
{
	static const char *const pm[] = {"pm", "p.m", "nachm", "下午", "午後",
	    "오후", "μμ", "م", "ch"};
	static const char *const am[] = {"am", "a.m", "vorm", "上午", "午前",
	    "오전", "πμ", "ص"};

	if (r->month == 0)
		r->month = month_of(word, len);
	if (r->has_time)
		read_zone_name(r, word, len);
	for (size_t i = 0; i < COUNT(pm); i++)
		r->is_pm |= len == strlen(pm[i]) &&
		    memcmp(word, pm[i], len) == 0;
	for (size_t i = 0; i < COUNT(am); i++)
		r->is_am |= len == strlen(am[i]) &&
		    memcmp(word, am[i], len) == 0;
}

static bool
is_letter(char c)
{
	return g_ascii_isalpha(c) || (uint8_t)c >= 0x80;
}

/* "+0100", "GMT+1", "-05:00" at the sign; how many bytes that is; 0: none. */
static size_t
read_zone(struct reading *r, const char *text, size_t at)
{
	const int sign = text[at] == '-' ? -1 : 1;
	size_t n = 0;
	int value = 0;

	if (!r->has_time || (text[at] != '+' && text[at] != '-') || at == 0 ||
	    (text[at - 1] != ' ' && !g_ascii_isalpha(text[at - 1])))
		return 0;
	for (; g_ascii_isdigit(text[at + 1 + n]) && n < 4; n++)
		value = value * 10 + (text[at + 1 + n] - '0');
	if (n == 0)
		return 0;
	if (n <= 2 && text[at + 1 + n] == ':' &&
	    g_ascii_isdigit(text[at + 2 + n]) &&
	    g_ascii_isdigit(text[at + 3 + n])) {
		value = value * 100 + (text[at + 2 + n] - '0') * 10 +
		    (text[at + 3 + n] - '0');
		n += 3;
	} else if (n <= 2) {
		value *= 100;
	}
	r->zone_s = sign * (value / 100 * HOUR_S + value % 100 * 60);
	return n + 1;
}

/* "10:05:59", "10h05" at a digit; how many bytes; 0: no time. */
static size_t
read_time(struct reading *r, const char *text, size_t at)
{
	int field[3] = {0, 0, 0};
	size_t n = at;
	unsigned i = 0;

	for (; i < 3; i++) {
		const size_t from = n;

		while (g_ascii_isdigit(text[n]) && n < from + 2)
			field[i] = field[i] * 10 + (text[n++] - '0');
		if (n == from || g_ascii_isdigit(text[n]) ||
		    (i > 0 && n < from + 2))
			return 0;
		if (i == 2 || strchr(":hH", text[n]) == NULL ||
		    text[n] == '\0' || !g_ascii_isdigit(text[n + 1]))
			break;
		n++;
	}
	if (i == 0 || field[0] > 23 || field[1] > 59 || field[2] > 60)
		return 0;
	r->has_time = true;
	r->hour = field[0];
	r->minute = field[1];
	r->second = field[2];
	return n - at;
}

static size_t
read_number(struct reading *r, const char *text, size_t at)
{
	struct number number = {.before = at == 0 ? '\0' : text[at - 1]};
	size_t n = r->has_time ? 0 : read_time(r, text, at);

	if (n > 0)
		return n;
	while (g_ascii_isdigit(text[at + n])) {
		if (number.digits < 6)
			number.value = number.value * 10 +
			    (unsigned)(text[at + n] - '0');
		number.digits++;
		n++;
	}
	number.after = text[at + n];
	if (r->count < NUMBERS_MAX)
		r->number[r->count++] = number;
	return n;
}

static void
scan(struct reading *r, const char *text)
{
	for (size_t at = 0; text[at] != '\0';) {
		size_t n = 0;

		if (g_ascii_isdigit(text[at])) {
			n = read_number(r, text, at);
		} else if (is_letter(text[at])) {
			while (is_letter(text[at + n]) ||
			    (text[at + n] == '.' && n == 1))
				n++;
			read_word(r, text + at, n);
		} else {
			n = read_zone(r, text, at);
		}
		at += MAX(n, 1);
	}
}

static bool
is_year(const struct number *n)
{
	return n->digits == 4 && n->value >= YEAR_FIRST &&
	    n->value <= YEAR_LAST;
}

/* Three numbers, none of them named: by their order. */
static void
order_numbers(struct reading *r, const struct number *n)
{
	const bool is_slash = n[0].after == '/';

	if (is_year(&n[0])) {
		r->year = n[0].value;
		r->month = n[1].value;
		r->day = n[2].value;
		return;
	}
	if (!is_year(&n[2]))
		return;
	r->year = n[2].value;
	r->day = n[0].value;
	r->month = n[1].value;
	if (!is_slash || r->day > HALF_DAY)
		return;
	if (r->month > HALF_DAY || r->is_am || r->is_pm) {
		r->day = n[1].value;
		r->month = n[0].value;
	} else if (r->day != r->month) {
		r->year = 0;
	}
}

static void
choose(struct reading *r)
{
	if (r->month == 0) {
		if (r->count >= 3)
			order_numbers(r, r->number);
		return;
	}
	for (size_t i = 0; i < r->count; i++) {
		if (r->year == 0 && is_year(&r->number[i]))
			r->year = r->number[i].value;
		else if (r->day == 0 && r->number[i].digits <= 2)
			r->day = r->number[i].value;
	}
}

bool
forward_date(const char *text, size_t len, int64_t *at_out)
{
	g_autofree char *copy = g_strndup(text, MIN(len, TEXT_MAX));
	g_autofree char *lower = g_utf8_validate(copy, -1, NULL)
	    ? g_utf8_strdown(copy, -1)
	    : NULL;
	g_autoptr(GDateTime) date = NULL;
	struct reading r = {0};

	if (lower == NULL)
		return false;
	scan(&r, lower);
	choose(&r);
	if (r.year == 0)
		return false;
	if (r.is_pm && r.hour < HALF_DAY)
		r.hour += HALF_DAY;
	else if (r.is_am && r.hour == HALF_DAY)
		r.hour = 0;
	date = g_date_time_new_utc((int)r.year, (int)r.month, (int)r.day,
	    r.hour, r.minute, MIN(r.second, 59));
	if (date == NULL)
		return false;
	*at_out = (g_date_time_to_unix(date) - r.zone_s) * INT64_C(1000000);
	return true;
}
