/* SPDX-License-Identifier: MIT */
/* net/listen: addresses, stale sockets, modes, descriptors running out. */
#include "net/listen.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "net/loop.h"
#include "net/timer.h"
#include "tests/lib/test.h"

#define GIVE_UP_MS 10000

struct door {
	struct loop *loop;
	struct timer *limit; /* a test that hangs fails */
	int accepted;
	int wanted;
	char peer[64];
	bool is_late;
};

static void
on_limit(void *arg)
{
	struct door *d = arg;

	d->is_late = true;
	loop_stop(d->loop);
}

static void
door_open(struct door *d)
{
	*d = (struct door){.wanted = 1};
	d->loop = loop_new(NULL);
	CHECK(d->loop != NULL);
	d->limit = timer_new(d->loop, on_limit, d);
	timer_arm(d->limit, GIVE_UP_MS);
}

static void
door_close(struct door *d)
{
	CHECK(!d->is_late);
	timer_free(&d->limit);
	loop_free(&d->loop);
}

static void
on_peer(int fd, const char *peer, void *arg)
{
	struct door *d = arg;

	CHECK((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
	CHECK((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	(void)close(fd);
	g_strlcpy(d->peer, peer, sizeof(d->peer));
	if (++d->accepted == d->wanted)
		loop_stop(d->loop);
}

static int
connect_unix(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_strlcpy(a.sun_path, path, sizeof(a.sun_path));
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

static int
connect_tcp(const char *address)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const char *port = strrchr(address, ':') + 1;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	CHECK(connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0);
	return fd;
}

TEST(port_0_is_resolved)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *address = NULL;
	struct listen *l;
	struct door d;
	int fd;

	door_open(&d);
	l = listen_open(d.loop, "127.0.0.1:0", NULL, on_peer, &d, &error);
	CHECK_OK(l != NULL, error);
	address = listen_addresses(l);
	CHECK(g_str_has_prefix(address, "127.0.0.1:"));
	CHECK(!g_str_has_suffix(address, ":0"));
	fd = connect_tcp(address);
	loop_run(d.loop);
	CHECK_STR(0, d.peer, "127.0.0.1");
	(void)close(fd);
	listen_close(&l);
	CHECK(l == NULL);
	door_close(&d);
}

TEST(several_addresses_are_one_listener)
{
	const char *dir = test_directory();
	g_autofree char *path = g_build_filename(dir, "a.sock", NULL);
	g_autofree char *start = g_strdup_printf("unix:%s,127.0.0.1:", path);
	g_autofree char *address = NULL;
	g_autoptr(GError) error = NULL;
	struct listen *l;
	struct stat file;
	struct door d;
	int fd[2];

	door_open(&d);
	d.wanted = 2;
	l = listen_open(d.loop, "unix:a.sock, 127.0.0.1:0", dir, on_peer, &d,
	    &error);
	CHECK_OK(l != NULL, error);
	address = listen_addresses(l);
	CHECK(g_str_has_prefix(address, start));
	CHECK_EQ(0, lstat(path, &file), 0);
	CHECK_EQ(0, file.st_mode & 07777, 0660);
	fd[0] = connect_unix(path);
	fd[1] = connect_tcp(address);
	loop_run(d.loop);
	CHECK_EQ(0, d.accepted, 2);
	(void)close(fd[0]);
	(void)close(fd[1]);
	listen_close(&l);
	CHECK(lstat(path, &file) != 0);
	door_close(&d);
}

/* A socket file nobody listens on. */
static void
leave_stale(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_strlcpy(a.sun_path, path, sizeof(a.sun_path));
	CHECK(bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0);
	(void)close(fd);
}

TEST(a_stale_socket_is_replaced)
{
	g_autofree char *path = g_build_filename(test_directory(), "s.sock",
	    NULL);
	g_autofree char *name = g_strconcat("unix:", path, NULL);
	g_autoptr(GError) error = NULL;
	struct listen *l;
	struct door d;
	int fd;

	leave_stale(path);
	door_open(&d);
	l = listen_open(d.loop, name, NULL, on_peer, &d, &error);
	CHECK_OK(l != NULL, error);
	fd = connect_unix(path);
	loop_run(d.loop);
	CHECK_STR(0, d.peer, "unix:");
	(void)close(fd);
	listen_close(&l);
	door_close(&d);
}

TEST(a_socket_in_use_is_left_alone)
{
	g_autofree char *path = g_build_filename(test_directory(), "s.sock",
	    NULL);
	g_autofree char *name = g_strconcat("unix:", path, NULL);
	g_autoptr(GError) error = NULL;
	struct listen *first;
	struct stat file;
	struct door d;

	door_open(&d);
	first = listen_open(d.loop, name, NULL, on_peer, &d, NULL);
	CHECK(first != NULL);
	CHECK(listen_open(d.loop, name, NULL, on_peer, &d, &error) == NULL);
	CHECK(err_is(error, ERR_CONFLICT));
	CHECK(g_str_has_prefix(error->message, "listening on unix:"));
	CHECK_EQ(0, lstat(path, &file), 0);
	listen_close(&first);
	door_close(&d);
}

TEST(a_wrong_address_is_named)
{
	static const struct {
		const char *addresses;
		enum err_kind kind;
		const char *named;
	} row[] = {
	    {"",		 ERR_USAGE,    "no address"      },
	    {"localhost",        ERR_USAGE,    "localhost"       },
	    {"127.0.0.1:70000",  ERR_USAGE,    "127.0.0.1:70000" },
	    {"127.0.0.1:",       ERR_USAGE,    "127.0.0.1:"      },
	    {"127.0.0.1:25x",    ERR_USAGE,    "127.0.0.1:25x"   },
	    {"::1:25",           ERR_USAGE,    "::1:25"          },
	    {"unix:",            ERR_USAGE,    "unix:"           },
	    {"unix:file",        ERR_CONFLICT, "unix:file"       },
	    {"unix:no/such/dir", ERR_TEMP,     "unix:no/such/dir"},
	    {"127.0.0.1:0,bad",  ERR_USAGE,    "bad"             },
	    {"192.0.2.1:0",      ERR_TEMP,     "192.0.2.1:0"     },
	};
	const char *dir = test_directory();
	g_autofree char *file = g_build_filename(dir, "file", NULL);
	struct door d;

	CHECK(g_file_set_contents(file, "x", 1, NULL));
	door_open(&d);
	for (size_t i = 0; i < COUNT(row); i++) {
		g_autoptr(GError) error = NULL;

		CHECK_EQ(i,
		    listen_open(d.loop, row[i].addresses, dir, on_peer, &d,
			&error) == NULL,
		    true);
		CHECK_EQ(i, err_kind(error), row[i].kind);
		CHECK_EQ(i, strstr(error->message, row[i].named) != NULL, true);
	}
	CHECK(g_file_test(file, G_FILE_TEST_IS_REGULAR));
	door_close(&d);
}

struct shortage {
	struct door door;
	struct timer *over;
	struct rlimit before;
	clock_t used; /* CPU while there were no descriptors */
};

static void
on_over(void *arg)
{
	struct shortage *s = arg;

	s->used = clock() - s->used;
	CHECK_EQ(0, s->door.accepted, 0);
	CHECK_EQ(0, setrlimit(RLIMIT_NOFILE, &s->before), 0);
}

TEST(test_R74_a_lack_of_descriptors_does_not_spin)
{
	g_autofree char *path = g_build_filename(test_directory(), "s.sock",
	    NULL);
	g_autofree char *name = g_strconcat("unix:", path, NULL);
	struct shortage s = {0};
	struct rlimit none;
	struct listen *l;
	int fd;

	door_open(&s.door);
	l = listen_open(s.door.loop, name, NULL, on_peer, &s.door, NULL);
	fd = connect_unix(path);
	CHECK(l != NULL && fd >= 0);
	s.over = timer_new(s.door.loop, on_over, &s);
	timer_arm(s.over, 500);
	CHECK_EQ(0, getrlimit(RLIMIT_NOFILE, &s.before), 0);
	none = s.before;
	none.rlim_cur = 3;
	CHECK_EQ(0, setrlimit(RLIMIT_NOFILE, &none), 0);
	s.used = clock();
	loop_run(s.door.loop);
	CHECK_EQ(0, s.door.accepted, 1);
	CHECK(s.used < CLOCKS_PER_SEC / 5);
	(void)close(fd);
	timer_free(&s.over);
	listen_close(&l);
	door_close(&s.door);
}
