/* SPDX-License-Identifier: MIT */
/*
 * The parent's side of a mail process. The wall clock is kept here by poll
 * with a deadline; the CPU limit is raised from here before each mail, for
 * RLIMIT_CPU counts over the process's life. Sending and receiving are
 * interleaved, so that a large mail and a large answer cannot wait for each
 * other. owner: the thread that made it
 */
#include "mail/process.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clk.h"
#include "base/err.h"
#include "base/log.h"
#include "base/metric.h"
#include "mail/parse.h"
#include "mail/prescan.h"
#include "mail/sandbox.h"
#include "mail/wire.h"
#include "model/alloc.h"
#include "model/sound.h"

#define MAILS_MAX      10000
#define GROWTH_MAX     ((size_t)64 * 1024 * 1024)
#define GROWTH_EACH    100 /* mails between two looks at its size */
#define START_MS       10000
#define END_MS         1000
#define DEFAULT_MEMORY ((size_t)256 * 1024 * 1024)

struct mail_process {
	struct mail_process_options options;
	pid_t pid; /* 0: no child */
	int fd;
	unsigned mails;
	size_t size_at_start;
};

/* What one exchange moves: out what is left to send, in what came. */
struct exchange {
	uint64_t len;
	struct iovec out[2];
	uint64_t reply_len;
	size_t have; /* bytes of length and reply that came */
	uint8_t *reply;
	int64_t deadline_us;
};

enum outcome { OUT_DONE, OUT_DIED, OUT_LATE };

struct mail_process *
mail_process_new(const struct mail_process_options *o)
{
	struct mail_process *p = g_new0(struct mail_process, 1);

	p->options = *o;
	p->fd = -1;
	if (p->options.wall_ms == 0)
		p->options.wall_ms = 10000;
	if (p->options.cpu_s == 0)
		p->options.cpu_s = 5;
	if (p->options.memory_max == 0)
		p->options.memory_max = DEFAULT_MEMORY;
	if (p->options.program == NULL)
		p->options.program = "/proc/self/exe";
	return p;
}

static bool
wait_readable(int fd, short events, int64_t deadline_us)
{
	struct pollfd watch = {.fd = fd, .events = events};

	for (;;) {
		const int64_t left = deadline_us - clk_monotonic_us();
		const int n = left <= 0
		    ? 0
		    : poll(&watch, 1, (int)MIN(left / 1000 + 1, 600000));

		if (n > 0)
			return true;
		if (n == 0 || errno != EINTR)
			return false;
	}
}

/* Ends the child at once and reaps it. */
static void
process_kill(struct mail_process *p)
{
	if (p->pid == 0)
		return;
	(void)kill(p->pid, SIGKILL);
	while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	(void)close(p->fd);
	p->fd = -1;
	p->pid = 0;
}

/* Lets the child end by itself: it sees the end of the socket and closes its
 * own side, which we wait for. */
static void
process_retire(struct mail_process *p)
{
	char byte;

	if (p->pid == 0)
		return;
	(void)shutdown(p->fd, SHUT_WR);
	if (wait_readable(p->fd, POLLIN,
		clk_monotonic_us() + END_MS * INT64_C(1000)))
		(void)!recv(p->fd, &byte, 1, MSG_DONTWAIT);
	process_kill(p);
}

void
mail_process_free(struct mail_process **process)
{
	if (*process == NULL)
		return;
	process_retire(*process);
	g_clear_pointer(process, g_free);
}

static int
spawn(struct mail_process *p, int fd)
{
	char *argv[] = {(char[]){"maildesk"}, (char[]){"mail-process"}, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int bad;

	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	bad = posix_spawn_file_actions_init(&actions);
	if (bad != 0)
		return bad;
	bad = posix_spawnattr_init(&attributes);
	if (bad != 0) {
		(void)posix_spawn_file_actions_destroy(&actions);
		return bad;
	}
	(void)posix_spawnattr_setsigmask(&attributes, &none);
	(void)posix_spawnattr_setsigdefault(&attributes, &all);
	/* A group of its own: a Ctrl-C at our terminal is not for it. */
	(void)posix_spawnattr_setpgroup(&attributes, 0);
	(void)posix_spawnattr_setflags(&attributes,
	    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
		POSIX_SPAWN_SETPGROUP);
	bad = posix_spawn_file_actions_adddup2(&actions, fd, WIRE_FD);
	if (bad == 0)
		bad = posix_spawn_file_actions_addclosefrom_np(&actions,
		    WIRE_FD + 1);
	if (bad == 0)
		bad = posix_spawn(&p->pid, p->options.program, &actions,
		    &attributes, argv, environ);
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&actions);
	return bad;
}

