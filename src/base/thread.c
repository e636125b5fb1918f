/* SPDX-License-Identifier: MIT */
/*
 * What the calling thread is: a thread-local role for ON_THREAD and a name
 * for the kernel. The process's first thread keeps its kernel name, which is
 * what ps and pgrep show as the program's. And how it gives way to others.
 */
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/base.h"

#define KERNEL_NAME_MAX 16
#define LONG_NICE       10

static _Thread_local enum thread_role own_role = THREAD_ANY;

void
thread_enter(enum thread_role role, const char *name)
{
	char shown[KERNEL_NAME_MAX];

	own_role = role;
	if (name == NULL || gettid() == getpid())
		return;
	g_strlcpy(shown, name, sizeof(shown));
	(void)pthread_setname_np(pthread_self(), shown); /* cosmetic */
}

/* Of a thread, on Linux; more would starve one that holds a lock. */
void
thread_is_long(void)
{
	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), LONG_NICE);
}

void
thread_give_way(void)
{
	(void)sched_yield();
}

enum thread_role
thread_role(void)
{
	return own_role;
}
