/* SPDX-License-Identifier: MIT */
/* Connecting to what net/listen bound; see connect.h. */
#include "main/connect.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define UNIX_PREFIX "unix:"

static int
close_failed(int fd, int failed)
{
	if (fd >= 0)
		(void)close(fd); /* was never connected */
	errno = failed;
	return -1;
}

/* By a descriptor of the directory: sun_path is short, a path may not be. */
int
connect_unix(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	g_autofree char *dir = g_path_get_dirname(path);
	g_autofree char *name = g_path_get_basename(path);
	int dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd, failed = 0;

	if (dir_fd < 0)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)g_snprintf(address.sun_path, sizeof(address.sun_path),
	    "/proc/self/fd/%d/%s", dir_fd, name);
	if (fd < 0 ||
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)) !=
		0)
		failed = errno;
	(void)close(dir_fd); /* it only named a place */
	return failed == 0 ? fd : close_failed(fd, failed);
}

static int
connect_first(const struct addrinfo *list)
{
	int failed = ECONNREFUSED;

	for (; list != NULL; list = list->ai_next) {
		int fd = socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (fd >= 0 &&
		    connect(fd, list->ai_addr, list->ai_addrlen) == 0)
			return fd;
		failed = errno;
		(void)close_failed(fd, failed);
	}
	errno = failed;
	return -1;
}

static int
connect_tcp(const char *name)
{
	static const struct addrinfo hints = {
	    .ai_flags = AI_NUMERICSERV,
	    .ai_socktype = SOCK_STREAM,
	};
	const char *colon = strrchr(name, ':');
	g_autofree char *host = NULL;
	struct addrinfo *list = NULL;
	int fd;

	if (colon == NULL)
		return close_failed(-1, EINVAL);
	host = g_strndup(name, (gsize)(colon - name));
	if (host[0] == '[' && g_str_has_suffix(host, "]")) {
		host[strlen(host) - 1] = '\0';
		memmove(host, host + 1, strlen(host));
	}
	if (getaddrinfo(host[0] != '\0' && strcmp(host, "*") != 0 ? host : NULL,
		colon + 1, &hints, &list) != 0)
		return close_failed(-1, EHOSTUNREACH);
	fd = connect_first(list);
	freeaddrinfo(list);
	return fd;
}

static int
connect_one(const char *address, const char *base_dir)
{
	g_autofree char *path = NULL;

	if (!g_str_has_prefix(address, UNIX_PREFIX))
		return connect_tcp(address);
	address += strlen(UNIX_PREFIX);
	path = g_canonicalize_filename(address, base_dir);
	return connect_unix(path);
}

int
connect_any(const char *addresses, const char *base_dir, GError **error)
{
	g_auto(GStrv) list = g_strsplit(addresses, ",", -1);

	for (size_t i = 0; list[i] != NULL; i++) {
		int fd = connect_one(g_strstrip(list[i]), base_dir);

		if (fd >= 0)
			return fd;
	}
	err_set(error, ERR_TEMP, "%s does not answer: %s", addresses,
	    g_strerror(errno));
	return -1;
}
