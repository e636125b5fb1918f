/* SPDX-License-Identifier: MIT */
/* A mail on standard input; see input.h. */
#include "main/input.h"

#include <errno.h>
#include <unistd.h>

#define STEP ((size_t)64 * 1024)

GByteArray *
input_read(GError **error)
{
	g_autoptr(GByteArray) mail = g_byte_array_new();
	g_autofree uint8_t *step = g_malloc(STEP);

	for (;;) {
		const ssize_t n = read(STDIN_FILENO, step, STEP);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_null(error, ERR_TEMP,
			    "reading the mail: %s", g_strerror(errno));
		if (n == 0)
			break;
		if (mail->len + (size_t)n > INPUT_MAX)
			return fail_null(error, ERR_TOO_BIG,
			    "the mail is over 64 MiB");
		g_byte_array_append(mail, step, (guint)n);
	}
	if (mail->len == 0)
		return fail_null(error, ERR_USAGE,
		    "there is no mail on standard input");
	return g_steal_pointer(&mail);
}

/* A CR or LF of its own stays what it is where the mail has CRLF else: only
 * a mail with bare LF throughout is one from a file. */
static bool
is_from_file(const GByteArray *mail)
{
	for (guint i = 1; i < mail->len; i++)
		if (mail->data[i] == '\n' && mail->data[i - 1] == '\r')
			return false;
	return true;
}

GByteArray *
input_crlf(const GByteArray *mail)
{
	GByteArray *out = g_byte_array_sized_new(mail->len);
	static const uint8_t crlf[] = {'\r', '\n'};
	bool convert = is_from_file(mail);

	for (guint i = 0; i < mail->len; i++) {
		if (convert && mail->data[i] == '\n')
			g_byte_array_append(out, crlf, sizeof(crlf));
		else
			g_byte_array_append(out, mail->data + i, 1);
	}
	if (out->len < sizeof(crlf) || out->data[out->len - 1] != '\n' ||
	    out->data[out->len - 2] != '\r')
		g_byte_array_append(out, crlf, sizeof(crlf));
	return out;
}
