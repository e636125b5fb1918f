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

bool customer_load(const struct view *view, struct customer_id id,
    Rec__Customer **out, GError **error) MUST_CHECK;
/* id 0 makes a new one, numbered by its id unless it has a number. */
bool customer_save(struct wtxn *w, struct customer_id *id,
    Rec__Customer *customer, GError **error) MUST_CHECK;
/* Who owns the address (folded here), in order of their ids. */
bool customer_list_by_address(const struct view *view, const char *address,
    struct customer_id out[CUSTOMERS_OF_ADDRESS_MAX], size_t *count_out,
    GError **error) MUST_CHECK;

#endif
