/* SPDX-License-Identifier: MIT */
/*
 * Log lines on standard error. A line is made in one buffer and written by
 * one write(), so that lines of threads and processes do not mix. Whatever
 * is not printable ASCII is escaped, also where a caller forgot log_str: a
 * line stays a line (R79). Each call site may write 100 lines in 10 s; what
 * is above is counted, and a later line of any site brings the sum. The lock
 * covers the counting only. Any thread.
 */
#include "base/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/clk.h"
#include "base/err.h"

#define LINE_MAX_BYTES 4000
#define CLIP_BYTES     200
#define CLIP_MARK      "..."
#define RING_COUNT     8
#define SITE_COUNT     512 /* above: sites share a counter */
#define SITE_LINES     100
#define SITE_WINDOW    (10 * CLK_SECOND)
#define LAST_ASCII     0x7e

struct site {
	const char *file;
	int line;
	unsigned written;
	unsigned dropped;
	int64_t since; /* monotonic */
};

static const char *const level_name[] = {"error", "warn", "info", "debug"};

static _Atomic int highest = LOG_INFO;
static _Atomic int with_time = LOG_TIME_NO;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct site sites[SITE_COUNT];
static int64_t swept_at;

void
log_set_level(enum log_level level)
{
	atomic_store_explicit(&highest, (int)level, memory_order_relaxed);
}

void
log_set_time(enum log_time with)
{
	atomic_store_explicit(&with_time, (int)with, memory_order_relaxed);
}

bool
log_level_parse(const char *name, enum log_level *level_out, GError **error)
{
	for (size_t i = 0; i < COUNT(level_name); i++)
		if (strcmp(name, level_name[i]) == 0) {
			*level_out = (enum log_level)i;
			return true;
		}
	return fail(error, ERR_USAGE,
	    "the log level is one of error, warn, info, debug");
}

bool
log_enabled(enum log_level level)
{
	return (int)level <=
	    atomic_load_explicit(&highest, memory_order_relaxed);
}

/* Appends `text`, escaped; `quote` is escaped too unless NUL. */
static size_t
escape(char *out, size_t room, const char *text, size_t len, char quote)
{
	static const char hex[] = "0123456789abcdef";
	const size_t longest = 4;
	size_t n = 0;

	for (size_t i = 0; i < len && n + longest <= room; i++) {
		const uint8_t c = (uint8_t)text[i];

		if (quote != '\0' && (c == (uint8_t)quote || c == '\\')) {
			out[n++] = '\\';
			out[n++] = (char)c;
		} else if (c >= ' ' && c <= LAST_ASCII) {
			out[n++] = (char)c;
		} else {
			out[n++] = '\\';
			out[n++] = 'x';
			out[n++] = hex[c >> 4];
			out[n++] = hex[c & 0xf];
		}
	}
	return n;
}

const char *
log_str(const char *foreign)
{
	static _Thread_local char
	    ring[RING_COUNT][4 * CLIP_BYTES + sizeof("\"\"" CLIP_MARK)];
	static _Thread_local unsigned turn;
	char *out = ring[turn++ % RING_COUNT];
	size_t len;
	size_t n = 0;

	if (foreign == NULL)
		return "-";
	len = strnlen(foreign, CLIP_BYTES);
	out[n++] = '"';
	n += escape(out + n, (size_t)4 * CLIP_BYTES, foreign, len, '"');
	out[n++] = '"';
	out[n] = '\0';
	if (foreign[len] != '\0')
		g_strlcpy(out + n, CLIP_MARK, sizeof(CLIP_MARK));
	return out;
}

static void
write_line(enum log_level level, const char *text)
{
	char out[LINE_MAX_BYTES + 1];
	g_autofree char *head = NULL;
	size_t n;

	if (atomic_load_explicit(&with_time, memory_order_relaxed) ==
	    LOG_TIME_YES) {
		g_autofree char *now = clk_format(clk_wall_us());

		head = g_strdup_printf("time=%s level=%s ", now,
		    level_name[level]);
	} else {
		head = g_strdup_printf("level=%s ", level_name[level]);
	}
	n = g_strlcpy(out, head, LINE_MAX_BYTES);
	n += escape(out + n, LINE_MAX_BYTES - n, text, strlen(text), '\0');
	out[n++] = '\n';
	if (write(STDERR_FILENO, out, n) < 0)
		return; /* there is nobody to tell */
}

/* The counter of a call site; a full neighbourhood is shared. */
static struct site *
site_find(const char *file, int line)
{
	const size_t probes = 16;
	const size_t start = (g_str_hash(file) * 31u + (unsigned)line);
	struct site *s = NULL;

	for (size_t i = 0; i < probes; i++) {
		s = &sites[(start + i) % SITE_COUNT];
		if (s->file == NULL) {
			s->file = file;
			s->line = line;
		}
		if (s->file == file && s->line == line)
			return s;
	}
	return s;
}

/* Starts a new window for what is over and says what was dropped there. */
static void
sites_sweep(int64_t now, GString *said)
{
	if (now - swept_at < CLK_SECOND)
		return;
	swept_at = now;
	for (size_t i = 0; i < SITE_COUNT; i++) {
		struct site *s = &sites[i];

		if (s->dropped == 0 || now - s->since < SITE_WINDOW)
			continue;
		g_string_append_printf(said,
		    "%slog dropped=%u seconds=%d at=%s:%d",
		    said->len > 0 ? "\n" : "", s->dropped,
		    (int)((now - s->since) / CLK_SECOND), s->file, s->line);
		s->since = now;
		s->written = 0;
		s->dropped = 0;
	}
}

/* Counts a line of a site: may it be written? */
static bool
site_admit(const char *file, int line, GString *said)
{
	const int64_t now = clk_monotonic_us();
	struct site *s;
	bool may_write;

	(void)pthread_mutex_lock(&lock);
	sites_sweep(now, said);
	s = site_find(file, line);
	if (now - s->since >= SITE_WINDOW && s->dropped == 0) {
		s->since = now;
		s->written = 0;
	}
	may_write = s->written < SITE_LINES;
	if (may_write)
		s->written++;
	else
		s->dropped++;
	(void)pthread_mutex_unlock(&lock);
	return may_write;
}

static void
write_sums(GString *said)
{
	g_auto(GStrv) sum = g_strsplit(said->str, "\n", -1);

	for (size_t i = 0; sum[i] != NULL; i++)
		write_line(LOG_WARN, sum[i]);
}

void
log_line(enum log_level level, const char *file, int line, const char *format,
    ...)
{
	g_autoptr(GString) said = NULL;
	g_autofree char *text = NULL;
	bool may_write;
	va_list args;

	if (!log_enabled(level))
		return;
	said = g_string_new(NULL);
	may_write = site_admit(file, line, said);
	if (said->len > 0)
		write_sums(said);
	if (!may_write)
		return;
	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	write_line(level, text);
}
