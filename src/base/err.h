/* SPDX-License-Identifier: MIT */
/*
 * Errors: GError with one domain of ours; its code is the kind, its message
 * one lower-case sentence without full stop. Who knows the cause writes the
 * sentence (`fail`), callers prefix what they were doing (`fail_while`), only
 * the door logs. Any thread.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/base.h"

enum err_kind {
#define E(kind, reply, http, exit, again, words) ERR_##kind,
#include "base/err.def"
#undef E
	ERR_COUNT
};

/* A row of err.def; constant, never freed. */
struct err_row {
	const char *name;  /* lower case, as in JSON problem documents */
	const char *reply; /* "451 4.3.0": code and enhanced code */
	int http_status;
	int exit_code;
	bool try_again;
	const char *words; /* a short text for the reply line */
};

GQuark err_domain(void);

/* The row of a kind. */
const struct err_row *err_row(enum err_kind kind);

/* The kind of an error; an error of another domain (GLib's) is ERR_TEMP. */
enum err_kind err_kind(const GError *error);

/* Is this error of that kind? NULL is of none. */
bool err_is(const GError *error, enum err_kind kind);

/* Use `fail` and `fail_while`; these are what they expand to. */
void err_set(GError **error, enum err_kind kind, const char *format, ...)
    PRINTF_LIKE(3, 4);
void err_prefix(GError **error, const char *format, ...) PRINTF_LIKE(2, 3);

/* return fail(error, ERR_CONFLICT, "ticket %u is closed", 17); */
#define fail(error, kind, ...) (err_set((error), (kind), __VA_ARGS__), false)
/* return fail_while(error, "closing ticket %u", 17); */
#define fail_while(error, ...) (err_prefix((error), __VA_ARGS__), false)
/* The same for functions that return enum found or a pointer. */
#define fail_found(error, kind, ...)                                           \
	(err_set((error), (kind), __VA_ARGS__), FOUND_ERROR)
#define fail_null(error, kind, ...)                                            \
	(err_set((error), (kind), __VA_ARGS__), NULL)

#endif
