/* SPDX-License-Identifier: MIT */
/*
 * A slow disk, for LD_PRELOAD: each fsync, fdatasync and synchronous msync
 * takes SLOWSYNC_US microseconds more. So does a pwrite to a descriptor that
 * was opened O_DSYNC: LMDB writes its meta page that way, without a call to
 * sync. Any thread.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define REAL(result, name, ...)                                                \
	static result (*real)(__VA_ARGS__);                                    \
	if (real == NULL)                                                      \
	*(void **)&real = dlsym(RTLD_NEXT, #name)

#define US_PER_S  1000000
#define NS_PER_US 1000

static long
delay_us(void)
{
	static long us = -1;

	if (us < 0) {
		const char *text = getenv("SLOWSYNC_US");

		us = text != NULL ? strtol(text, NULL, 10) : 0;
	}
	return us;
}

static void
delay(void)
{
	long us = delay_us();
	struct timespec t = {us / US_PER_S, us % US_PER_S * NS_PER_US};

	if (us > 0)
		(void)nanosleep(&t, NULL);
}

static bool
is_synchronous(int fd)
{
	int flags = delay_us() > 0 ? fcntl(fd, F_GETFL) : 0;

	return flags > 0 && (flags & O_DSYNC) != 0;
}

int
fsync(int fd)
{
	REAL(int, fsync, int);
	delay();
	return real(fd);
}

int
fdatasync(int fildes)
{
	REAL(int, fdatasync, int);
	delay();
	return real(fildes);
}

int
msync(void *addr, size_t len, int flags)
{
	REAL(int, msync, void *, size_t, int);
	if (flags & MS_SYNC)
		delay();
	return real(addr, len, flags);
}

ssize_t
pwrite(int fd, const void *buf, size_t n, off_t offset)
{
	REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
	if (is_synchronous(fd))
		delay();
	return real(fd, buf, n, offset);
}

ssize_t
pwrite64(int fd, const void *buf, size_t n, off64_t offset)
{
	REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
	if (is_synchronous(fd))
		delay();
	return real(fd, buf, n, offset);
}
