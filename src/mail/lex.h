/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: structured fields (RFC 5322, 3.2) word by word, with
 * blanks and comments passed over, quoted strings unquoted. A comment or a
 * quote that is never closed hides nothing: the comment ends at its first
 * ")", the quote is a character. Linear in all bytes that are read.
 */
#ifndef MAIL_LEX_H
#define MAIL_LEX_H

#include "base/base.h"

#define LEX_WORD_MAX 255 /* bytes of a word that counts */

/* Zero but for its ends. */
struct lex {
	const char *at, *end;  /* borrowed */
	bool no_comment_close; /* some comment ahead is never closed */
	bool no_quote_close;
};

/* The quote that closes the one at `at`; NULL if none does before `end`. */
const char *lex_quote_end(const char *at, const char *end);

/* Passes over blanks and comments. False at the end. */
bool lex_skip(struct lex *l);

/* Appends the word at `at`, up to a blank, a comment or one of `stops`;
 * nothing if one of these stands there. Of a word longer than LEX_WORD_MAX
 * at least one byte more is appended, so that it is seen to be too long. */
void lex_word(struct lex *l, const char *stops, GString *out);

#endif
