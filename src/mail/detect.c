/* SPDX-License-Identifier: MIT */
/*
 * Three looks at bytes above 0x7f. Texts in another alphabet (Cyrillic,
 * Greek, Hebrew, Arabic) come in runs of them, and the ten commonest letters
 * of a language make up more than half: a wrong charset does not hit those.
 * Chinese, Japanese and Korean come in pairs, most of them in the rows of the
 * common characters, many of them among the commonest. The Latin alphabets
 * share their codes with windows-1252, so there all letters of a text must be
 * those of one language, and of no western one.
 */
#include "mail/detect.h"

#include <string.h>

#define SAMPLE_MAX ((size_t)64 * 1024)
#define CODES      0x8000 /* of pairs whose first byte is above 0x7f */

/* A language in another alphabet. */
struct alphabet {
	const char *charset;
	const char *common; /* small letters, the others come of themselves */
	uint8_t from, to;   /* where its letters lie */
};

static const struct alphabet alphabets[] = {
    {"CP1251", "оеаинтсрвл",   0xA1, 0xFF},
    {"KOI8-R", "оеаинтсрвл",   0xA3, 0xFF},
    {"CP1253", "αοιτενσρκηά", 0xA2, 0xFE},
    {"CP1255", "יוהלאמרתשב",   0xE0, 0xFA},
    {"CP1256", "اليمونرتبة",   0xC0, 0xED},
};

/* A language whose characters are pairs of bytes. */
struct pairs {
	const char *charset;
	const char *common;
	uint8_t first, last;        /* of a usual character's first byte */
	uint8_t trail;              /* the lowest second byte */
	uint8_t from, to;           /* the range of first bytes */
	uint8_t kana_from, kana_to; /* first bytes that are always common */
};

static const struct pairs languages[] = {
    {"GB18030",
     "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下"
	"自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部"
	"其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关"
	"点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话"
	"合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认"
	"条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德"
	"资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王"
	"象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师您请谢客户司企服务",
     0xB0,																	 0xD7, 0xA1, 0x81, 0xFE, 0,    0   },
    {"BIG5-HKSCS",
     "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下"
	"自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部"
	"其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關"
	"點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話"
	"合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認"
	"您請謝客戶服務訂單司",												    0xA4, 0xC6, 0x40, 0x81, 0xFE, 0,    0   },
    {"CP932",      "日本人年大一中会国事者社月時行見生出上分前間の様",                                               0x88, 0x97,
     0x40,																		     0x81, 0xFC, 0x82, 0x83},
    {"EUC-JP-MS",  "日本人年大一中会国事者社月時行見生出上分前間の様",                                               0xB0,
     0xCF,																	       0xA1, 0x8E, 0xFE, 0xA4, 0xA5},
    {"UHC",
     "이다는을의에가하고지사도로기리대한은니인서해시요세안녕를자들있수그나아일어보정부주"
	"전과여원게제무장상면상문답변메일감합습주문",								   0xB0, 0xC8, 0xA1, 0x81, 0xFE, 0,    0   },
};

/* A language in Latin letters. Western ones, which windows-1252 writes, come
 * first and win. */
struct letters {
	const char *charset; /* NULL: windows-1252 */
	const char *letters;
};

static const struct letters latin[] = {
    {NULL,         "éèêëàâçîïôûùüÿœæ"        },
    {NULL,         "áéíóúñüçàèòï"                },
    {NULL,         "áâãàéêíóôõúçü"              },
    {NULL,         "àèéìòùîó"			},
    {NULL,         "åäöæøéüáóàèô"                },
    {NULL,         "áðéíóúýþæö"                    },
    {"CP1250",     "ąćęłńóśźż"                      },
    {"ISO-8859-2", "ąćęłńóśźż"                      },
    {"CP1250",     "áčďéěíňóřšťúůýžľĺŕôä"},
    {"ISO-8859-2", "áčďéěíňóřšťúůýžľĺŕôä"},
    {"CP1250",     "áéíóöőúüű"                      },
    {"CP1250",     "čćšžđ"			      },
    {"CP1250",     "ăâîşţ"			      },
    {"CP1254",     "çğıöşüİâî"                      },
    {"CP1257",     "ąčęėįšųūž"                      },
};

#define ALPHABETS COUNT(alphabets)
#define LANGUAGES COUNT(languages)
#define LATIN     COUNT(latin)

/* Made once by detect_setup. */
static bool small_has[ALPHABETS][256], capital_has[ALPHABETS][256];
static bool latin_has[LATIN][256];
static uint8_t pair_bits[LANGUAGES][CODES / 8];

