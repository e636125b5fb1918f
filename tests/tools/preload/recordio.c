/* SPDX-License-Identifier: MIT */
/*
 * A preload library that records what is done to one file: each write with
 * its bytes and each sync, with the times of begin and end, so that a test
 * can build the file as a power cut would have left it.
 *
 * RECORD_FILE: end of the file's path. RECORD_LOG: where to append. A record
 * is a struct entry and, for writes, its bytes; all numbers little-endian.
 * A descriptor opened with O_DSYNC or O_SYNC syncs what is written to it.
 * Works with any program that does not map the file writable.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define FD_MAX  65536
#define MAGIC   0x4f494345u
#define VISIBLE __attribute__((visibility("default")))

enum op { OP_WRITE = 1, OP_TRUNCATE = 2, OP_SYNC = 3 };

struct entry {
	uint32_t magic;
	uint8_t op;
	uint8_t is_synced; /* a write that is on disk when it returns */
	uint16_t unused;
	uint64_t offset; /* or the new length */
	uint64_t len;
	int64_t begun_ns; /* CLOCK_MONOTONIC */
	int64_t ended_ns;
};

/* 0: not ours, 1: ours, 2: ours and each write is synced */
static uint8_t kind[FD_MAX];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;

#define NEXT(name) ((__typeof__(&name))(uintptr_t)dlsym(RTLD_NEXT, #name))

static int64_t
now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static bool
is_ours(int fd)
{
	return fd >= 0 && fd < FD_MAX && kind[fd] != 0;
}

static void
put(const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t n = NEXT(write)(log_fd, at, len);

		if (n <= 0)
			abort(); /* a log with holes would prove nothing */
		at += n;
		len -= (size_t)n;
	}
}

static void
record(struct entry *entry, const struct iovec *iov, int count)
{
	uint64_t left = entry->len;

	entry->magic = MAGIC;
	entry->ended_ns = now_ns();
	(void)pthread_mutex_lock(&lock);
	if (log_fd < 0)
		log_fd = NEXT(open)(getenv("RECORD_LOG"),
		    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	put(entry, sizeof(*entry));
	for (int i = 0; i < count && left > 0; i++) {
		size_t n = iov[i].iov_len < left ? iov[i].iov_len : left;

		put(iov[i].iov_base, n);
		left -= n;
	}
	(void)pthread_mutex_unlock(&lock);
}

/* What a write was asked to do. */
struct attempt {
	int fd;
	off_t offset;
	const struct iovec *iov;
	int count;
	int64_t begun;
};

static ssize_t
record_write(const struct attempt *a, ssize_t done)
{
	struct entry entry = {.op = OP_WRITE,
	    .is_synced = kind[a->fd] == 2,
	    .offset = (uint64_t)a->offset,
	    .len = (uint64_t)done,
	    .begun_ns = a->begun};
	int saved = errno;

	if (done > 0)
		record(&entry, a->iov, a->count);
	errno = saved;
	return done;
}

static void
note_open(int fd, const char *path, int flags)
{
	const char *end = getenv("RECORD_FILE");
	size_t len = strlen(path);
	size_t end_len = end != NULL ? strlen(end) : 0;

	if (fd < 0 || fd >= FD_MAX)
		return;
	kind[fd] = 0;
	if (end_len == 0 || getenv("RECORD_LOG") == NULL || len < end_len ||
	    strcmp(path + len - end_len, end) != 0)
		return;
	if ((flags & O_ACCMODE) != O_RDONLY)
		kind[fd] = (flags & O_DSYNC) != 0 ? 2 : 1;
}

/* Parameters are named as in the C library's headers. */
#define OPEN(name)                                                             \
	VISIBLE int name(const char *file, int oflag, ...)                     \
	{                                                                      \
		va_list args;                                                  \
		mode_t mode;                                                   \
		int fd;                                                        \
                                                                               \
		va_start(args, oflag);                                         \
		mode = (oflag & (O_CREAT | O_TMPFILE)) != 0                    \
		    ? (mode_t)va_arg(args, unsigned)                           \
		    : 0;                                                       \
		va_end(args);                                                  \
		fd = NEXT(name)(file, oflag, mode);                            \
		note_open(fd, file, oflag);                                    \
		return fd;                                                     \
	}

OPEN(open)
OPEN(open64)

VISIBLE int
close(int fd)
{
	if (fd >= 0 && fd < FD_MAX)
		kind[fd] = 0;
	return NEXT(close)(fd);
}

/* Where the next write without an offset goes. */
static off_t
place(int fd)
{
	return lseek(fd, 0, SEEK_CUR);
}

#define RECORDED(fd, at, iov, count, call)                                     \
	({                                                                     \
		struct attempt attempt_ = {fd, at, iov, count, now_ns()};      \
                                                                               \
		record_write(&attempt_, call);                                 \
	})

#define PWRITE(name)                                                           \
	VISIBLE ssize_t name(int fd, const void *buf, size_t n, off_t offset)  \
	{                                                                      \
		struct iovec iov = {(void *)(uintptr_t)buf, n};                \
                                                                               \
		if (!is_ours(fd))                                              \
			return NEXT(name)(fd, buf, n, offset);                 \
		return RECORDED(fd, offset, &iov, 1,                           \
		    NEXT(name)(fd, buf, n, offset));                           \
	}

PWRITE(pwrite)
PWRITE(pwrite64)

VISIBLE ssize_t
pwritev(int fd, const struct iovec *iovec, int count, off_t offset)
{
	if (!is_ours(fd))
		return NEXT(pwritev)(fd, iovec, count, offset);
	return RECORDED(fd, offset, iovec, count,
	    NEXT(pwritev)(fd, iovec, count, offset));
}

VISIBLE ssize_t
writev(int fd, const struct iovec *iovec, int count)
{
	if (!is_ours(fd))
		return NEXT(writev)(fd, iovec, count);
	return RECORDED(fd, place(fd), iovec, count,
	    NEXT(writev)(fd, iovec, count));
}

VISIBLE ssize_t
write(int fd, const void *buf, size_t n)
{
	struct iovec iov = {(void *)(uintptr_t)buf, n};

	if (!is_ours(fd))
		return NEXT(write)(fd, buf, n);
	return RECORDED(fd, place(fd), &iov, 1, NEXT(write)(fd, buf, n));
}

#define TRUNCATE(name)                                                         \
	VISIBLE int name(int fd, off_t length)                                 \
	{                                                                      \
		struct entry entry = {.op = OP_TRUNCATE,                       \
		    .offset = (uint64_t)length,                                \
		    .begun_ns = now_ns()};                                     \
		int rc = NEXT(name)(fd, length);                               \
                                                                               \
		if (rc == 0 && is_ours(fd))                                    \
			record(&entry, NULL, 0);                               \
		return rc;                                                     \
	}

TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

#define SYNC(name, fd)                                                         \
	VISIBLE int name(int fd)                                               \
	{                                                                      \
		struct entry entry = {.op = OP_SYNC, .begun_ns = now_ns()};    \
		int rc = NEXT(name)(fd);                                       \
                                                                               \
		if (rc == 0 && is_ours(fd))                                    \
			record(&entry, NULL, 0);                               \
		return rc;                                                     \
	}

SYNC(fsync, fd)
SYNC(fdatasync, fildes)
