/* SPDX-License-Identifier: MIT */
/*
 * Which charset a text is really in, and its conversion. Plain ASCII and
 * UTF-8, nearly all mail, never see iconv. Labels are looked up in a normal
 * form of small letters and digits, so that "ISO_8859-1", "'iso8859-1';" and
 * "x-iso-8859-1" are one; what is still unknown says nothing. All handles
 * are opened before the sandbox closes.
 */
#include "mail/charset.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/text.h"
#include "mail/charset_table.h"
#include "mail/detect.h"
#include "mail/shift.h"
#include "mail/utf8.h"

#define BAD_MAX     1000 /* replaced bytes, then the rest is left out */
#define LABEL_MAX   40
#define CHARSETS    128
#define PREFIXES    3 /* taken off one label: "x-windows-1252" */
#define REPLACEMENT "\xEF\xBF\xBD"
/* Where EUC-JP-MS puts the rows from 85 on, and four of them. */
#define JIS_USER  0xE000
#define JIS_CELLS 94
#define NEC_FIRST (JIS_USER + 4 * JIS_CELLS)
#define NEC_LAST  (JIS_USER + 8 * JIS_CELLS - 1)
#define NEC_BYTE  0xEE /* each begins so in UTF-8 */

/* owner: the one thread of a mail process, or of a test */
static iconv_t handles[CHARSETS];
static GHashTable *by_label; /* normal form to row of charset_labels */
static GHashTable *by_name;  /* normal form of a name to charset */

/* Small letters and digits of a label, up to what begins something else. */
static void
normal_label(const char *label, char out[LABEL_MAX])
{
	static const char said[] = "charset=";
	size_t n = 0;

	while (*label != '\0' && strchr(" \t\"'", *label) != NULL)
		label++;
	if (g_ascii_strncasecmp(label, said, sizeof(said) - 1) == 0)
		label += sizeof(said) - 1;
	for (; *label != '\0' && n < LABEL_MAX - 1; label++) {
		if (n > 0 && strchr(";,:*", *label) != NULL)
			break;
		if (g_ascii_isalnum(*label))
			out[n++] = g_ascii_tolower(*label);
	}
	out[n] = '\0';
}

static void
open_charset(size_t i)
{
	char normal[LABEL_MAX];

	if (charset_rows[i].by == NULL)
		handles[i] = iconv_open("UTF-8", charset_rows[i].name);
	normal_label(charset_rows[i].name, normal);
	(void)g_hash_table_insert(by_name, g_strdup(normal),
	    (gpointer)(uintptr_t)&charset_rows[i]);
}

void
charset_setup(void)
{
	if (by_name != NULL)
		return;
	assert(charset_row_count <= CHARSETS);
	by_name = g_hash_table_new(g_str_hash, g_str_equal);
	by_label = g_hash_table_new(g_str_hash, g_str_equal);
	for (size_t i = 0; i < charset_row_count; i++)
		open_charset(i);
	for (size_t i = 0; i < charset_label_count; i++)
		(void)g_hash_table_insert(by_label,
		    (gpointer)(uintptr_t)charset_labels[i].label,
		    (gpointer)(uintptr_t)&charset_labels[i]);
	detect_setup();
}

const char *
charset_name(size_t i)
{
	return i < charset_row_count ? charset_rows[i].name : NULL;
}

static const struct charset *
find_name(const char *name)
{
	char normal[LABEL_MAX];

	normal_label(name, normal);
	return g_hash_table_lookup(by_name, normal);
}

static const struct charset *
find_normal(const char *normal)
{
	const struct charset_label *row = g_hash_table_lookup(by_label, normal);

	if (row != NULL && RULE_ON(row))
		return find_name(row->name);
	return g_hash_table_lookup(by_name, normal);
}

/* Exchanges the first prefix of the table that `normal` begins with. */
static bool
change_prefix(char normal[LABEL_MAX])
{
	char changed[2 * LABEL_MAX];

	for (size_t i = 0; i < charset_prefix_count; i++) {
		const struct charset_prefix *row = &charset_prefixes[i];
		const size_t n = strlen(row->from);

		if (strncmp(normal, row->from, n) != 0 || !RULE_ON(row))
			continue;
		(void)g_snprintf(changed, sizeof(changed), "%s%s", row->to,
		    normal + n);
		if (strlen(changed) >= LABEL_MAX ||
		    strcmp(changed, normal) == 0)
			continue;
		(void)g_strlcpy(normal, changed, LABEL_MAX);
		return true;
	}
	return false;
}