static void
set_letters(bool has[256], const char *charset, const char *letters)
{
	gsize len = 0;
	g_autofree char *bytes = g_convert_with_fallback(letters, -1,
	    charset != NULL ? charset : "CP1252", "UTF-8", "?", NULL, &len,
	    NULL);

	for (gsize i = 0; bytes != NULL && i < len; i++)
		has[(uint8_t)bytes[i]] = (uint8_t)bytes[i] >= 0x80;
}

static void
set_capitals(bool has[256], const char *charset, const char *letters)
{
	g_autofree char *upper = g_utf8_strup(letters, -1);

	set_letters(has, charset, upper);
}

static unsigned
pair_code(uint8_t first, uint8_t second)
{
	return (first & 0x7Fu) << 8 | second;
}

static void
set_pairs(uint8_t *bits, const struct pairs *language)
{
	gsize len = 0;
	g_autofree char *bytes = g_convert_with_fallback(language->common, -1,
	    language->charset, "UTF-8", "", NULL, &len, NULL);

	for (gsize i = 0; bytes != NULL && i + 1 < len; i += 2) {
		const unsigned code = pair_code((uint8_t)bytes[i],
		    (uint8_t)bytes[i + 1]);

		bits[code / 8] |= (uint8_t)(1u << code % 8);
	}
}

void
detect_setup(void)
{
	for (size_t i = 0; i < ALPHABETS; i++) {
		const struct alphabet *a = &alphabets[i];

		set_letters(small_has[i], a->charset, a->common);
		set_capitals(capital_has[i], a->charset, a->common);
	}
	for (size_t i = 0; i < LATIN; i++) {
		set_letters(latin_has[i], latin[i].charset, latin[i].letters);
		set_capitals(latin_has[i], latin[i].charset, latin[i].letters);
	}
	for (size_t i = 0; i < LANGUAGES; i++)
		set_pairs(pair_bits[i], &languages[i]);
}

/* How often each byte stands there, and in how many runs the upper ones. */
struct census {
	unsigned times[256];
	unsigned high, runs;
};

static void
take_census(const char *bytes, size_t len, struct census *out)
{
	bool in_run = false;

	*out = (struct census){.high = 0};
	for (size_t i = 0; i < len; i++) {
		const uint8_t c = (uint8_t)bytes[i];

		out->times[c]++;
		out->high += c >= 0x80;
		out->runs += c >= 0x80 && !in_run;
		in_run = c >= 0x80;
	}
}

/* Of 100 upper bytes, how many are the language's common letters; capitals,
 * which are few, count half: KOI8-R's small letters are much like the Greek
 * capitals. 0 if too many are none of its letters at all. */
static unsigned
share_of(const struct census *census, size_t i)
{
	unsigned common = 0, letters = 0;

	for (unsigned c = 0x80; c < 256; c++) {
		if (small_has[i][c])
			common += 2 * census->times[c];
		else if (capital_has[i][c])
			common += census->times[c];
		if (c >= alphabets[i].from && c <= alphabets[i].to)
			letters += census->times[c];
	}
	return letters * 100 < census->high * 90 ? 0
						 : common * 50 / census->high;
}

static const char *
detect_alphabet(const struct census *census)
{
	const char *charset = NULL;
	unsigned best = 0, second = 0;

	if (census->high < 5 || census->high * 2 < census->runs * 5)
		return NULL;
	for (size_t i = 0; i < ALPHABETS; i++) {
		const unsigned share = RULE_ON(&alphabets[i])
		    ? share_of(census, i)
		    : 0;

		if (share > best) {
			second = best;
			best = share;
			charset = alphabets[i].charset;
		} else {
			second = MAX(second, share);
		}
	}
	return best >= 50 && best >= second + 10 ? charset : NULL;
}

struct score {
	unsigned pairs, usual, common, wrong;
};

static void
score_pair(const struct pairs *p, const uint8_t *bits, uint8_t first,
    uint8_t second, struct score *out)
{
	const unsigned code = pair_code(first, second);
	const bool is_kana = first >= p->kana_from && first <= p->kana_to;
	/* The signs of the first rows stand in any text. */
	const bool is_sign = first >=
		(p->trail == 0x40 && p->kana_from != 0 ? 0x81 : 0xA1) &&
	    first < (p->kana_from != 0 ? p->kana_from : 0xA4);

	out->pairs++;
	out->wrong += second < p->trail || second == 0x7F || second == 0xFF ||
	    first < p->from || first > p->to;
	out->usual += is_kana || is_sign ||
	    (first >= p->first && first <= p->last);
	out->common += is_kana || (bits[code / 8] >> code % 8 & 1) != 0;
}

/* Katakana of one byte in Shift_JIS. */
static bool
is_single(const struct pairs *p, uint8_t c)
{
	return p->kana_from == 0x82 && c >= 0xA1 && c <= 0xDF;
}

