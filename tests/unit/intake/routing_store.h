/* SPDX-License-Identifier: MIT */
/* The second column: what stands in the store. */
#ifndef TESTS_UNIT_INTAKE_ROUTING_STORE_H
#define TESTS_UNIT_INTAKE_ROUTING_STORE_H

#include "desk/block.h"
#include "desk/customer.h"
#include "desk/user.h"
#include "tests/unit/intake/routing_ticket.h"

/* ---- what stands in the store -------------------------------------------- */

/* customer NAME [ADDRESS…]: NAME@N.example, or the addresses. */
static inline void
tell_customer(const struct story *s, const struct words *words)
{
	Rec__Customer c = REC__CUSTOMER__INIT;
	g_autofree char *own = g_strdup_printf("%s@%c.example", words->argv[1],
	    words->argv[1][0]);
	g_autofree Rec__CustomerAddress *a = g_new(Rec__CustomerAddress,
	    (gsize)words->count);
	g_autofree Rec__CustomerAddress **list = g_new(Rec__CustomerAddress *,
	    (gsize)words->count);
	struct customer_id id = {0};
	g_autoptr(GError) error = NULL;

	c.n_addresses = words->count > 2 ? (size_t)words->count - 2 : 1;
	for (size_t i = 0; i < c.n_addresses; i++) {
		rec__customer_address__init(&a[i]);
		a[i].address = words->count > 2 ? words->argv[i + 2] : own;
		list[i] = &a[i];
	}
	c.addresses = list;
	c.name = words->argv[1];
	must(s, customer_save(s->w, &id, &c, &error), error);
}

/* agent NAME ADDRESS [off] */
static inline void
tell_agent(const struct story *s, const struct words *words)
{
	Rec__User u = REC__USER__INIT;
	struct user_id id = {0};
	g_autoptr(GError) error = NULL;

	u.name = words->argv[1];
	u.email = words->argv[2];
	u.has_active = true;
	u.active = !has_word(words, "off");
	must(s, user_save(s->w, &id, &u, &error), error);
}

/* mail ID in #N, reply ID in #N: an entry with that Message-ID, and a newer
 * public entry for its ticket. An ID of "own" is one of ours. */
static inline void
tell_entry(const struct story *s, const struct words *words)
{
	static const struct mail_hash body = {{1}};
	bool is_reply = strcmp(words->argv[0], "reply") == 0;
	const char *id = words->argv[1];
	struct mail_hash hash = mail_hash_of(id, strlen(id));
	Rec__Entry e = REC__ENTRY__INIT;
	struct entry_id entry;
	struct ticket ticket;
	g_autoptr(GError) error = NULL;

	must(s,
	    ticket_load(wtxn_view(s->w),
		(struct ticket_id){number_of(words->argv[3])}, &ticket, &error),
	    error);
	must(s, wtxn_next_id(s->w, SEQUENCE_ENTRY, &entry.n, &error), error);
	e.has_kind = true;
	e.kind = is_reply ? REC__ENTRY__KIND__MAIL_OUT
			  : REC__ENTRY__KIND__MAIL_IN;
	e.has_ticket = true;
	e.ticket = ticket.id.n;
	e.has_at = true;
	e.at = s->desk->now;
	must(s, entry_save(s->w, entry, &e, ENTRY_NEW, &error), error);
	must(s, message_id_save(s->w, &hash, &body, entry, &error), error);
	must(s, ticket_add_entry(s->w, &ticket, entry, &e, &error), error);
	ticket.rec->has_last_reply = is_reply;
	ticket.rec->last_reply = entry.n;
	must(s, ticket_save(s->w, &ticket, &error), error);
	ticket_drop(&ticket);
}

/* block PATTERN */
static inline void
tell_block(const struct story *s, const struct words *words)
{
	Rec__Block b = REC__BLOCK__INIT;
	g_autoptr(GError) error = NULL;
	uint64_t id = 0;

	b.pattern = words->argv[1];
	must(s, block_save(s->w, &id, &b, &error), error);
}

/* alias NUMBER #N: an imported number. */
static inline void
tell_alias(const struct story *s, const struct words *words)
{
	struct key key = key_1(TABLE_TICKET_ALIAS, number_of(words->argv[1]));
	Rec__Name name = REC__NAME__INIT;
	g_autoptr(GError) error = NULL;

	name.has_id = true;
	name.id = number_of(words->argv[2]);
	must(s, RECORD_SAVE(s->w, &key, &name, &error), error);
}

static const struct {
	const char *word;
	int least; /* words */
	void (*tell)(const struct story *s, const struct words *words);
} tellings[] = {
    {"customer", 2, tell_customer},
    {"agent",    3, tell_agent   },
    {"ticket",   4, tell_ticket  },
    {"mail",     4, tell_entry   },
    {"reply",    4, tell_entry   },
    {"block",    2, tell_block   },
    {"alias",    3, tell_alias   },
};

static inline void
tell_one(const struct story *s, const char *statement)
{
	AUTO(words_drop) struct words words = words_of(statement);

	if (words.count == 0)
		return;
	for (size_t i = 0; i < COUNT(tellings); i++)
		if (strcmp(tellings[i].word, words.argv[0]) == 0 &&
		    words.count >= tellings[i].least) {
			tellings[i].tell(s, &words);
			return;
		}
	failed(s, "the store knows no such word", statement);
}

static inline void
tell(const struct story *s, const char *statements)
{
	g_auto(GStrv) list = g_strsplit(statements, ";", -1);

	for (size_t i = 0; list[i] != NULL; i++)
		tell_one(s, list[i]);
}

#endif
