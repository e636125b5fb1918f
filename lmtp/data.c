/* SPDX-License-Identifier: MIT */
/*
 * Finds the end of data; see data.h. The hot path looks for dots with
 * memchr: base64 has none, text has one a line, and only a dot at the start
 * of a line matters. Any thread.
 */
#include "lmtp/data.h"

#include <string.h>

#include "base/clk.h"

#define GRACE_US (30 * CLK_SECOND)

/* Is byte `at` the first of a line? `state` is that before bytes[0]. */
static bool
is_line_start(enum data_state state, const uint8_t *bytes, size_t at)
{
	if (at == 0)
		return state == DATA_LINE;
	if (bytes[at - 1] != '\n')
		return false;
	return at == 1 ? state == DATA_CR : bytes[at - 2] == '\r';
}

static enum data_state
state_after(enum data_state state, const uint8_t *bytes, size_t len)
{
	if (bytes[len - 1] == '\r')
		return DATA_CR;
	return is_line_start(state, bytes, len) ? DATA_LINE : DATA_TEXT;
}

static const uint8_t *
find_dot(enum data_state state, const uint8_t *bytes, size_t len)
{
	const uint8_t *end = bytes + len;
	const uint8_t *dot = memchr(bytes, '.', len);

	while (dot != NULL && !is_line_start(state, bytes, dot - bytes))
		dot = memchr(dot + 1, '.', end - dot - 1);
	return dot;
}

/* Passes on all up to the next dot that begins a line. */
static size_t
feed_text(struct data *data, const uint8_t *bytes, size_t len, data_put_fn *put,
    void *arg)
{
	const uint8_t *dot = find_dot(data->state, bytes, len);
	const size_t text = dot != NULL ? (size_t)(dot - bytes) : len;

	if (text > 0)
		put(arg, bytes, text);
	if (dot != NULL) {
		data->state = DATA_DOT;
		return text + 1;
	}
	data->state = state_after(data->state, bytes, len);
	return len;
}

/* The byte after CR LF . CR, which becomes part of the text if it is no LF. */
static size_t
feed_dot_cr(struct data *data, uint8_t byte, data_put_fn *put, void *arg)
{
	static const uint8_t cr = '\r';

	if (byte == '\n') {
		data->state = DATA_END;
		return 1;
	}
	put(arg, &cr, 1);
	data->state = DATA_CR;
	return 0;
}

/* The byte after CR LF . */
static size_t
feed_dot(struct data *data, uint8_t byte)
{
	data->state = byte == '\r' ? DATA_DOT_CR : DATA_TEXT;
	return byte == '\r' ? 1 : 0;
}

size_t
data_feed(struct data *data, const uint8_t *bytes, size_t len, data_put_fn *put,
    void *arg)
{
	size_t at = 0;

	while (at < len && data->state != DATA_END) {
		if (data->state == DATA_DOT)
			at += feed_dot(data, bytes[at]);
		else if (data->state == DATA_DOT_CR)
			at += feed_dot_cr(data, bytes[at], put, arg);
		else
			at += feed_text(data, bytes + at, len - at, put, arg);
	}
	return at;
}

bool
data_is_slow(size_t bytes, int64_t elapsed_us, unsigned rate_min)
{
	if (elapsed_us < GRACE_US)
		return false;
	return (int64_t)bytes < elapsed_us / CLK_SECOND * rate_min;
}
