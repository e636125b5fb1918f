/* SPDX-License-Identifier: MIT */
/* Row checksums; see checksum.h. The seed is part of SipHash's key, so that
 * pieces need not be copied together. Any thread. */
#include "base/checksum.h"

#include <string.h>

#include <sodium.h>

_Static_assert(crypto_shorthash_BYTES == CHECKSUM_LEN,
    "SipHash-2-4 of 64 bits");
_Static_assert(crypto_shorthash_KEYBYTES == 16, "two halves of 8 bytes");

static const uint8_t fixed_half[8] = {'m', 'a', 'i', 'l', 'd', 'e', 's', 'k'};

uint64_t
checksum(uint64_t seed, const void *bytes, size_t len)
{
	uint8_t key[crypto_shorthash_KEYBYTES];
	uint64_t sum;

	memcpy(key, fixed_half, sizeof(fixed_half));
	memcpy(key + sizeof(fixed_half), &seed, sizeof(seed));
	(void)crypto_shorthash((uint8_t *)&sum, bytes, len,
	    key); /* never fails */
	return sum;
}
