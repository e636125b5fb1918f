/* SPDX-License-Identifier: MIT */
/* Users: who may sign in; agents and admins (CA-6). */
#ifndef DESK_USER_H
#define DESK_USER_H

#include "base/base.h"
#include "base/err.h"
#include "model/ids.h"
#include "store/record.h"

bool user_load(const struct view *view, struct user_id id, Rec__User **out,
    GError **error) MUST_CHECK;
/* id 0 makes a new one. Checks the name (unique), the address, and that the
 * supervisor is somebody else. */
bool user_save(struct wtxn *w, struct user_id *id, const Rec__User *user,
    GError **error) MUST_CHECK;
/* Stores the hash that password_hash gave; the user must exist. */
bool user_set_password(struct wtxn *w, struct user_id id, const char *hash,
    GError **error) MUST_CHECK;

#endif
