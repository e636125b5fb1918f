/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: what the attributes of an element say about it: is it
 * hidden, is it loose or tight, and does a mail program mark a quoted mail, a
 * signature or a forwarded mail with it? Pure; any thread.
 */
#ifndef MAIL_HTML_LOOK_H
#define MAIL_HTML_LOOK_H

#include "base/base.h"
#include "mail/rule.h"

enum look {
	LOOK_HIDDEN = 1 << 0,
	LOOK_ZERO = 1 << 1,   /* letters of size 0, unless an inner one has */
	LOOK_SIZED = 1 << 2,  /* letters of some size */
	LOOK_TIGHT = 1 << 3,  /* a paragraph without margin */
	LOOK_PRE = 1 << 4,    /* white space counts */
	LOOK_FLOW = 1 << 5,   /* white space does not count */
	LOOK_INDENT = 1 << 6, /* a blockquote that only indents */
	/* What it holds: */
	LOOK_HISTORY = 1 << 7, /* another mail, or what leads to one */
	LOOK_SIGNATURE = 1 << 8,
	LOOK_FORWARD = 1 << 9,
	LOOK_REST = 1 << 10, /* another mail begins and ends with the text */
};

/* An attribute's value; NULL if absent. Name, value, name, ..., NULL. */
const char *look_attribute(const char *const *attributes, const char *name);
/* Bits of enum look. */
unsigned look_of(const char *const *attributes);

bool look_rules(size_t i, struct rule_table *out);

#endif
