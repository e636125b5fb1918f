/* SPDX-License-Identifier: MIT */
/*
 * Listening sockets on libevent's evconnlistener. Unix sockets are made with
 * mode 0660 before they have a name (fchmod before bind: no moment with a
 * wider one), a dead one in the way is removed after a connect was refused,
 * and only the very file we made is unlinked at the end. When descriptors
 * run out, accept would fail at once and for ever: the listener rests.
 * Owner: loop.
 */
#include "net/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/listener.h>

#include "base/err.h"
#include "base/log.h"
#include "net/private.h"
#include "net/timer.h"

#define LISTEN_MAGIC 0x4c53544eu
#define BACKLOG      1024
#define REST_MS      200
#define SOCKET_MODE  0660
#define UNIX_PREFIX  "unix:"
#define PORT_MAX     65535

struct listen {
	unsigned magic;
	struct loop *loop;
	listen_fn *fn;
	void *arg;
	GPtrArray *sockets;
};

struct socket {
	unsigned magic;
	struct listen *owner;
	struct evconnlistener *listener;
	struct timer *rest;
	char *address; /* as bound */
	char *path;    /* of a unix socket, else NULL */
	dev_t device;
	ino_t inode;
};

struct unix_place {
	struct sockaddr_un address;
	const char *path;
};

static void
fd_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd); /* a listener has nothing to lose */
	*fd = -1;
}

static int
fd_take(int *fd)
{
	const int taken = *fd;

	*fd = -1;
	return taken;
}

static void
socket_free(void *memory)
{
	struct socket *s = memory;
	struct stat now;

	if (s->path != NULL && lstat(s->path, &now) == 0 &&
	    now.st_dev == s->device && now.st_ino == s->inode)
		(void)unlink(s->path); /* else it stays as a stale one */
	timer_free(&s->rest);
	if (s->listener != NULL)
		evconnlistener_free(s->listener);
	g_free(s->address);
	g_free(s->path);
	g_free(s);
}

/* "unix:" for peers without an address. */
static const char *
peer_name(const struct sockaddr *peer, int len, char *out, size_t room)
{
	if (peer->sa_family == AF_UNIX ||
	    getnameinfo(peer, (socklen_t)len, out, (socklen_t)room, NULL, 0,
		NI_NUMERICHOST) != 0)
		return UNIX_PREFIX;
	return out;
}

static void
on_accept(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *peer, int len, void *arg)
{
	static const int yes = 1;
	const struct socket *s = OBJ(socket, LISTEN_MAGIC, arg);
	char name[NI_MAXHOST];

	(void)listener;
	if (peer->sa_family != AF_UNIX)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes,
		    sizeof(yes)); /* replies are small; slower without */
	s->owner->fn(fd, peer_name(peer, len, name, sizeof(name)),
	    s->owner->arg);
}

static void
on_rested(void *arg)
{
	const struct socket *s = OBJ(socket, LISTEN_MAGIC, arg);

	(void)evconnlistener_enable(s->listener);
}

static void
on_accept_error(struct evconnlistener *listener, void *arg)
{
	const struct socket *s = OBJ(socket, LISTEN_MAGIC, arg);
	const int failed = EVUTIL_SOCKET_ERROR();

	log_warn("listen address=%s rest_ms=%d error=%s", log_str(s->address),
	    REST_MS, log_str(g_strerror(failed)));
	(void)evconnlistener_disable(listener);
	timer_arm(s->rest, REST_MS);
}

/* Takes the bound fd on success. */
static bool
socket_add(struct listen *l, int *fd, struct socket *s, GError **error)
{
	const unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC;

	s->magic = LISTEN_MAGIC;
	s->owner = l;
	s->listener = evconnlistener_new(loop_base(l->loop), on_accept, s,
	    flags, BACKLOG, *fd);
	if (s->listener == NULL) {
		const int failed = errno;

		socket_free(s);
		return fail(error, ERR_TEMP, "%s", g_strerror(failed));
	}
	(void)fd_take(fd);
	s->rest = timer_new(l->loop, on_rested, s);
	evconnlistener_set_error_cb(s->listener, on_accept_error);
	g_ptr_array_add(l->sockets, s);
	return true;
}

