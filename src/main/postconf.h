/* SPDX-License-Identifier: MIT */
/* Asks Postfix for one of its settings. Main thread. */
#ifndef MAIN_POSTCONF_H
#define MAIN_POSTCONF_H

#include "base/base.h"

/* NULL: there is no Postfix, or it does not know the setting; g_free. */
char *postconf_get(const char *name);

#endif
