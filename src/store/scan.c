/* SPDX-License-Identifier: MIT */
/* Whole walks over the store; see scan.h. Any thread that may take long. */
#include "store/scan.h"

#include "store/private.h"
#include "store/record.h"

bool
scan_table(const struct view *view, enum table table, scan_fn *fn, void *arg,
    GError **error)
{
	struct key prefix = key_of(table);
	AUTO(cursor_free)
	struct cursor *c = cursor_new(view, &prefix, ASCENDING, error);
	struct key key;
	struct slice value;
	enum found found;

	if (c == NULL)
		return false;
	while ((found = cursor_next(c, &key, &value, error)) == FOUND_YES)
		if (fn != NULL && !fn(arg, &key, value, error))
			return false;
	return found == FOUND_NO;
}

bool
scan_all(struct store *store, scan_fn *fn, void *arg, GError **error)
{
	AUTO(view_end) struct view *view = view_begin(store, error);

	if (view == NULL)
		return false;
	for (enum table table = 0; table < TABLE_COUNT; table++)
		if (!scan_table(view, table, fn, arg, error))
			return false;
	return true;
}
