/* SPDX-License-Identifier: MIT */
/*
 * Held mails decided again, oldest first: after intake.enabled was switched
 * on again (IN-12), or released by hand (IN-13, IN-16). JOB_DECIDE_HELD of
 * desk/job.h. A mail that is held once more is not looked at twice.
 */
#ifndef JOBS_DECIDE_HELD_H
#define JOBS_DECIDE_HELD_H

#include "jobs/kinds.h"

bool decide_held_piece(struct job_piece *piece, GError **error) MUST_CHECK;

#endif
