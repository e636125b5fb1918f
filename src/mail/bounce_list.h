/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: the recipients that a delivery report names, each
 * once, and the addresses that stand in foreign text.
 */
#ifndef MAIL_BOUNCE_LIST_H
#define MAIL_BOUNCE_LIST_H

#include "base/base.h"
#include "model.pb-c.h"

#define BOUNCES_MAX      100
#define BOUNCE_WORDS_MAX 1000 /* bytes of a diagnostic */

/* The record of that recipient, NULL if there is none. */
Rec__Bounce *bounce_find(const Rec__Mail *mail, const char *recipient);
/* The same, made if need be; NULL when the list is full. A `recipient` of
 * NULL is nobody in particular, and always a new record. */
Rec__Bounce *bounce_add(Rec__Mail *mail, const char *recipient);

/* Whatever the report left open: action, status, hard. */
void bounce_finish(Rec__Bounce *bounce, const char *action);

/* A piece of somebody's text. */
struct span {
	const char *at;
	size_t len;
};

/* The address at the start of `text`, maybe in angle brackets or quotes;
 * *used_out is what it takes with these. False if none stands there. */
bool address_at(const char *text, struct span *out, size_t *used_out);
/* The first address anywhere in `text`. */
bool address_in(const char *text, struct span *out);

char *span_dup(const struct span *span);
bool span_is(const struct span *span, const char *text);

#endif
