/* SPDX-License-Identifier: MIT */
/*
 * A desk on a real store in a fresh directory: two mailboxes, a category, a
 * key for reply tokens; settings, snapshot and the checker as the daemon has
 * them.
 */
#ifndef TESTS_UNIT_INTAKE_DESK_H
#define TESTS_UNIT_INTAKE_DESK_H

#include "base/rate.h"
#include "desk/category.h"
#include "desk/check.h"
#include "desk/entry.h"
#include "desk/mailbox.h"
#include "desk/setting.h"
#include "desk/snapshot.h"
#include "desk/ticket.h"
#include "store/store.h"
#include "tests/lib/test.h"

#define DESK_BEGINS INT64_C(1700000000000000)

struct desk {
	struct store *store;
	struct snapshot *snapshot;
	struct token_keyring keys;
	uint64_t category, support, sales;
	int64_t now;
	bool repeat; /* each letter's transaction is aborted once before */
	struct rate *rate; /* NULL: senders are not counted */
};

static inline void
desk_save_keys(struct desk *desk, struct wtxn *w)
{
	Rec__Key key = REC__KEY__INIT;
	Rec__Key *list[] = {&key};
	Rec__Keyring ring = REC__KEYRING__INIT;
	struct key at = key_name(TABLE_SECRET, "reply");
	g_autoptr(GError) error = NULL;

	CHECK_OK(token_keyring_rotate(&desk->keys, &error), error);
	key.has_id = key.has_bytes = true;
	key.id = desk->keys.key[0].id;
	key.bytes.data = desk->keys.key[0].bytes;
	key.bytes.len = TOKEN_KEY_LEN;
	ring.n_keys = 1;
	ring.keys = list;
	CHECK_OK(RECORD_SAVE(w, &at, &ring, &error), error);
}

static inline uint64_t
desk_add_mailbox(struct wtxn *w, const char *name, const char *address_text,
    uint64_t category)
{
	g_autofree char *copy = g_strdup(name);
	g_autofree char *address = g_strdup(address_text);
	Rec__Mailbox mailbox = REC__MAILBOX__INIT;
	struct mailbox_id id = {0};
	g_autoptr(GError) error = NULL;

	mailbox.name = copy;
	mailbox.n_addresses = 1;
	mailbox.addresses = &address;
	mailbox.has_active = mailbox.active = true;
	mailbox.has_category = category != 0;
	mailbox.category = category;
	CHECK_OK(mailbox_save(w, &id, &mailbox, &error), error);
	return id.n;
}

static inline uint64_t
desk_add_category(struct wtxn *w, const char *name, uint64_t parent)
{
	g_autofree char *copy = g_strdup(name);
	Rec__Category category = REC__CATEGORY__INIT;
	struct category_id id = {0};
	g_autoptr(GError) error = NULL;

	category.name = copy;
	category.has_parent = parent != 0;
	category.parent = parent;
	CHECK_OK(category_save(w, &id, &category, &error), error);
	return id.n;
}

static inline struct wtxn *
desk_begin(struct desk *desk)
{
	g_autoptr(GError) error = NULL;
	struct wtxn *w = wtxn_begin(desk->store, desk->now, &error);

	CHECK_OK(w != NULL, error);
	return w;
}

static inline void
desk_commit(struct wtxn **w)
{
	g_autoptr(GError) error = NULL;

	CHECK_OK(wtxn_commit(w, &error), error);
}

static inline struct view *
desk_view(const struct desk *desk)
{
	g_autoptr(GError) error = NULL;
	struct view *view = view_begin(desk->store, &error);

	CHECK_OK(view != NULL, error);
	return view;
}

/* As the writer does after a commit that changed what it holds. */
static inline void
desk_refresh(struct desk *desk)
{
	AUTO(view_end) struct view *view = desk_view(desk);
	g_autoptr(GError) error = NULL;

	snapshot_release(&desk->snapshot);
	desk->snapshot = snapshot_load(view, &error);
	CHECK_OK(desk->snapshot != NULL, error);
}

static inline void
desk_close(struct desk *desk)
{
	snapshot_release(&desk->snapshot);
	rate_free(&desk->rate);
	store_close(&desk->store);
}

/* support@ with the category Help, sales@ without. */
static inline struct desk
desk_open_on(const struct backend *backend)
{
	struct store_options options = {.backend = backend,
	    .dir = test_directory(),
	    .map_size = UINT64_C(64) << 20,
	    .create = STORE_CREATE};
	struct desk desk = {.now = DESK_BEGINS};
	g_autoptr(GError) error = NULL;
	struct wtxn *w;

	desk.store = store_open(&options, &error);
	CHECK_OK(desk.store != NULL, error);
	w = desk_begin(&desk);
	desk.category = desk_add_category(w, "Help", 0);
	desk.support = desk_add_mailbox(w, "support", "support@desk.example",
	    desk.category);
	desk.sales = desk_add_mailbox(w, "sales", "sales@desk.example", 0);
	desk_save_keys(&desk, w);
	desk_commit(&w);
	desk_refresh(&desk);
	return desk;
}

static inline struct desk
desk_open(void)
{
	return desk_open_on(NULL);
}

static inline void
desk_set(struct desk *desk, enum setting setting, const char *value)
{
	struct wtxn *w = desk_begin(desk);
	g_autoptr(GError) error = NULL;

	CHECK_OK(setting_save(w, setting, value, &error), error);
	desk_commit(&w);
	desk_refresh(desk);
}

/* The checker's sentences; none if all is well. Release with unref. */
static inline GPtrArray *
desk_problems(const struct desk *desk, struct check_report *report_out)
{
	GPtrArray *problems = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) error = NULL;

	CHECK_OK(desk_check(desk->store, problems, report_out, &error), error);
	return problems;
}

static inline struct check_report
desk_clean(const struct desk *desk)
{
	struct check_report report;
	g_autoptr(GPtrArray) problems = desk_problems(desk, &report);

	for (guint i = 0; i < problems->len; i++)
		test_failed(__FILE__, __LINE__, "the store is damaged: %s",
		    (const char *)g_ptr_array_index(problems, i));
	return report;
}

static inline Rec__Ticket *
desk_ticket(const struct desk *desk, uint64_t id)
{
	AUTO(view_end) struct view *view = desk_view(desk);
	struct ticket ticket;
	g_autoptr(GError) error = NULL;

	CHECK_OK(ticket_load(view, (struct ticket_id){id}, &ticket, &error),
	    error);
	return ticket.rec;
}

static inline Rec__Entry *
desk_entry(const struct desk *desk, uint64_t id)
{
	AUTO(view_end) struct view *view = desk_view(desk);
	Rec__Entry *entry = NULL;
	g_autoptr(GError) error = NULL;

	CHECK_OK(entry_load(view, (struct entry_id){id}, &entry, &error),
	    error);
	return entry;
}

#endif
