/* SPDX-License-Identifier: MIT */
/*
 * Limits and the system-call filter. Default is to kill the process. Calls
 * that look for files answer "there is none" instead: glibc's iconv and GLib
 * ask for modules and time zones of names that stand in a mail, and fall back
 * when there are none. Memory may not be made executable.
 */
#include "mail/sandbox.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <seccomp.h>

#include "base/err.h"

static const int allowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(close),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(brk),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sched_yield),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(sched_getscheduler), /* see tick() in mail/child */
    SCMP_SYS(setitimer),
};

static const int no_such_file[] = {
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
};

static const int memory[] = {SCMP_SYS(mmap), SCMP_SYS(mprotect)};

static bool
limit(int resource, rlim_t max)
{
	const struct rlimit both = {max, max};

	return setrlimit((__rlimit_resource_t)resource, &both) == 0;
}

static int
add_rules(scmp_filter_ctx filter)
{
	int bad = 0;

	for (size_t i = 0; i < COUNT(allowed); i++)
		bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; i < COUNT(no_such_file); i++)
		bad |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOENT),
		    no_such_file[i], 0);
	for (size_t i = 0; i < COUNT(memory); i++)
		bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, memory[i], 1,
		    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	return bad;
}

static bool
load_filter(GError **error)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int bad;

	if (filter == NULL)
		return fail(error, ERR_TEMP, "no memory for the call filter");
	bad = add_rules(filter);
	if (bad == 0)
		bad = seccomp_load(filter);
	seccomp_release(filter);
	if (bad != 0)
		return fail(error, ERR_TEMP, "the call filter does not load");
	return true;
}

bool
sandbox_close(GError **error)
{
	if (!limit(RLIMIT_CORE, 0) || !limit(RLIMIT_FSIZE, 0))
		return fail(error, ERR_TEMP, "setting limits: %s",
		    g_strerror(errno));
	if (!SANDBOX_ON)
		return true;
	if (!limit(RLIMIT_NOFILE, 4) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return fail(error, ERR_TEMP, "setting limits: %s",
		    g_strerror(errno));
	return load_filter(error);
}
