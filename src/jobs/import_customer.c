/* SPDX-License-Identifier: MIT */
/* Customers from a table; see import_customer.h. */
#include "jobs/import_customer.h"

#include <string.h>

#include "base/text.h"
#include "desk/customer.h"
#include "desk/job.h"
#include "desk/name.h"

#define ROWS_A_PIECE 100

/* ---- whom a row means ---------------------------------------------------- */

/* A customer without a number is numbered by its id. */
static enum found
find_by_id(const struct view *view, const char *number, struct customer_id *out,
    GError **error)
{
	AUTO_RECORD(Rec__Customer) customer = NULL;
	uint64_t id;
	struct key key;

	if (!g_ascii_string_to_unsigned(number, 10, 1, INT64_MAX, &id, NULL))
		return FOUND_NO;
	key = key_2(TABLE_CUSTOMER, id, 0);
	if (RECORD_FIND(view, &key, &customer, error) == FOUND_ERROR)
		return FOUND_ERROR;
	if (customer == NULL || customer->number != NULL)
		return FOUND_NO;
	out->n = id;
	return FOUND_YES;
}

static enum found
find_by_number(const struct view *view, const char *number,
    struct customer_id *out, GError **error)
{
	enum found found = name_find(view, NAME_CUSTOMER_NUMBER, number,
	    &out->n, error);

	return found == FOUND_NO ? find_by_id(view, number, out, error) : found;
}

static enum found
find_by_addresses(const struct view *view, const Rec__Customer *row,
    struct customer_id *out, GError **error)
{
	struct customer_id ids[CUSTOMERS_OF_ADDRESS_MAX];
	enum found found = FOUND_NO;

	for (size_t i = 0; i < row->n_addresses; i++) {
		const char *address = row->addresses[i]->address;
		size_t count;

		if (!customer_list_by_address(view, address, ids, &count,
			error))
			return FOUND_ERROR;
		if (count == 0)
			continue;
		if (count > 1 || (found == FOUND_YES && ids[0].n != out->n))
			return fail_found(error, ERR_CONFLICT,
			    "its addresses belong to several customers; give "
			    "a number");
		*out = ids[0];
		found = FOUND_YES;
	}
	return found;
}

static enum found
find(const struct view *view, const Rec__Customer *row, struct customer_id *out,
    GError **error)
{
	return row->number != NULL
	    ? find_by_number(view, row->number, out, error)
	    : find_by_addresses(view, row, out, error);
}

/* ---- what it changes ----------------------------------------------------- */

static bool
text_apply(char **field, const char *value)
{
	if (value == NULL || g_strcmp0(*field, value) == 0)
		return false;
	record_set(field, value);
	return true;
}

static bool
addresses_equal(const Rec__Customer *a, const Rec__Customer *b)
{
	if (a->n_addresses != b->n_addresses)
		return false;
	for (size_t i = 0; i < a->n_addresses; i++)
		if (strcmp(a->addresses[i]->address,
			b->addresses[i]->address) != 0)
			return false;
	return true;
}

/* The one that is there keeps what is known of it. */
static Rec__CustomerAddress *
address_take(Rec__Customer *customer, const char *address)
{
	g_autofree char *folded = text_fold_address(address);
	Rec__CustomerAddress *made = g_new0(Rec__CustomerAddress, 1);

	rec__customer_address__init(made);
	made->address = g_strdup(address);
	for (size_t i = 0; i < customer->n_addresses; i++) {
		const Rec__CustomerAddress *old = customer->addresses[i];
		g_autofree char *known = text_fold_address(old->address);

		if (strcmp(known, folded) != 0)
			continue;
		made->has_bouncing = old->has_bouncing;
		made->bouncing = old->bouncing;
		made->has_bounced_at = old->has_bounced_at;
		made->bounced_at = old->bounced_at;
	}
	return made;
}

static bool
addresses_apply(Rec__Customer *customer, const Rec__Customer *row)
{
	Rec__CustomerAddress **list;

	if (row->n_addresses == 0 || addresses_equal(customer, row))
		return false;
	list = g_new0(Rec__CustomerAddress *, row->n_addresses);
	for (size_t i = 0; i < row->n_addresses; i++)
		list[i] = address_take(customer, row->addresses[i]->address);
	for (size_t i = 0; i < customer->n_addresses; i++)
		rec__customer_address__free_unpacked(customer->addresses[i],
		    &record_allocator);
	g_free(customer->addresses);
	customer->addresses = list;
	customer->n_addresses = row->n_addresses;
	return true;
}

/* By its id it was found: that is no number of its own. */
static bool
number_apply(Rec__Customer *customer, struct customer_id id, const char *number)
{
	g_autofree char *own = g_strdup_printf("%" PRIu64, id.n);

	if (customer->number == NULL && g_strcmp0(number, own) == 0)
		return false;
	return text_apply(&customer->number, number);
}

static bool
fields_apply(Rec__Customer *customer, struct customer_id id,
    const Rec__Customer *row)
{
	bool changed = number_apply(customer, id, row->number);

	changed = text_apply(&customer->name, row->name) || changed;
	changed = text_apply(&customer->group, row->group) || changed;
	changed = text_apply(&customer->language, row->language) || changed;
	return addresses_apply(customer, row) || changed;
}

