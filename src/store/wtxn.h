/* SPDX-License-Identifier: MIT */
/*
 * Writing: one open write transaction. A body may run twice (a batch is
 * repeated, or a distributed store says "again"): no effects outside. A
 * command validates first, then writes. Owner: the writer thread, or the
 * in-process CLI.
 */
#ifndef STORE_WTXN_H
#define STORE_WTXN_H

#include "base/base.h"
#include "base/err.h"
#include "model.pb-c.h"
#include "store/key.h"
#include "store/view.h"

struct store;
struct wtxn;

/* `now` is the transaction's clock, epoch microseconds. */
struct wtxn *wtxn_begin(struct store *store, int64_t now, GError **error)
    MUST_CHECK;
/* For AUTO; drops all changes. */
void wtxn_abort(struct wtxn **w);
/* Takes *w, also when it fails. ERR_FATAL: outcome unknown. */
bool wtxn_commit(struct wtxn **w, GError **error) MUST_CHECK;

/* Reads see what was written. */
const struct view *wtxn_view(const struct wtxn *w);
int64_t wtxn_now(const struct wtxn *w);
struct store *wtxn_store(const struct wtxn *w);

bool wtxn_put(struct wtxn *w, const struct key *key, const void *bytes,
    size_t len, GError **error) MUST_CHECK;
/* Deleting what is not there is fine. */
bool wtxn_delete(struct wtxn *w, const struct key *key, GError **error)
    MUST_CHECK;

enum sequence {
	SEQUENCE_TICKET,
	SEQUENCE_ENTRY,
	SEQUENCE_CUSTOMER,
	SEQUENCE_OBJECT, /* mailboxes, categories, users, jobs … */
	SEQUENCE_OUTBOX,
	SEQUENCE_JOURNAL,
	SEQUENCE_AUDIT,
	SEQUENCE_LATE,
	SEQUENCE_CUSTOMER_NUMBER,
	SEQUENCE_COUNT
};

/* Unique and rising, not gapless. From 1, unless raised. */
bool wtxn_next_id(struct wtxn *w, enum sequence sequence, uint64_t *id_out,
    GError **error) MUST_CHECK;
/* No id below `floor` from now on (ticket.first_number, imports). */
bool wtxn_raise_id(struct wtxn *w, enum sequence sequence, uint64_t floor,
    GError **error) MUST_CHECK;

/* Counters: summed up over the batch, written once at the commit. */
enum counter {
	COUNTER_TICKET_STATUS = 1,   /* id: status */
	COUNTER_TICKET_CATEGORY = 2, /* id: category, open tickets */
	COUNTER_TICKET_ASSIGNEE = 3, /* id: user, open tickets */
	COUNTER_MAIL = 4,            /* id: Action; IN-30's sum */
};
void wtxn_add(struct wtxn *w, enum counter counter, uint64_t id, int64_t n);
bool counter_get(const struct view *view, enum counter counter, uint64_t id,
    int64_t *n_out, GError **error) MUST_CHECK;

/* The journal: gathered over the batch, written at the commit. */
void wtxn_event(struct wtxn *w, const Rec__Event *event);

/* Something the routing snapshot holds was changed. */
void wtxn_touch_config(struct wtxn *w);
bool wtxn_config_touched(const struct wtxn *w);

/* How much was done so far: to tell a command that failed before its first
 * write from one that failed after. */
uint64_t wtxn_writes(const struct wtxn *w);
size_t wtxn_bytes(const struct wtxn *w);

#endif
