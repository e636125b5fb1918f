/* SPDX-License-Identifier: MIT */
/*
 * Tickets: the record with its indexes and counters, kept by the same save,
 * and the list of its entries. Load, change `rec`, save, drop.
 */
#ifndef DESK_TICKET_H
#define DESK_TICKET_H

#include "base/base.h"
#include "base/err.h"
#include "model/ids.h"
#include "store/record.h"

#define TICKET_SEEN_MAX 256

struct ticket {
	struct ticket_id id;
	Rec__Ticket *rec; /* owned */
	struct ticket_place {
		bool is_stored;
		Rec__TicketStatus status;
		uint64_t category, assignee, customer;
		uint64_t compared; /* checksum of its row in that list */
	} was;                     /* where the indexes have it */
};

/* A new one with its number; stored by ticket_save. */
bool ticket_new(struct wtxn *w, struct ticket *out, GError **error) MUST_CHECK;
/* Its customer is who it belongs to now, though a merge of customers or its
 * undo has not come to it yet: the next save moves it there. */
bool ticket_load(const struct view *view, struct ticket_id id,
    struct ticket *out, GError **error) MUST_CHECK;
/* As it is stored. */
enum found ticket_find(const struct view *view, struct ticket_id id,
    struct ticket *out, GError **error) MUST_CHECK;
/* Follows merges to the ticket that lives; its customer as ticket_load. */
enum found ticket_find_merged(const struct view *view, struct ticket_id id,
    struct ticket *out, GError **error) MUST_CHECK;
bool ticket_save(struct wtxn *w, struct ticket *ticket, GError **error)
    MUST_CHECK;
void ticket_drop(struct ticket *ticket);

/* Lists the entry in the ticket and keeps count, first, last. The caller
 * saves ticket and entry. */
bool ticket_add_entry(struct wtxn *w, struct ticket *ticket,
    struct entry_id entry, const Rec__Entry *rec, GError **error) MUST_CHECK;

/* Any status but closed, and in the lists (features.md, "Words"). */
bool ticket_is_open(const Rec__Ticket *ticket);
/* Does IN-8 look at it: open, and opened by somebody who may be whom he said
 * he was. */
bool ticket_is_compared(const Rec__Ticket *ticket);
/* A row of the customer's list: what it says or, of an older program's row,
 * what the ticket says. NULL is an error; free with the record. */
Rec__CustomerTicket *ticket_of_customer(const struct view *view, uint64_t id,
    struct slice value, GError **error) MUST_CHECK;

/* Addresses that stood in To or Cc of its mails (IN-4), as hashes. */
bool ticket_has_seen(const Rec__Ticket *ticket, const char *address);
void ticket_see(Rec__Ticket *ticket, const char *address);
/* All that the other one has seen. */
void ticket_see_as(Rec__Ticket *ticket, const Rec__Ticket *other);

/* status words as everywhere outside: "waiting_customer". */
const char *ticket_status_name(Rec__TicketStatus status);
bool ticket_status_parse(const char *name, Rec__TicketStatus *status_out,
    GError **error) MUST_CHECK;

#endif
