/* SPDX-License-Identifier: MIT */
/*
 * Encoded words. RFC 2047 asks for blanks around them, for whole characters
 * in each, for no blanks inside; mailers keep none of this. A word is taken
 * wherever it stands; neighbours in one charset are joined as bytes before
 * they are converted, so that a character cut in two is whole again (also
 * across base64 that was cut anywhere). Bytes that are no word are taken as
 * they are, in the charset that they turn out to have.
 */
#include "mail/word.h"

#include <string.h>

#include "base/text.h"
#include "mail/charset.h"

#define CHARSET_MAX 64
#define INNER_MAX   200 /* bytes between question marks of one word */

/* Words being joined. */
struct joined {
	GString *bytes;
	GString *quoted; /* of "q" words, not decoded yet */
	char label[CHARSET_MAX];
	const char *charset; /* canonical; NULL: unknown */
	bool open;
	uint32_t bits; /* of base64 left over */
	unsigned bit_count;
};

struct reader {
	GString *out;
	const char *raw_charset;
	struct joined joined;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* "=?charset*language?q?": what stands before the text. */
static bool
read_prefix(const char *text, size_t len, struct word *out)
{
	const size_t max = MIN(len, CHARSET_MAX);
	const char *const end = text + len;
	const char *mark, *star;
	size_t n;

	if (len < 5 || text[0] != '=' || text[1] != '?')
		return false;
	mark = memchr(text + 2, '?', max - 2);
	if (mark == NULL || end - mark < 3)
		return false;
	out->charset = text + 2;
	n = (size_t)(mark - out->charset);
	for (size_t i = 0; i < n; i++)
		if (is_blank(out->charset[i]))
			return false;
	star = memchr(out->charset, '*', n);
	out->charset_len = star == NULL ? n : (size_t)(star - out->charset);
	out->encoding = g_ascii_tolower(mark[1]);
	out->text = mark + 3;
	return (out->encoding == 'q' || out->encoding == 'b') && mark[2] == '?';
}

/* Is the "?=" at `mark` a question mark that was not encoded, with something
 * encoded after it ("Why?=20Because?=")? */
static bool
is_inner_mark(const char *mark, const char *end)
{
	const char *next;

	if (end - mark < 4 || !g_ascii_isxdigit(mark[2]) ||
	    !g_ascii_isxdigit(mark[3]))
		return false;
	next = memmem(mark + 4, MIN((size_t)(end - mark - 4), INNER_MAX),
	    "?=", 2);
	return next != NULL && memchr(mark, ' ', (size_t)(next - mark)) == NULL;
}

/* A word that does not end: up to a blank, or what ends a name. */
static void
end_early(struct word *out, const char *text, const char *end)
{
	const char *at = out->text;

	while (at < end && !is_blank(*at) && *at != '"' && *at != '<')
		at++;
	out->text_len = (size_t)(at - out->text);
	out->len = (size_t)(at - text);
}

bool
word_find(const char *text, size_t len, struct word *out)
{
	const char *const end = text + len;
	const char *at;

	if (!read_prefix(text, len, out))
		return false;
	for (at = out->text;; at++) {
		at = memchr(at, '?', (size_t)(end - at));
		if (at == NULL) {
			end_early(out, text, end);
			return true;
		}
		if (at + 1 < end && at[1] == '=' &&
		    (out->encoding == 'b' || !is_inner_mark(at, end)))
			break;
		if (at > out->text && at[-1] == '=' && at + 1 < end &&
		    at[1] != '=') {
			end_early(out, text, at - 1);
			return true;
		}
	}
	out->text_len = (size_t)(at - out->text);
	out->len = (size_t)(at + 2 - text);
	return true;
}

/* The text of a "q" word without the line ends that are inside. What begins
 * at the end of a word or a line ("=C" "3") ends in the next. */
static void
collect_q(struct joined *j, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n')
			while (i + 1 < len && is_blank(text[i + 1]))
				i++;
		else if (text[i] != '\r')
			g_string_append_c(j->quoted, text[i]);
	}
}

static void
decode_q(struct joined *j)
{
	const char *text = j->quoted->str;
	const size_t len = j->quoted->len;

	for (size_t i = 0; i < len; i++) {
		const int high = len - i > 2 && text[i] == '='
		    ? g_ascii_xdigit_value(text[i + 1])
		    : -1;
		const int low = high < 0 ? -1
					 : g_ascii_xdigit_value(text[i + 2]);

		if (low >= 0) {
			g_string_append_c(j->bytes, (char)(high << 4 | low));
			i += 2;
		} else {
			g_string_append_c(j->bytes,
			    text[i] == '_' ? ' ' : text[i]);
		}
	}
	g_string_truncate(j->quoted, 0);
}

