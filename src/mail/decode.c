/* SPDX-License-Identifier: MIT */
/*
 * Own decoders, because the damage is known and a size must be exact: base64
 * with junk between, cut short, or with a list's footer in clear text behind
 * it; quoted-printable with lower-case digits, blanks after a soft break or a
 * bare "="; uuencoded lines whose blanks at the end a relay took away.
 */
#include "mail/decode.h"

#include <string.h>

#include "mail/field.h"
#include "mail/lzfu.h"

#define NO_DIGIT     0xff
#define WORD_LEN_MIN 16 /* of base64 whose line ends became blanks */

struct sink {
	uint8_t *out; /* NULL: count */
	size_t n;
};

struct quantum {
	uint32_t bits;
	unsigned digits;
	bool padded; /* the last line ended in "=" */
};

/* What a line looks like. */
struct look {
	size_t digits, blanks, junk;
};

static void
put(struct sink *s, uint32_t byte)
{
	if (s->out != NULL)
		s->out[s->n] = (uint8_t)byte;
	s->n++;
}

static void
put_all(struct sink *s, const uint8_t *bytes, size_t len)
{
	if (s->out != NULL && len > 0)
		memcpy(s->out + s->n, bytes, len);
	s->n += len;
}

static const uint8_t *
base64_digits(void)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "abcdefghijklmnopqrstuvwxyz"
				       "0123456789+/";
	static uint8_t digits[256];
	static gsize once;

	if (g_once_init_enter(&once)) {
		memset(digits, NO_DIGIT, sizeof(digits));
		for (uint8_t i = 0; alphabet[i] != '\0'; i++)
			digits[(uint8_t)alphabet[i]] = i;
		g_once_init_leave(&once, 1);
	}
	return digits;
}

/* The end of the text of a line: without its end and blanks there. */
static size_t
trimmed(const uint8_t *in, size_t at, size_t end)
{
	while (end > at && g_ascii_isspace(in[end - 1]))
		end--;
	return end;
}

static struct look
look_at(const uint8_t *line, size_t len)
{
	const uint8_t *digits = base64_digits();
	struct look look = {0};

	for (size_t i = 0; i < len; i++) {
		look.digits += digits[line[i]] != NO_DIGIT;
		look.blanks += line[i] == ' ' || line[i] == '\t';
		look.junk += line[i] == '_' || line[i] == '-';
	}
	return look;
}

static bool
is_text(const struct look *look)
{
	return look->junk * 2 > look->digits + 4 ||
	    (look->blanks > 0 &&
		look->digits < WORD_LEN_MIN * (look->blanks + 1));
}

/* What is left of a group of four: two digits are a byte, three are two. */
static void
flush_quantum(struct sink *s, struct quantum *q)
{
	if (q->digits >= 2)
		put(s, q->bits >> (q->digits == 2 ? 4 : 10));
	if (q->digits == 3)
		put(s, (q->bits >> 2) & 0xff);
	q->digits = 0;
	q->bits = 0;
}

static void
base64_line(struct sink *s, struct quantum *q, const uint8_t *line, size_t len)
{
	const uint8_t *digits = base64_digits();

	q->padded = false;
	for (size_t i = 0; i < len; i++) {
		const uint8_t digit = digits[line[i]];

		if (line[i] == '=') {
			flush_quantum(s, q);
			q->padded = true;
		}
		if (digit == NO_DIGIT)
			continue;
		q->bits = q->bits << 6 | digit;
		if (++q->digits < 4)
			continue;
		put(s, q->bits >> 16 & 0xff);
		put(s, q->bits >> 8 & 0xff);
		put(s, q->bits & 0xff);
		q->digits = 0;
		q->bits = 0;
	}
}

static void
decode_base64(struct sink *s, const uint8_t *in, size_t len)
{
	struct quantum q = {0};

	for (size_t at = 0; at < len;) {
		const size_t next = line_end(in, len, at);
		const size_t end = trimmed(in, at, next);
		const struct look look = look_at(in + at, end - at);

		if (end > at && s->n > 0 &&
		    (is_text(&look) ||
			(q.padded && look.digits % 4 != 0 &&
			    in[end - 1] != '=')))
			break;
		if (end > at)
			base64_line(s, &q, in + at, end - at);
		at = next;
	}
	flush_quantum(s, &q);
}

