/* SPDX-License-Identifier: MIT */
/*
 * Logging: one event, one line of key=value on standard error (journald adds
 * the time; with `log.time` we do). Values that came from outside are given
 * with log_str(), which quotes, escapes and clips them. Lines of one call
 * site above 100 in 10 s are counted and summed up in one line instead.
 * Never bodies, never secrets. Any thread; a line is one write().
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/base.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Default LOG_INFO. */
void log_set_level(enum log_level level);
bool log_level_parse(const char *name, enum log_level *level_out,
    GError **error) MUST_CHECK;
bool log_enabled(enum log_level level);
/* `log.time`: does each line begin with the time? Default LOG_TIME_NO. */
enum log_time { LOG_TIME_NO, LOG_TIME_YES };
void log_set_time(enum log_time with);

void log_line(enum log_level level, const char *file, int line,
    const char *format, ...) PRINTF_LIKE(4, 5);

/* log_info("lmtp session=%" PRIx64 " rcpt=%u", id, count); */
#define log_error(...) log_line(LOG_ERROR, __FILE__, __LINE__, __VA_ARGS__)
#define log_warn(...)  log_line(LOG_WARN, __FILE__, __LINE__, __VA_ARGS__)
#define log_info(...)  log_line(LOG_INFO, __FILE__, __LINE__, __VA_ARGS__)
#define log_debug(...)                                                         \
	do {                                                                   \
		if (log_enabled(LOG_DEBUG))                                    \
			log_line(LOG_DEBUG, __FILE__, __LINE__, __VA_ARGS__);  \
	} while (0)

/* Foreign text for a log line: in double quotes, controls and non-ASCII as
 * \xNN, clipped to 200 bytes. The result lives in a ring of 8 buffers of the
 * thread: use it at once. NULL gives "-". */
const char *log_str(const char *foreign);

#endif
