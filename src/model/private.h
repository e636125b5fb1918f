/* SPDX-License-Identifier: MIT */
/* What json.c and json_take.c know of each other; nobody else includes this. */
#ifndef MODEL_PRIVATE_H
#define MODEL_PRIVATE_H

#include "model/json.h"

#define NUMBER_ROOM 24

/* One field of one record. */
struct slot {
	const struct json_field *row;
	const ProtobufCFieldDescriptor *field;
	char *value;      /* where the value is */
	char *quantifier; /* has_… or n_… */
};

struct slot json_slot(const struct json_field *row,
    const ProtobufCMessage *message);

#endif
