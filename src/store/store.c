/* SPDX-License-Identifier: MIT */
/*
 * The data directory: lock, schema version, space. Copies, restores and
 * compaction stand in copy.c, upgrades in upgrade.c. Any thread; the space
 * figures are relaxed atomics refreshed by store_tick on a reader thread.
 */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/clk.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/token.h"
#include "store/late_set.h"
#include "store/private.h"
#include "store/record.h"
#include "store/upgrade.h"
#include "store/wtxn.h"

#define MAP_SIZE      (UINT64_C(1) << 40) /* address space, not disk */
#define ALARM_PERCENT 80
#define TIDY_EVERY    CLK_MINUTE
#define NO_STORE                                                               \
	"there is no store in %s; make one with: maildesk init --data %s"

struct store {
	const struct backend *backend;
	void *env;
	char *dir;
	int lock_fd;
	uint8_t id[TOKEN_HASH_LEN];
	uint64_t reserve; /* bytes free on disk below which we refuse */
	atomic_bool has_room;
	atomic_bool alarmed;
	int64_t tidied_at;     /* monotonic; store_tick's own */
	struct late_set *late; /* owner: who writes */
};

const struct backend *
store_backend(const struct store *store)
{
	return store->backend;
}

void *
store_env(const struct store *store)
{
	return store->env;
}

struct late_set *
store_late(const struct store *store)
{
	return store->late;
}

const char *
store_dir(const struct store *store)
{
	return store->dir;
}

const uint8_t *
store_id(const struct store *store)
{
	return store->id;
}

/* ---- the lock ------------------------------------------------------------ */

/* Locks and memory maps do not hold across machines. */
static bool
is_network(const char *dir)
{
	static const uint32_t network[] = {
	    0x6969,     /* NFS */
	    0x517b,     /* SMB */
	    0xff534d42, /* CIFS */
	    0xfe534d42, /* SMB2 */
	    0x01021997, /* 9P */
	    0x5346414f, /* AFS */
	    0x00c36400, /* CEPH */
	};
	struct statfs fs;

	if (statfs(dir, &fs) != 0)
		return false;
	for (size_t i = 0; i < COUNT(network); i++)
		if ((uint32_t)fs.f_type == network[i])
			return true;
	return false;
}

static bool
lock_take(struct store *store, GError **error)
{
	g_autofree char *path = g_build_filename(store->dir, STORE_LOCK, NULL);

	if (is_network(store->dir))
		return fail(error, ERR_CONFLICT,
		    "%s is on a network file "
		    "system; the store needs a local disk",
		    store->dir);
	store->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (store->lock_fd < 0 && errno == ENOENT)
		return fail(error, ERR_NOT_FOUND, NO_STORE, store->dir,
		    store->dir);
	if (store->lock_fd < 0)
		return fail(error, ERR_TEMP, "cannot open %s: %s", path,
		    g_strerror(errno));
	if (flock(store->lock_fd, LOCK_EX | LOCK_NB) != 0)
		return fail(error, ERR_BUSY, "%s is in use by another process",
		    store->dir);
	return true;
}

/* ---- schema -------------------------------------------------------------- */

static bool
meta_make(struct store *store, GError **error)
{
	AUTO(wtxn_abort)
	struct wtxn *w = wtxn_begin(store, clk_wall_us(), error);
	struct key key = key_name(TABLE_META, "store");
	Rec__Meta meta = REC__META__INIT;

	if (w == NULL)
		return false;
	token_random(store->id, sizeof(store->id));
	meta.has_schema = true;
	meta.schema = STORE_SCHEMA;
	meta.has_store_id = true;
	meta.store_id.data = store->id;
	meta.store_id.len = sizeof(store->id);
	meta.has_created_at = true;
	meta.created_at = wtxn_now(w);
	return RECORD_SAVE(w, &key, &meta, error) && wtxn_commit(&w, error);
}

static enum found
meta_find(struct store *store, Rec__Meta **meta_out, GError **error)
{
	AUTO(view_end) struct view *view = view_begin(store, error);
	struct key key = key_name(TABLE_META, "store");

	if (view == NULL)
		return FOUND_ERROR;
	return RECORD_FIND(view, &key, meta_out, error);
}

static bool
schema_check(struct store *store, GError **error)
{
	AUTO_RECORD(Rec__Meta) meta = NULL;

	switch (meta_find(store, &meta, error)) {
	case FOUND_ERROR:
		return false;
	case FOUND_NO:
		return meta_make(store, error);
	case FOUND_YES:
		break;
	}
	memcpy(store->id, meta->store_id.data,
	    MIN(meta->store_id.len, sizeof(store->id)));
	if (meta->schema > STORE_SCHEMA)
		return fail(error, ERR_CONFLICT,
		    "the store has schema %u, this "
		    "program knows up to %u; install the newer program again",
		    meta->schema, STORE_SCHEMA);
	return upgrade_run(store, meta->schema, error);
}

static bool
late_load(struct store *store, size_t max, GError **error)
{
	store->late = late_open(store, max, error);
	return store->late != NULL;
}

