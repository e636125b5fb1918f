/* SPDX-License-Identifier: MIT */
/*
 * RFC 3676, 4: a line that ends in a blank goes on in the next, if that is
 * quoted as deep; the signature's line "-- " stands alone. One pass.
 */
#include "mail/flowed.h"

#include <string.h>

struct flow {
	GString *out;
	size_t depth;
	bool is_open; /* the line before goes on */
};

static bool
is_signature(const char *line, size_t len)
{
	return len == 3 && memcmp(line, "-- ", 3) == 0;
}

static void
begin_line(struct flow *f, size_t depth, bool is_empty)
{
	if (f->is_open)
		g_string_append_c(f->out, '\n');
	for (size_t i = 0; i < depth; i++)
		g_string_append_c(f->out, '>');
	if (depth > 0 && !is_empty)
		g_string_append_c(f->out, ' ');
}

static void
take_line(struct flow *f, const char *line, size_t len, bool delsp)
{
	size_t depth = 0;
	bool flows;

	while (depth < len && line[depth] == '>')
		depth++;
	line += depth;
	len -= depth;
	if (len > 0 && line[0] == ' ') { /* stuffed */
		line++;
		len--;
	}
	flows = len > 0 && line[len - 1] == ' ' && !is_signature(line, len);
	if (!f->is_open || depth != f->depth || is_signature(line, len))
		begin_line(f, depth, len == 0);
	g_string_append_len(f->out, line,
	    (gssize)(flows && delsp ? len - 1 : len));
	if (!flows)
		g_string_append_c(f->out, '\n');
	f->is_open = flows;
	f->depth = depth;
}

char *
flowed_join(const char *text, bool delsp)
{
	struct flow f = {.out = g_string_sized_new(strlen(text) + 16)};

	while (*text != '\0') {
		const size_t len = strcspn(text, "\n");

		take_line(&f, text, len, delsp);
		text += len + (text[len] == '\n');
	}
	return g_string_free(f.out, FALSE);
}
