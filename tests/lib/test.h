/* SPDX-License-Identifier: MIT */
/*
 * What unit tests use on top of GLib's test framework (TAP): tests register
 * themselves, a name is a sentence, checks of a table name their row.
 */
#ifndef TESTS_LIB_TEST_H
#define TESTS_LIB_TEST_H

#include "base/base.h"
#include "base/err.h"

void test_register(const char *name, void (*fn)(void));

#define TEST(name)                                                             \
	static void name(void);                                                \
	__attribute__((constructor)) static void register_##name(void)         \
	{                                                                      \
		test_register(#name, name);                                    \
	}                                                                      \
	static void name(void)

#define CHECK(condition)                                                       \
	do {                                                                   \
		if (!(condition))                                              \
			test_failed(__FILE__, __LINE__, "%s", #condition);     \
	} while (0)
/* An error is expected not to be set; prints it if it is. */
#define CHECK_OK(expression, error)                                            \
	do {                                                                   \
		if (!(expression))                                             \
			test_failed(__FILE__, __LINE__, "%s: %s", #expression, \
			    (error) != NULL ? (error)->message                 \
					    : "(no error)");                   \
	} while (0)
#define CHECK_EQ(row, got, want)                                               \
	test_check_int(__FILE__, __LINE__, (int64_t)(row), (int64_t)(got),     \
	    (int64_t)(want))
#define CHECK_STR(row, got, want)                                              \
	test_check_str(__FILE__, __LINE__, (int64_t)(row), (got), (want))

void test_failed(const char *file, int line, const char *format, ...)
    PRINTF_LIKE(3, 4);
void test_check_int(const char *file, int line, int64_t row, int64_t got,
    int64_t want);
void test_check_str(const char *file, int line, int64_t row, const char *got,
    const char *want);

/* A fresh directory under the system's temporary one, removed at exit. */
const char *test_directory(void);

#endif