static const struct charset *
find_charset(const char *label)
{
	const struct charset *found;
	char normal[LABEL_MAX];

	if (label == NULL)
		return NULL;
	charset_setup();
	normal_label(label, normal);
	found = find_normal(normal);
	for (unsigned i = 0; found == NULL && i < PREFIXES; i++) {
		if (!change_prefix(normal))
			return NULL;
		found = find_normal(normal);
	}
	return found;
}

const char *
charset_canonical(const char *label)
{
	const struct charset *found = find_charset(label);

	return found == NULL ? NULL : found->name;
}

static iconv_t
handle_of(const struct charset *charset)
{
	return handles[charset - charset_rows];
}

bool
charset_is_known(const char *charset)
{
	const struct charset *found = find_charset(charset);

	if (found != NULL && found->by != NULL)
		found = find_name(found->by);
	return found != NULL && handle_of(found) != (iconv_t)-1;
}

/* What a stateful charset holds back for a combining character to come. */
static void
append_held(iconv_t handle, GString *out)
{
	char buffer[64], *to = buffer;
	size_t room = sizeof(buffer);

	(void)iconv(handle, NULL, NULL, &to, &room);
	g_string_append_len(out, buffer, to - buffer);
}

/* Converts all; a byte that does not fit becomes U+FFFD. */
static GString *
convert(iconv_t handle, const char *bytes, size_t len, bool *bad_out)
{
	GString *out = g_string_sized_new(len + len / 2 + 16);
	char *in = (char *)(uintptr_t)bytes; /* iconv does not write there */
	unsigned bad = 0;

	(void)iconv(handle, NULL, NULL, NULL, NULL);
	while (len > 0 && bad < BAD_MAX) {
		char buffer[8192], *to = buffer;
		size_t room = sizeof(buffer);
		const size_t n = iconv(handle, &in, &len, &to, &room);
		const int why = n == (size_t)-1 ? errno : 0;

		g_string_append_len(out, buffer, to - buffer);
		if (why == EILSEQ || why == EINVAL) {
			g_string_append(out, REPLACEMENT);
			/* Some converters have taken the bad byte already. */
			in += len > 0;
			len -= len > 0;
			bad++;
		} else if (why != E2BIG && why != 0) {
			break;
		}
	}
	append_held(handle, out);
	*bad_out |= bad > 0;
	return out;
}

/* The Shift JIS form of the character that EUC-JP-MS has for `c`. */
static void
put_nec_bytes(gunichar c, char out[2])
{
	const unsigned row = 84 + (c - JIS_USER) / JIS_CELLS;
	const unsigned cell = (c - JIS_USER) % JIS_CELLS;

	out[0] = (char)(0xC1 + row / 2);
	out[1] = (char)(row % 2 == 0 ? 0x40 + cell + (cell >= 63)
				     : 0x9F + cell);
}

/* Rows 89 to 92 are left to their users in EUC-JP-MS. What mailers send there
 * is NEC's selection of IBM's characters, those of names ("髙橋"). */
static GString *
fill_nec_rows(const GString *utf8)
{
	GString *out = g_string_sized_new(utf8->len);
	const char *const end = utf8->str + utf8->len;
	const char *from = utf8->str, *at = from;

	while ((at = memchr(at, NEC_BYTE, (size_t)(end - at))) != NULL) {
		const gunichar c = g_utf8_get_char_validated(at, end - at);
		g_autoptr(GString) one = NULL;
		bool bad = c < NEC_FIRST || c > NEC_LAST;
		char bytes[2];

		g_string_append_len(out, from, at - from);
		from = at++;
		if (bad)
			continue;
		put_nec_bytes(c, bytes);
		one = convert(handle_of(find_name("CP932")), bytes, 2, &bad);
		if (bad)
			continue;
		g_string_append_len(out, one->str, (gssize)one->len);
		at += 2;
		from = at;
	}
	g_string_append_len(out, from, end - from);
	return out;
}

/* Bytes to decode; whether they are UTF-8 is asked more than once. */
struct source {
	const char *bytes;
	size_t len;
	enum { NOT_ASKED, IS_UTF8, NO_UTF8 } utf8;
};

