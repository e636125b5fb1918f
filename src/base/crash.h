/* SPDX-License-Identifier: MIT */
/*
 * Named crash points. In builds with test hooks MAILDESK_CRASH=name[:N] kills
 * the process with SIGKILL at the Nth time it passes there (default: first);
 * in what is installed they are nothing. The names are rows of crash.def: one
 * that is not does not compile. Any thread.
 *
 *	CRASH_POINT(writer_before_commit);
 */
#ifndef BASE_CRASH_H
#define BASE_CRASH_H

#include "base/base.h"

enum crash_point {
#define C(name, during, words) CRASH_##name,
#include "base/crash.def"
#undef C
	CRASH_POINT_COUNT
};

#ifdef MAILDESK_TEST_HOOKS
void crash_point(enum crash_point point);
#define CRASH_POINT(name) crash_point(CRASH_##name)
#else
#define CRASH_POINT(name) ((void)CRASH_##name)
#endif

#endif
