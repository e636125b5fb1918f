/* SPDX-License-Identifier: MIT */
/*
 * The look before the parser. Costs one pass over the bytes and one over the
 * lines that begin with "--". Behind a declared boundary the fields of the part
 * are counted and its own boundary is opened, so that depth is true nesting
 * and a digest of 200 mails is not taken for a bomb. A line counts as a
 * boundary when it begins with one: never less than what the reader takes for
 * one. Where no multipart was declared there are none: an SQL dump, a diff or
 * Lua may have any number of lines that begin with "--".
 */
#include "mail/prescan.h"

#include <string.h>

#include "mail/field.h"
#include "mail/parse.h"

/* Fields of all parts together. */
#define PART_HEADERS_MAX (4 * PRESCAN_BOUNDARIES_MAX)
#define BOUNDARY_MAX     256

struct open_boundary {
	const uint8_t *text;
	size_t len;
};

struct scan {
	const uint8_t *raw;
	size_t len;
	struct prescan *out;
	struct open_boundary stack[PRESCAN_DEPTH_MAX + 1];
	unsigned open;
	unsigned messages[PRESCAN_DEPTH_MAX + 1]; /* message/… below each */
	unsigned part_headers;
	size_t part_header_bytes;
	bool multipart; /* one was declared somewhere */
};

/* What one block of fields says about the bytes after it. */
struct block {
	enum { BLOCK_LEAF, BLOCK_MULTIPART, BLOCK_MESSAGE } kind;
	struct open_boundary boundary;
	size_t body;
	unsigned fields;
};

/* The high bit of each byte of `word` that is `c`, of no other. */
static uint64_t
bytes_that_are(uint64_t word, uint8_t c)
{
	const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
	const uint64_t x = word ^ (UINT64_C(0x0101010101010101) * c);

	return ~(((x & low) + low) | x | low);
}

/* Which line ends there are, eight bytes at a time. */
struct line_ends {
	uint64_t crlf, bare_lf, bare_cr, nul;
	uint64_t cr_before; /* was the byte before a CR? 0x80 or 0 */
};

static void
take_word(struct line_ends *ends, uint64_t word)
{
	const uint64_t lf = bytes_that_are(word, '\n');
	const uint64_t cr = bytes_that_are(word, '\r');
	const uint64_t after_cr = cr << 8 | ends->cr_before;

	ends->crlf |= lf & after_cr;
	ends->bare_lf |= lf & ~after_cr;
	ends->bare_cr |= after_cr & ~lf;
	ends->nul |= bytes_that_are(word, 0);
	ends->cr_before = cr >> 56;
}

static void
mark_line_ends(const uint8_t *p, size_t len, struct prescan *out)
{
	struct line_ends ends = {0};
	uint64_t word;

	for (; len >= sizeof(word); len -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		take_word(&ends, GUINT64_FROM_LE(word));
		p += sizeof(word);
	}
	/* Filled up with what is neither a line end nor NUL. */
	memset(&word, ' ', sizeof(word));
	memcpy(&word, p, len);
	take_word(&ends, GUINT64_FROM_LE(word));
	if (ends.nul != 0)
		out->marks |= MARK_NUL;
	if (ends.bare_cr != 0)
		out->marks |= MARK_BARE_CR;
	if (ends.crlf != 0 && ends.bare_lf != 0)
		out->marks |= MARK_BARE_LF;
}

/* The length of "boundary", "boundary*" or "boundary*0" and "=" at `value`;
 * 0 if there is something else (RFC 2231). */
static size_t
boundary_word(const uint8_t *value, size_t len)
{
	size_t n = sizeof("boundary") - 1;

	if (len <= n || (*value | 0x20) != 'b' ||
	    g_ascii_strncasecmp((const char *)value, "boundary", n) != 0)
		return 0;
	while (n < len && value[n] != '\0' &&
	    strchr("*0123456789 \t\r\n", value[n]) != NULL)
		n++;
	if (n == len || value[n++] != '=')
		return 0;
	while (n < len && (value[n] == ' ' || value[n] == '\t'))
		n++;
	return n;
}

/* The value of boundary= in a Content-Type field, within its fold. */
static struct open_boundary
read_boundary(const uint8_t *value, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		const size_t word = boundary_word(value + i, len - i);
		size_t from = i + word, to;

		if (word == 0)
			continue;
		const bool quoted = from < len && value[from] == '"';
		from += quoted;
		to = from;
		while (to < len && value[to] != '\n' && value[to] != '\r' &&
		    (quoted ? value[to] != '"'
			    : strchr("; \t", value[to]) == NULL))
			to++;
		return (struct open_boundary){value + from,
		    MIN(to - from, BOUNDARY_MAX)};
	}
	return (struct open_boundary){0};
}

static void
read_content_type(struct scan *s, struct block *block, const uint8_t *value,
    size_t len)
{
	while (len > 0 && g_ascii_isspace(*value)) {
		value++;
		len--;
	}
	if (len > 10 &&
	    g_ascii_strncasecmp((const char *)value, "multipart/", 10) == 0) {
		const struct open_boundary b = read_boundary(value, len);

		s->multipart = true;
		if (b.len == 0)
			return;
		block->boundary = b;
		block->kind = BLOCK_MULTIPART;
	} else if (len > 8 &&
	    g_ascii_strncasecmp((const char *)value, "message/", 8) == 0) {
		block->kind = BLOCK_MESSAGE;
	}
}

/* The bytes of a field that starts at `at`, with its folded lines. */
static size_t
field_end(const struct scan *s, size_t at)
{
	size_t end = line_end(s->raw, s->len, at);

	while (end < s->len && (s->raw[end] == ' ' || s->raw[end] == '\t'))
		end = line_end(s->raw, s->len, end);
	return end;
}

