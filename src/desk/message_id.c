/* SPDX-License-Identifier: MIT */
/* Message-IDs and their entries; see message_id.h. */
#include "desk/message_id.h"

#include <string.h>

#include "store/late.h"

static const struct mail_hash no_body;

/* Of the body's hash in a key: short keys keep the tree low, and who made two
 * mails of one Message-ID alike in 64 bits would only lose one of his own. */
#define BODY_LEN 8
#define ENTRY_AT (sizeof(struct mail_hash) + BODY_LEN)
_Static_assert(ENTRY_AT + sizeof(uint64_t) == LATE_LEN, "a tuple fits");

#define PURPOSE       'm'
#define LOCAL_LEN_MAX 64 /* of what message_id_format writes before the "@" */

/* owner: who asked for it */
struct found_entries {
	struct entry_id *at;
	size_t count, max;
};

struct mail_hash
mail_hash_of(const void *bytes, size_t len)
{
	struct mail_hash hash = {0};

	token_hash(bytes, len, hash.bytes);
	return hash;
}

/* Behind the first empty line; the end of a mail that has no body. */
static size_t
body_offset(const uint8_t *raw, size_t len)
{
	const uint8_t *at = raw;
	const uint8_t *end = raw + len;

	while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		at++;
		if (at < end && *at == '\r')
			at++;
		if (at < end && *at == '\n')
			return (size_t)(at + 1 - raw);
	}
	return len;
}

struct mail_hashes
mail_hashes_of(const Rec__Mail *mail, const uint8_t *raw, size_t len)
{
	const char *id = mail->message_id;
	struct mail_hashes out;
	size_t body;

	if (len == 0)
		raw = (const uint8_t *)""; /* an empty array has no bytes */
	body = body_offset(raw, len);
	out.body = mail_hash_of(raw + body, len - body);
	if (id != NULL && id[0] != '\0')
		out.id = mail_hash_of(id, strlen(id));
	else
		out.id = mail_hash_of(raw, len);
	return out;
}

/* Id, body, entry: what stands behind the table's prefix. */
static struct late_key
tuple_of(const struct mail_hash *id, const struct mail_hash *body,
    struct entry_id entry)
{
	struct late_key tuple;
	const uint64_t n = GUINT64_TO_BE(entry.n);

	memcpy(tuple.bytes, id->bytes, sizeof(id->bytes));
	memcpy(tuple.bytes + sizeof(id->bytes), body->bytes, BODY_LEN);
	memcpy(tuple.bytes + ENTRY_AT, &n, sizeof(n));
	return tuple;
}

struct entry_id
message_id_entry(const struct late_key *tuple)
{
	uint64_t n;

	memcpy(&n, tuple->bytes + ENTRY_AT, sizeof(n));
	return (struct entry_id){GUINT64_FROM_BE(n)};
}

struct late_key
message_id_tuple(const struct key *key)
{
	struct late_key tuple = {0};
	const size_t at = key_start(key->table);

	if (key->len == at + LATE_LEN)
		memcpy(tuple.bytes, key->bytes + at, LATE_LEN);
	return tuple;
}

static bool
has_entry(const struct entry_id *entries, size_t count, struct entry_id entry)
{
	for (size_t i = 0; i < count; i++)
		if (entries[i].n == entry.n)
			return true;
	return false;
}

/* Those that have their place in the table, behind those that wait. */
static bool
list_settled(const struct view *view, const struct late_key *from, size_t len,
    struct found_entries *found, GError **error)
{
	struct key prefix = key_of(TABLE_MESSAGE_ID), key;
	AUTO(cursor_free) struct cursor *c = NULL;
	struct slice value;
	enum found more = FOUND_NO;

	key_bytes(&prefix, from->bytes, len);
	c = cursor_new(view, &prefix, ASCENDING, error);
	while (c != NULL && found->count < found->max &&
	    (more = cursor_next(c, &key, &value, error)) == FOUND_YES) {
		const struct late_key tuple = message_id_tuple(&key);
		const struct entry_id entry = message_id_entry(&tuple);

		if (!has_entry(found->at, found->count, entry))
			found->at[found->count++] = entry;
	}
	return c != NULL && more != FOUND_ERROR;
}

/* Entries of the tuples that begin with the first `len` bytes of `from`. */
static bool
list(const struct view *view, const struct late_key *from, size_t len,
    struct found_entries *found, GError **error)
{
	struct late_key keys[MESSAGE_ID_ENTRIES_MAX];
	struct late_found waiting = {.at = keys, .max = found->max};

	if (!late_list(view, from->bytes, len, &waiting, error))
		return false;
	for (size_t i = 0; i < waiting.count; i++) {
		const struct entry_id entry = message_id_entry(&keys[i]);

		if (!has_entry(found->at, found->count, entry))
			found->at[found->count++] = entry;
	}
	return list_settled(view, from, len, found, error);
}

enum found
message_id_find(const struct view *view, const struct mail_hash *id,
    const struct mail_hash *body, struct entry_id *entry_out, GError **error)
{
	const struct late_key from = tuple_of(id, body, (struct entry_id){0});
	struct found_entries found = {.at = entry_out, .max = 1};

	if (!list(view, &from, ENTRY_AT, &found, error))
		return FOUND_ERROR;
	return found.count > 0 ? FOUND_YES : FOUND_NO;
}

bool
message_id_list(const struct view *view, const struct mail_hash *id,
    struct entry_id out[MESSAGE_ID_ENTRIES_MAX], size_t *count_out,
    GError **error)
{
	const struct late_key from = tuple_of(id, &no_body,
	    (struct entry_id){0});
	struct found_entries found = {.at = out, .max = MESSAGE_ID_ENTRIES_MAX};

	if (!list(view, &from, sizeof(id->bytes), &found, error))
		return false;
	*count_out = found.count;
	return true;
}

bool
message_id_save(struct wtxn *w, const struct mail_hash *id,
    const struct mail_hash *body, struct entry_id entry, GError **error)
{
	const struct late_key tuple = tuple_of(id,
	    body != NULL ? body : &no_body, entry);

	return wtxn_put_late(w, &tuple, error);
}

char *
message_id_format(const struct token_keyring *ring, struct entry_id entry,
    const char *domain)
{
	g_autofree char *local = token_id_format(ring, PURPOSE, entry.n);

	return g_strdup_printf("%s@%s", local, domain);
}

enum token_verdict
message_id_own(const struct token_keyring *ring, const char *message_id,
    struct entry_id *entry_out)
{
	static const char purposes[] = {PURPOSE, '\0'};
	const size_t len = strcspn(message_id, "@");
	g_autofree char *local = NULL;
	enum token_verdict verdict;
	uint64_t id;
	char purpose;

	if (len > LOCAL_LEN_MAX || message_id[len] != '@' ||
	    message_id[len + 1] == '\0')
		return TOKEN_NONE;
	local = g_strndup(message_id, len);
	verdict = token_id_check(ring, local, purposes, &purpose, &id);
	if (verdict == TOKEN_VALID)
		*entry_out = (struct entry_id){id};
	return verdict;
}
