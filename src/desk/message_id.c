/* SPDX-License-Identifier: MIT */
/* Message-IDs and their entries; see message_id.h. */
#include "desk/message_id.h"

static const struct mail_hash no_body;

/* Of the body's hash in a key: short keys keep the tree low, and who made two
 * mails of one Message-ID alike in 64 bits would only lose one of his own. */
#define BODY_LEN 8

struct mail_hash
mail_hash_of(const void *bytes, size_t len)
{
	struct mail_hash hash = {0};

	token_hash(bytes, len, hash.bytes);
	return hash;
}

static struct key
id_key(const struct mail_hash *id)
{
	struct key key = key_of(TABLE_MESSAGE_ID);

	key_bytes(&key, id->bytes, sizeof(id->bytes));
	return key;
}

struct entry_id
message_id_entry(const struct key *key)
{
	size_t at = key_start(key->table) + sizeof(struct mail_hash) + BODY_LEN;

	return (struct entry_id){key_get_u64(key, &at)};
}

static bool
list(const struct view *view, const struct key *prefix, size_t max,
    struct entry_id *out, size_t *count_out, GError **error)
{
	AUTO(cursor_free)
	struct cursor *c = cursor_new(view, prefix, ASCENDING, error);
	struct key key;
	struct slice value;
	enum found found = FOUND_NO;
	size_t count = 0;

	if (c == NULL)
		return false;
	while (count < max &&
	    (found = cursor_next(c, &key, &value, error)) == FOUND_YES)
		out[count++] = message_id_entry(&key);
	*count_out = count;
	return found != FOUND_ERROR;
}

enum found
message_id_find(const struct view *view, const struct mail_hash *id,
    const struct mail_hash *body, struct entry_id *entry_out, GError **error)
{
	struct key prefix = id_key(id);
	size_t count;

	key_bytes(&prefix, body->bytes, BODY_LEN);
	if (!list(view, &prefix, 1, entry_out, &count, error))
		return FOUND_ERROR;
	return count > 0 ? FOUND_YES : FOUND_NO;
}

bool
message_id_list(const struct view *view, const struct mail_hash *id,
    struct entry_id out[MESSAGE_ID_ENTRIES_MAX], size_t *count_out,
    GError **error)
{
	struct key prefix = id_key(id);

	return list(view, &prefix, MESSAGE_ID_ENTRIES_MAX, out, count_out,
	    error);
}

bool
message_id_save(struct wtxn *w, const struct mail_hash *id,
    const struct mail_hash *body, struct entry_id entry, GError **error)
{
	struct key key = id_key(id);

	if (body == NULL)
		body = &no_body;
	key_bytes(&key, body->bytes, BODY_LEN);
	key_u64(&key, entry.n);
	return wtxn_put(w, &key, "", 0, error);
}