static void
read_field(struct scan *s, struct block *block, size_t at, size_t end)
{
	static const char name[] = "content-type";
	const size_t n = sizeof(name) - 1;
	const uint8_t *colon;

	if (end - at <= n || (s->raw[at] | 0x20) != 'c' ||
	    g_ascii_strncasecmp((const char *)s->raw + at, name, n) != 0)
		return;
	colon = memchr(s->raw + at + n, ':', end - at - n);
	if (colon != NULL && colon - (s->raw + at + n) < 16)
		read_content_type(s, block, colon + 1,
		    (size_t)(s->raw + end - colon - 1));
}

/* Reads fields until a blank line or a line that begins with "--". Stops
 * once over `max` fields. */
static void
read_block(struct scan *s, size_t at, unsigned max, struct block *block)
{
	*block = (struct block){.body = s->len};
	while (at < s->len && block->fields <= max) {
		const size_t end = field_end(s, at);

		if (s->raw[at] == '\n' ||
		    (s->raw[at] == '\r' && at + 1 < s->len &&
			s->raw[at + 1] == '\n')) {
			block->body = line_end(s->raw, s->len, at);
			return;
		}
		if (end - at > 2 && memcmp(s->raw + at, "--", 2) == 0) {
			block->body = at;
			return;
		}
		block->fields++;
		read_field(s, block, at, end);
		at = end;
	}
	block->body = at;
}

static unsigned
depth_now(const struct scan *s)
{
	unsigned depth = s->open;

	for (unsigned i = 0; i <= s->open; i++)
		depth += s->messages[i];
	return depth;
}

/* Descends from a header that starts at `at`: a multipart opens its
 * boundary, a message brings a header of its own. */
static void
descend(struct scan *s, size_t at)
{
	struct block block = {.kind = BLOCK_MESSAGE};

	while (block.kind == BLOCK_MESSAGE && s->out->refused == NULL) {
		read_block(s, at, PART_HEADERS_MAX - s->part_headers, &block);
		s->part_headers += block.fields;
		s->part_header_bytes += block.body - at;
		if (s->part_headers > PART_HEADERS_MAX ||
		    s->part_header_bytes > 4 * PRESCAN_HEADER_BYTES_MAX)
			s->out->refused = "too many header fields in its parts";
		if (block.kind == BLOCK_MESSAGE)
			s->messages[s->open]++;
		s->out->depth = MAX(s->out->depth,
		    depth_now(s) + (block.kind == BLOCK_MULTIPART));
		if (s->out->depth > PRESCAN_DEPTH_MAX)
			s->out->refused = "nested too deeply";
		at = block.body;
	}
	if (block.kind == BLOCK_MULTIPART && s->out->refused == NULL) {
		s->stack[s->open++] = block.boundary;
		s->messages[s->open] = 0;
	}
}

/* The open boundary that the text at `at` begins with, the longest of them;
 * `open` if none. */
static unsigned
find_boundary(const struct scan *s, size_t at)
{
	unsigned best = s->open;

	for (unsigned i = s->open; i-- > 0;) {
		const struct open_boundary *b = &s->stack[i];

		if (s->len - at < b->len ||
		    memcmp(s->raw + at, b->text, b->len) != 0)
			continue;
		if (best == s->open || b->len > s->stack[best].len)
			best = i;
	}
	return best;
}

/* A line "--…": closes what is open below the boundary it names. True if a
 * part's header follows. */
static bool
match_boundary(struct scan *s, size_t at)
{
	const unsigned i = find_boundary(s, at);
	size_t end;

	if (i == s->open)
		return false;
	end = at + s->stack[i].len;
	s->open = i + 1;
	s->messages[s->open] = 0;
	if (s->len - end >= 2 && memcmp(s->raw + end, "--", 2) == 0)
		s->open = i;
	return s->open > i;
}

static void
scan_boundaries(struct scan *s, size_t at)
{
	while (at < s->len && s->out->refused == NULL) {
		at = line_with_dashes(s->raw, s->len, at);
		if (at == s->len)
			return;
		at += 2;
		if (++s->out->boundaries > PRESCAN_BOUNDARIES_MAX)
			s->out->refused = "too many boundaries";
		else if (match_boundary(s, at))
			descend(s, line_end(s->raw, s->len, at));
		at = line_end(s->raw, s->len, at);
	}
}

static void
scan_header(struct scan *s)
{
	size_t at = fields_skip_envelope(s->raw, s->len);

	s->out->header_len = s->out->body_offset = s->len;
	while (at < s->len) {
		const size_t end = line_end(s->raw, s->len, at);

		if (line_is_blank(s->raw, at, end)) {
			s->out->header_len = at;
			s->out->body_offset = end;
			break;
		}
		s->out->headers += s->raw[at] != ' ' && s->raw[at] != '\t';
		at = end;
		if (at > PRESCAN_HEADER_BYTES_MAX)
			s->out->refused = "header too long";
		else if (s->out->headers > PRESCAN_HEADERS_MAX)
			s->out->refused = "too many header fields";
		if (s->out->refused != NULL)
			break;
	}
}

void
prescan(const uint8_t *raw, size_t len, struct prescan *out)
{
	struct scan s = {.raw = raw, .len = len, .out = out};

	*out = (struct prescan){0};
	if (len == 0)
		return;
	mark_line_ends(raw, len, out);
	scan_header(&s);
	if (out->refused != NULL)
		return;
	descend(&s, fields_skip_envelope(raw, len));
	if (out->refused == NULL && s.multipart)
		scan_boundaries(&s, out->body_offset);
}
