/* SPDX-License-Identifier: MIT */
/* Merging customers, and the undo; see merge_customer.h. */
#include "jobs/merge_customer.h"

#include "base/text.h"
#include "desk/customer.h"
#include "desk/event.h"
#include "desk/job.h"
#include "desk/ticket.h"
#include "model/json.h"

#define COUNTED_MAX 10000 /* tickets; of more the job's total is unknown */
#define LOOKED_AT   100   /* tickets a piece reads */
#define MOVED_MAX   50    /* tickets a piece writes */

/* ---- addresses ----------------------------------------------------------- */

static void
address_add(Rec__CustomerAddress ***list, size_t *count,
    const Rec__CustomerAddress *from, bool shared)
{
	Rec__CustomerAddress *copy = g_new0(Rec__CustomerAddress, 1);

	rec__customer_address__init(copy);
	copy->address = g_strdup(from->address);
	copy->has_bouncing = from->has_bouncing;
	copy->bouncing = from->bouncing;
	copy->has_bounced_at = from->has_bounced_at;
	copy->bounced_at = from->bounced_at;
	copy->has_shared = copy->shared = shared;
	*list = g_renew(Rec__CustomerAddress *, *list, *count + 1);
	(*list)[(*count)++] = copy;
}

static void
addresses_clear(Rec__CustomerAddress ***list, size_t *count)
{
	for (size_t i = 0; i < *count; i++)
		rec__customer_address__free_unpacked((*list)[i],
		    &record_allocator);
	g_clear_pointer(list, g_free);
	*count = 0;
}

/* Folded addresses; release with unref. */
static GHashTable *
addresses_set(const Rec__Customer *customer)
{
	GHashTable *set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
	    NULL);

	for (size_t i = 0; i < customer->n_addresses; i++)
		g_hash_table_add(set,
		    text_fold_address(customer->addresses[i]->address));
	return set;
}

static bool
set_has(GHashTable *set, const char *address)
{
	g_autofree char *folded = text_fold_address(address);

	return g_hash_table_contains(set, folded);
}

static void
addresses_give(Rec__Customer *from, Rec__Customer *to)
{
	g_autoptr(GHashTable) known = addresses_set(to);

	for (size_t i = 0; i < from->n_addresses; i++) {
		const Rec__CustomerAddress *a = from->addresses[i];
		bool shared = set_has(known, a->address);

		address_add(&from->merged_addresses, &from->n_merged_addresses,
		    a, shared);
		if (!shared)
			address_add(&to->addresses, &to->n_addresses, a, false);
	}
	addresses_clear(&from->addresses, &from->n_addresses);
}

/* All but those in `gone`. */
static void
addresses_drop(Rec__Customer *customer, GHashTable *gone)
{
	size_t kept = 0;

	for (size_t i = 0; i < customer->n_addresses; i++) {
		Rec__CustomerAddress *a = customer->addresses[i];

		if (set_has(gone, a->address))
			rec__customer_address__free_unpacked(a,
			    &record_allocator);
		else
			customer->addresses[kept++] = a;
	}
	customer->n_addresses = kept;
}

static void
addresses_take_back(Rec__Customer *customer, Rec__Customer *from)
{
	g_autoptr(GHashTable) there = addresses_set(from);
	g_autoptr(GHashTable)
	    gone = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (size_t i = 0; i < customer->n_merged_addresses; i++) {
		const Rec__CustomerAddress *a = customer->merged_addresses[i];

		if (!set_has(there, a->address))
			continue;
		address_add(&customer->addresses, &customer->n_addresses, a,
		    false);
		if (!a->shared)
			g_hash_table_add(gone, text_fold_address(a->address));
	}
	addresses_clear(&customer->merged_addresses,
	    &customer->n_merged_addresses);
	addresses_drop(from, gone);
}

/* ---- the two commands ---------------------------------------------------- */