static size_t
resident_size(pid_t pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/statm", (int)pid);
	g_autofree char *text = NULL;
	const char *resident; /* the second number, in pages */

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return 0;
	resident = strchr(text, ' ');
	if (resident == NULL)
		return 0;
	return (size_t)g_ascii_strtoull(resident, NULL, 10) *
	    (size_t)sysconf(_SC_PAGESIZE);
}

/* The child's greeting; one that never greets could not be started. */
static bool
await_ready(struct mail_process *p)
{
	uint64_t word = 0;

	return wait_readable(p->fd, POLLIN,
		   clk_monotonic_us() + START_MS * INT64_C(1000)) &&
	    recv(p->fd, &word, sizeof(word), MSG_WAITALL) == sizeof(word) &&
	    word == WIRE_READY;
}

static bool
process_start(struct mail_process *p, bool background, GError **error)
{
	const struct rlimit memory = {p->options.memory_max,
	    p->options.memory_max};
	const struct sched_param none = {0};
	int pair[2], bad;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return fail(error, ERR_TEMP, "starting a mail process: %s",
		    g_strerror(errno));
	bad = spawn(p, pair[1]);
	(void)close(pair[1]);
	if (bad != 0) {
		(void)close(pair[0]);
		p->pid = 0;
		return fail(error, ERR_TEMP, "starting a mail process: %s",
		    g_strerror(bad));
	}
	p->fd = pair[0];
	p->mails = 0;
	if (SANDBOX_ON)
		(void)prlimit(p->pid, RLIMIT_AS, &memory, NULL);
	if (!await_ready(p)) {
		process_kill(p);
		return fail(error, ERR_TEMP, "a mail process did not start");
	}
	if (background)
		(void)sched_setscheduler(p->pid, SCHED_IDLE, &none);
	p->size_at_start = resident_size(p->pid);
	return true;
}

/* cpu_s from now on, whatever it used before. */
static void
raise_cpu_limit(const struct mail_process *p)
{
	struct rlimit cpu = {RLIM_INFINITY, RLIM_INFINITY};
	struct timespec used = {0};
	clockid_t clock;

	if (clock_getcpuclockid(p->pid, &clock) != 0 ||
	    clock_gettime(clock, &used) != 0)
		return;
	cpu.rlim_cur = (rlim_t)used.tv_sec + 1 + p->options.cpu_s;
	(void)prlimit(p->pid, RLIMIT_CPU, &cpu, NULL);
}

/* Drops `n` sent bytes from the vectors. */
static void
advance(struct iovec out[2], size_t n)
{
	for (size_t i = 0; i < 2; i++) {
		const size_t step = MIN(n, out[i].iov_len);

		out[i].iov_base = (char *)out[i].iov_base + step;
		out[i].iov_len -= step;
		n -= step;
	}
}

static bool
may_wait(ssize_t n)
{
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static bool
send_some(int fd, struct exchange *x)
{
	struct iovec piece[2] = {x->out[0], x->out[1]};
	struct msghdr message = {.msg_iov = piece, .msg_iovlen = 2};
	ssize_t n;

	piece[1].iov_len = MIN(piece[1].iov_len, WIRE_PIECE);
	n = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n > 0)
		advance(x->out, (size_t)n);
	return n > 0 || may_wait(n);
}

static bool
is_complete(const struct exchange *x)
{
	return x->have >= WIRE_LEN && x->have - WIRE_LEN == x->reply_len;
}

static bool
receive_some(int fd, struct exchange *x)
{
	const size_t in_length = MIN(x->have, WIRE_LEN);
	uint8_t *to = (uint8_t *)&x->reply_len + in_length;
	size_t room = WIRE_LEN - in_length;
	ssize_t n;

	if (x->have >= WIRE_LEN) {
		to = x->reply + (x->have - WIRE_LEN);
		room = x->reply_len - (x->have - WIRE_LEN);
	}
	n = recv(fd, to, MIN(room, WIRE_PIECE), MSG_DONTWAIT);
	if (n <= 0)
		return may_wait(n);
	x->have += (size_t)n;
	if (x->have == WIRE_LEN) {
		if (x->reply_len > WIRE_REPLY_MAX)
			return false;
		x->reply = g_malloc(x->reply_len + 1);
		/* The child writes both at once. */
		return is_complete(x) || receive_some(fd, x);
	}
	return true;
}

