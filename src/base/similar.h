/* SPDX-License-Identifier: MIT */
/*
 * How much two short texts are alike, in per cent (IN-9): 100 x (1 -
 * Levenshtein / longer length), rounded down, of the first 200 code points of
 * each. Texts come folded (desk/subject). An empty one is like nothing. If
 * both name numbers of four or more digits and share none, they speak of two
 * orders, however alike the words are: 0. Pure; any thread.
 */
#ifndef BASE_SIMILAR_H
#define BASE_SIMILAR_H

#include "base/base.h"

#define SIMILAR_POINTS_MAX 200 /* code points that are looked at */

unsigned similar_percent(const char *a, const char *b);

/* One side made ready, to be compared with many. A plain value of about
 * 9 KiB, in which nothing is to be freed; compare its texts by the functions
 * below, not by its members. */
#define SIMILAR_BLOCKS 4   /* of 64 code points */
#define SIMILAR_SLOTS  512 /* a power of two, over twice the points */
struct similar_text {
	size_t count;
	bool has_number; /* of four or more digits */
	uint32_t points[SIMILAR_POINTS_MAX];
	/* Where a code point stands in the text, as bits; row 0: nowhere. */
	uint64_t places[SIMILAR_POINTS_MAX + 1][SIMILAR_BLOCKS];
	size_t rows;
	uint32_t row_point[SIMILAR_POINTS_MAX + 1];
	uint8_t slots[SIMILAR_SLOTS]; /* code point -> row, hashed */
};

void similar_text_init(struct similar_text *text, const char *folded);
unsigned similar_text_percent(const struct similar_text *text,
    const char *folded);

#endif
