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

/* The bytes of line i before an attribution that begins inside of it and has
 * all that one can have: "Thanks! On Fri, 5 Jan …"; 0: there is none. */
size_t wrote_behind(struct lines *lines, size_t i);

#endif
