/* SPDX-License-Identifier: MIT */
/*
 * What follows a verb: the parameters of MAIL and RCPT, the attributes of
 * XFORWARD, and the encodings they use. Values come from outside and are
 * checked here once. Any thread.
 */
#ifndef LMTP_ARGS_H
#define LMTP_ARGS_H

#include "base/base.h"

enum args_of { ARGS_MAIL = 1, ARGS_RCPT = 2 };

/* A plain value, zeroed at first. */
struct args {
	size_t size;   /* SIZE; SIZE_MAX if it is beyond all numbers; 0: none */
	char *orcpt;   /* decoded; NULL if absent or not decodable */
	unsigned seen; /* which rows were given */
};

enum args_verdict { ARGS_OK, ARGS_UNKNOWN, ARGS_BAD };

/* Reads " KEY=VALUE KEY …". Outputs may be half filled when it fails. */
enum args_verdict args_parse(enum args_of of, const char *text,
    struct args *out);
void args_clear(struct args *args);

/* Postfix' XFORWARD attributes for the next mail; NULL: not given. */
struct xforward {
	char *name;
	char *addr;
	char *proto;
	char *helo;
	char *ident;
};

bool xforward_parse(const char *text, struct xforward *out) MUST_CHECK;
void xforward_clear(struct xforward *xforward);
/* "NAME [ADDR]", one of them, or NULL; g_free. */
char *xforward_client(const struct xforward *xforward);

/* RFC 3461, 4: "+2B" is a plus. NULL if malformed, no UTF-8, or if it hides
 * controls; g_free. */
char *xtext_decode(const char *text);

#endif
