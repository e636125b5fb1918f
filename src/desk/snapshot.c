/* SPDX-License-Identifier: MIT */
/* The routing snapshot: made from the store, then only read. */
#include "desk/snapshot.h"

#include <string.h>

#include "base/days.h"
#include "base/pattern.h"
#include "base/text.h"
#include "store/record.h"
#include "store/scan.h"

static void
mailbox_free(void *arg)
{
	struct snapshot_mailbox *mailbox = arg;

	g_free(mailbox->name);
	g_free(mailbox->language);
	g_free(mailbox);
}

void
snapshot_clear(void *arg)
{
	struct snapshot *s = arg;

	for (size_t i = 0; i < SETTING_COUNT; i++) {
		g_free(s->settings[i]);
		pattern_list_free(&s->patterns[i]);
		g_strfreev(s->items[i]);
	}
	pattern_list_free(&s->blocks);
	g_clear_pointer(&s->zone, g_time_zone_unref);
	g_clear_pointer(&s->addresses, g_hash_table_unref);
	g_clear_pointer(&s->agents, g_hash_table_unref);
	g_clear_pointer(&s->mailboxes, g_ptr_array_unref);
	g_clear_pointer(&s->tags, g_ptr_array_unref);
	token_keyring_wipe(&s->keys);
}

void
snapshot_release(struct snapshot **snapshot)
{
	if (*snapshot != NULL)
		g_atomic_rc_box_release_full(*snapshot, snapshot_clear);
	*snapshot = NULL;
}

static bool
load_settings(struct snapshot *s, const struct view *view, GError **error)
{
	for (enum setting i = 0; i < SETTING_COUNT; i++) {
		s->settings[i] = setting_load(view, i, error);
		if (s->settings[i] == NULL)
			return false;
	}
	return true;
}

static bool
add_mailbox(void *arg, const struct key *key, struct slice value,
    GError **error)
{
	struct snapshot *s = arg;
	AUTO(record_free)
	ProtobufCMessage *message = record_unpack(key, value, error);
	const Rec__Mailbox *rec = (const Rec__Mailbox *)message;
	struct snapshot_mailbox *mailbox;
	size_t at = key_start(key->table);

	if (message == NULL)
		return false;
	mailbox = g_new0(struct snapshot_mailbox, 1);
	mailbox->id.n = key_get_u64(key, &at);
	mailbox->active = rec->active;
	mailbox->category.n = rec->category;
	mailbox->name = g_strdup(rec->name);
	mailbox->language = g_strdup(rec->language);
	g_ptr_array_add(s->mailboxes, mailbox);
	for (size_t i = 0; i < rec->n_addresses; i++)
		g_hash_table_replace(s->addresses,
		    text_fold_address(rec->addresses[i]), mailbox);
	return true;
}

static bool
load_keys(struct snapshot *s, const struct view *view, GError **error)
{
	struct key key = key_name(TABLE_SECRET, "reply");
	AUTO_RECORD(Rec__Keyring) ring = NULL;

	if (RECORD_FIND(view, &key, &ring, error) == FOUND_ERROR)
		return false;
	for (size_t i = 0; ring != NULL && i < ring->n_keys; i++) {
		struct token_key *k = &s->keys.key[s->keys.count];

		if (s->keys.count == TOKEN_KEYS_MAX ||
		    ring->keys[i]->bytes.len != sizeof(k->bytes))
			break;
		k->id = ring->keys[i]->id;
		memcpy(k->bytes, ring->keys[i]->bytes.data, sizeof(k->bytes));
		s->keys.count++;
	}
	return true;
}

/* ---- what settings say --------------------------------------------------- */

static bool
read_patterns(struct snapshot *s, enum setting setting, GError **error)
{
	pattern_list_free(&s->patterns[setting]);
	s->patterns[setting] = pattern_list_parse(s->settings[setting], error);
	return s->patterns[setting] != NULL;
}

static bool
read_setting(struct snapshot *s, enum setting i, GError **error)
{
	const char *value = s->settings[i];

	switch (setting_row(i)->type) {
	case SETTING_BOOL:
		s->numbers[i] = setting_is_on(value);
		return true;
	case SETTING_INT:
	case SETTING_INT_OR_NONE:
		s->numbers[i] = setting_int(value);
		return true;
	case SETTING_PATTERNS:
		return read_patterns(s, i, error);
	case SETTING_HOSTS:
	case SETTING_HEADERS:
		g_strfreev(s->items[i]);
		s->items[i] = setting_items(value);
		return true;
	case SETTING_ZONE:
		g_clear_pointer(&s->zone, g_time_zone_unref);
		s->zone = days_zone(value, error);
		return s->zone != NULL;
	case SETTING_CATEGORY:
		s->numbers[i] = MAX(setting_int(value), 0);
		return true;
	case SETTING_TEXT:
	case SETTING_CHOICE:
	case SETTING_TYPE_COUNT:
		return true;
	}
	return true;
}

