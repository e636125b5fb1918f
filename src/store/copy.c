/* SPDX-License-Identifier: MIT */
/*
 * Backup, restore, compact: whole copies of the store. A copy is made in a
 * fresh directory beside its place, walked row by row (checksums), synced and
 * renamed: a killed copy leaves the old state and a directory named `.tmp-…`.
 */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/clk.h"
#include "base/crash.h"
#include "store/private.h"
#include "store/record.h"
#include "store/scan.h"
#include "store/wtxn.h"

#define COMPACT_BATCH (4 * 1024 * 1024) /* bytes a transaction */
#define MAP_ROOM      (UINT64_C(64) * 1024 * 1024)

static bool
sync_path(const char *path, int flags, GError **error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | flags);
	bool done = fd >= 0 && fsync(fd) == 0;
	int why = errno;

	if (fd >= 0)
		(void)close(fd); /* only synced */
	return done ||
	    fail(error, ERR_TEMP, "syncing %s: %s", path, g_strerror(why));
}

static char *
temp_directory(const char *beside, GError **error)
{
	g_autofree char *parent = g_path_get_dirname(beside);
	char *template = g_build_filename(parent, ".tmp-XXXXXX", NULL);

	if (g_mkdtemp_full(template, 0700) != NULL)
		return template;
	err_set(error, ERR_TEMP, "making a directory in %s: %s", parent,
	    g_strerror(errno));
	g_free(template);
	return NULL;
}

static void
temp_remove(char **dir)
{
	static const char *const names[] = {STORE_FILE, STORE_FILE "-lock",
	    STORE_LOCK};

	if (*dir == NULL)
		return;
	for (size_t i = 0; i < COUNT(names); i++) {
		g_autofree char *path = g_build_filename(*dir, names[i], NULL);

		(void)g_unlink(path); /* may be gone already */
	}
	(void)g_rmdir(*dir);
	g_clear_pointer(dir, g_free);
}

static bool
rename_synced(const char *from, const char *to, GError **error)
{
	g_autofree char *parent = g_path_get_dirname(to);

	if (!sync_path(from, 0, error))
		return false;
	if (rename(from, to) != 0)
		return fail(error, ERR_TEMP, "renaming to %s: %s", to,
		    g_strerror(errno));
	return sync_path(parent, O_DIRECTORY, error);
}

