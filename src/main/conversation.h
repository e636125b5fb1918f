/* SPDX-License-Identifier: MIT */
/*
 * A ticket as a conversation that one likes to read: who it is about, then
 * entry by entry who said what and when, quoted history folded. Main thread.
 */
#ifndef MAIN_CONVERSATION_H
#define MAIN_CONVERSATION_H

#include <jansson.h>

#include "base/base.h"

void conversation_ticket(const json_t *ticket);
/* One entry or held mail, with why it is where it is. */
void conversation_mail(const json_t *mail);

#endif
