/* SPDX-License-Identifier: MIT */
/* Forwarded mails; see forward.h. */
#include "mail/forward.h"

void
forward_read(Rec__Mail *mail, const char *marked, const uint8_t *raw,
    size_t len)
{
	(void)mail;
	(void)marked;
	(void)raw;
	(void)len;
}