bool
decode_is_no_base64(const uint8_t *in, size_t len)
{
	for (size_t at = 0; at < len;) {
		const size_t next = line_end(in, len, at);
		const size_t end = trimmed(in, at, next);
		const struct look look = look_at(in + at, end - at);

		if (end > at)
			return is_text(&look);
		at = next;
	}
	return false;
}

/* The bytes that the "=" at `at` and what follows stand for; how many bytes
 * of the input it takes. */
static size_t
quoted_pair(struct sink *s, const uint8_t *in, size_t len, size_t at)
{
	size_t end = at + 1;

	if (at + 2 < len && g_ascii_isxdigit(in[at + 1]) &&
	    g_ascii_isxdigit(in[at + 2])) {
		put(s,
		    (uint32_t)(g_ascii_xdigit_value((char)in[at + 1]) * 16 +
			g_ascii_xdigit_value((char)in[at + 2])));
		return 3;
	}
	while (end < len && strchr(" \t\r", in[end]) != NULL && in[end] != '\0')
		end++;
	if (end == len)
		return end - at;
	if (in[end] == '\n')
		return end + 1 - at;
	put(s, '=');
	return 1;
}

static void
decode_quoted(struct sink *s, const uint8_t *in, size_t len)
{
	for (size_t at = 0; at < len;) {
		const uint8_t *hit = memchr(in + at, '=', len - at);
		const size_t run = hit == NULL ? len - at
					       : (size_t)(hit - (in + at));

		put_all(s, in + at, run);
		at += run;
		if (at < len)
			at += quoted_pair(s, in, len, at);
	}
}

static size_t
uu_count(const uint8_t *line)
{
	return (line[0] - (size_t)' ') & 0x3f;
}

bool
decode_is_uu_line(const uint8_t *line, size_t len)
{
	size_t want;

	if (len == 0)
		return false;
	for (size_t i = 0; i < len; i++)
		if (line[i] < ' ' || line[i] > '`')
			return false;
	want = (uu_count(line) + 2) / 3 * 4 + 1;
	/* One or two characters of a check sum may follow; blanks at the end,
	 * which are zeros, may have gone. */
	return len <= want + 2 &&
	    (len + 4 >= want || (line[0] == 'M' && len % 4 == 1));
}

static void
uu_line(struct sink *s, const uint8_t *line, size_t len)
{
	const size_t count = uu_count(line);

	for (size_t done = 0, at = 1; done < count; done += 3, at += 4) {
		uint32_t bits = 0;

		for (size_t i = at; i < at + 4; i++)
			bits = bits << 6 |
			    (i < len ? (line[i] - (uint32_t)' ') & 0x3f : 0);
		put(s, bits >> 16 & 0xff);
		if (done + 1 < count)
			put(s, bits >> 8 & 0xff);
		if (done + 2 < count)
			put(s, bits & 0xff);
	}
}

static bool
is_begin(const uint8_t *line, size_t len)
{
	return len > 6 && memcmp(line, "begin ", 6) == 0;
}

/* Data lines, with or without "begin" and "end" around them. */
static void
decode_uu(struct sink *s, const uint8_t *in, size_t len)
{
	for (size_t at = 0; at < len;) {
		const size_t next = line_end(in, len, at);
		size_t end = next;

		while (end > at && (in[end - 1] == '\n' || in[end - 1] == '\r'))
			end--;
		if (s->n > 0 && !decode_is_uu_line(in + at, end - at))
			break;
		if (!is_begin(in + at, end - at) &&
		    decode_is_uu_line(in + at, end - at))
			uu_line(s, in + at, end - at);
		at = next;
	}
}

size_t
decode_bytes(uint8_t *out, const uint8_t *in, size_t len,
    Rec__Part__Encoding encoding)
{
	struct sink s = {.out = out};

	switch ((int)encoding) {
	case REC__PART__ENCODING__BASE64:
		decode_base64(&s, in, len);
		break;
	case REC__PART__ENCODING__QUOTED_PRINTABLE:
		decode_quoted(&s, in, len);
		break;
	case REC__PART__ENCODING__UUENCODE:
		decode_uu(&s, in, len);
		break;
	case REC__PART__ENCODING__LZFU:
		s.n = lzfu_decode(out, in, len);
		break;
	default:
		put_all(&s, in, len);
	}
	return s.n;
}