/* ---- a row --------------------------------------------------------------- */

struct target {
	struct customer_id id; /* 0: new */
	Rec__Customer *customer;
	bool changed;
};

static void
target_drop(struct target *target)
{
	record_free_any(&target->customer);
}

static bool
may_change(const struct target *t, GError **error)
{
	if (t->customer->merged_into != 0)
		return fail(error, ERR_CONFLICT,
		    "customer %" PRIu64 " is merged into customer %" PRIu64,
		    t->id.n, t->customer->merged_into);
	if (t->customer->erased)
		return fail(error, ERR_CONFLICT,
		    "customer %" PRIu64 " is erased", t->id.n);
	return true;
}

static bool
target_new(struct target *t, const Rec__Customer *row, GError **error)
{
	if (row->name == NULL && row->n_addresses == 0)
		return fail(error, ERR_INVALID,
		    "a new customer needs a name or an address");
	t->id.n = 0;
	t->customer = g_new0(Rec__Customer, 1);
	rec__customer__init(t->customer);
	return true;
}

/* The customer as the row would have it, checked. */
static bool
target_make(struct target *t, const struct view *view, const Rec__Customer *row,
    GError **error)
{
	switch (find(view, row, &t->id, error)) {
	case FOUND_YES:
		if (!customer_load(view, t->id, &t->customer, error) ||
		    !may_change(t, error))
			return false;
		break;
	case FOUND_NO:
		if (!target_new(t, row, error))
			return false;
		break;
	case FOUND_ERROR:
		return false;
	}
	t->changed = fields_apply(t->customer, t->id, row);
	return customer_check(view, t->id, t->customer, error);
}

bool
import_customer_check(const struct view *view, const Rec__Customer *row,
    struct customer_id *id_out, enum import_outcome *outcome_out,
    GError **error)
{
	AUTO(target_drop) struct target t = {.customer = NULL};

	if (!target_make(&t, view, row, error))
		return false;
	*id_out = t.id;
	*outcome_out = t.id.n == 0 ? IMPORT_NEW
	    : t.changed            ? IMPORT_CHANGED
				   : IMPORT_UNCHANGED;
	return true;
}

static bool
row_apply(struct wtxn *w, const Rec__Customer *row, GError **error)
{
	AUTO(target_drop) struct target t = {.customer = NULL};

	if (!target_make(&t, wtxn_view(w), row, error))
		return false;
	if (t.id.n != 0)
		return !t.changed || customer_save(w, &t.id, t.customer, error);
	t.customer->has_created_at = true;
	t.customer->created_at = wtxn_now(w);
	return (t.customer->number != NULL ||
		   customer_next_number(w, &t.customer->number, error)) &&
	    customer_save(w, &t.id, t.customer, error);
}

/* ---- the job ------------------------------------------------------------- */

bool
import_customer_begin(struct wtxn *w, struct job_id *out, GError **error)
{
	return job_prepare(w, JOB_IMPORT_CUSTOMER, json_object(), out, error);
}

bool
import_customer_stage(struct wtxn *w, struct job_id job, uint64_t line,
    const Rec__Customer *row, GError **error)
{
	struct key key = key_2(TABLE_STAGED, job.n, line);
	g_autofree char *name = g_strdup_printf("%" PRIu64, line);
	Rec__Staged staged = REC__STAGED__INIT;

	staged.line = name;
	staged.customer = (Rec__Customer *)(uintptr_t)row; /* only packed */
	return RECORD_SAVE(w, &key, &staged, error);
}

static bool
staged_apply(struct wtxn *w, const struct key *key, const Rec__Staged *staged,
    GError **error)
{
	if (staged->customer != NULL && !row_apply(w, staged->customer, error))
		return fail_while(error, "line %s", staged->line);
	return wtxn_delete(w, key, error);
}

/* The first row of the stage; FOUND_NO: all are applied. */
static enum found
staged_next(struct job_piece *piece, struct key *key_out, Rec__Staged **out,
    GError **error)
{
	struct key prefix = key_1(TABLE_STAGED, piece->id.n);
	AUTO(cursor_free)
	struct cursor *c = cursor_new(wtxn_view(piece->w), &prefix, ASCENDING,
	    error);
	struct slice value;
	enum found found;

	if (c == NULL)
		return FOUND_ERROR;
	found = cursor_next(c, key_out, &value, error);
	if (found != FOUND_YES)
		return found;
	*out = (Rec__Staged *)record_unpack(key_out, value, error);
	return *out != NULL ? FOUND_YES : FOUND_ERROR;
}

/* No cursor: what is applied is not staged any more. */
bool
import_customer_piece(struct job_piece *piece, GError **error)
{
	for (unsigned i = 0; i < ROWS_A_PIECE; i++) {
		AUTO_RECORD(Rec__Staged) staged = NULL;
		struct key key;
		enum found found = staged_next(piece, &key, &staged, error);

		piece->finished = found == FOUND_NO;
		if (found != FOUND_YES)
			return found == FOUND_NO;
		if (!staged_apply(piece->w, &key, staged, error))
			return false;
		piece->done++;
	}
	return true;
}
