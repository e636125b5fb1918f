/* SPDX-License-Identifier: MIT */
/*
 * Steps from one schema version to the next. A step is called with a cursor
 * text (empty at first) inside a write transaction, does one piece, and says
 * in `cursor` where to go on, or that it is done by leaving it empty. Cursor
 * and piece are one commit.
 */
#include "store/upgrade.h"

#include "base/clk.h"
#include "base/log.h"
#include "store/record.h"
#include "store/store.h"
#include "store/upgrade_steps.h"
#include "store/wtxn.h"

static bool
meta_load(struct wtxn *w, Rec__Meta **meta, GError **error)
{
	struct key key = key_name(TABLE_META, "store");

	return RECORD_LOAD(wtxn_view(w), &key, meta, error);
}

static bool
piece_run(struct store *store, const struct upgrade_step *step, bool *more_out,
    GError **error)
{
	AUTO(wtxn_abort)
	struct wtxn *w = wtxn_begin(store, clk_wall_us(), error);
	struct key key = key_name(TABLE_META, "store");
	AUTO_RECORD(Rec__Meta) meta = NULL;
	g_autoptr(GString) cursor = NULL;

	if (w == NULL || !meta_load(w, &meta, error))
		return false;
	cursor = g_string_new(meta->upgrade_cursor);
	if (!step->run(w, cursor, error))
		return false;
	*more_out = cursor->len > 0;
	record_set(&meta->upgrade_cursor, *more_out ? cursor->str : NULL);
	if (!*more_out)
		meta->schema = step->to;
	return RECORD_SAVE(w, &key, meta, error) && wtxn_commit(&w, error);
}

bool
upgrade_apply(struct store *store, const struct upgrade_step *steps,
    size_t count, unsigned schema, GError **error)
{
	for (size_t i = 0; i < count; i++) {
		bool more = steps[i].to > schema;

		if (more)
			log_info("store upgrade=%u", steps[i].to);
		while (more)
			if (!piece_run(store, &steps[i], &more, error))
				return fail_while(error,
				    "upgrading the store to schema %u",
				    steps[i].to);
	}
	return true;
}

/* Nothing is to be written. 2: there may be rows of LATE, which an older
 * program would not read. 3: a customer's list has rows with a record in them,
 * and there are blocks, staged imports, discarded mails. */
static bool
only_newer(struct wtxn *w, GString *cursor, GError **error)
{
	(void)w;
	(void)cursor; /* empty: done */
	(void)error;
	return true;
}

bool
upgrade_run(struct store *store, unsigned schema, GError **error)
{
	static const struct upgrade_step steps[] = {
	    {2, only_newer},
	    {3, only_newer},
	};

	return upgrade_apply(store, steps, COUNT(steps), schema, error);
}
