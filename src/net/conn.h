/* SPDX-License-Identifier: MIT */
/*
 * One stream connection: what arrives is shown to its owner as one piece of
 * bytes, what is to leave is buffered and written when possible. Reading
 * stops while the owner is busy (pause) or the outgoing buffer is above its
 * mark. Owner: loop.
 */
#ifndef NET_CONN_H
#define NET_CONN_H

#include "base/base.h"

struct loop;
struct conn;

enum conn_end { CONN_END_PEER, CONN_END_ERROR, CONN_END_IDLE };

struct conn_handler {
	/* Bytes have arrived. Consume with conn_consume; what is left is shown
	 * again together with more. With read_max bytes left over, reading
	 * rests: who does not consume then must end it. May free, finish, pause
	 * the connection; `bytes` stay valid until it returns. */
	void (*on_data)(void *arg, const uint8_t *bytes, size_t len);
	/* The peer closed, the connection failed or idled out. The owner frees
	 * the connection here (conn_free) and is not called again. Never called
	 * from within a function of this header. */
	void (*on_end)(void *arg, enum conn_end end);
	/* All that was written has left; may be NULL. */
	void (*on_drained)(void *arg);
};

struct conn_options {
	unsigned idle_ms; /* no byte either way; 0 = for ever */
	size_t read_max;  /* bytes shown at once, at most; not 0 */
	size_t write_max; /* outgoing mark above which reading rests; 0: none */
};

/* Takes `fd`. */
struct conn *conn_new(struct loop *loop, int fd,
    const struct conn_handler *handler, const struct conn_options *options,
    void *arg);
/* Closes at once; what was not written yet is dropped. */
void conn_free(struct conn **conn);
/* Closes after what was written has left and the peer has closed too, within
 * `ms`; then on_end (CONN_END_PEER, or CONN_END_IDLE if the time was up). No
 * on_data from now on; what still arrives is dropped. */
void conn_finish(struct conn *conn, unsigned ms);
void conn_consume(struct conn *conn, size_t len);
void conn_write(struct conn *conn, const void *bytes, size_t len);
void conn_printf(struct conn *conn, const char *format, ...) PRINTF_LIKE(2, 3);
size_t conn_write_pending(const struct conn *conn);
/* No on_data while paused (the kernel's buffer pushes back), no idling out. */
void conn_pause(struct conn *conn);
/* on_data is called (from the loop, not from here) for what is there. */
void conn_resume(struct conn *conn);
void conn_set_idle(struct conn *conn, unsigned idle_ms);

#endif
