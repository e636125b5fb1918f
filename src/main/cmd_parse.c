/* SPDX-License-Identifier: MIT */
/*
 * `maildesk parse < MAIL`: what we read in a mail, as one JSON object. Parses
 * in this process, without sandbox: it is for a person at a shell.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "mail/parse.h"
#include "main/cmd.h"

#define INPUT_MAX  ((size_t)64 * 1024 * 1024)
#define INPUT_STEP ((size_t)64 * 1024)

static bool
read_input(GByteArray *bytes, GError **error)
{
	g_autofree uint8_t *step = g_malloc(INPUT_STEP);

	for (;;) {
		const ssize_t n = read(STDIN_FILENO, step, INPUT_STEP);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(error, ERR_TEMP, "reading the mail: %s",
			    g_strerror(errno));
		if (n == 0)
			return true;
		if (bytes->len + (size_t)n > INPUT_MAX)
			return fail(error, ERR_TOO_BIG, "mail is over 64 MiB");
		g_byte_array_append(bytes, step, (guint)n);
	}
}

static int
report(const GError *error)
{
	(void)fprintf(stderr, "maildesk parse: %s\n", error->message);
	return err_row(err_kind(error))->exit_code;
}

int
cmd_parse(int argc, char **argv)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	AUTO(mail_free) Rec__Mail *mail = NULL;
	g_autofree char *json = NULL;

	(void)argv;
	if (argc > 1) {
		(void)fprintf(stderr, "usage: maildesk parse < MAIL\n");
		return 2;
	}
	if (!read_input(bytes, &error))
		return report(error);
	mail = mail_parse(bytes->data, bytes->len);
	json = mail_to_json(mail);
	if (puts(json) == EOF || fflush(stdout) == EOF) {
		err_set(&error, ERR_TEMP, "writing: %s", g_strerror(errno));
		return report(error);
	}
	return 0;
}
