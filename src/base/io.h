/* SPDX-License-Identifier: MIT */
/*
 * Blocking descriptors: what read and write leave half done. Not for the
 * loop thread's sockets. Any thread.
 */
#ifndef BASE_IO_H
#define BASE_IO_H

#include "base/base.h"

/* Writes all of it, over interruptions and short writes. False: errno says
 * why, and some of it may have been written. */
bool io_write_all(int fd, const void *bytes, size_t len) MUST_CHECK;

#endif
