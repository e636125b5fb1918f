/* SPDX-License-Identifier: MIT */
/*
 * The keys of reply addresses. Rotating adds one; old ones stay, or the
 * addresses in mails that customers still have would lead nowhere. Key bytes
 * never leave the store.
 */
#include "admin/api/api.h"

#include <string.h>

#include "base/token.h"

static void
ring_read(const Rec__Keyring *rec, struct token_keyring *ring)
{
	for (size_t i = 0; rec != NULL && i < rec->n_keys; i++) {
		struct token_key *k = &ring->key[ring->count];

		if (ring->count == TOKEN_KEYS_MAX ||
		    rec->keys[i]->bytes.len != sizeof(k->bytes))
			continue;
		k->id = rec->keys[i]->id;
		memcpy(k->bytes, rec->keys[i]->bytes.data, sizeof(k->bytes));
		ring->count++;
	}
}

static Rec__Key *
key_record(const struct token_key *key, int64_t now)
{
	Rec__Key *rec = g_new0(Rec__Key, 1);

	rec__key__init(rec);
	rec->has_id = rec->has_bytes = rec->has_created_at = true;
	rec->id = key->id;
	rec->bytes.data = g_memdup2(key->bytes, sizeof(key->bytes));
	rec->bytes.len = sizeof(key->bytes);
	rec->created_at = now;
	return rec;
}

static bool
ring_rotate(struct wtxn *w, const struct key *key, struct token_keyring *ring,
    GError **error)
{
	AUTO_RECORD(Rec__Keyring) rec = NULL;

	if (RECORD_FIND(wtxn_view(w), key, &rec, error) == FOUND_ERROR)
		return false;
	if (rec == NULL) {
		rec = g_new0(Rec__Keyring, 1);
		rec__keyring__init(rec);
	}
	ring_read(rec, ring);
	if (!token_keyring_rotate(ring, error))
		return false;
	rec->keys = g_renew(Rec__Key *, rec->keys, rec->n_keys + 1);
	rec->keys[rec->n_keys++] = key_record(token_keyring_newest(ring),
	    wtxn_now(w));
	wtxn_touch_config(w);
	return RECORD_SAVE(w, key, rec, error);
}

json_t *
keys_rotate(const struct api_call *call, GError **error)
{
	struct key key = key_name(TABLE_SECRET, "reply");
	AUTO(token_keyring_wipe) struct token_keyring ring = {.count = 0};

	if (!ring_rotate(call->w, &key, &ring, error))
		return NULL;
	return json_pack("{s:I, s:I}", "newest",
	    (json_int_t)token_keyring_newest(&ring)->id, "keys",
	    (json_int_t)ring.count);
}