static int
base64_value(char c)
{
	if (g_ascii_isupper(c))
		return c - 'A';
	if (g_ascii_islower(c))
		return c - 'a' + 26;
	if (g_ascii_isdigit(c))
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

static void
decode_b(struct joined *j, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		const int value = base64_value(text[i]);

		if (text[i] == '=') {
			j->bit_count = 0;
			continue;
		}
		if (value < 0)
			continue;
		j->bits = (j->bits << 6 | (uint32_t)value) & 0xFFFF;
		j->bit_count += 6;
		if (j->bit_count >= 8) {
			j->bit_count -= 8;
			g_string_append_c(j->bytes,
			    (char)(j->bits >> j->bit_count & 0xFF));
		}
	}
}

/* Bits that padding leaves are zero: others go on in the next word. */
static void
forget_bits(struct joined *j)
{
	const uint32_t left = j->bits & ((1u << j->bit_count) - 1);

	if (j->bit_count < 6 && left == 0)
		j->bit_count = 0;
}

static void
append_decoded(struct reader *r, const char *label, const char *bytes,
    size_t len)
{
	bool bad = false;
	g_autofree char *text = charset_decode(label, bytes, len, &bad);

	g_string_append(r->out, text);
}

static void
flush(struct reader *r)
{
	struct joined *j = &r->joined;

	if (!j->open)
		return;
	decode_q(j);
	append_decoded(r, j->label, j->bytes->str, j->bytes->len);
	g_string_truncate(j->bytes, 0);
	j->open = false;
	j->bit_count = 0;
}

static void
add_word(struct reader *r, const struct word *word)
{
	struct joined *j = &r->joined;
	g_autofree char *label = g_strndup(word->charset, word->charset_len);
	const char *charset = charset_canonical(label);

	if (j->open && charset != j->charset)
		flush(r);
	if (!j->open || word->encoding == 'q')
		j->bit_count = 0;
	j->open = true;
	j->charset = charset;
	(void)g_strlcpy(j->label, label, sizeof(j->label));
	if (word->encoding == 'q') {
		collect_q(j, word->text, word->text_len);
	} else {
		decode_q(j);
		forget_bits(j);
		decode_b(j, word->text, word->text_len);
	}
}

static bool
all_blank(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!is_blank(text[i]))
			return false;
	return true;
}

/* What stands between words: nothing, if it is blank. */
static void
add_gap(struct reader *r, const char *text, size_t len, bool is_last)
{
	if (len == 0 || (r->joined.open && !is_last && all_blank(text, len)))
		return;
	flush(r);
	if (charset_is_ascii(text, len) && memchr(text, '\x1b', len) == NULL)
		g_string_append_len(r->out, text, (gssize)len);
	else
		append_decoded(r, r->raw_charset, text, len);
}

static void
read_words(struct reader *r, const char *text, size_t len)
{
	const char *const end = text + len;
	const char *gap = text, *at = text;

	while (at < end) {
		struct word word;

		at = memchr(at, '=', (size_t)(end - at));
		if (at == NULL)
			break;
		if (!word_find(at, (size_t)(end - at), &word)) {
			at++;
			continue;
		}
		add_gap(r, gap, (size_t)(at - gap), false);
		add_word(r, &word);
		at += word.len;
		gap = at;
	}
	add_gap(r, gap, (size_t)(end - gap), true);
	flush(r);
}

static char *
decode_once(const char *text, size_t len, const char *charset)
{
	g_autoptr(GString) bytes = g_string_new(NULL);
	g_autoptr(GString) quoted = g_string_new(NULL);
	struct reader r = {
	    .out = g_string_sized_new(len),
	    .raw_charset = charset,
	    .joined = {.bytes = bytes, .quoted = quoted}
        };
	char *line;

	read_words(&r, text, len);
	line = text_clean_line(r.out->str, r.out->len);
	(void)g_string_free(r.out, TRUE);
	return line;
}

/* A word that somebody encoded once more, and nothing else. */
static bool
is_one_word(const char *line)
{
	const size_t len = strlen(line);
	struct word word;

	return len > 8 && line[0] == '=' && line[len - 1] == '=' &&
	    word_find(line, len, &word) && word.len == len;
}

char *
word_decode(const char *text, size_t len, const char *charset)
{
	const bool has_word = memmem(text, len, "=?", 2) != NULL;
	char *line, *again;

	if (!has_word && charset_is_ascii(text, len) &&
	    memchr(text, '\x1b', len) == NULL)
		return text_clean_line(text, len);
	line = decode_once(text, len, charset);
	if (!has_word || !is_one_word(line))
		return line;
	again = decode_once(line, strlen(line), charset);
	g_free(line);
	return again;
}
