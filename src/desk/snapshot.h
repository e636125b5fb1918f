/* SPDX-License-Identifier: MIT */
/*
 * The routing snapshot: what admins change and every decision needs, as one
 * immutable value shared by all threads (g_atomic_rc_box). The writer makes
 * the next one after a commit that changed it. RCPT is decided on it alone.
 */
#ifndef DESK_SNAPSHOT_H
#define DESK_SNAPSHOT_H

#include "base/base.h"
#include "base/err.h"
#include "base/token.h"
#include "desk/setting.h"
#include "model/ids.h"
#include "store/view.h"

struct snapshot_mailbox {
	struct mailbox_id id;
	bool active;
	struct category_id category; /* 0: none */
	char *name;
	char *language;
};

struct pattern_list;

struct snapshot {
	char *settings[SETTING_COUNT];  /* never NULL */
	int64_t numbers[SETTING_COUNT]; /* of BOOL, INT; -1: none */
	struct pattern_list *patterns[SETTING_COUNT]; /* of PATTERNS */
	char **items[SETTING_COUNT];                  /* of HOSTS, HEADERS */
	GTimeZone *zone;                              /* desk.time_zone */
	struct category_id default_category;          /* 0: none */
	GPtrArray *mailboxes;  /* struct snapshot_mailbox */
	GHashTable *addresses; /* folded "a@b" or "@b" -> mailbox */
	GHashTable *agents; /* folded address -> struct user_id, active ones */
	struct pattern_list *blocks; /* blocked senders */
	struct token_keyring keys;
	GPtrArray *tags; /* forms of IN-15, the current first */
};

/* Reads everything from the store. NULL on error. Release when done. */
struct snapshot *snapshot_load(const struct view *view, GError **error)
    MUST_CHECK;
void snapshot_release(struct snapshot **snapshot);
/* For a cell of snapshots. */
void snapshot_clear(void *arg);
/* Makes what is read out of `settings` anew. */
bool snapshot_read_settings(struct snapshot *s, GError **error) MUST_CHECK;

static inline bool
snapshot_is_on(const struct snapshot *s, enum setting setting)
{
	return s->numbers[setting] > 0;
}
/* The active user with that address; 0 if there is none. */
struct user_id snapshot_agent(const struct snapshot *s, const char *folded);

/* Whose address is it: exact, without the "+tag", the whole domain. NULL if
 * nobody's. `detail_out` (may be NULL) gets what stood behind the "+",
 * g_free. */
const struct snapshot_mailbox *snapshot_mailbox(const struct snapshot *s,
    const char *address, char **detail_out);

#endif
