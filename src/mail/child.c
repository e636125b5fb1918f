/* SPDX-License-Identifier: MIT */
/*
 * The inside of a mail process: set up, close the sandbox, answer requests
 * until the parent closes the socket. A small mail costs one read and one
 * write: its length and bytes come together. One thread, no state between
 * mails.
 */
#include <errno.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/io.h"
#include "base/log.h"
#include "mail/parse.h"
#include "mail/process.h"
#include "mail/sandbox.h"
#include "mail/wire.h"

#define FIRST_READ ((size_t)64 * 1024)
#define KEPT_MAX   (16 * 1024 * 1024)
#define TICK_US    300

/* Reads at least `least` more bytes behind the `*have` that are there. */
static bool
read_least(uint8_t *bytes, size_t *have, size_t least, size_t room)
{
	const size_t want = *have + least;

	while (*have < want) {
		const ssize_t n = read(WIRE_FD, bytes + *have,
		    MIN(room - *have, WIRE_PIECE));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		*have += (size_t)n;
	}
	return true;
}

static bool
answer(const uint8_t *raw, size_t len)
{
	AUTO(mail_free) Rec__Mail *mail = mail_parse(raw, len);
	const uint64_t size = rec__mail__get_packed_size(mail);
	g_autofree uint8_t *reply = g_malloc(WIRE_LEN + size);

	memcpy(reply, &size, WIRE_LEN);
	(void)rec__mail__pack(mail, reply + WIRE_LEN);
	return io_write_all(WIRE_FD, reply, WIRE_LEN + size);
}

/* A background process must not only be given no CPU that others want: the
 * kernel may give it a share all the same, and then looks again at its next
 * tick, which is 4 ms later. So it asks by itself, often. */
static void
on_tick(int sig)
{
	(void)sig;
	(void)sched_yield();
}

static void
tick(bool on)
{
	const struct itimerval often = {
	    .it_interval = {.tv_usec = on ? TICK_US : 0},
	    .it_value = {.tv_usec = on ? TICK_US : 0},
	};

	(void)setitimer(ITIMER_REAL, &often, NULL);
}

/* A mail that did not come with its length. */
static bool
answer_long(const uint8_t *first, size_t have, size_t len)
{
	g_autofree uint8_t *raw = g_malloc(len);
	const bool ticks = sched_getscheduler(0) == SCHED_IDLE;
	bool done;

	if (ticks)
		tick(true);
	memcpy(raw, first, have);
	done = read_least(raw, &have, len - have, len) && answer(raw, len);
	if (ticks)
		tick(false);
	return done;
}

/* One request; false at the end of the socket. */
static bool
serve(uint8_t *buffer)
{
	size_t have = 0;
	uint64_t len;

	if (!read_least(buffer, &have, WIRE_LEN, FIRST_READ))
		return false;
	memcpy(&len, buffer, WIRE_LEN);
	if (len > WIRE_MAIL_MAX || have - WIRE_LEN > len)
		return false;
	if (have - WIRE_LEN == len)
		return answer(buffer + WIRE_LEN, len);
	return answer_long(buffer + WIRE_LEN, have - WIRE_LEN, len);
}

/* A large mail is copied a few times, and fresh pages cost more than the
 * copying: what one mail gave back is kept for the next. */
static void
keep_memory(void)
{
	(void)mallopt(M_MMAP_THRESHOLD, KEPT_MAX);
	(void)mallopt(M_TRIM_THRESHOLD, KEPT_MAX);
}

int
mail_process_main(void)
{
	const uint64_t ready = WIRE_READY;
	g_autoptr(GError) error = NULL;
	g_autofree uint8_t *buffer = g_malloc(FIRST_READ);

	thread_enter(THREAD_MAIL, "mail-process");
	/* We end when the parent closes the socket, not before. */
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGALRM, on_tick); /* calls go on by themselves */
	mail_setup();
	keep_memory();
	if (!sandbox_close(&error)) {
		log_error("mail-process error=%s", log_str(error->message));
		return err_row(err_kind(error))->exit_code;
	}
	if (!io_write_all(WIRE_FD, &ready, sizeof(ready)))
		return 0;
	while (serve(buffer))
		continue;
	return 0;
}