static uint64_t
file_size(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

/* A store that is opened for a while needs no more address space than it has
 * bytes, and some to write in. */
static struct store *
open_briefly(const char *dir, GError **error)
{
	g_autofree char *path = g_build_filename(dir, STORE_FILE, NULL);
	struct store_options options = {
	    .dir = dir,
	    .map_size = file_size(path) + MAP_ROOM,
	};

	return store_open(&options, error);
}

/* Opens the copy in `dir` by itself and reads every row of it. */
static bool
verify(const char *dir, GError **error)
{
	AUTO(store_close) struct store *store = open_briefly(dir, error);

	return store != NULL && scan_all(store, NULL, NULL, error);
}

bool
store_backup(struct store *store, const char *path, GError **error)
{
	AUTO(temp_remove) char *dir = NULL;
	g_autofree char *copy = NULL;

	if (g_file_test(path, G_FILE_TEST_EXISTS))
		return fail(error, ERR_CONFLICT, "%s exists already", path);
	dir = temp_directory(path, error);
	if (dir == NULL)
		return false;
	copy = g_build_filename(dir, STORE_FILE, NULL);
	if (!store_backend(store)->copy(store_env(store), copy, error) ||
	    !verify(dir, error))
		return false;
	CRASH_POINT(backup_before_rename);
	return rename_synced(copy, path, error);
}

static bool
mark_restored(const char *dir, GError **error)
{
	AUTO(store_close) struct store *store = open_briefly(dir, error);
	AUTO(wtxn_abort) struct wtxn *w = NULL;
	AUTO_RECORD(Rec__Meta) meta = NULL;
	struct key key = key_name(TABLE_META, "store");

	if (store == NULL)
		return false;
	w = wtxn_begin(store, clk_wall_us(), error);
	if (w == NULL || !RECORD_LOAD(wtxn_view(w), &key, &meta, error))
		return false;
	meta->has_restored = true;
	meta->restored = true;
	return RECORD_SAVE(w, &key, meta, error) && wtxn_commit(&w, error);
}

static bool
copy_file(const char *from, const char *to, GError **error)
{
	g_autoptr(GMappedFile) map = NULL;
	g_autoptr(GError) why = NULL;

	map = g_mapped_file_new(from, FALSE, &why);
	if (map == NULL)
		return fail(error, ERR_NOT_FOUND, "%s", why->message);
	if (!g_file_set_contents_full(to, g_mapped_file_get_contents(map),
		(gssize)g_mapped_file_get_length(map),
		G_FILE_SET_CONTENTS_DURABLE, 0600, &why))
		return fail(error, ERR_TEMP, "%s", why->message);
	return true;
}

bool
store_restore(const char *dir, const char *path, GError **error)
{
	AUTO(temp_remove) char *temp = NULL;
	g_autofree char *copy = NULL;
	g_autofree char *place = g_build_filename(dir, STORE_FILE, NULL);

	if (g_mkdir_with_parents(dir, 0700) != 0)
		return fail(error, ERR_TEMP, "making %s: %s", dir,
		    g_strerror(errno));
	if (g_file_test(place, G_FILE_TEST_EXISTS))
		return fail(error, ERR_CONFLICT,
		    "there is a store in %s "
		    "already; restore into an empty directory",
		    dir);
	temp = temp_directory(place, error);
	if (temp == NULL)
		return false;
	copy = g_build_filename(temp, STORE_FILE, NULL);
	return copy_file(path, copy, error) && verify(temp, error) &&
	    mark_restored(temp, error) && rename_synced(copy, place, error);
}

/* ---- compact ------------------------------------------------------------- */

struct compaction {
	struct store *to;
	struct wtxn *w;
};

static bool
compact_row(void *arg, const struct key *key, struct slice value,
    GError **error)
{
	struct compaction *c = arg;

	if (c->w != NULL && wtxn_bytes(c->w) >= COMPACT_BATCH &&
	    !wtxn_commit(&c->w, error))
		return false;
	if (c->w == NULL)
		c->w = wtxn_begin(c->to, clk_wall_us(), error);
	return c->w != NULL &&
	    wtxn_put(c->w, key, value.bytes, value.len, error);
}

static bool
compact_into(struct store *from, const char *dir, uint64_t map_size,
    GError **error)
{
	struct store_options options = {
	    .dir = dir,
	    .create = STORE_CREATE,
	    .map_size = map_size,
	};
	AUTO(store_close) struct store *to = store_open(&options, error);
	struct compaction c = {.to = to, .w = NULL};
	bool done;

	if (to == NULL)
		return false;
	done = scan_all(from, compact_row, &c, error) &&
	    (c.w == NULL || wtxn_commit(&c.w, error));
	wtxn_abort(&c.w);
	return done;
}

bool
store_compact(const char *dir, uint64_t *before_out, uint64_t *after_out,
    GError **error)
{
	AUTO(store_close) struct store *from = open_briefly(dir, error);
	g_autofree char *place = g_build_filename(dir, STORE_FILE, NULL);
	AUTO(temp_remove) char *temp = NULL;
	g_autofree char *copy = NULL;

	if (from == NULL)
		return false;
	temp = temp_directory(place, error);
	if (temp == NULL)
		return false;
	copy = g_build_filename(temp, STORE_FILE, NULL);
	*before_out = file_size(place);
	if (!compact_into(from, temp, 2 * *before_out + MAP_ROOM, error) ||
	    !verify(temp, error) || !rename_synced(copy, place, error))
		return fail_while(error, "compacting");
	*after_out = file_size(place);
	return true;
}
