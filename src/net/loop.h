/* SPDX-License-Identifier: MIT */
/*
 * The loop: libevent's base, walled in. One thread runs it; callbacks of
 * listeners, connections, timers and posts are called there. Nothing on it
 * may block.
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include "base/base.h"
#include "base/call.h"

struct loop;

/* NULL with ERR_TEMP if the kernel gives no descriptors. */
struct loop *loop_new(GError **error) MUST_CHECK;
void loop_free(struct loop **loop);
/* Runs until loop_stop. The calling thread becomes THREAD_LOOP. */
void loop_run(struct loop *loop);
/* Any thread: loop_run returns after the callback that runs now. */
void loop_stop(struct loop *loop);

/* Any thread: `call->run(call)` on the loop, in order of posting. The call
 * stays the caller's memory and must live until it ran. Many posts between
 * two turns cost one wake-up. */
void loop_post(struct loop *loop, struct loop_call *call);

/* Signals come as callbacks on the loop. */
void loop_on_signal(struct loop *loop, int signal_number, void (*fn)(void *arg),
    void *arg);

#endif
