/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: tables of rules whose rows a test can take away, one
 * by one, to see that some mail of tests/mail needs each. Users' builds have
 * no such switch.
 */
#ifndef MAIL_RULE_H
#define MAIL_RULE_H

#include "base/base.h"

/* A table as a test sees it. A file with rules gives its tables by a function
 * `NOUN_rules`, named in rule.c. */
struct rule_table {
	const char *name; /* also the folder of tests/mail that shows them */
	const void *rows;
	size_t size; /* bytes of a row */
	size_t count;
};

#define RULE_TABLE(name_, array_)                                              \
	{                                                                      \
		.name = (name_), .rows = (array_),                             \
		.size = sizeof((array_)[0]), .count = COUNT(array_),           \
	}

/* Every loop over such a table asks for each row: `if (!RULE_ON(row))`. */
#ifdef MAILDESK_TEST_HOOKS
#define RULE_ON(row)    rule_is_on(row)
#define RULES_REMOVABLE true
#else
#define RULE_ON(row)    ((void)(row), true)
#define RULES_REMOVABLE false
#endif

/* True but for the row of rule_take_away. */
bool rule_is_on(const void *row);
/* NULL: all rows count again. For tests; one thread. */
void rule_take_away(const void *row);

/* The tables, one after another: the i-th, false behind the last. */
bool rule_table(size_t i, struct rule_table *out);

#endif
