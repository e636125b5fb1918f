/* SPDX-License-Identifier: MIT */
/*
 * What a test cannot do from outside: it puts its hand into the store of a
 * desk that does not run.
 *
 *	desk_hand DATA token TICKET     prints the detail of its reply address
 *	desk_hand DATA close TICKET     closes it now
 *	desk_hand DATA forget_key ID    takes a key of reply addresses away
 *
 * A failure is told on standard error; the exit status is 1 then.
 */
#include <stdio.h>
#include <string.h>

#include "base/clk.h"
#include "base/token.h"
#include "desk/ticket.h"
#include "store/record.h"
#include "store/store.h"
#include "store/view.h"
#include "store/wtxn.h"

typedef bool act_fn(struct wtxn *w, uint64_t number, GError **error);

static enum found
keyring_find(const struct view *view, Rec__Keyring **out, GError **error)
{
	struct key key = key_name(TABLE_SECRET, "reply");

	return RECORD_FIND(view, &key, out, error);
}

static bool
print_token(struct wtxn *w, uint64_t ticket, GError **error)
{
	AUTO_RECORD(Rec__Keyring) rec = NULL;
	AUTO(token_keyring_wipe) struct token_keyring ring = {.count = 1};
	g_autofree char *token = NULL;
	const Rec__Key *newest;

	if (keyring_find(wtxn_view(w), &rec, error) != FOUND_YES)
		return fail(error, ERR_NOT_FOUND, "the desk has no keys");
	newest = rec->keys[rec->n_keys - 1];
	ring.key[0].id = newest->id;
	memcpy(ring.key[0].bytes, newest->bytes.data, TOKEN_KEY_LEN);
	token = token_reply_format(&ring, 't', ticket);
	printf("%s\n", token);
	return true;
}

static bool
close_ticket(struct wtxn *w, uint64_t id, GError **error)
{
	struct ticket ticket;
	bool saved;

	if (!ticket_load(wtxn_view(w), (struct ticket_id){id}, &ticket, error))
		return false;
	ticket.rec->has_status = ticket.rec->has_closed_at = true;
	ticket.rec->status = REC__TICKET_STATUS__CLOSED;
	ticket.rec->closed_at = wtxn_now(w);
	saved = ticket_save(w, &ticket, error);
	ticket_drop(&ticket);
	return saved;
}

static bool
forget_key(struct wtxn *w, uint64_t id, GError **error)
{
	struct key key = key_name(TABLE_SECRET, "reply");
	AUTO_RECORD(Rec__Keyring) rec = NULL;
	Rec__Keyring left = REC__KEYRING__INIT;
	g_autoptr(GPtrArray) keys = g_ptr_array_new();

	if (keyring_find(wtxn_view(w), &rec, error) != FOUND_YES)
		return fail(error, ERR_NOT_FOUND, "the desk has no keys");
	for (size_t i = 0; i < rec->n_keys; i++)
		if (rec->keys[i]->id != id)
			g_ptr_array_add(keys, rec->keys[i]);
	left.keys = (Rec__Key **)keys->pdata;
	left.n_keys = keys->len;
	return RECORD_SAVE(w, &key, &left, error);
}

static const struct {
	const char *name;
	act_fn *act;
} acts[] = {
    {"token",      print_token },
    {"close",      close_ticket},
    {"forget_key", forget_key  },
};

static act_fn *
act_named(const char *name)
{
	for (size_t i = 0; i < COUNT(acts); i++)
		if (strcmp(acts[i].name, name) == 0)
			return acts[i].act;
	return NULL;
}

static bool
run(const char *data, act_fn *act, uint64_t number, GError **error)
{
	const struct store_options options = {.dir = data};
	AUTO(store_close) struct store *store = store_open(&options, error);
	AUTO(wtxn_abort) struct wtxn *w = NULL;

	if (store == NULL)
		return false;
	w = wtxn_begin(store, clk_wall_us(), error);
	return w != NULL && act(w, number, error) && wtxn_commit(&w, error);
}

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	act_fn *act = argc == 4 ? act_named(argv[2]) : NULL;
	uint64_t number = 0;

	token_init_or_die();
	if (act != NULL &&
	    g_ascii_string_to_unsigned(argv[3], 10, 1, UINT64_MAX, &number,
		&error) &&
	    run(argv[1], act, number, &error))
		return 0;
	(void)fprintf(stderr, "desk_hand: %s\n",
	    error != NULL ? error->message : "DATA ACT NUMBER");
	return 1;
}
