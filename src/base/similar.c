/* SPDX-License-Identifier: MIT */
/*
 * The Levenshtein distance by Myers' bit vectors, in Hyyroe's form for blocks
 * of 64: a column of the table is a few words whose bits say where the value
 * grows or falls by one from a row to the next. This runs in the writer, up
 * to a hundred times a mail; 200 code points are done in 200 x 4 steps of a
 * dozen operations.
 */
#include "base/similar.h"

#include <string.h>

#define BLOCK_BITS    64
#define NUMBER_DIGITS 4 /* shorter ones are years' halves, counts, sizes */
#define REPLACEMENT   0xfffd
#define ASCII_END     0x80
#define HASH_FACTOR   2654435761u /* Knuth: 2^32 / golden ratio */
#define HASH_SHIFT    23          /* leaves 9 bits: SIMILAR_SLOTS */

_Static_assert(SIMILAR_BLOCKS *BLOCK_BITS >= SIMILAR_POINTS_MAX,
    "each code point has a bit");
_Static_assert(SIMILAR_SLOTS == 1u << (32 - HASH_SHIFT), "a hash is a slot");
_Static_assert(SIMILAR_POINTS_MAX < UINT8_MAX, "a row fits a slot");

/* ---- texts --------------------------------------------------------------- */

/* Broken UTF-8 is read as if it had been replaced. */
static const char *
next_point(const char *at, uint32_t *point_out)
{
	gunichar c;

	if ((uint8_t)*at < ASCII_END) {
		*point_out = (uint32_t)*at;
		return at + 1;
	}
	c = g_utf8_get_char_validated(at, -1);
	if (c >= (gunichar)-2) {
		*point_out = REPLACEMENT;
		return at + 1;
	}
	*point_out = c;
	return at + g_utf8_skip[(uint8_t)*at];
}

static size_t
read_points(const char *text, uint32_t points_out[SIMILAR_POINTS_MAX])
{
	size_t count = 0;

	while (*text != '\0' && count < SIMILAR_POINTS_MAX)
		text = next_point(text, &points_out[count++]);
	return count;
}

/* The slot in which the point is, or belongs. */
static size_t
slot_of(const struct similar_text *text, uint32_t point)
{
	size_t slot = (uint32_t)(point * HASH_FACTOR) >> HASH_SHIFT;

	while (text->slots[slot] != 0 &&
	    text->row_point[text->slots[slot]] != point)
		slot = (slot + 1) % SIMILAR_SLOTS;
	return slot;
}

static void
add_place(struct similar_text *text, size_t place)
{
	const uint32_t point = text->points[place];
	const size_t slot = slot_of(text, point);

	if (text->slots[slot] == 0) {
		text->slots[slot] = (uint8_t)text->rows;
		text->row_point[text->rows] = point;
		memset(text->places[text->rows], 0, sizeof(text->places[0]));
		text->rows++;
	}
	text->places[text->slots[slot]][place / BLOCK_BITS] |= UINT64_C(1)
	    << place % BLOCK_BITS;
}

struct number {
	const uint32_t *at;
	size_t len;
};

static bool
is_digit(uint32_t point)
{
	return point < ASCII_END ? g_ascii_isdigit((char)point)
				 : g_unichar_isdigit(point);
}

/* The next number at or behind `from`, with enough digits. */
static bool
next_number(const uint32_t *points, size_t count, size_t *from,
    struct number *number_out)
{
	size_t begin;

	while (*from < count) {
		begin = *from;
		while (*from < count && is_digit(points[*from]))
			(*from)++;
		if (*from - begin >= NUMBER_DIGITS) {
			*number_out = (struct number){points + begin,
			    *from - begin};
			return true;
		}
		if (*from == begin)
			(*from)++;
	}
	return false;
}

static bool
has_number(const uint32_t *points, size_t count)
{
	struct number number;
	size_t from = 0;

	return next_number(points, count, &from, &number);
}