static int
socket_new(int family)
{
	return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* Removes the socket of a process that is gone. */
static bool
clear_stale(const struct unix_place *place, GError **error)
{
	AUTO(fd_close) int fd = -1;
	struct stat file;

	if (lstat(place->path, &file) != 0) {
		if (errno == ENOENT)
			return true;
		return fail(error, ERR_TEMP, "%s", g_strerror(errno));
	}
	if (!S_ISSOCK(file.st_mode))
		return fail(error, ERR_CONFLICT, "a file is in the way");
	fd = socket_new(AF_UNIX);
	if (fd < 0)
		return fail(error, ERR_TEMP, "%s", g_strerror(errno));
	if (connect(fd, (const struct sockaddr *)&place->address,
		sizeof(place->address)) == 0 ||
	    errno == EAGAIN)
		return fail(error, ERR_CONFLICT, "another process listens");
	if (errno != ECONNREFUSED && errno != ENOENT)
		return fail(error, ERR_TEMP, "%s", g_strerror(errno));
	if (unlink(place->path) != 0 && errno != ENOENT)
		return fail(error, ERR_TEMP, "%s", g_strerror(errno));
	return true;
}

/* A bound descriptor, or -1 with errno. */
static int
unix_bind(const struct unix_place *place)
{
	AUTO(fd_close) int fd = socket_new(AF_UNIX);

	if (fd < 0 || fchmod(fd, SOCKET_MODE) != 0 ||
	    bind(fd, (const struct sockaddr *)&place->address,
		sizeof(place->address)) != 0)
		return -1;
	/* What the umask took away from the group. */
	if (chmod(place->path, SOCKET_MODE) != 0)
		return -1;
	return fd_take(&fd);
}

static bool
open_unix(struct listen *l, const char *name, const char *base_dir,
    GError **error)
{
	g_autofree char *path = g_path_is_absolute(name) || base_dir == NULL
	    ? g_strdup(name)
	    : g_build_filename(base_dir, name, NULL);
	struct unix_place place = {.address.sun_family = AF_UNIX};
	AUTO(fd_close) int fd = -1;
	struct socket *s;
	struct stat file;

	place.path = path;
	if (name[0] == '\0' ||
	    g_strlcpy(place.address.sun_path, path,
		sizeof(place.address.sun_path)) >=
		sizeof(place.address.sun_path))
		return fail(error, ERR_USAGE, "no path, or one too long");
	if (!clear_stale(&place, error))
		return false;
	fd = unix_bind(&place);
	if (fd < 0 || lstat(path, &file) != 0)
		return fail(error, ERR_TEMP, "%s", g_strerror(errno));
	s = g_new0(struct socket, 1);
	s->address = g_strconcat(UNIX_PREFIX, path, NULL);
	s->path = g_steal_pointer(&path);
	s->device = file.st_dev;
	s->inode = file.st_ino;
	return socket_add(l, &fd, s, error);
}

/* "127.0.0.1:25" or "[::1]:25" of a bound socket; NULL with errno. */
static char *
bound_address(int fd)
{
	struct sockaddr_storage address = {0};
	socklen_t len = sizeof(address);
	char host[NI_MAXHOST];
	char port[NI_MAXSERV];

	if (getsockname(fd, (struct sockaddr *)&address, &len) != 0 ||
	    getnameinfo((struct sockaddr *)&address, len, host, sizeof(host),
		port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return NULL;
	return g_strdup_printf(address.ss_family == AF_INET6 ? "[%s]:%s"
							     : "%s:%s",
	    host, port);
}

static bool
is_no_family(int failed)
{
	return failed == EAFNOSUPPORT || failed == EADDRNOTAVAIL;
}

static enum err_kind
bind_error(int failed)
{
	return failed == EADDRINUSE ? ERR_CONFLICT : ERR_TEMP;
}

/* A bound descriptor, or -1 with errno. */
static int
tcp_bind(const struct addrinfo *at)
{
	static const int yes = 1;
	AUTO(fd_close) int fd = socket_new(at->ai_family);

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0)
		return -1;
	if (at->ai_family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes)) != 0)
		return -1;
	if (bind(fd, at->ai_addr, at->ai_addrlen) != 0)
		return -1;
	return fd_take(&fd);
}

/* Takes the bound fd on success. */
static bool
add_tcp(struct listen *l, int *fd, GError **error)
{
	g_autofree char *address = bound_address(*fd);
	struct socket *s;

	if (address == NULL)
		return fail(error, ERR_TEMP, "%s", g_strerror(errno));
	s = g_new0(struct socket, 1);
	s->address = g_steal_pointer(&address);
	return socket_add(l, fd, s, error);
}

