/* SPDX-License-Identifier: MIT */
/* postconf, run without a shell; see postconf.h. */
#include "main/postconf.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_MAX 4096

static const char *
program_find(void)
{
	static const char *const places[] = {"/usr/sbin/postconf",
	    "/usr/local/sbin/postconf", "/usr/bin/postconf"};

	for (size_t i = 0; i < COUNT(places); i++)
		if (access(places[i], X_OK) == 0)
			return places[i];
	return NULL;
}

/* Its standard output goes into `fd`, errors nowhere; the process or -1. */
static pid_t
run(const char *program, const char *name, int fd)
{
	char *const argv[] = {(char *)(uintptr_t)program,
	    (char *)(uintptr_t) "-h", (char *)(uintptr_t)name, NULL};
	char *const env[] = {(char *)(uintptr_t) "PATH=/usr/sbin:/usr/bin:/bin",
	    NULL};
	posix_spawn_file_actions_t actions;
	pid_t pid = -1;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return -1;
	if (posix_spawn_file_actions_adddup2(&actions, fd, STDOUT_FILENO) !=
		0 ||
	    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO,
		"/dev/null", O_WRONLY, 0) != 0 ||
	    posix_spawn(&pid, program, &actions, NULL, argv, env) != 0)
		pid = -1;
	(void)posix_spawn_file_actions_destroy(&actions);
	return pid;
}

static char *
output_read(int fd)
{
	char text[OUTPUT_MAX];
	size_t len = 0;

	while (len < sizeof(text) - 1) {
		const ssize_t n = read(fd, text + len, sizeof(text) - 1 - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	text[len] = '\0';
	return g_strdup(g_strstrip(text));
}

char *
postconf_get(const char *name)
{
	const char *program = program_find();
	int pipe_fd[2];
	g_autofree char *value = NULL;
	int status = -1;
	pid_t pid;

	if (program == NULL || pipe2(pipe_fd, O_CLOEXEC) != 0)
		return NULL;
	pid = run(program, name, pipe_fd[1]);
	(void)close(pipe_fd[1]); /* the child has its own */
	if (pid > 0) {
		value = output_read(pipe_fd[0]);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			continue;
	}
	(void)close(pipe_fd[0]); /* read side */
	return pid > 0 && status == 0 ? g_steal_pointer(&value) : NULL;
}
