/* SPDX-License-Identifier: MIT */
/*
 * Is a record that another process gave what its schema promises? Unpacking
 * checks neither UTF-8 nor the words of an enum. Any thread.
 */
#ifndef MODEL_SOUND_H
#define MODEL_SOUND_H

#include "base/base.h"
#include "model.pb-c.h"

/* Every text is UTF-8, every enum one of its words, in it and below it. */
bool record_is_sound(const ProtobufCMessage *message);

#endif