static struct score
score_language(size_t i, const char *bytes, size_t len)
{
	const struct pairs *p = &languages[i];
	struct score score = {0};

	for (size_t k = 0; k < len; k++) {
		const uint8_t c = (uint8_t)bytes[k];

		if (c < 0x80)
			continue;
		if (is_single(p, c)) {
			score.pairs++;
			continue;
		}
		if (k + 1 == len)
			break; /* cut */
		score_pair(p, pair_bits[i], c, (uint8_t)bytes[k + 1], &score);
		k++;
	}
	return score;
}

/* 0 to 300: of 100 characters those in usual rows, and twice the common. */
static unsigned
points(const struct score *s, const struct pairs *p)
{
	const unsigned min = p->trail == 0x40 ? 15 : 0;

	if (s->pairs < 2 || s->wrong * 50 > s->pairs ||
	    s->usual * 100 < s->pairs * 85 || s->common * 100 < s->pairs * min)
		return 0;
	if (s->common * 100 < s->pairs * 15 && s->pairs < 4)
		return 0;
	return s->usual * 100 / s->pairs + s->common * 200 / s->pairs;
}

static const char *
detect_pairs(const char *bytes, size_t len)
{
	const char *charset = NULL;
	unsigned best = 0, second = 0;

	for (size_t i = 0; i < LANGUAGES; i++) {
		const struct score score = score_language(i, bytes, len);
		const unsigned is = RULE_ON(&languages[i])
		    ? points(&score, &languages[i])
		    : 0;

		if (is > best) {
			second = best;
			best = is;
			charset = languages[i].charset;
		} else {
			second = MAX(second, is);
		}
	}
	return best >= second + 20 ? charset : NULL;
}

static bool
is_word_byte(uint8_t c)
{
	return c >= 0x80 || g_ascii_isalpha((char)c);
}

/* Upper bytes that stand in words, by how often. Below 0xC0 windows-1252 has
 * signs: `strict` counts them only between letters. */
static void
take_letters(const char *bytes, size_t len, bool strict, struct census *out)
{
	*out = (struct census){.high = 0};
	for (size_t i = 0; i < len; i++) {
		const uint8_t c = (uint8_t)bytes[i];
		const bool before = i > 0 &&
		    is_word_byte((uint8_t)bytes[i - 1]);
		const bool after = i + 1 < len &&
		    is_word_byte((uint8_t)bytes[i + 1]);
		const bool sure = c >= 0xC0 || !strict;

		if (c < 0x80 || (sure ? !before && !after : !before || !after))
			continue;
		out->runs += out->times[c]++ == 0; /* different ones */
		out->high++;
	}
}

static unsigned
count_all(const bool has[256], const struct census *letters)
{
	unsigned count = 0;

	for (unsigned c = 0x80; c < 256; c++)
		count += has[c] ? letters->times[c] : 0;
	return count;
}

static bool
has_all(const bool has[256], const struct census *letters)
{
	for (unsigned c = 0x80; c < 256; c++)
		if (letters->times[c] > 0 && !has[c])
			return false;
	return true;
}

/* Of the languages that have all letters of the text, the one that also has
 * most of what may be letters. */
static const char *
detect_latin(const char *bytes, size_t len)
{
	const char *charset = NULL;
	struct census letters, perhaps;
	unsigned best = 0;

	take_letters(bytes, len, true, &letters);
	take_letters(bytes, len, false, &perhaps);
	if (letters.high < 4 || letters.runs < 3)
		return NULL;
	for (size_t i = 0; i < LATIN; i++) {
		const unsigned count = count_all(latin_has[i], &perhaps);

		if (!RULE_ON(&latin[i]) || count <= best ||
		    !has_all(latin_has[i], &letters))
			continue;
		if (latin[i].charset == NULL)
			return NULL;
		charset = latin[i].charset;
		best = count;
	}
	return charset;
}

const char *
detect_foreign(const char *bytes, size_t len)
{
	struct census census;
	const char *charset;

	len = MIN(len, SAMPLE_MAX);
	take_census(bytes, len, &census);
	if (census.high * 2 < census.runs * 3)
		return NULL;
	charset = detect_alphabet(&census);
	return charset != NULL ? charset : detect_pairs(bytes, len);
}

const char *
detect_charset(const char *bytes, size_t len)
{
	const char *charset;

	len = MIN(len, SAMPLE_MAX);
	charset = detect_foreign(bytes, len);
	if (charset == NULL)
		charset = detect_pairs(bytes, len);
	return charset != NULL ? charset : detect_latin(bytes, len);
}

bool
detect_rules(size_t i, struct rule_table *out)
{
	static const struct rule_table tables[] = {
	    RULE_TABLE("charset", alphabets),
	    RULE_TABLE("charset", languages),
	    RULE_TABLE("charset", latin),
	};

	if (i < COUNT(tables))
		*out = tables[i];
	return i < COUNT(tables);
}