/* ---- open and close ------------------------------------------------------ */

static bool
file_check(const struct store *store, enum store_create create, GError **error)
{
	g_autofree char *path = g_build_filename(store->dir, STORE_FILE, NULL);
	bool is_there = access(path, F_OK) == 0;

	if (is_there && create == STORE_CREATE)
		return fail(error, ERR_CONFLICT,
		    "there is a store in %s already", store->dir);
	if (!is_there && create == STORE_MUST_EXIST)
		return fail(error, ERR_NOT_FOUND, NO_STORE, store->dir,
		    store->dir);
	return true;
}

static bool
env_open(struct store *store, uint64_t map_size, GError **error)
{
	g_autofree char *path = g_build_filename(store->dir, STORE_FILE, NULL);
	struct backend_options options = {
	    .path = path,
	    .map_size = map_size != 0 ? map_size : MAP_SIZE,
	};

	store->env = store->backend->open(&options, error);
	return store->env != NULL;
}

struct store *
store_open(const struct store_options *options, GError **error)
{
	AUTO(store_close) struct store *store = g_new0(struct store, 1);

	store->backend = options->backend != NULL ? options->backend
						  : &backend_lmdb;
	store->dir = g_strdup(options->dir);
	store->lock_fd = -1;
	atomic_store(&store->has_room, true);
	if (!lock_take(store, error) ||
	    !file_check(store, options->create, error) ||
	    !env_open(store, options->map_size, error) ||
	    !schema_check(store, error) ||
	    !late_load(store, options->late_max, error)) {
		err_prefix(error, "opening the store");
		return NULL;
	}
	store_tick(store);
	return g_steal_pointer(&store);
}

void
store_close(struct store **owner)
{
	struct store *store = *owner;

	if (store == NULL)
		return;
	*owner = NULL;
	late_close(&store->late);
	if (store->env != NULL)
		store->backend->close(store->env);
	if (store->lock_fd >= 0)
		(void)close(store->lock_fd); /* gives the lock back */
	g_free(store->dir);
	g_free(store);
}

/* ---- space --------------------------------------------------------------- */

void
store_set_reserve(struct store *store, uint64_t refuse_below)
{
	store->reserve = refuse_below;
	store_tick(store);
}

bool
store_has_room(const struct store *store)
{
	return atomic_load_explicit(&store->has_room, memory_order_relaxed);
}

struct space {
	uint64_t disk_free;
	uint64_t disk_total;
	struct backend_room map;
};

static bool
space_read(const struct store *store, struct space *out)
{
	struct statvfs fs;

	if (statvfs(store->dir, &fs) != 0)
		return false;
	out->disk_free = (uint64_t)fs.f_bavail * fs.f_frsize;
	out->disk_total = (uint64_t)fs.f_blocks * fs.f_frsize;
	out->map = store->backend->room(store->env);
	return true;
}

static unsigned
percent(uint64_t part, uint64_t whole)
{
	return whole == 0 ? 0 : (unsigned)((double)part * 100 / (double)whole);
}

/* Deletes need free pages too, so intake stops while a part is left. */
static bool
space_is_enough(const struct store *store, const struct space *s)
{
	return s->disk_free >= store->reserve &&
	    s->map.used < s->map.limit - s->map.limit / 8;
}

static void
space_alarm(struct store *store, const struct space *s)
{
	unsigned disk = percent(s->disk_total - s->disk_free, s->disk_total);
	unsigned map = percent(s->map.used, s->map.limit);
	bool alarm = disk >= ALARM_PERCENT || map >= ALARM_PERCENT;

	if (atomic_exchange(&store->alarmed, alarm) == alarm)
		return;
	if (alarm)
		log_warn("store space=low disk_used=%u%% map_used=%u%% "
			 "free_bytes=%" PRIu64,
		    disk, map, s->disk_free);
	else
		log_info("store space=ok disk_used=%u%% map_used=%u%%", disk,
		    map);
}

static void
tidy(struct store *store)
{
	int64_t now = clk_monotonic_us();
	unsigned dead;

	if (store->tidied_at != 0 && now - store->tidied_at < TIDY_EVERY)
		return;
	store->tidied_at = now;
	dead = store->backend->tidy(store->env);
	metric_add(METRIC_STALE_READERS, dead);
	if (dead > 0)
		log_warn("store stale_readers=%u action=cleared", dead);
}

void
store_tick(struct store *store)
{
	struct space s;
	bool enough;

	tidy(store);
	if (!space_read(store, &s))
		return;
	metric_set(METRIC_STORE_BYTES_USED, (int64_t)s.map.used);
	metric_set(METRIC_STORE_BYTES_FREE, (int64_t)s.disk_free);
	space_alarm(store, &s);
	enough = space_is_enough(store, &s);
	if (atomic_exchange(&store->has_room, enough) == enough)
		return;
	if (enough)
		log_info("store room=yes action=accept");
	else
		log_error("store room=no action=refuse free_bytes=%" PRIu64
			  " map_used=%" PRIu64,
		    s.disk_free, s.map.used);
}
