/* SPDX-License-Identifier: MIT */
/*
 * Records: protocol buffers as values. Loading allocates (free with
 * record_free, or AUTO(record_free) through the typed macros of desk/);
 * saving packs. protobuf-c checks no text: who takes text from outside makes
 * it UTF-8 (base/text) before it comes here.
 */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include "base/base.h"
#include "model.pb-c.h"
#include "model/alloc.h"
#include "store/view.h"
#include "store/wtxn.h"

/* *out is a message of the table's type. FOUND_NO leaves *out alone. */
enum found record_find(const struct view *view, const struct key *key,
    ProtobufCMessage **out, GError **error) MUST_CHECK;
/* The same, but what is not there is ERR_NOT_FOUND, named. */
bool record_load(const struct view *view, const struct key *key,
    ProtobufCMessage **out, GError **error) MUST_CHECK;
bool record_save(struct wtxn *w, const struct key *key,
    const ProtobufCMessage *message, GError **error) MUST_CHECK;
/* Unpacks a value of `table` that a cursor gave. */
ProtobufCMessage *record_unpack(const struct key *key, struct slice value,
    GError **error) MUST_CHECK;
void record_free(ProtobufCMessage **message);

/* Typed use:  AUTO_RECORD(Rec__Ticket) t = NULL;
 *             RECORD_LOAD(view, &key, &t, error)  */
#define AUTO_RECORD(type) __attribute__((cleanup(record_free_any))) type *
void record_free_any(void *message_pointer);
#define RECORD_FIND(view, key, out, error)                                     \
	record_find((view), (key), (ProtobufCMessage **)(void *)(out), (error))
#define RECORD_LOAD(view, key, out, error)                                     \
	record_load((view), (key), (ProtobufCMessage **)(void *)(out), (error))
#define RECORD_SAVE(w, key, message, error)                                    \
	record_save((w), (key), &(message)->base, (error))

/* Replaces a string field of a record that was loaded (or made by g_new). */
void record_set(char **field, const char *value);
#endif
