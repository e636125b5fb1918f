/* SPDX-License-Identifier: MIT */
/* The allocator that protobuf-c is given everywhere: GLib's. Any thread. */
#ifndef MODEL_ALLOC_H
#define MODEL_ALLOC_H

#include "model.pb-c.h"

extern ProtobufCAllocator record_allocator;

#endif
