/* SPDX-License-Identifier: MIT */
/* Customers and the rows that find them by address or number. */
#include "desk/customer.h"

#include <string.h>

#include "base/text.h"
#include "desk/name.h"

#define NUMBER_FIRST  10000
#define NUMBER_DIGITS 15  /* longer ones raise nothing */
#define MERGES_MAX    256 /* nobody merges so often; a ring ends here */

static struct key
customer_key(uint64_t id)
{
	return key_2(TABLE_CUSTOMER, id, 0);
}

bool
customer_load(const struct view *view, struct customer_id id,
    Rec__Customer **out, GError **error)
{
	struct key key = customer_key(id.n);

	return RECORD_LOAD(view, &key, out, error);
}

enum found
customer_follow(const struct view *view, struct customer_id id,
    struct customer_id *out, GError **error)
{
	enum found first = FOUND_NO;

	for (unsigned i = 0; i < MERGES_MAX; i++) {
		struct key key = customer_key(id.n);
		AUTO_RECORD(Rec__Customer) customer = NULL;
		enum found found = RECORD_FIND(view, &key, &customer, error);

		if (found != FOUND_YES)
			return found == FOUND_NO ? first : found;
		*out = id;
		first = FOUND_YES;
		if (customer->merged_into == 0)
			break;
		id.n = customer->merged_into;
	}
	return first;
}

static struct key
address_key(const char *address, uint64_t id)
{
	g_autofree char *folded = text_fold_address(address);
	struct key key = key_name(TABLE_ADDRESS, folded);

	key_u64(&key, id);
	return key;
}

static bool
addresses_change(struct wtxn *w, uint64_t id, const Rec__Customer *old,
    const Rec__Customer *customer, GError **error)
{
	for (size_t i = 0; old != NULL && i < old->n_addresses; i++) {
		struct key key = address_key(old->addresses[i]->address, id);

		if (!wtxn_delete(w, &key, error))
			return false;
	}
	for (size_t i = 0; i < customer->n_addresses; i++) {
		struct key key = address_key(customer->addresses[i]->address,
		    id);

		if (!wtxn_put(w, &key, "", 0, error))
			return false;
	}
	return true;
}

static bool
check_distinct(const Rec__Customer *customer, GError **error)
{
	g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash,
	    g_str_equal, g_free, NULL);

	for (size_t i = 0; i < customer->n_addresses; i++) {
		const char *address = customer->addresses[i]->address;

		if (!g_hash_table_add(known, text_fold_address(address)))
			return fail(error, ERR_INVALID, "%s is there twice",
			    address);
	}
	return true;
}

bool
customer_check(const struct view *view, struct customer_id id,
    const Rec__Customer *customer, GError **error)
{
	for (size_t i = 0; i < customer->n_addresses; i++)
		if (!text_is_address(customer->addresses[i]->address))
			return fail(error, ERR_INVALID, "%s is no address",
			    customer->addresses[i]->address);
	if (!check_distinct(customer, error))
		return false;
	if (customer->merged_into != 0 && customer->n_addresses > 0)
		return fail(error, ERR_CONFLICT,
		    "customer %" PRIu64 " is merged into customer %" PRIu64
		    ", which has the addresses of both",
		    id.n, customer->merged_into);
	if (customer->number == NULL)
		return true;
	return name_check(view, NAME_CUSTOMER_NUMBER, customer->number, id.n,
	    error);
}

/* ---- numbers ------------------------------------------------------------- */

/* The next number comes after those that somebody gave. */
static bool
number_note(struct wtxn *w, const char *number, GError **error)
{
	uint64_t n;

	if (strlen(number) > NUMBER_DIGITS ||
	    !g_ascii_string_to_unsigned(number, 10, 1, UINT64_MAX, &n, NULL))
		return true;
	return wtxn_raise_id(w, SEQUENCE_CUSTOMER_NUMBER, n + 1, error);
}

/* The sequence may lag behind the numbers of an older program's store. */
bool
customer_next_number(struct wtxn *w, char **number_out, GError **error)
{
	enum found found = FOUND_YES;
	g_autofree char *number = NULL;

	if (!wtxn_raise_id(w, SEQUENCE_CUSTOMER_NUMBER, NUMBER_FIRST, error))
		return false;
	while (found == FOUND_YES) {
		uint64_t n, owner;

		if (!wtxn_next_id(w, SEQUENCE_CUSTOMER_NUMBER, &n, error))
			return false;
		g_free(number);
		number = g_strdup_printf("%" PRIu64, n);
		found = name_find(wtxn_view(w), NAME_CUSTOMER_NUMBER, number,
		    &owner, error);
	}
	if (found == FOUND_ERROR)
		return false;
	*number_out = g_steal_pointer(&number);
	return true;
}

static bool
number_change(struct wtxn *w, uint64_t id, const char *old, const char *number,
    GError **error)
{
	/* A number that equals the id needs no row of its own. */
	if (g_strcmp0(number, old) == 0)
		return true;
	if (number != NULL && !number_note(w, number, error))
		return false;
	return name_change(w, NAME_CUSTOMER_NUMBER, id, old, number, error);
}

/* ---- saving -------------------------------------------------------------- */

static void
tell(struct wtxn *w, uint64_t id, Rec__Event__Kind kind)
{
	Rec__Event event = REC__EVENT__INIT;

	event.has_kind = true;
	event.kind = kind;
	event.has_object = true;
	event.object = id;
	wtxn_event(w, &event);
}

bool
customer_save(struct wtxn *w, struct customer_id *id, Rec__Customer *customer,
    GError **error)
{
	AUTO_RECORD(Rec__Customer) old = NULL;
	struct key key;
	bool is_new = id->n == 0;

	if ((!is_new && !customer_load(wtxn_view(w), *id, &old, error)) ||
	    !customer_check(wtxn_view(w), *id, customer, error))
		return false;
	if (is_new && !wtxn_next_id(w, SEQUENCE_CUSTOMER, &id->n, error))
		return false;
	tell(w, id->n,
	    is_new ? REC__EVENT__KIND__CUSTOMER_CREATED
		   : REC__EVENT__KIND__CUSTOMER_CHANGED);
	if (!number_change(w, id->n, old != NULL ? old->number : NULL,
		customer->number, error))
		return false;
	key = customer_key(id->n);
	return addresses_change(w, id->n, old, customer, error) &&
	    RECORD_SAVE(w, &key, customer, error);
}

bool
customer_list_by_address(const struct view *view, const char *address,
    struct customer_id out[CUSTOMERS_OF_ADDRESS_MAX], size_t *count_out,
    GError **error)
{
	g_autofree char *folded = text_fold_address(address);
	struct key prefix = key_name(TABLE_ADDRESS, folded);
	AUTO(cursor_free)
	struct cursor *c = cursor_new(view, &prefix, ASCENDING, error);
	struct key key;
	struct slice value;
	enum found found = FOUND_NO;
	size_t count = 0;

	if (c == NULL)
		return false;
	while (count < CUSTOMERS_OF_ADDRESS_MAX &&
	    (found = cursor_next(c, &key, &value, error)) == FOUND_YES) {
		size_t at = prefix.len;

		out[count++].n = key_get_u64(&key, &at);
	}
	*count_out = count;
	return found != FOUND_ERROR;
}