struct pair {
	struct customer_id id[2];
	Rec__Customer *customer[2]; /* owned */
};
enum { MERGED, REMAINING };

static void
pair_drop(struct pair *pair)
{
	for (size_t i = 0; i < COUNT(pair->customer); i++)
		record_free_any(&pair->customer[i]);
}

static bool
pair_load(struct pair *pair, const struct view *view, GError **error)
{
	return customer_load(view, pair->id[MERGED], &pair->customer[MERGED],
		   error) &&
	    customer_load(view, pair->id[REMAINING], &pair->customer[REMAINING],
		error);
}

/* Who gives addresses is saved before who gets them. */
static bool
pair_save(struct pair *pair, struct wtxn *w, size_t first, GError **error)
{
	size_t second = 1 - first;

	return customer_save(w, &pair->id[first], pair->customer[first],
		   error) &&
	    customer_save(w, &pair->id[second], pair->customer[second], error);
}

static bool
is_whole(const struct pair *pair, size_t which, GError **error)
{
	const Rec__Customer *customer = pair->customer[which];

	if (customer->merged_into != 0)
		return fail(error, ERR_CONFLICT,
		    "customer %" PRIu64 " is merged into customer %" PRIu64
		    " already",
		    pair->id[which].n, customer->merged_into);
	if (customer->erased)
		return fail(error, ERR_CONFLICT,
		    "customer %" PRIu64 " is erased", pair->id[which].n);
	return true;
}

static bool
may_merge(const struct pair *pair, GError **error)
{
	if (pair->id[MERGED].n == pair->id[REMAINING].n)
		return fail(error, ERR_CONFLICT,
		    "a customer is not merged into itself");
	if (!is_whole(pair, MERGED, error) || !is_whole(pair, REMAINING, error))
		return false;
	if (pair->customer[MERGED]->n_addresses +
		pair->customer[REMAINING]->n_addresses >
	    CUSTOMER_ADDRESSES_MAX)
		return fail(error, ERR_CONFLICT,
		    "together they have more than %d addresses",
		    CUSTOMER_ADDRESSES_MAX);
	return true;
}

static bool
tickets_count(const struct view *view, struct customer_id id, uint64_t *out,
    GError **error)
{
	struct key prefix = key_1(TABLE_CUSTOMER, id.n);
	struct key record = key_2(TABLE_CUSTOMER, id.n, 0);
	AUTO(cursor_free)
	struct cursor *c = cursor_new(view, &prefix, ASCENDING, error);
	enum found found = FOUND_YES;
	struct key key;
	struct slice value;

	if (c == NULL)
		return false;
	cursor_after(c, &record);
	*out = 0;
	while (*out <= COUNTED_MAX && found == FOUND_YES) {
		found = cursor_next(c, &key, &value, error);
		*out += found == FOUND_YES;
	}
	if (*out > COUNTED_MAX)
		*out = 0;
	return found != FOUND_ERROR;
}

/* The tickets that stand with `walk`, because of `id`. */
static bool
follow_later(struct wtxn *w, const char *kind, struct customer_id id,
    struct customer_id walk, struct job_id *out, GError **error)
{
	uint64_t total;
	json_t *argument;

	if (!tickets_count(wtxn_view(w), walk, &total, error))
		return false;
	argument = json_object();
	json_put(argument, "customer", json_integer((json_int_t)id.n));
	json_put(argument, "walk", json_integer((json_int_t)walk.n));
	return job_add(w, kind, argument, total, out, error);
}

bool
merge_customer(struct wtxn *w, struct customer_id id, struct customer_id into,
    struct job_id *job_out, GError **error)
{
	AUTO(pair_drop)
	struct pair pair = {
	    .id = {id, into}
        };
	Rec__Customer *merged;

	if (!pair_load(&pair, wtxn_view(w), error) || !may_merge(&pair, error))
		return false;
	merged = pair.customer[MERGED];
	addresses_give(merged, pair.customer[REMAINING]);
	merged->has_merged_into = true;
	merged->merged_into = into.n;
	return pair_save(&pair, w, MERGED, error) &&
	    follow_later(w, JOB_MERGE_CUSTOMER, id, id, job_out, error);
}

