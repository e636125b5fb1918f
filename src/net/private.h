/* SPDX-License-Identifier: MIT */
/*
 * What the files of net/ share and nobody else sees: libevent's base behind
 * a loop. Owner: loop.
 */
#ifndef NET_PRIVATE_H
#define NET_PRIVATE_H

#include <sys/time.h>

#include "base/base.h"

struct event_base;
struct loop;

struct event_base *loop_base(const struct loop *loop);
/* Milliseconds as libevent wants them. */
struct timeval loop_timeval(unsigned ms);

#endif
