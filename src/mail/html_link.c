/* SPDX-License-Identifier: MIT */
/*
 * Targets of links as text; see html_link.h. Only what a reader could follow
 * is named: no scripts, no pictures inside the mail.
 */
#include "mail/html_link.h"

#include <string.h>

const char *
link_target(const char *href, size_t *len_out)
{
	static const struct {
		const char *scheme;
		size_t skip;
		const char *end; /* what follows these is no address */
	} row[] = {
	    {"mailto:",  7, "? "},
	    {"tel:",     4, "; "},
	    {"http://",  0, " " },
	    {"https://", 0, " " },
	    {"ftp://",   0, " " },
	};

	while (g_ascii_isspace(*href))
		href++;
	for (size_t i = 0; i < COUNT(row); i++) {
		if (g_ascii_strncasecmp(href, row[i].scheme,
			strlen(row[i].scheme)) != 0)
			continue;
		href += row[i].skip;
		*len_out = strcspn(href, row[i].end);
		return *len_out > 0 ? href : NULL;
	}
	return NULL;
}

bool
link_is_said(const char *shown, const char *target, size_t len)
{
	const char *slashes = memmem(target, len, "://", 3);
	const size_t text_len = strlen(shown);

	if (slashes != NULL) {
		len -= (size_t)(slashes + 3 - target);
		target = slashes + 3;
	}
	if (len > 4 && memcmp(target, "www.", 4) == 0) {
		target += 4;
		len -= 4;
	}
	while (len > 0 && target[len - 1] == '/')
		len--;
	return text_len <= 2 * LINK_MAX &&
	    memmem(shown, text_len, target, len) != NULL;
}
