/* SPDX-License-Identifier: MIT */
/*
 * The shared part of all sessions; see door.h. Nothing here knows a
 * connection. Owner: loop.
 */
#include "lmtp/door.h"

#include <string.h>

#include "base/metric.h"

struct door *
door_new(const struct lmtp_options *options, const struct lmtp_sink *sink)
{
	struct door *door = g_rc_box_new0(struct door);
	struct lmtp_options *own = &door->options;

	*own = *options;
	own->listen = g_strdup(options->listen);
	own->base_dir = g_strdup(options->base_dir);
	own->spool_dir = g_strdup(options->spool_dir);
	own->hostname = g_strdup(options->hostname);
	own->xforward_peers = g_strdup(options->xforward_peers);
	door->sink = *sink;
	return door;
}

struct door *
door_ref(struct door *door)
{
	return g_rc_box_acquire(door);
}

static void
door_clear(void *memory)
{
	struct door *door = memory;
	struct lmtp_options *own = &door->options;

	g_free((char *)(uintptr_t)own->listen);
	g_free((char *)(uintptr_t)own->base_dir);
	g_free((char *)(uintptr_t)own->spool_dir);
	g_free((char *)(uintptr_t)own->hostname);
	g_free((char *)(uintptr_t)own->xforward_peers);
}

void
door_unref(struct door **door)
{
	struct door *own = *door;

	*door = NULL;
	if (own != NULL)
		g_rc_box_release_full(own, door_clear);
}

void
door_account(struct door *door, size_t before, size_t now)
{
	assert(door->in_flight >= before);
	door->in_flight = door->in_flight - before + now;
	metric_add(METRIC_BYTES_IN_FLIGHT, (int64_t)now - (int64_t)before);
}

bool
door_has_room(const struct door *door, size_t size, GError **error)
{
	const size_t max = door->options.in_flight_max;
	const size_t used = door->in_flight;

	if (used > 0 && (used >= max || size > max - used))
		return fail(error, ERR_FULL,
		    "%zu bytes are in flight, %zu may be", used, max);
	return door->sink.room(door->sink.arg, size, error);
}

bool
door_is_over(const struct door *door, size_t own)
{
	return door->in_flight > door->options.in_flight_max &&
	    door->in_flight > own;
}

bool
door_trusts(const struct door *door, const char *peer)
{
	if (door->options.xforward_peers == NULL)
		return false;
	g_auto(GStrv) peers = g_strsplit(door->options.xforward_peers, ",", -1);

	for (size_t i = 0; peers[i] != NULL; i++)
		if (g_ascii_strcasecmp(g_strstrip(peers[i]), peer) == 0)
			return true;
	return false;
}
