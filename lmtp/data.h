/* SPDX-License-Identifier: MIT */
/*
 * The end of data and the dots before it (RFC 5321, 4.1.1.4 and 4.5.2). Only
 * CR LF . CR LF ends a mail, only a dot right after CR LF is removed; bare CR,
 * bare LF and NUL are bytes like any other and kept. That is what keeps a
 * smuggled second mail inside the first. Pure; the result does not depend on
 * how the bytes were cut into pieces. Any thread.
 */
#ifndef LMTP_DATA_H
#define LMTP_DATA_H

#include "base/base.h"

/* What the bytes before the next one were. */
enum data_state {
	DATA_LINE,   /* CR LF, or nothing yet: the line of DATA ended so */
	DATA_TEXT,   /* none of the others */
	DATA_CR,     /* CR */
	DATA_DOT,    /* CR LF . and the dot is not passed on */
	DATA_DOT_CR, /* CR LF . CR and neither dot nor CR is passed on */
	DATA_END,    /* CR LF . CR LF */
};

struct data {
	enum data_state state; /* DATA_LINE at first: zeroed memory is fine */
};

typedef void data_put_fn(void *arg, const uint8_t *bytes, size_t len);

/* Passes the bytes of the mail on in order. Returns how many bytes belonged
 * to it: less than `len` only when data->state is DATA_END. */
size_t data_feed(struct data *data, const uint8_t *bytes, size_t len,
    data_put_fn *put, void *arg);

/* Has a peer that sent `bytes` in `elapsed_us` of DATA fallen below
 * `rate_min` bytes/s? Never in the first 30 s; 0: never. R22. */
bool data_is_slow(size_t bytes, int64_t elapsed_us, unsigned rate_min);

#endif
