/* SPDX-License-Identifier: MIT */
/*
 * The mails of the load generator: mail N is a function of N and the options,
 * made of a template or of the files of a directory. Not thread-safe.
 */
#ifndef LMTP_LOAD_MAILS_H
#define LMTP_LOAD_MAILS_H

#include <stdint.h>

#include <glib.h>

struct mail_options {
	char *directory; /* NULL: the template */
	char *to;        /* recipient; % becomes a number below `boxes` */
	char *tag;       /* part of Message-IDs */
	int boxes;
	int senders;
	int size;       /* of the template */
	gboolean noise; /* the template's text does not compress */
};

struct mails;

/* NULL: there are no mails in the directory. Keeps `options`. */
struct mails *mails_new(const struct mail_options *options);
/* TAG.NUMBER@load.example; g_free. */
char *mails_id(const struct mails *mails, int64_t number);
/* The i-th recipient of mail `number`; g_free. */
char *mails_recipient(const struct mails *mails, int64_t number, int i);
/* Appends the mail as it goes over the wire, with the final dot. */
void mails_put(const struct mails *mails, int64_t number, GString *out);

#endif
