/* SPDX-License-Identifier: MIT */
/* Blocked senders; see block.h. The routing snapshot holds them all. */
#include "desk/block.h"

#include "base/pattern.h"
#include "base/text.h"
#include "desk/event.h"
#include "store/scan.h"

static bool
check(const Rec__Block *block, GError **error)
{
	AUTO(pattern_list_free) struct pattern_list *list = NULL;

	if (block->pattern == NULL || block->pattern[0] == '\0')
		return fail(error, ERR_INVALID,
		    "a block needs a pattern: pattern=a@b or pattern=b");
	list = pattern_list_parse(block->pattern, error);
	return list != NULL;
}

bool
block_save(struct wtxn *w, uint64_t *id, const Rec__Block *block,
    GError **error)
{
	struct key key;

	if (!check(block, error) ||
	    (*id == 0 && !wtxn_next_id(w, SEQUENCE_OBJECT, id, error)))
		return false;
	event_config(w, "block", *id);
	key = key_1(TABLE_BLOCK, *id);
	return RECORD_SAVE(w, &key, block, error);
}

bool
block_remove(struct wtxn *w, uint64_t id, GError **error)
{
	struct key key = key_1(TABLE_BLOCK, id);
	AUTO_RECORD(Rec__Block) block = NULL;

	if (!RECORD_LOAD(wtxn_view(w), &key, &block, error))
		return false;
	event_config(w, "block", id);
	return wtxn_delete(w, &key, error);
}

struct search {
	const char *address;
	bool found;
};

static bool
look_at(void *arg, const struct key *key, struct slice value, GError **error)
{
	struct search *search = arg;
	AUTO(record_free)
	ProtobufCMessage *message = record_unpack(key, value, error);
	AUTO(pattern_list_free) struct pattern_list *list = NULL;

	if (message == NULL)
		return false;
	list = pattern_list_parse(((const Rec__Block *)message)->pattern,
	    error);
	if (list == NULL)
		return false;
	if (pattern_list_match(list, search->address) != NULL)
		search->found = true;
	return true;
}

bool
block_address(struct wtxn *w, const char *address, const char *note,
    GError **error)
{
	g_autofree char *folded = text_fold_address(address);
	g_autofree char *note_copy = g_strdup(note);
	struct search search = {.address = folded};
	Rec__Block block = REC__BLOCK__INIT;
	uint64_t id = 0;

	if (!scan_table(wtxn_view(w), TABLE_BLOCK, look_at, &search, error))
		return false;
	if (search.found)
		return true;
	block.pattern = folded;
	block.note = note_copy;
	block.has_at = true;
	block.at = wtxn_now(w);
	return block_save(w, &id, &block, error);
}
