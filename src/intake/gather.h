/* SPDX-License-Identifier: MIT */
/*
 * The pieces of facts_gather, for intake/facts*.c alone. Each fills in its
 * share of the facts, in the order in which they stand here; false is an
 * error of the store.
 */
#ifndef INTAKE_GATHER_H
#define INTAKE_GATHER_H

#include "intake/facts.h"

#define TITLE_LEN_MAX 400 /* bytes; 200 code points count (IN-9) */

struct gathering {
	const struct view *view;
	const struct snapshot *snapshot;
	const struct intake_mail *in;
	Rec__Facts *facts;
};

/* Who may act: From, Reply-To, who wrote what is passed on; and who owns
 * these addresses. (facts_actor.c) */
bool gather_actors(struct gathering *g, GError **error) MUST_CHECK;

/* Tickets that tokens, Message-IDs and tags name, the strongest first, and
 * how the sender stands to each. (facts_keys.c) */
bool gather_keys(struct gathering *g, GError **error) MUST_CHECK;

/* Open tickets of the customers who may act (IN-8, IN-9), unless a key leads
 * to a ticket under every setting. (facts_open.c) */
bool gather_open(struct gathering *g, GError **error) MUST_CHECK;

/* A mail of ours that comes back, whole or in a bounce. (facts_own.c) */
bool gather_own(struct gathering *g, GError **error) MUST_CHECK;

/* What each server's Authentication-Results say about From. (facts_trust.c) */
void gather_trust(struct gathering *g);

/* Is `customer` one of the owners? */
bool gather_owns(const uint64_t *customers, size_t count, uint64_t customer);
/* The ticket of an entry and its kind; *ticket_out is 0 if it has none or
 * there is no such entry. */
bool gather_entry_ticket(const struct view *view, uint64_t entry,
    Rec__Entry__Kind *kind_out, uint64_t *ticket_out, GError **error)
    MUST_CHECK;

#endif
