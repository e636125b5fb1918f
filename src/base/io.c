/* SPDX-License-Identifier: MIT */
/* Whole writes; see io.h. */
#include "base/io.h"

#include <errno.h>
#include <unistd.h>

bool
io_write_all(int fd, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	while (len > 0) {
		const ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}
