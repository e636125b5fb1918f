/* SPDX-License-Identifier: MIT */
/* Users and their credentials, which no resource shows; see user.h. */
#include "desk/user.h"

#include "base/text.h"
#include "desk/event.h"
#include "desk/name.h"

bool
user_load(const struct view *view, struct user_id id, Rec__User **out,
    GError **error)
{
	struct key key = key_1(TABLE_USER, id.n);

	return RECORD_LOAD(view, &key, out, error);
}

static bool
check(const struct view *view, uint64_t id, const Rec__User *user,
    GError **error)
{
	AUTO_RECORD(Rec__User) supervisor = NULL;

	if (user->name == NULL || user->name[0] == '\0')
		return fail(error, ERR_INVALID, "a user needs a name");
	if (user->email != NULL && !text_is_address(user->email))
		return fail(error, ERR_INVALID, "%s is no address",
		    user->email);
	if (user->supervisor != 0 && user->supervisor == id)
		return fail(error, ERR_INVALID,
		    "nobody is their own supervisor");
	if (user->supervisor != 0 &&
	    !user_load(view, (struct user_id){user->supervisor}, &supervisor,
		error))
		return false;
	return name_check(view, NAME_USER, user->name, id, error);
}

bool
user_save(struct wtxn *w, struct user_id *id, const Rec__User *user,
    GError **error)
{
	AUTO_RECORD(Rec__User) old = NULL;
	struct key key;

	if ((id->n != 0 && !user_load(wtxn_view(w), *id, &old, error)) ||
	    !check(wtxn_view(w), id->n, user, error))
		return false;
	if (id->n == 0 && !wtxn_next_id(w, SEQUENCE_OBJECT, &id->n, error))
		return false;
	event_config(w, "user", id->n);
	key = key_1(TABLE_USER, id->n);
	return name_change(w, NAME_USER, id->n, old != NULL ? old->name : NULL,
		   user->name, error) &&
	    RECORD_SAVE(w, &key, user, error);
}

bool
user_set_password(struct wtxn *w, struct user_id id, const char *hash,
    GError **error)
{
	AUTO_RECORD(Rec__User) user = NULL;
	AUTO_RECORD(Rec__Credential) credential = NULL;
	struct key key = key_1(TABLE_CREDENTIAL, id.n);

	if (!user_load(wtxn_view(w), id, &user, error) ||
	    RECORD_FIND(wtxn_view(w), &key, &credential, error) == FOUND_ERROR)
		return false;
	if (credential == NULL) {
		credential = g_new0(Rec__Credential, 1);
		rec__credential__init(credential);
	}
	record_set(&credential->password, hash);
	credential->has_changed_at = true;
	credential->changed_at = wtxn_now(w);
	return RECORD_SAVE(w, &key, credential, error);
}
