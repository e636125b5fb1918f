/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: GMime 3 and how its objects are given back. GMime's
 * own types have no autoptr; gm_unref serves all of them (and NULL):
 *
 *	AUTO(gm_unref) GMimeParser *parser = g_mime_parser_new();
 */
#ifndef MAIL_GM_H
#define MAIL_GM_H

#include <gmime/gmime.h>

#include "base/base.h"

static inline void
gm_unref(void *owner)
{
	GObject **object = owner;

	g_clear_object(object);
}

#endif
