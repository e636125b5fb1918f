/* SPDX-License-Identifier: MIT */
/*
 * How often each key came within an hour: in memory, and bounded, for keys are
 * what strangers write from. A key's hour begins with its first time and is
 * over 3,600 s later; the next time begins a new one. So does a time before
 * the hour: a clock that was put back locks nobody out. Times are epoch
 * microseconds.
 *
 * When all places are taken, a key whose hour is over gives way, or else one
 * that came least: a flood of new keys takes the places of one another, not of
 * those that came often. Any thread; each call holds the lock for a few steps.
 */
#ifndef BASE_RATE_H
#define BASE_RATE_H

#include "base/base.h"

struct rate;

/* `max_keys` is at least 1; 48 bytes each, taken as they are used. */
struct rate *rate_new(size_t max_keys);
void rate_free(struct rate **rate);

/* Counts the key; how often it came within its hour, this time included. */
unsigned rate_add(struct rate *rate, uint64_t key, int64_t now);
/* What rate_add would return, without counting. */
unsigned rate_peek(const struct rate *rate, uint64_t key, int64_t now);

#endif
