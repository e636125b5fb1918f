/* SPDX-License-Identifier: MIT */
/*
 * GLib's allocator for protobuf-c: fields of a record may be replaced by
 * strings that GLib made, and small allocations die on failure.
 */
#include "model/alloc.h"

#include <glib.h>

static void *
allocate(void *data, size_t size)
{
	(void)data;
	return g_malloc(size);
}

static void
give_back(void *data, void *pointer)
{
	(void)data;
	g_free(pointer);
}

ProtobufCAllocator record_allocator = {
    .alloc = allocate,
    .free = give_back,
    .allocator_data = NULL,
};
