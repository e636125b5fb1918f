/* SPDX-License-Identifier: MIT */
/* Which server's word about the sender counts (IN-21, R35). Pure. */
#ifndef INTAKE_TRUST_H
#define INTAKE_TRUST_H

#include "intake/decide.h"

/* Sets `authentication` and notes why. */
void trust_judge(const Rec__Facts *facts, const struct snapshot *snapshot,
    struct decision *out);

#endif
