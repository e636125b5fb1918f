/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: a subject as the rows of auto_subjects.def are
 * compared with it. Any thread.
 */
#ifndef MAIL_AUTO_FOLD_H
#define MAIL_AUTO_FOLD_H

#include "base/base.h"

/* Lower case without accents; a hyphen inside a word is a blank; blanks,
 * quotes, colons and brackets of all scripts are those of ASCII; no two
 * blanks, none before a colon or at the start. `utf8` is valid; what does
 * not fit into `size` bytes is left out. Returns the length. */
size_t auto_fold(const char *utf8, char *out, size_t size);

#endif
