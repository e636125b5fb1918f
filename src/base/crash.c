/* SPDX-License-Identifier: MIT */
/*
 * The crash points of builds with test hooks; see crash.h. The environment is
 * read once, before main. An unknown name ends the program at once: a crash
 * test that never crashes would prove nothing. Any thread.
 */
#include "base/crash.h"

#ifdef MAILDESK_TEST_HOOKS

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[CRASH_POINT_COUNT] = {
#define C(name, during, words) [CRASH_##name] = #name,
#include "base/crash.def"
#undef C
};

static enum crash_point chosen = CRASH_POINT_COUNT; /* none */
static atomic_long passes_left;

static enum crash_point
find(const char *name, size_t len)
{
	for (size_t i = 0; i < COUNT(names); i++)
		if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
			return (enum crash_point)i;
	return CRASH_POINT_COUNT;
}

__attribute__((constructor)) static void
crash_read_environment(void)
{
	const char *text = getenv("MAILDESK_CRASH");
	const char *colon;
	long count = 1;

	if (text == NULL || *text == '\0')
		return;
	colon = strchrnul(text, ':');
	if (*colon == ':')
		count = strtol(colon + 1, NULL, 10);
	chosen = find(text, (size_t)(colon - text));
	if (chosen == CRASH_POINT_COUNT || count < 1)
		g_error("MAILDESK_CRASH=%s: no such crash point", text);
	atomic_store(&passes_left, count);
}

void
crash_point(enum crash_point point)
{
	if (point == chosen && atomic_fetch_sub(&passes_left, 1) == 1)
		(void)raise(SIGKILL); /* does not return */
}

#endif
