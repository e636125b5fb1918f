/* SPDX-License-Identifier: MIT */
/*
 * Private to mail/addr: one mailbox after another out of the text of an
 * address field. Pure, linear; any thread.
 */
#ifndef MAIL_MAILBOX_H
#define MAIL_MAILBOX_H

#include "base/base.h"

enum mailbox_end {
	MAILBOX_NOTHING, /* the text is over, and nothing was there */
	MAILBOX_COMMA,
	MAILBOX_SEMICOLON,
	MAILBOX_LAST,
};

/* What stood between two separators, as raw bytes. The strings are the
 * scanner's: kept until the next mailbox is read. */
struct mailbox {
	enum mailbox_end end;
	GString *name;  /* phrase, quotes resolved, comments left out */
	GString *spec;  /* the same with its quotes: an address may be in it */
	GString *angle; /* between angle brackets */
	GString *comment; /* the last one */
	bool has_sign;    /* an "@" outside of quotes and brackets */
	bool has_angle;
	size_t name_end; /* of the name before the brackets; 0: none there */
	bool was_quoted; /* all of the name stood in quotes */
};

struct mailbox_scan {
	const char *at;
	const char *end;
	const char *last_semicolon; /* NULL: none */
	const char *after_angle; /* behind the brackets that count, or NULL */
	bool in_group;
	bool flat_comments;  /* one did not end: they do not nest here */
	bool no_comments;    /* nor does one end at all */
	bool no_more_quotes; /* one did not end */
	struct mailbox box;
};

void mailbox_scan_init(struct mailbox_scan *scan, const char *text, size_t len);
void mailbox_scan_drop(struct mailbox_scan *scan);

/* Reads up to the next separator; false at the end of the text. */
bool mailbox_next(struct mailbox_scan *scan);

/* Where an address stands in a text. */
struct mailbox_place {
	size_t from, to;
};

/* The first address in `text`, alone or among words, trimmed. NULL if there
 * is none. g_free the result. */
char *mailbox_find_address(const char *text, size_t len,
    struct mailbox_place *out);

/* An address without what was put around it: blanks, quotes, a route,
 * "mailto:" and the like, dots at its end. g_free the result. */
char *mailbox_trim(const char *text, size_t len);

#endif
