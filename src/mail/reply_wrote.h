/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: the line that programs write above what they quote,
 * "On Monday Ann wrote:". Pure; any thread.
 */
#ifndef MAIL_REPLY_WROTE_H
#define MAIL_REPLY_WROTE_H

#include "mail/reply_line.h"

enum wrote {
	WROTE_NOT,
	WROTE_MAYBE, /* if what follows is quoted */
	WROTE_SURE,
};

/* Does an attribution begin at line i? *count_out: the lines it takes. */
enum wrote wrote_at(struct lines *lines, size_t i, size_t *count_out);

#endif
