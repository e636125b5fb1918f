/* SPDX-License-Identifier: MIT */
/*
 * A preload library that makes calls of the C library fail. One process, one
 * kind of call: FAIL_CALL names it (a word of the list below), the FAIL_NTH
 * (1) of them fails, and FAIL_TIMES (1, 0: all) from there on, with FAIL_ERRNO
 * (a number, default EIO). FAIL_PATH: only on files whose path holds this
 * text. FAIL_ARG: only in a process whose first argument is this, `serve` for
 * the daemon without its children. FAIL_FILE: failures begin when this file
 * exists. Each failure appends a line to FAIL_LOG.
 *
 *	open read pread write writev pwrite fdatasync fsync socket malloc
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define VISIBLE __attribute__((visibility("default")))
#define ROOM    4096

/* dlsym allocates; glibc's own allocator is reached without it. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static struct {
	bool is_on;
	const char *call;
	const char *path;
	const char *file;
	const char *log;
	long nth;
	long times;
	int error;
} plan;

static atomic_long calls;

#define NEXT(name) ((__typeof__(&name))(uintptr_t)dlsym(RTLD_NEXT, #name))

static long
number(const char *name, long otherwise)
{
	const char *text = getenv(name);

	return text != NULL ? strtol(text, NULL, 10) : otherwise;
}

/* /proc holds the arguments with NULs between. */
static bool
has_first_argument(const char *want)
{
	char room[ROOM];
	int fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/cmdline",
	    O_RDONLY | O_CLOEXEC);
	long n = syscall(SYS_read, fd, room, sizeof(room) - 1);
	const char *first;

	(void)syscall(SYS_close, fd);
	if (n <= 0)
		return false;
	room[n] = '\0';
	first = room + strlen(room) + 1;
	return first < room + n && strcmp(first, want) == 0;
}

__attribute__((constructor)) static void
plan_read(void)
{
	const char *first = getenv("FAIL_ARG");

	plan.call = getenv("FAIL_CALL");
	plan.path = getenv("FAIL_PATH");
	plan.file = getenv("FAIL_FILE");
	plan.log = getenv("FAIL_LOG");
	plan.nth = number("FAIL_NTH", 1);
	plan.times = number("FAIL_TIMES", 1);
	plan.error = (int)number("FAIL_ERRNO", EIO);
	plan.is_on = plan.call != NULL &&
	    (first == NULL || has_first_argument(first));
}

static void
tell(const char *call)
{
	char line[200];
	int len = snprintf(line, sizeof(line), "%d %s\n", (int)getpid(), call);
	long fd = plan.log == NULL
	    ? -1
	    : syscall(SYS_openat, AT_FDCWD, plan.log,
		  O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (fd < 0)
		return;
	(void)syscall(SYS_write, fd, line, (size_t)len);
	(void)syscall(SYS_close, fd);
}

/* Event descriptors are left out: the kernel has no way to fail on them. */
static bool
is_on_path(int fd)
{
	char name[64];
	char path[ROOM];
	long n;

	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	n = syscall(SYS_readlinkat, AT_FDCWD, name, path, sizeof(path) - 1);
	if (n <= 0)
		return plan.path == NULL;
	path[n] = '\0';
	if (plan.path == NULL)
		return strncmp(path, "anon_inode:", strlen("anon_inode:")) != 0;
	return strstr(path, plan.path) != NULL;
}

/* Is it this call's turn to fail? Sets errno then. */
static bool
fails(const char *call)
{
	long n;

	if (plan.file != NULL &&
	    syscall(SYS_faccessat, AT_FDCWD, plan.file, F_OK) != 0)
		return false;
	n = atomic_fetch_add(&calls, 1) + 1;
	if (n < plan.nth || (plan.times > 0 && n >= plan.nth + plan.times))
		return false;
	tell(call);
	errno = plan.error;
	return true;
}

#define IS_PLANNED(name)   (plan.is_on && strcmp(plan.call, name) == 0)
#define FAILS_ON(name, fd) (IS_PLANNED(name) && is_on_path(fd) && fails(name))

#define OPEN(name)                                                             \
	VISIBLE int name(const char *file, int oflag, ...)                     \
	{                                                                      \
		va_list args;                                                  \
		mode_t mode;                                                   \
                                                                               \
		va_start(args, oflag);                                         \
		mode = (oflag & (O_CREAT | O_TMPFILE)) != 0                    \
		    ? (mode_t)va_arg(args, unsigned)                           \
		    : 0;                                                       \
		va_end(args);                                                  \
		if (IS_PLANNED("open") &&                                      \
		    (plan.path == NULL || strstr(file, plan.path) != NULL) &&  \
		    fails("open"))                                             \
			return -1;                                             \
		return NEXT(name)(file, oflag, mode);                          \
	}

OPEN(open)
OPEN(open64)

#define FIRST(first, ...) first
#define CALL(type, name, word, parameters, arguments)                          \
	VISIBLE type name parameters                                           \
	{                                                                      \
		if (FAILS_ON(word, FIRST arguments))                           \
			return -1;                                             \
		return NEXT(name) arguments;                                   \
	}

/* Parameters are named as in the C library's headers. */
CALL(ssize_t, read, "read", (int fd, void *buf, size_t nbytes),
    (fd, buf, nbytes))
CALL(ssize_t, pread, "pread", (int fd, void *buf, size_t nbytes, off_t offset),
    (fd, buf, nbytes, offset))
CALL(ssize_t, pread64, "pread",
    (int fd, void *buf, size_t nbytes, off64_t offset),
    (fd, buf, nbytes, offset))
CALL(ssize_t, write, "write", (int fd, const void *buf, size_t n), (fd, buf, n))
CALL(ssize_t, writev, "writev", (int fd, const struct iovec *iovec, int count),
    (fd, iovec, count))
CALL(ssize_t, pwrite, "pwrite",
    (int fd, const void *buf, size_t n, off_t offset), (fd, buf, n, offset))
CALL(ssize_t, pwrite64, "pwrite",
    (int fd, const void *buf, size_t n, off64_t offset), (fd, buf, n, offset))
CALL(ssize_t, pwritev, "pwrite",
    (int fd, const struct iovec *iovec, int count, off_t offset),
    (fd, iovec, count, offset))
CALL(int, fdatasync, "fdatasync", (int fildes), (fildes))
CALL(int, fsync, "fsync", (int fd), (fd))

VISIBLE int
socket(int domain, int type, int protocol)
{
	if (IS_PLANNED("socket") && fails("socket"))
		return -1;
	return NEXT(socket)(domain, type, protocol);
}

#define IS_MALLOC_FAILING() (IS_PLANNED("malloc") && fails("malloc"))

VISIBLE void *
malloc(size_t size)
{
	return IS_MALLOC_FAILING() ? NULL : __libc_malloc(size);
}

VISIBLE void *
calloc(size_t nmemb, size_t size)
{
	return IS_MALLOC_FAILING() ? NULL : __libc_calloc(nmemb, size);
}

VISIBLE void *
realloc(void *ptr, size_t size)
{
	return IS_MALLOC_FAILING() ? NULL : __libc_realloc(ptr, size);
}
