/* SPDX-License-Identifier: MIT */
/*
 * What every file may use without thinking: the cleanup attribute, the size
 * of an array, the check of an object that came through a `void *`, and the
 * names of our threads. GLib is the base library; nothing here repeats it.
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The destructor takes the address of the owner, accepts NULL in it and
 * leaves NULL behind, so that one function serves callers and AUTO. */
#define AUTO(destructor) __attribute__((cleanup(destructor)))

#define MUST_CHECK              __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))

/* An object that passes through `void *` starts with `unsigned magic`. */
#define OBJ(type, magic_value, pointer)                                        \
	({                                                                     \
		struct type *obj_ = (pointer);                                 \
		assert(obj_ != NULL && obj_->magic == (magic_value));          \
		obj_;                                                          \
	})

/* A lookup that may find nothing. FOUND_ERROR: `error` is set. */
enum found { FOUND_NO, FOUND_YES, FOUND_ERROR };

/* Who runs: a thread says once what it is, a function says where it must
 * run. THREAD_ANY is what tests and the in-process CLI are. */
enum thread_role {
	THREAD_ANY,
	THREAD_LOOP,
	THREAD_WRITER,
	THREAD_READER,
	THREAD_MAIL,
};

/* Names the calling thread for ON_THREAD and for the kernel (`ps -L`). */
void thread_enter(enum thread_role role, const char *name);

/* Long work gives way to the other threads: they get the CPU before the
 * caller's share of it is over, the rest of the machine after it. Both are
 * hints; where the kernel does not take them, others wait a little longer. */
void thread_is_long(void);  /* once, at the start of a thread */
void thread_give_way(void); /* in its loops, every 64 KiB or so */

/* The calling thread's role; THREAD_ANY until thread_enter was called. */
enum thread_role thread_role(void);

#define ON_THREAD(role)                                                        \
	assert(thread_role() == THREAD_ANY || thread_role() == THREAD_##role)

#endif
