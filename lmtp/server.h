/* SPDX-License-Identifier: MIT */
/*
 * The delivery door: LMTP (RFC 2033) over Unix socket and TCP. A session
 * collects an envelope and the bytes of a mail, gives both to its sink and
 * answers each accepted recipient after the sink called back. It knows
 * nothing of tickets. Owner: loop.
 */
#ifndef LMTP_SERVER_H
#define LMTP_SERVER_H

#include "base/base.h"
#include "base/err.h"
#include "intake/delivery.h"

struct loop;
struct lmtp_server;

/* Every limit is a number (src/main/config.def). */
struct lmtp_options {
	const char *listen;         /* unix:PATH, HOST:PORT, by comma */
	const char *base_dir;       /* for relative paths: the data directory */
	const char *spool_dir;      /* large messages; swept at start */
	const char *hostname;       /* of the greeting */
	const char *xforward_peers; /* addresses or "unix:", by comma */
	unsigned sessions_max;
	unsigned sessions_per_peer;
	unsigned recipients_max; /* per mail: RFC 5321 wants at least 100 */
	size_t message_max;      /* SIZE, bytes */
	size_t line_max;         /* of a command, bytes with CRLF */
	size_t memory_max;       /* of one mail; above it, a spool file */
	size_t in_flight_max;    /* bytes received and not yet answered */
	unsigned errors_max;     /* bad commands before 421 */
	unsigned idle_ms;        /* no byte from the peer */
	unsigned data_rate_min;  /* bytes/s within DATA, after 30 s */
	unsigned stop_ms;        /* drain time at lmtp_stop */
};

/* Where mails go; all called on the loop. */
struct lmtp_sink {
	/* Is this recipient ours? Decided on the routing snapshot, no I/O.
	 * ERR_NOT_FOUND, ERR_DENIED … become their rows' replies. */
	bool (*recipient)(void *arg, const char *address,
	    struct delivery_recipient *out, GError **error);
	/* May a mail of about `size` bytes (0: unknown) come now? ERR_FULL and
	 * ERR_BUSY answer 452 at MAIL. */
	bool (*room)(void *arg, size_t size, GError **error);
	/* Takes the delivery; `delivery->done` is called exactly once, on the
	 * loop, later or at once. */
	void (*deliver)(void *arg, struct delivery *delivery);
	void *arg;
};

struct lmtp_server *lmtp_start(struct loop *loop,
    const struct lmtp_options *options, const struct lmtp_sink *sink,
    GError **error) MUST_CHECK;
/* Stops accepting; idle sessions get 421 at once, the others after the mail
 * they are at; `stopped` is called on the loop when none is left or stop_ms
 * have passed. */
void lmtp_stop(struct lmtp_server *server, void (*stopped)(void *arg),
    void *arg);
/* After `stopped`. Deliveries still out are answered to nobody. */
void lmtp_free(struct lmtp_server **server);
/* The addresses bound, by comma; g_free. */
char *lmtp_addresses(const struct lmtp_server *server);

#endif
