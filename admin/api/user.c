/* SPDX-License-Identifier: MIT */
/*
 * The user as a resource: a plain noun, stored by desk/user. A password comes
 * in as the hash that the client made and never goes out.
 */
#include "desk/user.h"
#include "admin/api/api.h"

static void
start(ProtobufCMessage *message, int64_t now)
{
	Rec__User *user = (Rec__User *)message;

	user->has_active = user->active = true;
	user->has_created_at = true;
	user->created_at = now;
}

static bool
save(struct wtxn *w, uint64_t *id, ProtobufCMessage *message, GError **error)
{
	struct user_id own = {*id};
	bool done = user_save(w, &own, (const Rec__User *)message, error);

	*id = own.n;
	return done;
}

json_t *
user_password(const struct api_call *call, GError **error)
{
	const char *hash = json_string_value(
	    json_object_get(call->fields, "hash"));
	uint64_t id;

	if (hash == NULL || !g_str_has_prefix(hash, "$argon2id$"))
		return fail_null(error, ERR_INVALID, "no password hash");
	if (!api_id(call, JSON_FORMAT_USER, &id, error) ||
	    !user_set_password(call->w, (struct user_id){id}, hash, error))
		return NULL;
	return json_pack("{s:I}", "id", (json_int_t)id);
}

const struct noun noun_user = {
    .name = "user",
    .kind = JSON_FORMAT_USER,
    .table = TABLE_USER,
    .record = &rec__user__descriptor,
    .start = start,
    .save = save,
};
