/* SPDX-License-Identifier: MIT */
/*
 * Message-IDs: which entries a Message-ID leads to, and whether a mail is
 * there already. A row's key is the hash of the Message-ID, the hash of the
 * body, and the entry: the same mail again is one exact look-up (R04), and
 * however many mails carry one Message-ID, no question walks them all. An id
 * that only stood in References (IN-25) has a body hash of zeros. Ids that we
 * write ourselves prove it.
 */
#ifndef DESK_MESSAGE_ID_H
#define DESK_MESSAGE_ID_H

#include "base/base.h"
#include "base/err.h"
#include "base/token.h"
#include "model/ids.h"
#include "store/late.h"
#include "store/record.h"

/* Mails of one Message-ID that are looked at for their tickets. */
#define MESSAGE_ID_ENTRIES_MAX 16

/* token_hash of a Message-ID without its brackets, of a body. */
struct mail_hash {
	uint8_t bytes[TOKEN_HASH_LEN];
};
struct mail_hash mail_hash_of(const void *bytes, size_t len);

/* What tells one mail from another: its Message-ID or, where there is none,
 * all its bytes; and its body, which follows the first empty line. */
struct mail_hashes {
	struct mail_hash id;
	struct mail_hash body;
};
struct mail_hashes mail_hashes_of(const Rec__Mail *mail, const uint8_t *raw,
    size_t len);

/* The entry that is this very mail. */
enum found message_id_find(const struct view *view, const struct mail_hash *id,
    const struct mail_hash *body, struct entry_id *entry_out, GError **error)
    MUST_CHECK;
/* Entries that have or refer to the Message-ID, at most as many as above. */
bool message_id_list(const struct view *view, const struct mail_hash *id,
    struct entry_id out[MESSAGE_ID_ENTRIES_MAX], size_t *count_out,
    GError **error) MUST_CHECK;
/* For checks: whose row this is; a row's key, all zeros if it is none. */
struct entry_id message_id_entry(const struct late_key *tuple);
struct late_key message_id_tuple(const struct key *key);
/* `body` NULL: a reference only. Its row comes later (store/late.h). */
bool message_id_save(struct wtxn *w, const struct mail_hash *id,
    const struct mail_hash *body, struct entry_id entry, GError **error)
    MUST_CHECK;

/* The Message-ID of a mail of ours, without brackets: its entry with a MAC
 * (IN-14), "m17.1.<16 base32>@<domain>". The ring holds a key; g_free the
 * result. */
char *message_id_format(const struct token_keyring *ring, struct entry_id entry,
    const char *domain);
/* Of a Message-ID without brackets. TOKEN_NONE: not of that form, so somebody
 * else's; TOKEN_WRONG: invented, or of a key that is gone. Its domain does
 * not matter: a desk may have had another one then. */
enum token_verdict message_id_own(const struct token_keyring *ring,
    const char *message_id, struct entry_id *entry_out);

#endif
