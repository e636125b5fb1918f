/* SPDX-License-Identifier: MIT */
/*
 * 64-bit checksum of stored rows: SipHash (crypto_shorthash) under a fixed
 * key. It tells damage, not tampering. Any thread, no state.
 */
#ifndef BASE_CHECKSUM_H
#define BASE_CHECKSUM_H

#include "base/base.h"

#define CHECKSUM_LEN 8

/* `seed` chains pieces: checksum(checksum(0, a), b) is no checksum(0, ab). */
uint64_t checksum(uint64_t seed, const void *bytes, size_t len);

#endif