static bool
is_utf8(struct source *s)
{
	if (s->utf8 != NOT_ASKED)
		return s->utf8 == IS_UTF8;
	s->utf8 = NO_UTF8;
	if (g_utf8_validate_len(s->bytes, s->len, NULL))
		s->utf8 = IS_UTF8;
	return s->utf8 == IS_UTF8;
}

/* UTF-8 as it stands, or what it was before somebody encoded it twice or put
 * something else between. */
static char *
decode_utf8(struct source *s)
{
	g_autoptr(GString) other = NULL;

	if (is_utf8(s))
		other = utf8_undouble(s->bytes, s->len);
	else
		other = utf8_mend(s->bytes, s->len);
	if (other != NULL)
		return text_clean(other->str, other->len);
	return text_clean(s->bytes, s->len);
}

/* Without a byte order mark, the zero bytes tell the order. */
static const struct charset *
units_order(const struct charset *charset, const char *bytes, size_t len)
{
	size_t zeros[2] = {0};

	for (size_t i = 0; i < len; i++)
		zeros[i % 2] += bytes[i] == '\0';
	if (g_str_equal(charset->name, "UTF-16"))
		return find_name(zeros[0] > zeros[1] ? "UTF-16BE" : "UTF-16LE");
	if (g_str_equal(charset->name, "UTF-32"))
		return find_name(
		    len > 0 && *bytes == '\0' ? "UTF-32BE" : "UTF-32LE");
	return charset;
}

static char *
decode_by(const struct charset *charset, struct source *s, bool *bad_out)
{
	g_autoptr(GString) plain = NULL;
	g_autoptr(GString) utf8 = NULL, filled = NULL;
	const char *bytes = s->bytes;
	size_t len = s->len;

	if (charset->kind == CHARSET_UTF8)
		return decode_utf8(s);
	if (charset->kind == CHARSET_UNITS)
		charset = units_order(charset, bytes, len);
	if (charset->by != NULL) {
		plain = shift_undo(charset->name, bytes, len);
		bytes = plain->str;
		len = plain->len;
		charset = find_name(charset->by);
	}
	utf8 = convert(handle_of(charset), bytes, len, bad_out);
	if (g_str_equal(charset->name, "EUC-JP-MS"))
		filled = fill_nec_rows(utf8);
	return filled != NULL ? text_clean(filled->str, filled->len)
			      : text_clean(utf8->str, utf8->len);
}

bool
charset_is_ascii(const char *bytes, size_t len)
{
	const uint64_t high = UINT64_C(0x8080808080808080);
	uint64_t word, seen = 0;

	for (; len >= sizeof(word); len -= sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		seen |= word;
		bytes += sizeof(word);
	}
	for (; len > 0; len--)
		seen |= (uint8_t)*bytes++;
	return (seen & high) == 0;
}

/* The bytes of a byte order mark and what it says; 0 if there is none. */
static size_t
find_mark(const char *bytes, size_t len, const struct charset **out)
{
	static const struct {
		const char *name, *mark;
		size_t len;
	} marks[] = {
	    {"UTF-8",    "\xEF\xBB\xBF", 3},
	    {"UTF-32LE", "\xFF\xFE\0",   4},
	    {"UTF-32BE", "\0\0\xFE\xFF", 4},
	    {"UTF-16LE", "\xFF\xFE",     2},
	    {"UTF-16BE", "\xFE\xFF",     2},
	};

	for (size_t i = 0; i < COUNT(marks); i++)
		if (len >= marks[i].len &&
		    memcmp(bytes, marks[i].mark, marks[i].len) == 0) {
			*out = find_name(marks[i].name);
			return marks[i].len;
		}
	return 0;
}

/* A text whose every second byte is zero is UTF-16. */
static bool
looks_like_units(const char *bytes, size_t len)
{
	size_t zeros[2] = {0};

	if (len < 4 || memchr(bytes, '\0', MIN(len, 64)) == NULL)
		return false;
	for (size_t i = 0; i < len; i++)
		zeros[i % 2] += bytes[i] == '\0';
	return MAX(zeros[0], zeros[1]) > len / 4 &&
	    MIN(zeros[0], zeros[1]) < len / 50 + 1;
}

