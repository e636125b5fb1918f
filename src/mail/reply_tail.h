/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: what stands below an answer and is not its writer's:
 * "Sent from my iPhone", footers of lists and virus scanners, disclaimers;
 * and signatures. Pure; any thread.
 */
#ifndef MAIL_REPLY_TAIL_H
#define MAIL_REPLY_TAIL_H

#include "mail/reply_line.h"
#include "mail/rule.h"

/* The lines of a signature that begins at line i; 0 if it is none. */
size_t tail_signature(struct lines *lines, size_t i);

/* "Sent from my iPhone" and such. */
bool tail_is_program(const struct line *line);

/* Takes LINE_KEPT off the last kept lines as long as they are footers. */
void tail_trim(struct lines *lines);

bool tail_rules(size_t i, struct rule_table *out);

#endif
