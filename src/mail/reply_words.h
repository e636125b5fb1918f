/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: the words that mail programs write around quoted and
 * forwarded mails, in all languages we know: one row a language
 * (reply_words.def). Pure; any thread.
 */
#ifndef MAIL_REPLY_WORDS_H
#define MAIL_REPLY_WORDS_H

#include "base/base.h"
#include "mail/rule.h"

/* What a phrase can be; some are several ("A": to, "Od": from). */
enum word_role {
	WORD_FROM = 1 << 0, /* the six names of header lines */
	WORD_SENT = 1 << 1, /* says "sent": no form asks for that */
	WORD_DATE = 1 << 2,
	WORD_TO = 1 << 3,
	WORD_CC = 1 << 4, /* and other names, which say nothing alone */
	WORD_SUBJECT = 1 << 5,
	WORD_ORIGINAL = 1 << 6,  /* "Original Message" */
	WORD_FORWARDED = 1 << 7, /* "Forwarded message" */
	WORD_ENDED = 1 << 8,     /* "End of forwarded message" */
	WORD_FW = 1 << 9,        /* prefixes of subjects */
	WORD_RE = 1 << 10,
};
#define WORD_HEADER                                                            \
	(WORD_FROM | WORD_SENT | WORD_DATE | WORD_TO | WORD_CC | WORD_SUBJECT)

/* A plain value: bytes inside a line. */
struct span {
	const char *at;
	size_t len;
};

/* The roles of exactly this phrase in any language; ASCII without case. */
unsigned words_roles(const char *phrase, size_t len);

/* Has one language the first phrase in this role, and the second in that? */
bool words_share_row(const struct span *first, unsigned first_role,
    const struct span *second, unsigned second_role);

/* What the text of an attribution has: bits. */
enum { WROTE_VERB = 1, WROTE_BEGIN = 2 };
/* Is a word for "wrote" in the text, and does it begin as that language's
 * attributions do? */
unsigned words_wrote(const char *text, size_t len);
/* Does any language's attribution begin so? */
bool words_begin(const char *text, size_t len);

/* "Reply above this line", in some language: at the start; anywhere. */
bool words_begin_above(const char *text, size_t len);
bool words_have_above(const char *text, size_t len);

/* "Sent from my iPhone": the bytes at the start that say so; 0: none. */
size_t words_footer(const char *text, size_t len);

bool words_rules(size_t i, struct rule_table *out);

#endif