/* All addresses of a name; with port 0 the first, for one port only. A
 * family that the machine does not have is left out if another one works. */
static bool
open_all_tcp(struct listen *l, const struct addrinfo *list, bool is_any_port,
    GError **error)
{
	const guint before = l->sockets->len;

	for (const struct addrinfo *at = list; at != NULL; at = at->ai_next) {
		AUTO(fd_close) int fd = tcp_bind(at);
		const int failed = errno;

		if (fd < 0 && is_no_family(failed) &&
		    (at->ai_next != NULL || l->sockets->len > before))
			continue;
		if (fd < 0)
			return fail(error, bind_error(failed), "%s",
			    g_strerror(failed));
		if (!add_tcp(l, &fd, error))
			return false;
		if (is_any_port)
			break;
	}
	return true;
}

/* "HOST:PORT" and "[V6]:PORT"; no host or "*" is every interface. */
static bool
split_tcp(const char *name, char **host_out, uint64_t *port_out)
{
	const char *colon = strrchr(name, ':');
	g_autofree char *host = NULL;
	size_t len;

	if (colon == NULL ||
	    !g_ascii_string_to_unsigned(colon + 1, 10, 0, PORT_MAX, port_out,
		NULL))
		return false;
	host = g_strndup(name, (gsize)(colon - name));
	len = strlen(host);
	if (len > 2 && host[0] == '[' && host[len - 1] == ']')
		*host_out = g_strndup(host + 1, len - 2);
	else if (strchr(host, ':') != NULL)
		return false;
	else if (len == 0 || strcmp(host, "*") == 0)
		*host_out = NULL;
	else
		*host_out = g_steal_pointer(&host);
	return true;
}

static bool
open_tcp(struct listen *l, const char *name, GError **error)
{
	static const struct addrinfo hints = {
	    .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
	    .ai_socktype = SOCK_STREAM,
	};
	g_autofree char *host = NULL;
	g_autofree char *port_text = NULL;
	struct addrinfo *list = NULL;
	uint64_t port;
	int failed;
	bool is_open;

	if (!split_tcp(name, &host, &port))
		return fail(error, ERR_USAGE,
		    "not unix:PATH, HOST:PORT or [IPV6]:PORT");
	port_text = g_strdup_printf("%" PRIu64, port);
	failed = getaddrinfo(host, port_text, &hints, &list);
	if (failed != 0)
		return fail(error, ERR_TEMP, "%s", gai_strerror(failed));
	is_open = open_all_tcp(l, list, port == 0, error);
	freeaddrinfo(list);
	return is_open;
}

static bool
open_address(struct listen *l, const char *name, const char *base_dir,
    GError **error)
{
	bool is_open;

	if (g_str_has_prefix(name, UNIX_PREFIX))
		is_open = open_unix(l, name + strlen(UNIX_PREFIX), base_dir,
		    error);
	else
		is_open = open_tcp(l, name, error);
	return is_open || fail_while(error, "listening on %s", name);
}

struct listen *
listen_open(struct loop *loop, const char *addresses, const char *base_dir,
    listen_fn *fn, void *arg, GError **error)
{
	AUTO(listen_close) struct listen *l = g_new0(struct listen, 1);
	g_auto(GStrv) name = g_strsplit(addresses, ",", -1);

	l->magic = LISTEN_MAGIC;
	l->loop = loop;
	l->fn = fn;
	l->arg = arg;
	l->sockets = g_ptr_array_new_with_free_func(socket_free);
	for (size_t i = 0; name[i] != NULL; i++)
		if (!open_address(l, g_strstrip(name[i]), base_dir, error))
			return NULL;
	if (l->sockets->len == 0)
		return fail_null(error, ERR_USAGE, "no address to listen on");
	return g_steal_pointer(&l);
}

void
listen_close(struct listen **listen)
{
	if (listen == NULL || *listen == NULL)
		return;
	g_ptr_array_unref((*listen)->sockets);
	g_clear_pointer(listen, g_free);
}

char *
listen_addresses(const struct listen *listen)
{
	GString *all = g_string_new(NULL);

	for (guint i = 0; i < listen->sockets->len; i++) {
		const struct socket *s = listen->sockets->pdata[i];

		g_string_append_printf(all, "%s%s", i > 0 ? "," : "",
		    s->address);
	}
	return g_string_free(all, FALSE);
}
