/* SPDX-License-Identifier: MIT */
/*
 * The bytes of one mail; see body.h. Writing to the spool file goes to the
 * page cache in pieces of memory_max; it is never synced, since nothing was
 * promised yet. Owner: loop.
 */
#include "lmtp/body.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/io.h"

#define SPOOL_PREFIX "lmtp-spool-"
#define FIRST_ROOM   4096

void
body_init(struct body *body, const char *spool_dir, size_t memory_max,
    size_t size_max, size_t expected)
{
	const size_t room = MIN(MAX(expected, FIRST_ROOM), memory_max);

	*body = (struct body){
	    .spool_dir = spool_dir,
	    .memory_max = memory_max,
	    .size_max = size_max,
	    .memory = g_byte_array_sized_new((guint)room),
	    .fd = -1,
	};
}

void
body_drop(struct body *body)
{
	if (body->memory != NULL)
		g_byte_array_unref(g_steal_pointer(&body->memory));
	if (body->fd >= 0)
		(void)close(body->fd); /* unlinked */
	body->fd = -1;
}

/* File systems without O_TMPFILE get a name for a moment. */
static int
spool_open(const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd;
	g_autofree char *path = g_build_filename(dir, SPOOL_PREFIX "XXXXXX",
	    NULL);

	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		(void)unlink(path); /* else the next start sweeps it */
	return fd;
}

/* Memory to file. */
static bool
spill(struct body *body)
{
	if (body->fd < 0)
		body->fd = spool_open(body->spool_dir);
	if (body->fd < 0 ||
	    !io_write_all(body->fd, body->memory->data, body->memory->len))
		return false;
	g_byte_array_set_size(body->memory, 0);
	return true;
}

void
body_refuse(struct body *body)
{
	body->no_room = true;
	body_drop(body);
}

void
body_append(struct body *body, const uint8_t *bytes, size_t len)
{
	body->len += len;
	if (body->memory == NULL)
		return;
	if (body->len > body->size_max) {
		body_drop(body);
		return;
	}
	if (body->memory->len + len > body->memory_max && !spill(body)) {
		body_refuse(body);
		return;
	}
	g_byte_array_append(body->memory, bytes, (guint)len);
}

size_t
body_held(const struct body *body)
{
	return body->memory != NULL ? body->len : 0;
}

bool
body_finish(struct body *body, struct delivery *delivery, GError **error)
{
	if (body->memory != NULL && body->fd >= 0 &&
	    (!spill(body) || lseek(body->fd, 0, SEEK_SET) != 0))
		body_refuse(body);
	if (body->len > body->size_max)
		return fail(error, ERR_TOO_BIG,
		    "%zu bytes, at most %zu are taken", body->len,
		    body->size_max);
	if (body->no_room)
		return fail(error, ERR_FULL,
		    "no room for the bytes of another mail");
	delivery->len = body->len;
	delivery->spool_fd = body->fd;
	body->fd = -1;
	if (delivery->spool_fd < 0)
		delivery->raw = g_steal_pointer(&body->memory);
	body_drop(body);
	return true;
}

bool
body_sweep(const char *spool_dir, GError **error)
{
	if (g_mkdir_with_parents(spool_dir, 0700) != 0)
		return fail(error, ERR_TEMP, "making %s: %s", spool_dir,
		    g_strerror(errno));
	g_autoptr(GDir) dir = g_dir_open(spool_dir, 0, NULL);

	if (dir == NULL)
		return fail(error, ERR_TEMP, "reading %s: %s", spool_dir,
		    g_strerror(errno));
	for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
		g_autofree char *path = NULL;

		if (!g_str_has_prefix(name, SPOOL_PREFIX))
			continue;
		path = g_build_filename(spool_dir, name, NULL);
		(void)unlink(path); /* it only wastes room */
	}
	return true;
}