static bool
may_unmerge(const struct pair *pair, GError **error)
{
	const Rec__Customer *remaining = pair->customer[REMAINING];

	if (remaining->merged_into != 0)
		return fail(error, ERR_CONFLICT,
		    "customer %" PRIu64 " was merged into customer %" PRIu64
		    " since then; undo that first",
		    pair->id[REMAINING].n, remaining->merged_into);
	return true;
}

bool
unmerge_customer(struct wtxn *w, struct customer_id id, struct job_id *job_out,
    GError **error)
{
	AUTO(pair_drop) struct pair pair = {.id = {id}};
	AUTO_RECORD(Rec__Customer) there = NULL;
	Rec__Customer *merged;

	if (!customer_load(wtxn_view(w), id, &there, error))
		return false;
	if (there->merged_into == 0)
		return fail(error, ERR_CONFLICT,
		    "customer %" PRIu64 " is not merged", id.n);
	pair.id[REMAINING].n = there->merged_into;
	if (!pair_load(&pair, wtxn_view(w), error) ||
	    !may_unmerge(&pair, error))
		return false;
	merged = pair.customer[MERGED];
	merged->has_merged_into = false;
	merged->merged_into = 0;
	addresses_take_back(merged, pair.customer[REMAINING]);
	return pair_save(&pair, w, REMAINING, error) &&
	    follow_later(w, JOB_UNMERGE_CUSTOMER, id, pair.id[REMAINING],
		job_out, error);
}

/* ---- the tickets --------------------------------------------------------- */

/* The next tickets of the customer; rows move while they are written. */
static bool
tickets_list(const struct job_piece *piece, uint64_t out[LOOKED_AT],
    size_t *count_out, GError **error)
{
	uint64_t customer = job_piece_number(piece, "walk");
	struct key prefix = key_1(TABLE_CUSTOMER, customer);
	struct key from = key_2(TABLE_CUSTOMER, customer, job_piece_at(piece));
	AUTO(cursor_free)
	struct cursor *c = cursor_new(wtxn_view(piece->w), &prefix, ASCENDING,
	    error);
	enum found found = FOUND_NO;
	size_t count = 0;
	struct key key;
	struct slice value;

	if (c == NULL)
		return false;
	cursor_after(c, &from); /* at first the record, ticket 0 */
	while (count < LOOKED_AT &&
	    (found = cursor_next(c, &key, &value, error)) == FOUND_YES) {
		size_t at = prefix.len;

		out[count++] = key_get_u64(&key, &at);
	}
	*count_out = count;
	return found != FOUND_ERROR;
}

/* Loading says whose it is. */
static bool
ticket_give(struct wtxn *w, uint64_t id, size_t *moved, GError **error)
{
	struct ticket ticket;
	bool done = true;

	if (!ticket_load(wtxn_view(w), (struct ticket_id){id}, &ticket, error))
		return false;
	if (ticket.rec->customer != ticket.was.customer) {
		event_ticket(w, REC__EVENT__KIND__TICKET_CHANGED, id, 0);
		done = ticket_save(w, &ticket, error);
		(*moved)++;
	}
	ticket_drop(&ticket);
	return done;
}

bool
merge_customer_piece(struct job_piece *piece, GError **error)
{
	uint64_t ids[LOOKED_AT];
	size_t count, moved = 0, i = 0;

	if (!tickets_list(piece, ids, &count, error))
		return false;
	for (; i < count && moved < MOVED_MAX; i++) {
		if (!ticket_give(piece->w, ids[i], &moved, error))
			return false;
		job_piece_set_at(piece, ids[i]);
	}
	piece->done += i;
	piece->finished = i == count && count < LOOKED_AT;
	return true;
}