/* Bytes in the upper half that are no UTF-8, under that label. */
static const struct charset *
settle_high(const struct charset *said, const char *bytes, size_t len)
{
	const char *name = NULL;

	if (said == NULL || said->kind == CHARSET_UTF8) {
		if (utf8_is_damaged(bytes, len))
			return find_name("UTF-8");
		name = detect_charset(bytes, len);
		return find_name(name != NULL ? name : "CP1252");
	}
	if (g_str_equal(said->name, "CP1252") ||
	    g_str_equal(said->name, "ISO-8859-15"))
		name = detect_foreign(bytes, len);
	if (said->kind == CHARSET_SHIFT && shift_find(bytes, len) == NULL)
		name = detect_charset(bytes, len);
	return name != NULL ? find_name(name) : said;
}

/* Chinese or Korean of two bytes may look like short UTF-8. */
static bool
is_utf8_after_all(const struct charset *said, struct source *s)
{
	if (!is_utf8(s))
		return false;
	return said == NULL || said->kind != CHARSET_WIDE ||
	    utf8_has_wide(s->bytes, s->len);
}

/* Seven bits: escapes decide between ASCII and its relatives. */
static const struct charset *
settle_seven_bits(const struct charset *said, const char *bytes, size_t len)
{
	const char *name;

	if (said != NULL && said->kind == CHARSET_SHIFT &&
	    !g_str_equal(said->name, "ISO-2022-JP"))
		return said;
	name = shift_find(bytes, len);
	if (name != NULL)
		return find_name(name);
	return said != NULL && said->kind == CHARSET_SHIFT ? said
							   : find_name("UTF-8");
}

/* The charset the bytes are in, given what the mail says (or NULL). */
static const struct charset *
settle(const struct charset *said, struct source *s)
{
	if (said != NULL && said->kind == CHARSET_UNITS &&
	    (memchr(s->bytes, '\0', s->len) != NULL || !is_utf8(s)))
		return said;
	if (said == NULL && looks_like_units(s->bytes, s->len))
		return find_name("UTF-16");
	if (charset_is_ascii(s->bytes, s->len))
		return settle_seven_bits(said, s->bytes, s->len);
	if (is_utf8_after_all(said, s))
		return find_name("UTF-8");
	return settle_high(said, s->bytes, s->len);
}

/* A text that its charset does not fit may fit another one. */
static char *
decode_other(const struct charset *tried, struct source *s)
{
	const char *name = "UTF-8";
	bool bad = false;
	char *text;

	if (!utf8_is_damaged(s->bytes, s->len))
		name = detect_charset(s->bytes, s->len);
	if (name == NULL || g_str_equal(name, tried->name))
		return NULL;
	text = decode_by(find_name(name), s, &bad);
	if (bad)
		g_clear_pointer(&text, g_free);
	return text;
}

static bool
is_utf8_or_ascii(const struct charset *said)
{
	return said == NULL || said->kind == CHARSET_UTF8;
}

char *
charset_decode(const char *label, const char *bytes, size_t len, bool *bad_out)
{
	const struct charset *said = find_charset(label), *is;
	g_autoptr(GString) joined = NULL;
	struct source s = {0};
	bool bad = false;
	char *text, *other;
	size_t mark;

	charset_setup();
	mark = find_mark(bytes, len, &said);
	s.bytes = bytes + mark;
	s.len = len - mark;
	if (is_utf8_or_ascii(said))
		joined = utf8_join_pairs(s.bytes, s.len);
	if (joined != NULL) {
		s.bytes = joined->str;
		s.len = joined->len;
	}
	is = mark > 0 ? said : settle(said, &s);
	text = decode_by(is, &s, &bad);
	if (bad && is->kind == CHARSET_WIDE) {
		other = decode_other(is, &s);
		if (other != NULL) {
			g_free(text);
			text = other;
		}
	}
	if (is_utf8_or_ascii(said) && is->kind == CHARSET_UTF8)
		bad = !is_utf8(&s);
	*bad_out |= bad ||
	    (is_utf8_or_ascii(said) && is->kind <= CHARSET_WIDE &&
		is->kind != CHARSET_UTF8);
	return text;
}

bool
charset_rules(size_t i, struct rule_table *out)
{
	const struct rule_table tables[] = {
	    {"charset", charset_labels,   sizeof(charset_labels[0]),
             charset_label_count },
	    {"charset", charset_prefixes, sizeof(charset_prefixes[0]),
             charset_prefix_count},
	};

	if (i < COUNT(tables))
		*out = tables[i];
	return i < COUNT(tables);
}