void
similar_text_init(struct similar_text *text, const char *folded)
{
	text->count = read_points(folded, text->points);
	text->rows = 1;
	memset(text->places[0], 0, sizeof(text->places[0]));
	memset(text->slots, 0, sizeof(text->slots));
	for (size_t i = 0; i < text->count; i++)
		add_place(text, i);
	text->has_number = has_number(text->points, text->count);
}

/* ---- distance ------------------------------------------------------------ */

/* A block of the current column: where the value is one more, one less, than
 * in the row above. */
struct block {
	uint64_t more;
	uint64_t less;
};

/* The change from the column before at a block's upper and lower edge. */
struct step {
	uint64_t more;
	uint64_t less;
};

/* Moves a block on by one column. `at` is the bit whose row gives the step
 * that is returned; `step` comes in at the block's upper edge. */
static struct step
advance(struct block *b, uint64_t equal, struct step *step, unsigned at)
{
	const uint64_t vertical = equal | b->less;
	const uint64_t same = equal | step->less;
	const uint64_t horizontal = (((same & b->more) + b->more) ^ b->more) |
	    same;
	const uint64_t more = b->less | ~(horizontal | b->more);
	const uint64_t less = b->more & horizontal;
	const uint64_t more_up = more << 1 | step->more;
	const uint64_t less_up = less << 1 | step->less;

	b->more = less_up | ~(vertical | more_up);
	b->less = more_up & vertical;
	*step = (struct step){more >> (BLOCK_BITS - 1),
	    less >> (BLOCK_BITS - 1)};
	return (struct step){more >> at & 1, less >> at & 1};
}

/* The distance between a text with at least one code point and `count`. */
static size_t
distance(const struct similar_text *text, const uint32_t *points, size_t count)
{
	struct block column[SIMILAR_BLOCKS];
	const size_t blocks = (text->count - 1) / BLOCK_BITS + 1;
	const unsigned last = (text->count - 1) % BLOCK_BITS;
	size_t value = text->count;

	for (size_t i = 0; i < blocks; i++)
		column[i] = (struct block){UINT64_MAX, 0};
	for (size_t i = 0; i < count; i++) {
		const size_t row = text->slots[slot_of(text, points[i])];
		struct step step = {1, 0};
		struct step end = {0, 0};

		for (size_t k = 0; k < blocks; k++)
			end = advance(&column[k], text->places[row][k], &step,
			    last);
		value = value + end.more - end.less;
	}
	return value;
}

/* ---- numbers ------------------------------------------------------------- */

static bool
is_same(const struct number *a, const struct number *b)
{
	if (a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++)
		if (g_unichar_digit_value(a->at[i]) !=
		    g_unichar_digit_value(b->at[i]))
			return false;
	return true;
}

/* What numbers say about two texts. */
enum numbers { NUMBERS_MISSING, NUMBERS_SHARED, NUMBERS_DIFFER };

static enum numbers
find_number(const struct similar_text *text, const struct number *number)
{
	enum numbers found = NUMBERS_MISSING;
	struct number own;
	size_t from = 0;

	while (next_number(text->points, text->count, &from, &own)) {
		if (is_same(&own, number))
			return NUMBERS_SHARED;
		found = NUMBERS_DIFFER;
	}
	return found;
}

static enum numbers
compare_numbers(const struct similar_text *text, const uint32_t *points,
    size_t count)
{
	enum numbers found = NUMBERS_MISSING;
	struct number number;
	size_t from = 0;

	while (text->has_number && found != NUMBERS_SHARED &&
	    next_number(points, count, &from, &number))
		found = find_number(text, &number);
	return found;
}

/* ---- both ---------------------------------------------------------------- */

unsigned
similar_text_percent(const struct similar_text *text, const char *folded)
{
	uint32_t points[SIMILAR_POINTS_MAX];
	const size_t count = read_points(folded, points);
	const size_t longer = MAX(text->count, count);

	if (text->count == 0 || count == 0 ||
	    compare_numbers(text, points, count) == NUMBERS_DIFFER)
		return 0;
	return (
	    unsigned)(100 * (longer - distance(text, points, count)) / longer);
}

unsigned
similar_percent(const char *a, const char *b)
{
	struct similar_text text;

	similar_text_init(&text, a);
	return similar_text_percent(&text, b);
}