static enum outcome
exchange_run(int fd, struct exchange *x)
{
	while (!is_complete(x)) {
		const bool sending = x->out[0].iov_len + x->out[1].iov_len > 0;
		bool alive;

		alive = !sending || send_some(fd, x);
		if (!alive)
			return OUT_DIED;
		if (!wait_readable(fd,
			x->out[0].iov_len + x->out[1].iov_len > 0
			    ? POLLIN | POLLOUT
			    : POLLIN,
			x->deadline_us))
			return OUT_LATE;
		if (!receive_some(fd, x))
			return OUT_DIED;
	}
	return OUT_DONE;
}

void
mail_result_drop(struct mail_result *result)
{
	g_clear_pointer(&result->packed, g_bytes_unref);
	mail_free(&result->mail);
}

/* Does a part lie inside the mail, or inside the content of one that does? */
static bool
is_sound(const Rec__Mail *mail, const Rec__Part *part, size_t raw_len)
{
	if (part->inside != 0)
		return part->inside <= mail->n_parts &&
		    mail->parts[part->inside - 1]->inside == 0;
	return part->offset <= raw_len &&
	    part->length <= raw_len - part->offset;
}

/* A compromised child may answer anything: it must unpack to what the schema
 * promises, and its parts must lie inside the mail. NULL if not. */
static Rec__Mail *
unpack_sound(const uint8_t *packed, size_t packed_len, size_t raw_len)
{
	AUTO(mail_free)
	Rec__Mail *mail = rec__mail__unpack(&record_allocator, packed_len,
	    packed);

	if (mail == NULL || !record_is_sound(&mail->base))
		return NULL;
	for (size_t i = 0; i < mail->n_parts; i++)
		if (!is_sound(mail, mail->parts[i], raw_len))
			return NULL;
	return g_steal_pointer(&mail);
}

/* One mail through the child that runs; false when that ended it. */
static bool
process_try(struct mail_process *p, const uint8_t *raw, size_t len,
    struct mail_result *out)
{
	struct exchange x = {
	    .len = len,
	    .deadline_us = clk_monotonic_us() +
		p->options.wall_ms * INT64_C(1000),
	};
	enum outcome outcome;

	x.out[0] = (struct iovec){&x.len, sizeof(x.len)};
	x.out[1] = (struct iovec){(void *)(uintptr_t)raw, len};
	raise_cpu_limit(p);
	outcome = exchange_run(p->fd, &x);
	if (outcome == OUT_DONE)
		out->mail = unpack_sound(x.reply, x.reply_len, len);
	if (out->mail != NULL) {
		p->mails++;
		out->packed = g_bytes_new_take(x.reply, x.reply_len);
		return true;
	}
	g_free(x.reply);
	process_kill(p);
	metric_add(METRIC_MAIL_PARSE_KILLED, 1);
	log_warn("mail-process ended=%s bytes=%zu",
	    outcome == OUT_LATE ? "late" : "by-mail", len);
	return false;
}

static void
unreadable(const uint8_t *raw, size_t len, const char *why,
    struct mail_result *out)
{
	size_t size;
	uint8_t *packed;

	out->mail = prescan_headers(raw, len, why);
	size = rec__mail__get_packed_size(out->mail);
	packed = g_malloc(size + 1);
	(void)rec__mail__pack(out->mail, packed);
	out->packed = g_bytes_new_take(packed, size);
}

static bool
is_worn(const struct mail_process *p)
{
	if (p->mails >= MAILS_MAX)
		return true;
	if (p->mails == 0 || p->mails % GROWTH_EACH != 0)
		return false;
	return resident_size(p->pid) > p->size_at_start + GROWTH_MAX;
}

/* The second try of a suspect: in a fresh process that serves it alone, and
 * in the foreground, lest a busy machine makes mails unreadable. */
static bool
try_again(struct mail_process *p, const uint8_t *raw, size_t len,
    struct mail_result *out, GError **error)
{
	if (!process_start(p, false, error))
		return false;
	if (!process_try(p, raw, len, out))
		unreadable(raw, len, "the mail ended a mail process twice",
		    out);
	process_retire(p);
	return true;
}

bool
mail_process_parse(struct mail_process *process, const uint8_t *raw, size_t len,
    struct mail_result *out, GError **error)
{
	struct prescan scan;

	ON_THREAD(MAIL);
	*out = (struct mail_result){NULL, NULL};
	prescan(raw, len, &scan);
	if (len > WIRE_MAIL_MAX)
		scan.refused = "too big";
	if (scan.refused != NULL) {
		unreadable(raw, len, scan.refused, out);
		return true;
	}
	if (process->pid != 0 && is_worn(process))
		process_retire(process);
	if (process->pid == 0 &&
	    !process_start(process, process->options.background, error))
		return false;
	return process_try(process, raw, len, out) ||
	    try_again(process, raw, len, out, error);
}
