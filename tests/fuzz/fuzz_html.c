/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as HTML: the first byte chooses a charset, the rest is decoded
 * and made text. That is clean; its marks stand at the start of lines (the
 * last at the end of the text), and none ends that did not begin.
 */
#include "mail/charset.h"
#include "mail/html.h"
#include "mail/parse.h"
#include "tests/fuzz/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *
charset_of(uint8_t number)
{
	const char *name = NULL;

	for (size_t i = 0; i <= number; i++) {
		name = charset_name(i);
		if (name == NULL)
			break;
	}
	return name;
}

static void
check_marks(const char *text)
{
	size_t open = 0;
	bool at_start = true;

	for (; *text != '\0'; text++) {
		if (!mark_is(text)) {
			at_start = *text == '\n';
			continue;
		}
		/* What is open at the end of the text ends there. */
		CHECK_OR_ABORT(at_start || text[MARK_LEN] == '\0');
		if (strncmp(text, MARK_END, MARK_LEN) != 0)
			open++;
		else
			CHECK_OR_ABORT(open-- > 0);
		text += MARK_LEN - 1;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *utf8 = NULL;
	g_autofree char *text = NULL;
	g_autofree char *named = NULL;
	bool bad = false, cut = false;

	mail_setup();
	if (size == 0)
		return 0;
	utf8 = charset_decode(charset_of(data[0]), (const char *)data + 1,
	    size - 1, &bad);
	check_text(utf8);
	text = html_to_text(utf8, strlen(utf8), &cut);
	check_text(text);
	check_marks(text);
	check_no_marks(mark_strip(text));
	named = html_charset((const char *)data + 1, size - 1);
	(void)charset_is_known(named != NULL ? named : "");
	return 0;
}
