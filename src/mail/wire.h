/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: what parent and mail process say to each other on a
 * stream socket. The child greets once with WIRE_READY. A request is a length
 * (8 bytes, native order: one machine, one program) and that many bytes of
 * mail; the answer is a length and a packed record Mail. One at a time.
 */
#ifndef MAIL_WIRE_H
#define MAIL_WIRE_H

#include "base/base.h"

#define WIRE_FD        3
#define WIRE_READY     UINT64_C(0x3130444d4c49414d)
#define WIRE_LEN       sizeof(uint64_t)
#define WIRE_MAIL_MAX  ((uint64_t)64 * 1024 * 1024)
#define WIRE_REPLY_MAX ((uint64_t)16 * 1024 * 1024)
/* Moved by one call at most: a kernel without preemption leaves the CPU to
 * nobody before a call is over. */
#define WIRE_PIECE ((size_t)128 * 1024)

#endif
