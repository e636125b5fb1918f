/* SPDX-License-Identifier: MIT */
/* Mere thanks; see thanks.h. */
#include "mail/thanks.h"

void
thanks_read(Rec__Mail *mail)
{
	(void)mail;
}
