/* SPDX-License-Identifier: MIT */
/* Private to src/mail: Windows code pages by number, as RTF and TNEF name
 * them. */
#ifndef MAIL_CODEPAGE_H
#define MAIL_CODEPAGE_H

#include "base/base.h"

#define CODEPAGE_MAX 24 /* bytes of a label, with its NUL */

/* Writes the charset of that number; leaves `out` as it is when there can be
 * none. */
void codepage_label(char out[CODEPAGE_MAX], unsigned page);

#endif
