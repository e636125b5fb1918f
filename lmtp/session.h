/* SPDX-License-Identifier: MIT */
/*
 * One LMTP session (RFC 2033) without its connection: bytes go in by
 * session_feed, replies gather in `out`, a mail leaves to the sink. It reads
 * nothing while a mail is being committed, and outlives its peer until that
 * is answered. The struct is open to the files of this folder only. Owner:
 * loop.
 */
#ifndef LMTP_SESSION_H
#define LMTP_SESSION_H

#include "lmtp/args.h"
#include "lmtp/body.h"
#include "lmtp/data.h"
#include "lmtp/door.h"

#define IN(state) (1u << SESSION_##state)

/* S(state, legal predecessors). */
#define SESSION_STATES(S)                                                      \
	/* connected, greeted by us */                                         \
	S(FRESH, 0)                                                            \
	/* LHLO was given; between mails */                                    \
	S(GREETED,                                                             \
	    IN(FRESH) | IN(GREETED) | IN(MAIL) | IN(RCPT) | IN(DATA) |         \
		IN(COMMIT))                                                    \
	/* has a sender */                                                     \
	S(MAIL, IN(GREETED))                                                   \
	/* has at least one recipient */                                       \
	S(RCPT, IN(MAIL))                                                      \
	/* bytes of the mail */                                                \
	S(DATA, IN(RCPT))                                                      \
	/* the sink has the mail; we wait for it */                            \
	S(COMMIT, IN(DATA))                                                    \
	/* the last reply is in `out` */                                       \
	S(CLOSING, IN(FRESH) | IN(GREETED) | IN(MAIL) | IN(RCPT) | IN(DATA))   \
	/* the peer went during COMMIT */                                      \
	S(GONE, IN(COMMIT))

enum session_state {
#define S(name, from) SESSION_##name,
	SESSION_STATES(S)
#undef S
	    SESSION_STATE_COUNT
};

struct session {
	unsigned magic;
	enum session_state state; /* written by session_enter alone */
	struct door *door;
	uint64_t number; /* for the log */
	char *helo;      /* of LHLO */
	bool trusted;    /* XFORWARD is allowed */
	bool draining;   /* the server stops: this mail is the last */
	bool skipping;   /* inside a line that was too long */
	bool feeding;    /* session_feed is on the stack */
	unsigned errors;
	GString *out;  /* replies not taken yet */
	GString *line; /* the command that runs */

	/* The mail at hand. */
	struct xforward xforward;
	struct delivery
	    *delivery;    /* NULL between mails; the sink's in COMMIT */
	size_t announced; /* SIZE */
	struct data data;
	struct body body;
	size_t held;        /* bytes accounted at the door */
	int64_t started_us; /* DATA began */
	int64_t heard_us;   /* last byte from the peer */

	/* The sink answered while no session_feed was running. */
	void (*answered)(void *arg);
	void *arg;
};

struct session *session_new(struct door *door, const char *peer,
    void (*answered)(void *arg), void *arg);
/* The peer is gone. A mail in COMMIT is answered to nobody. */
void session_end(struct session **session);

/* Takes what it can and returns how many bytes that was. What is left is a
 * part of a command, or waits for the end of COMMIT. */
size_t session_feed(struct session *session, const uint8_t *bytes, size_t len);
/* The replies so far, for one write; then truncate it. */
GString *session_out(struct session *session);

/* Time passed: 421 for the idle and the slow. R22. */
void session_tick(struct session *session, int64_t now_us);
/* The server stops: 421 now, or after the mail at hand. */
void session_drain(struct session *session);

const char *session_state_name(enum session_state state);

/* For verbs.c and deliver.c. */
void session_enter(struct session *session, enum session_state state);
/* Forgets the mail at hand, and enters GREETED or closes when draining. */
void session_reset(struct session *session);
/* A last 421 or 221. */
void session_close(struct session *session, const char *code,
    const char *words);
/* Accounts for the bytes the body holds. */
void session_account(struct session *session, size_t held);
void session_free(struct session *session);

#endif
