/* SPDX-License-Identifier: MIT */
/* Private to src/mail: text/plain; format=flowed (RFC 3676). */
#ifndef MAIL_FLOWED_H
#define MAIL_FLOWED_H

#include "base/base.h"

/* Lines of a paragraph become one line, quotes keep their depth. `delsp`: the
 * blank at the end of a line is no part of the text. g_free the result. */
char *flowed_join(const char *text, bool delsp);

#endif
