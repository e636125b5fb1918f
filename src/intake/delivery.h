/* SPDX-License-Identifier: MIT */
/*
 * One mail on its way from a door to the store: envelope, bytes, and where
 * the answer goes. Made by the door on the loop; owned by whoever works on it
 * (door, mail thread, writer, door again); freed by the door after `done`.
 */
#ifndef INTAKE_DELIVERY_H
#define INTAKE_DELIVERY_H

#include "base/base.h"
#include "base/call.h"
#include "base/pool.h"
#include "model.pb-c.h"
#include "model/ids.h"

/* What RCPT found out on the routing snapshot. */
struct delivery_recipient {
	char *address; /* as given, without angle brackets */
	char *orcpt;   /* or NULL */
	struct mailbox_id mailbox;
	struct ticket_id token_ticket; /* 0: none */
	struct user_id token_user;     /* 0: none */
	bool token_wrong;
};

struct delivery {
	char *sender;       /* MAIL FROM, "" for the null sender */
	GArray *recipients; /* struct delivery_recipient, accepted */
	char *queue_id;     /* XFORWARD IDENT or NULL */
	char *client;       /* XFORWARD NAME and ADDR or NULL */
	char *helo;
	const char *source; /* constant: "lmtp", "control" */
	/* The raw mail as received, dots removed: in memory, or in an unlinked
	 * spool file (raw is NULL then). */
	GByteArray *raw;
	int spool_fd; /* -1 if none */
	size_t len;

	/* The outcome, set before `done`: NULL is 250. `detail` is the text
	 * after "250 2.0.0 ": the same form wherever the mail went, for a
	 * sender may ask to be sent it (RFC 3461) and must
	 * learn nothing of tickets that are not his. `place` is for the log
	 * alone, such as "ticket 1017 entry 5512"; NULL: detail says all. */
	GError *error;
	char *detail;
	char *place;
	void (*done)(struct delivery *delivery); /* on the loop */
	void *arg;                               /* the door's */

	/* For those on the way; the door leaves them zero. */
	struct pool_job pool;
	struct loop_call call;
	void *work;
};

struct delivery *delivery_new(void);
/* Frees all, closes the spool file; NULL is fine. */
void delivery_free(struct delivery **delivery);
void delivery_recipient_clear(struct delivery_recipient *recipient);
/* As the envelope's record keeps it, its words cleaned; goes with that. */
Rec__Recipient *delivery_recipient_record(
    const struct delivery_recipient *recipient);
/* A word of the envelope, which is bytes from outside, cleaned; NULL of
 * NULL. g_free the result. */
char *delivery_word(const char *word);

#endif
