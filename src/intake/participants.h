/* SPDX-License-Identifier: MIT */
/* Who takes part in a ticket by a mail's To and Cc (IN-4, IN-19, IN-32). */
#ifndef INTAKE_PARTICIPANTS_H
#define INTAKE_PARTICIPANTS_H

#include "intake/apply.h"

/* At most so many get mail (IN-19). */
#define PARTICIPANTS_MAX 20

/* Notes in the ticket, which the caller saves, who stood in To and Cc, and
 * makes those participants whom the decision lets. */
void participants_meet(Rec__Ticket *ticket, const struct application *a);

/* By hand: takes somebody in, or confirms a new sender; false if there are as
 * many as may be. Takes somebody out; false if he is not in. */
bool participants_include(Rec__Ticket *ticket, const char *folded);
bool participants_exclude(Rec__Ticket *ticket, const char *folded);

#endif
