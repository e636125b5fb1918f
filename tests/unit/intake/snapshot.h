/* SPDX-License-Identifier: MIT */
/* A routing snapshot of default settings, without a store. */
#ifndef TESTS_UNIT_INTAKE_SNAPSHOT_H
#define TESTS_UNIT_INTAKE_SNAPSHOT_H

#include "base/pattern.h"
#include "desk/snapshot.h"
#include "store/record.h"

static inline void
snapshot_make_mailbox(struct snapshot *s, uint64_t id, uint64_t category)
{
	struct snapshot_mailbox *mailbox = g_new0(struct snapshot_mailbox, 1);

	mailbox->id.n = id;
	mailbox->category.n = category;
	g_ptr_array_add(s->mailboxes, mailbox);
}

static inline void
snapshot_make_setting(struct snapshot *s, enum setting setting,
    const char *value)
{
	record_set(&s->settings[setting], value);
	g_assert_true(snapshot_read_settings(s, NULL));
}

static inline struct snapshot *
snapshot_make(void)
{
	struct snapshot *s = g_atomic_rc_box_new0(struct snapshot);

	for (enum setting i = 0; i < SETTING_COUNT; i++)
		s->settings[i] = g_strdup(setting_row(i)->value);
	g_assert_true(snapshot_read_settings(s, NULL));
	s->mailboxes = g_ptr_array_new_with_free_func(g_free);
	s->agents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
	    g_free);
	s->blocks = pattern_list_parse("", NULL);
	return s;
}

#endif
