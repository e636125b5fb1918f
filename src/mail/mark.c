/* SPDX-License-Identifier: MIT */
/* Marks in text; see mark.h. */
#include "mail/mark.h"

#include <string.h>

bool
mark_is(const char *text)
{
	return (uint8_t)text[0] == 0xEF && (uint8_t)text[1] == 0xB7 &&
	    (uint8_t)text[2] >= 0x90 && (uint8_t)text[2] <= 0x93;
}

char *
mark_strip(char *text)
{
	char *from = strchr(text, 0xEF), *to = from;

	while (from != NULL && *from != '\0') {
		if (mark_is(from))
			from += MARK_LEN;
		else
			*to++ = *from++;
	}
	if (to != NULL)
		*to = '\0';
	return text;
}
