/* SPDX-License-Identifier: MIT */
/*
 * The main of every unit test: registers the tests with GLib's framework,
 * which prints TAP. A failed check prints its place and its row and goes on,
 * so that one run shows all wrong rows of a table. Directories that tests
 * asked for are removed at exit, by the process that made them only.
 */
#include "tests/lib/test.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/token.h"

#define TESTS_MAX 500
#define OPEN_MAX  16

static struct {
	const char *name;
	void (*fn)(void);
} tests[TESTS_MAX];
static size_t test_count;
static GPtrArray *directories;
static pid_t owner;

void
test_register(const char *name, void (*fn)(void))
{
	assert(test_count < TESTS_MAX);
	tests[test_count].name = name;
	tests[test_count].fn = fn;
	test_count++;
}

void
test_failed(const char *file, int line, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	g_test_message("%s:%d: failed: %s", file, line, text);
	g_test_fail();
}

void
test_check_int(const char *file, int line, int64_t row, int64_t got,
    int64_t want)
{
	if (got != want)
		test_failed(file, line,
		    "row %" PRId64 ": got %" PRId64 ", want %" PRId64, row, got,
		    want);
}

void
test_check_str(const char *file, int line, int64_t row, const char *got,
    const char *want)
{
	if (g_strcmp0(got, want) != 0)
		test_failed(file, line,
		    "row %" PRId64 ": got \"%s\", want \"%s\"", row,
		    got != NULL ? got : "(null)",
		    want != NULL ? want : "(null)");
}

static int
remove_one(const char *path, const struct stat *file, int type,
    struct FTW *where)
{
	(void)file;
	(void)type;
	(void)where;
	return remove(path);
}

static void
remove_directories(void)
{
	if (directories == NULL || getpid() != owner)
		return;
	for (guint i = 0; i < directories->len; i++)
		(void)nftw(directories->pdata[i], remove_one, OPEN_MAX,
		    FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	g_ptr_array_unref(directories);
}

const char *
test_directory(void)
{
	GError *error = NULL;
	char *path = g_dir_make_tmp("maildesk-test-XXXXXX", &error);

	if (path == NULL)
		g_error("%s", error->message);
	if (directories == NULL) {
		directories = g_ptr_array_new_with_free_func(g_free);
		owner = getpid();
		(void)atexit(remove_directories);
	}
	g_ptr_array_add(directories, path);
	return path;
}

/* Without it GLib ends the program at the first test that fails. */
static char keep_going[] = "-k";

int
main(int argc, char **argv)
{
	g_autofree char **args = g_new0(char *, (gsize)argc + 2);

	token_init_or_die();
	memcpy(args, argv, (size_t)argc * sizeof(*args));
	args[argc++] = keep_going;
	g_test_init(&argc, &args, NULL);
	for (size_t i = 0; i < test_count; i++) {
		g_autofree char *path = g_strconcat("/", tests[i].name, NULL);

		g_test_add_func(path, tests[i].fn);
	}
	return g_test_run();
}
