/* SPDX-License-Identifier: MIT */
/* Text for a terminal; see term.h. */
#include "main/term.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clk.h"

#define WIDTH_DEFAULT 80
#define WIDTH_LEAST   40
#define WIDTH_MOST    1000
#define DAYS_IN_WORDS 7
#define KIB           1024

bool
term_is_tty(void)
{
	return isatty(STDOUT_FILENO) == 1;
}

unsigned
term_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return WIDTH_DEFAULT;
	return CLAMP(size.ws_col, WIDTH_LEAST, WIDTH_MOST);
}

const char *
term_style(enum term_style style)
{
	static const char *const codes[] = {
	    [TERM_PLAIN] = "\033[0m",
	    [TERM_BOLD] = "\033[1m",
	    [TERM_DIM] = "\033[2m",
	};

	if (!term_is_tty() || g_getenv("NO_COLOR") != NULL)
		return "";
	return codes[style];
}

static unsigned
char_columns(gunichar c)
{
	if (g_unichar_iszerowidth(c) || g_unichar_iscntrl(c))
		return 0;
	return g_unichar_iswide(c) ? 2 : 1;
}

unsigned
term_columns(const char *text)
{
	unsigned columns = 0;

	for (; *text != '\0'; text += g_utf8_skip[(guchar)*text])
		columns += char_columns(g_utf8_get_char(text));
	return columns;
}

/* Appends as much as fits; the columns taken. */
static unsigned
add_clipped(GString *out, const char *text, unsigned width)
{
	unsigned taken = 0;

	for (; *text != '\0'; text += g_utf8_skip[(guchar)*text]) {
		const gunichar c = g_utf8_get_char(text);

		if (taken + char_columns(c) > width)
			break;
		if (!g_unichar_iscntrl(c))
			g_string_append_unichar(out, c);
		taken += char_columns(c);
	}
	return taken;
}

char *
term_fit(const char *text, unsigned width)
{
	GString *out = g_string_new(NULL);
	unsigned taken;

	if (width == 0 || term_columns(text) <= width) {
		taken = add_clipped(out, text, UINT16_MAX);
	} else {
		taken = add_clipped(out, text, width - 1);
		g_string_append(out, "…");
		taken++;
	}
	for (; taken < width; taken++)
		g_string_append_c(out, ' ');
	return g_string_free(out, FALSE);
}

static void
wrap_line(GString *out, const char *line, unsigned width, const char *indent)
{
	g_auto(GStrv) words = g_strsplit(line, " ", -1);
	unsigned room = width - MIN(width, term_columns(indent));
	unsigned taken = 0;

	g_string_append(out, indent);
	for (size_t i = 0; words[i] != NULL; i++) {
		unsigned columns = term_columns(words[i]);

		if (i > 0 && taken > 0 && taken + 1 + columns > room) {
			g_string_append_printf(out, "\n%s", indent);
			taken = 0;
		} else if (i > 0) {
			g_string_append_c(out, ' ');
			taken++;
		}
		taken += add_clipped(out, words[i], UINT16_MAX);
	}
	g_string_append_c(out, '\n');
}

void
term_wrap(GString *out, const char *text, unsigned width, const char *indent)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	size_t count = g_strv_length(lines);

	while (count > 0 && lines[count - 1][0] == '\0')
		count--;
	for (size_t i = 0; i < count; i++) {
		g_strdelimit(lines[i], "\t", ' ');
		wrap_line(out, lines[i], width, indent);
	}
}

static GDateTime *
local(int64_t at)
{
	g_autoptr(GDateTime)
	    utc = g_date_time_new_from_unix_utc(at / CLK_SECOND);

	return utc != NULL ? g_date_time_to_local(utc) : NULL;
}

static char *
local_format(int64_t at, const char *format)
{
	g_autoptr(GDateTime) time = local(at);

	return time != NULL ? g_date_time_format(time, format) : g_strdup("?");
}

char *
term_time(int64_t at)
{
	return local_format(at, "%a %-d %b %Y, %H:%M");
}

char *
term_ago(int64_t at, int64_t now)
{
	const int64_t age = now - at;

	if (age < -CLK_MINUTE)
		return local_format(at, "%Y-%m-%d %H:%M");
	if (age < CLK_MINUTE)
		return g_strdup("just now");
	if (age < CLK_HOUR)
		return g_strdup_printf("%" PRId64 " min ago", age / CLK_MINUTE);
	if (age < CLK_DAY)
		return g_strdup_printf("%" PRId64 " h ago", age / CLK_HOUR);
	if (age < DAYS_IN_WORDS * CLK_DAY)
		return local_format(at, "%a %H:%M");
	return local_format(at, "%Y-%m-%d");
}

char *
term_size(uint64_t bytes)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
	double n = (double)bytes;
	size_t unit = 0;

	while (n >= KIB && unit + 1 < COUNT(units)) {
		n /= KIB;
		unit++;
	}
	return g_strdup_printf(unit == 0 || n >= 100 ? "%.0f %s" : "%.1f %s", n,
	    units[unit]);
}