static void
read_tags(struct snapshot *s)
{
	g_auto(GStrv)
	    former = setting_items(s->settings[SETTING_TICKET_TAG_FORMER]);

	g_clear_pointer(&s->tags, g_ptr_array_unref);
	s->tags = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(s->tags, g_strdup(s->settings[SETTING_TICKET_TAG]));
	for (size_t i = 0; former[i] != NULL; i++)
		g_ptr_array_add(s->tags, g_strdup(former[i]));
}

bool
snapshot_read_settings(struct snapshot *s, GError **error)
{
	for (enum setting i = 0; i < SETTING_COUNT; i++)
		if (!read_setting(s, i, error))
			return fail_while(error, "reading setting %s",
			    setting_row(i)->key);
	s->default_category.n = (uint64_t)
				    s->numbers[SETTING_INTAKE_DEFAULT_CATEGORY];
	read_tags(s);
	return true;
}

/* ---- users, blocks ------------------------------------------------------- */

static bool
add_agent(void *arg, const struct key *key, struct slice value, GError **error)
{
	struct snapshot *s = arg;
	AUTO(record_free)
	ProtobufCMessage *message = record_unpack(key, value, error);
	const Rec__User *user = (const Rec__User *)message;
	size_t at = key_start(key->table);
	struct user_id id = {key_get_u64(key, &at)};

	if (message == NULL)
		return false;
	if (user->active && user->email != NULL && user->email[0] != '\0')
		g_hash_table_replace(s->agents, text_fold_address(user->email),
		    g_memdup2(&id, sizeof(id)));
	return true;
}

struct user_id
snapshot_agent(const struct snapshot *s, const char *folded)
{
	const struct user_id *id = g_hash_table_lookup(s->agents, folded);

	return id != NULL ? *id : (struct user_id){0};
}

static bool
add_block(void *arg, const struct key *key, struct slice value, GError **error)
{
	GString *all = arg;
	AUTO(record_free)
	ProtobufCMessage *message = record_unpack(key, value, error);
	const Rec__Block *block = (const Rec__Block *)message;

	if (message == NULL)
		return false;
	if (block->pattern != NULL)
		g_string_append_printf(all, "%s,", block->pattern);
	return true;
}

static bool
load_blocks(struct snapshot *s, const struct view *view, GError **error)
{
	g_autoptr(GString) all = g_string_new(NULL);

	if (!scan_table(view, TABLE_BLOCK, add_block, all, error))
		return false;
	s->blocks = pattern_list_parse(all->str, error);
	return s->blocks != NULL || fail_while(error, "reading blocks");
}

struct snapshot *
snapshot_load(const struct view *view, GError **error)
{
	AUTO(snapshot_release)
	struct snapshot *s = g_atomic_rc_box_new0(struct snapshot);

	s->mailboxes = g_ptr_array_new_with_free_func(mailbox_free);
	s->agents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
	    g_free);
	s->addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
	    NULL);
	if (!load_settings(s, view, error) ||
	    !snapshot_read_settings(s, error) || !load_keys(s, view, error) ||
	    !load_blocks(s, view, error) ||
	    !scan_table(view, TABLE_USER, add_agent, s, error) ||
	    !scan_table(view, TABLE_MAILBOX, add_mailbox, s, error))
		return NULL;
	return g_steal_pointer(&s);
}

/* The part behind the first "+" only counts when the whole address is not a
 * mailbox's own: `a+b@c` may be one. */
static const struct snapshot_mailbox *
find_tagged(const struct snapshot *s, const char *folded, char **domain_out)
{
	g_autofree char *user = NULL;
	g_autofree char *detail = NULL;
	g_autofree char *plain = NULL;

	if (!text_split_address(folded, "+", &user, &detail, domain_out))
		return NULL;
	plain = g_strconcat(user, "@", *domain_out, NULL);
	return g_hash_table_lookup(s->addresses, plain);
}

const struct snapshot_mailbox *
snapshot_mailbox(const struct snapshot *s, const char *address,
    char **detail_out)
{
	g_autofree char *folded = text_fold_address(address);
	g_autofree char *domain = NULL;
	g_autofree char *user = NULL;
	g_autofree char *own_domain = NULL;
	g_autofree char *any = NULL;
	const struct snapshot_mailbox *mailbox;

	mailbox = g_hash_table_lookup(s->addresses, folded);
	if (mailbox == NULL)
		mailbox = find_tagged(s, folded, &domain);
	if (mailbox == NULL && domain != NULL) {
		any = g_strconcat("@", domain, NULL);
		mailbox = g_hash_table_lookup(s->addresses, any);
	}
	/* The detail as written: a token's case is not ours to fold. */
	if (mailbox != NULL && detail_out != NULL &&
	    !text_split_address(address, "+", &user, detail_out, &own_domain))
		*detail_out = NULL;
	return mailbox;
}
