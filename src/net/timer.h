/* SPDX-License-Identifier: MIT */
/* A one-shot timer of the loop, re-armed by its owner. Owner: loop. */
#ifndef NET_TIMER_H
#define NET_TIMER_H

#include "base/base.h"

struct loop;
struct timer;

struct timer *timer_new(struct loop *loop, void (*fn)(void *arg), void *arg);
void timer_free(struct timer **timer);
/* Fires once after `ms`; arming again moves it. */
void timer_arm(struct timer *timer, unsigned ms);
void timer_disarm(struct timer *timer);

#endif
