/* SPDX-License-Identifier: MIT */
/*
 * Reads each hostile input of inputs.def in four sizes, each twice the one
 * before: `linear BYTES` begins at BYTES. Prints a line for each reading, in
 * order: name and size. test_linear.py runs it under a counter of
 * instructions that counts inside `measured` alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mail/html.h"
#include "mail/mark.h"
#include "mail/parse.h"
#include "mail/reply.h"

#define DOUBLINGS 4

static const struct input {
	const char *name;
	enum { READ_TEXT, READ_HTML, READ_MAIL } how;
	const char *before, *piece, *behind;
	size_t share;
} inputs[] = {
#define INPUT(name_, how_, before_, piece_, behind_, share_)                   \
	{                                                                      \
	    .name = #name_,                                                    \
	    .how = READ_##how_,                                                \
	    .before = (before_),                                               \
	    .piece = (piece_),                                                 \
	    .behind = (behind_),                                               \
	    .share = (share_),                                                 \
	},
#include "tests/linear/inputs.def"
#undef INPUT
};

/* Not static: the counter knows it by its name. */
__attribute__((noinline)) void measured(const struct input *input,
    const GString *bytes);

void
measured(const struct input *input, const GString *bytes)
{
	AUTO(mail_free) Rec__Mail *mail = NULL;
	g_autofree char *text = NULL;
	bool cut = false;

	switch (input->how) {
	case READ_TEXT:
		text = reply_of(bytes->str);
		return;
	case READ_HTML:
		text = html_to_text(bytes->str, bytes->len, &cut);
		return;
	case READ_MAIL:
		mail = mail_parse((const uint8_t *)bytes->str, bytes->len);
		text = mail_to_json(mail);
		return;
	}
}

static GString *
build(const struct input *input, size_t size)
{
	GString *out = g_string_sized_new(size + 1024);

	g_string_append(out, input->before);
	while (out->len < size / input->share)
		g_string_append(out, input->piece);
	g_string_append(out, input->behind);
	return out;
}

static void
read_input(const struct input *input, size_t size)
{
	GString *bytes = build(input, size);

	measured(input, bytes);
	printf("%s %zu\n", input->name, size);
	g_string_free(bytes, TRUE);
}

int
main(int argc, char **argv)
{
	const size_t size = argc < 2 ? 0 : strtoul(argv[1], NULL, 10);

	mail_setup();
	for (size_t i = 0; size > 0 && i < COUNT(inputs); i++)
		for (size_t n = 0; n < DOUBLINGS; n++)
			read_input(&inputs[i], size << n);
	return size > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
