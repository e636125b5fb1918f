/* SPDX-License-Identifier: MIT */
/*
 * Places are in an array and know one another by number: in the chain of
 * their hash, in the list of all by the beginning of their hour, and in a list
 * of those that came equally often. LEVELS of these lists tell exact numbers
 * apart; what came more often shares the last one. The place to give up is
 * found at the head of one of them, so a call never walks all places. The
 * hash's multiplier is random: who can choose keys cannot choose chains.
 */
#include "base/rate.h"

#include <pthread.h>

#include "base/clk.h"
#include "base/token.h"

#define HOUR   CLK_HOUR
#define LEVELS 256
#define NONE   UINT32_MAX

/* A place in a list; the heads of lists are `struct ends`. */
struct link {
	uint32_t before, after;
};

struct ends {
	uint32_t first, last;
};

struct place {
	uint64_t key;
	int64_t began_at;
	unsigned count;
	uint32_t chained; /* the next of this hash */
	struct link age;  /* the earlier an hour began, the earlier */
	struct link level;
};

struct rate {
	pthread_mutex_t *lock; /* apart, so that a const rate can be locked */
	struct place *place;
	uint32_t used, max;
	uint32_t *chain; /* by hash */
	unsigned bits;   /* of a hash */
	uint64_t multiplier;
	struct ends age;
	struct ends level[LEVELS]; /* [0] stays empty */
};

/* ---- lists --------------------------------------------------------------- */

enum list { LIST_AGE, LIST_LEVEL };

static struct link *
link_of(struct rate *rate, uint32_t at, enum list list)
{
	struct place *place = &rate->place[at];

	return list == LIST_AGE ? &place->age : &place->level;
}

static struct ends *
ends_of(struct rate *rate, uint32_t at, enum list list)
{
	const unsigned count = rate->place[at].count;

	return list == LIST_AGE ? &rate->age
				: &rate->level[MIN(count, LEVELS - 1)];
}

static void
append(struct rate *rate, uint32_t at, enum list list)
{
	struct ends *ends = ends_of(rate, at, list);
	const uint32_t last = ends->last;

	*link_of(rate, at, list) = (struct link){last, NONE};
	if (last == NONE)
		ends->first = at;
	else
		link_of(rate, last, list)->after = at;
	ends->last = at;
}

static void
take_out(struct rate *rate, uint32_t at, enum list list)
{
	struct ends *ends = ends_of(rate, at, list);
	const struct link link = *link_of(rate, at, list);

	if (link.before == NONE)
		ends->first = link.after;
	else
		link_of(rate, link.before, list)->after = link.after;
	if (link.after == NONE)
		ends->last = link.before;
	else
		link_of(rate, link.after, list)->before = link.before;
}

/* ---- places -------------------------------------------------------------- */

static uint32_t *
chain_of(const struct rate *rate, uint64_t key)
{
	return &rate->chain[key * rate->multiplier >> (64 - rate->bits)];
}

static uint32_t
find(const struct rate *rate, uint64_t key)
{
	uint32_t at = *chain_of(rate, key);

	while (at != NONE && rate->place[at].key != key)
		at = rate->place[at].chained;
	return at;
}

static bool
is_over(const struct place *place, int64_t now)
{
	return now < place->began_at ||
	    (uint64_t)now - (uint64_t)place->began_at >= (uint64_t)HOUR;
}

static void
unchain(struct rate *rate, uint32_t at)
{
	uint32_t *chained = chain_of(rate, rate->place[at].key);

	while (*chained != at)
		chained = &rate->place[*chained].chained;
	*chained = rate->place[at].chained;
}

static void
leave_lists(struct rate *rate, uint32_t at)
{
	take_out(rate, at, LIST_AGE);
	take_out(rate, at, LIST_LEVEL);
}

/* Some place is taken. */
static uint32_t
least_counted(const struct rate *rate)
{
	size_t level = 1;

	while (rate->level[level].first == NONE)
		level++;
	return rate->level[level].first;
}

static uint32_t
free_place(struct rate *rate, int64_t now)
{
	uint32_t at = rate->age.first;

	if (rate->used < rate->max)
		return rate->used++;
	if (!is_over(&rate->place[at], now))
		at = least_counted(rate);
	leave_lists(rate, at);
	unchain(rate, at);
	return at;
}

static void
begin_hour(struct rate *rate, uint32_t at, int64_t now)
{
	rate->place[at].began_at = now;
	rate->place[at].count = 1;
	append(rate, at, LIST_AGE);
	append(rate, at, LIST_LEVEL);
}

static void
add_key(struct rate *rate, uint64_t key, int64_t now)
{
	const uint32_t at = free_place(rate, now);
	uint32_t *chain = chain_of(rate, key);

	rate->place[at].key = key;
	rate->place[at].chained = *chain;
	*chain = at;
	begin_hour(rate, at, now);
}

static unsigned
count_again(struct rate *rate, uint32_t at)
{
	struct place *place = &rate->place[at];

	take_out(rate, at, LIST_LEVEL);
	if (place->count < UINT_MAX)
		place->count++;
	append(rate, at, LIST_LEVEL);
	return place->count;
}

static unsigned
add(struct rate *rate, uint64_t key, int64_t now)
{
	const uint32_t at = find(rate, key);

	if (at == NONE) {
		add_key(rate, key, now);
		return 1;
	}
	if (!is_over(&rate->place[at], now))
		return count_again(rate, at);
	leave_lists(rate, at);
	begin_hour(rate, at, now);
	return 1;
}

/* ---- all of it ----------------------------------------------------------- */

struct rate *
rate_new(size_t max_keys)
{
	struct rate *rate = g_new0(struct rate, 1);

	assert(max_keys > 0 && max_keys < NONE);
	rate->lock = g_new0(pthread_mutex_t, 1);
	(void)pthread_mutex_init(rate->lock, NULL);
	rate->max = (uint32_t)max_keys;
	rate->place = g_new0(struct place, max_keys);
	rate->bits = MAX(1, g_bit_storage(max_keys));
	rate->chain = g_new(uint32_t, (size_t)1 << rate->bits);
	for (size_t i = 0; i < (size_t)1 << rate->bits; i++)
		rate->chain[i] = NONE;
	rate->age = (struct ends){NONE, NONE};
	for (size_t i = 0; i < LEVELS; i++)
		rate->level[i] = rate->age;
	token_random(&rate->multiplier, sizeof(rate->multiplier));
	rate->multiplier |= 1;
	return rate;
}

void
rate_free(struct rate **rate)
{
	if (rate == NULL || *rate == NULL)
		return;
	(void)pthread_mutex_destroy((*rate)->lock);
	g_free((*rate)->lock);
	g_free((*rate)->place);
	g_free((*rate)->chain);
	g_clear_pointer(rate, g_free);
}

unsigned
rate_add(struct rate *rate, uint64_t key, int64_t now)
{
	unsigned count;

	(void)pthread_mutex_lock(rate->lock);
	count = add(rate, key, now);
	(void)pthread_mutex_unlock(rate->lock);
	return count;
}

unsigned
rate_peek(const struct rate *rate, uint64_t key, int64_t now)
{
	unsigned count = 1;
	uint32_t at;

	(void)pthread_mutex_lock(rate->lock);
	at = find(rate, key);
	if (at != NONE && !is_over(&rate->place[at], now))
		count = rate->place[at].count == UINT_MAX
		    ? UINT_MAX
		    : rate->place[at].count + 1;
	(void)pthread_mutex_unlock(rate->lock);
	return count;
}
