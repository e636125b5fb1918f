/* SPDX-License-Identifier: MIT */
/* Writing replies; see reply.h. Owner: loop. */
#include "lmtp/reply.h"

#include <stdarg.h>

#define WORDS_MAX 400

void
reply(struct session *s, const char *code, const char *format, ...)
{
	const size_t start = s->out->len;
	va_list args;

	g_string_append_printf(s->out, "%s ", code);
	va_start(args, format);
	g_string_append_vprintf(s->out, format, args);
	va_end(args);
	if (s->out->len > start + WORDS_MAX)
		g_string_truncate(s->out, start + WORDS_MAX);
	for (size_t i = start; i < s->out->len; i++)
		if (!g_ascii_isprint(s->out->str[i]))
			s->out->str[i] = '?';
	g_string_append(s->out, "\r\n");
}

void
reply_bad(struct session *s, const char *code, const char *words)
{
	reply(s, code, "%s", words);
	if (++s->errors >= s->door->options.errors_max)
		session_close(s, "421 4.7.0", "too many errors");
}

void
reply_error(struct session *s, enum err_kind kind)
{
	const struct err_row *row = err_row(kind);

	reply(s, row->reply, "%s", row->words);
}

void
reply_greeting(struct session *s)
{
	g_string_append_printf(s->out, "220 %s LMTP ready\r\n",
	    s->door->options.hostname);
}

void
reply_lhlo(struct session *s)
{
	const struct lmtp_options *options = &s->door->options;

	g_string_append_printf(s->out,
	    "250-%s\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n"
	    "250-SIZE %zu\r\n",
	    options->hostname, options->message_max);
	if (s->trusted)
		g_string_append(s->out,
		    "250-XFORWARD NAME ADDR PROTO HELO IDENT\r\n");
	g_string_append(s->out, "250 ENHANCEDSTATUSCODES\r\n");
}
