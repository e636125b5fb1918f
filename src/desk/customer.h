/* SPDX-License-Identifier: MIT */
/*
 * Customers: who writes to us (CA-7). A record, one row per folded address,
 * and the list of their tickets beside the record. An address may belong to
 * several customers (IN-35).
 */
#ifndef DESK_CUSTOMER_H
#define DESK_CUSTOMER_H

#include "base/base.h"
#include "base/err.h"
#include "model/ids.h"
#include "store/record.h"

#define CUSTOMERS_OF_ADDRESS_MAX 20
#define CUSTOMER_ADDRESSES_MAX   100 /* of one; fields.def says the same */

bool customer_load(const struct view *view, struct customer_id id,
    Rec__Customer **out, GError **error) MUST_CHECK;
/* Whom the customer was merged into, whom that one was, and so on: the one
 * that remains, who has the addresses and the tickets. Itself, mostly. */
enum found customer_follow(const struct view *view, struct customer_id id,
    struct customer_id *out, GError **error) MUST_CHECK;
/* The next free number (IN-10), from 10000 on and above each plain number
 * of up to 15 digits that was given by hand or by an import; g_free. */
bool customer_next_number(struct wtxn *w, char **number_out, GError **error)
    MUST_CHECK;
/* May it be saved so? Addresses, number, merges. */
bool customer_check(const struct view *view, struct customer_id id,
    const Rec__Customer *customer, GError **error) MUST_CHECK;
/* id 0 makes a new one, numbered by its id unless it has a number. Who is
 * merged into another has no addresses: ERR_CONFLICT. */
bool customer_save(struct wtxn *w, struct customer_id *id,
    Rec__Customer *customer, GError **error) MUST_CHECK;
/* Who owns the address (folded here), in order of their ids. */
bool customer_list_by_address(const struct view *view, const char *address,
    struct customer_id out[CUSTOMERS_OF_ADDRESS_MAX], size_t *count_out,
    GError **error) MUST_CHECK;

#endif
