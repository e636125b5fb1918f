/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: which of a mail's texts a person should read, as clean
 * UTF-8 with the marks of mail/mark.h. mail/part gathers the candidates,
 * mail/body reads one of them.
 */
#ifndef MAIL_TEXT_H
#define MAIL_TEXT_H

#include "base/base.h"
#include "model.pb-c.h"

enum text_kind {
	TEXT_NONE,
	TEXT_PLAIN,
	TEXT_HTML,
	TEXT_ENRICHED, /* RFC 1896 */
	TEXT_RICHTEXT, /* RFC 1341 */
	TEXT_RTF,
	TEXT_OTHER,
	TEXT_CALENDAR, /* not read as a text: what it says is told below it */
	TEXT_READY,    /* `ready` is the text already */
};

enum text_use {
	USE_BODY,
	USE_SPARE, /* shown when there is no body; else the file it is */
	USE_INNER, /* of a winmail.dat: the same, but no file is listed of
		    * what the shown text says anyhow */
};

struct text_candidate {
	Rec__Part *part;
	const uint8_t *bytes; /* that the part's range counts in */
	char *ready;
	enum text_kind kind;
	enum text_use use;
	unsigned number; /* of the part, from 1 */
	unsigned group;  /* of texts that say the same; 0: on its own */
	bool flowed;     /* format=flowed (RFC 3676) */
	bool delsp;
};

/* Zero is empty. The first TEXT_CANDIDATES_MAX count. */
#define TEXT_CANDIDATES_MAX 50
struct text_candidates {
	struct text_candidate at[TEXT_CANDIDATES_MAX];
	size_t count;
	size_t bodies;      /* of use USE_BODY */
	GPtrArray *buffers; /* GBytes that candidates point into; NULL: none */
};

/* Takes `ready`. */
void text_add(struct text_candidates *texts, const struct text_candidate *one);
/* Keeps the bytes as long as the candidates; takes the reference. */
const uint8_t *text_keep(struct text_candidates *texts, GBytes *bytes);
void text_candidates_drop(struct text_candidates *texts);

/* The text, never NULL, at most MAIL_TEXT_MAX bytes; marks a cut or badly
 * encoded one in `mail`, adds files found in texts, lists or unlists the
 * parts whose use is not USE_BODY. */
char *text_choose(const struct text_candidates *texts, Rec__Mail *mail);

#endif
