/* SPDX-License-Identifier: MIT */
/*
 * What admins and agents save: names that are unique, addresses that move,
 * trees without rings, settings within bounds, and recipients as they are
 * routed by all that.
 */
#include "tests/unit/intake/letters.h"

#include "desk/customer.h"
#include "desk/name.h"
#include "store/record.h"

/* ---- settings ------------------------------------------------------------ */

struct set {
	const char *key;
	const char *value;
	bool good;
};

static void
check_settings(const struct set *row, size_t count)
{
	AUTO(desk_close) struct desk desk = desk_open();

	for (size_t i = 0; i < count; i++) {
		AUTO(wtxn_abort) struct wtxn *w = desk_begin(&desk);
		g_autoptr(GError) error = NULL;
		g_autofree char *value = NULL;
		enum setting setting = SETTING_COUNT;

		CHECK_OK(setting_find(row[i].key, &setting, &error), error);
		CHECK_EQ(i, setting_save(w, setting, row[i].value, &error),
		    row[i].good);
		CHECK_EQ(i, err_is(error, ERR_INVALID), !row[i].good);
		value = setting_load(wtxn_view(w), setting, NULL);
		CHECK_STR(i, value,
		    row[i].good && row[i].value != NULL
			? row[i].value
			: setting_row(setting)->value);
		CHECK_EQ(i, wtxn_config_touched(w), row[i].good);
	}
}

TEST(settings_are_checked_before_they_are_stored)
{
	static const struct set row[] = {
	    {"intake.append_requires_customer_match", "on",         true },
	    {"intake.append_requires_customer_match", "off",        true },
	    {"intake.append_requires_customer_match", "yes",        false},
	    {"intake.append_requires_customer_match", "",           false},
	    {"intake.append_requires_customer_match", NULL,         true },
	    {"intake.customer_mismatch",              "hold",       true },
	    {"intake.customer_mismatch",              "route",      true },
	    {"intake.customer_mismatch",              "reject",     false},
	    {"intake.customer_mismatch",              "route hold", false},
	    {"intake.customer_mismatch",              "",           false},
	    {"ticket.first_number",                   "1",          true },
	    {"ticket.first_number",                   "1000000000", true },
	    {"ticket.first_number",                   "1000000001", false},
	    {"ticket.first_number",                   "0",          false},
	    {"ticket.first_number",                   "-1",         false},
	    {"ticket.first_number",                   "12x",        false},
	    {"ticket.first_number",                   "",           false},
	    {"desk.name",			     "",           true },
	    {"desk.name",			     "\xc3\x9c",   true },
	};

	check_settings(row, COUNT(row));
}

TEST(tags_have_an_end_on_both_sides)
{
	static const struct set row[] = {
	    {"ticket.tag",        "[#%]",         true },
	    {"ticket.tag",        "[T %.]",       true },
	    {"ticket.tag",        "#%",           false},
	    {"ticket.tag",        "%]x",          false},
	    {"ticket.tag",        " % ]",         false},
	    {"ticket.tag",        "[#%  ",        false},
	    {"ticket.tag",        "[1%]",         false},
	    {"ticket.tag",        "[1 %]",        false},
	    {"ticket.tag",        "[#%1]",        false},
	    {"ticket.tag",        "[#% 1]",       false},
	    {"ticket.tag",        "[%%]",         false},
	    {"ticket.tag",        "[#]x",         false},
	    {"ticket.tag",        "",             false},
	    {"ticket.tag",        "[#\xff%]",     false},
	    {"ticket.tag_former", "",             true },
	    {"ticket.tag_former", "T#%",          true },
	    {"ticket.tag_former", "T#%, [a %b],", true },
	    {"ticket.tag_former", "T#",           false},
	    {"ticket.tag_former", "T#%, %",       false},
	    {"ticket.tag_former", "1%",           false},
	    {"desk.name",         "",             true },
	    {"desk.name",         "\xc3\x9c",     true },
	};
	check_settings(row, COUNT(row));
}

TEST(a_desk_of_defaults_passes_its_own_checks)
{
	AUTO(desk_close) struct desk desk = desk_open();
	AUTO(wtxn_abort) struct wtxn *w = desk_begin(&desk);
	enum setting found;

	for (enum setting i = 0; i < SETTING_COUNT; i++) {
		g_autoptr(GError) error = NULL;

		CHECK_OK(setting_save(w, i, setting_row(i)->value, &error),
		    error);
		CHECK_OK(setting_find(setting_row(i)->key, &found, &error),
		    error);
		CHECK_EQ(i, found, i);
	}
	CHECK(!setting_find("no.such", &found, NULL));
}

/* ---- mailboxes ----------------------------------------------------------- */

static enum err_kind
mailbox_try(struct wtxn *w, uint64_t *id, const char *name, const char *list)
{
	g_auto(GStrv) addresses = g_strsplit(list, " ", -1);
	g_autofree char *copy = g_strdup(name);
	Rec__Mailbox mailbox = REC__MAILBOX__INIT;
	struct mailbox_id mailbox_id = {*id};
	g_autoptr(GError) error = NULL;
	const uint64_t writes = wtxn_writes(w);

	mailbox.name = copy;
	mailbox.addresses = addresses;
	mailbox.n_addresses = g_strv_length(addresses);
	mailbox.has_active = mailbox.active = true;
	if (mailbox_save(w, &mailbox_id, &mailbox, &error)) {
		*id = mailbox_id.n;
		return ERR_COUNT;
	}
	/* A command validates first. */
	CHECK_EQ(0, wtxn_writes(w), writes);
	return err_kind(error);
}

#define FINE ERR_COUNT

TEST(mailboxes_have_names_and_addresses_of_their_own)
{
	static const struct {
		unsigned box; /* 0, 1: one of two; 2: the desk's support */
		const char *name;
		const char *addresses;
		enum err_kind want;
	} row[] = {
	    {0, "one",   "one@x.example",                                FINE        },
	    {1, "two",   "two@x.example @y.example",                     FINE        },
	    {0, "Two",   "one@x.example",                                ERR_CONFLICT},
	    {0, "one",   "TWO@X.example",                                ERR_CONFLICT},
	    {0, "one",   "one@x.example @Y.example",                     ERR_CONFLICT},
	    {0, "one",   "support@desk.example",                         ERR_CONFLICT},
	    {0, "ONE",   "ONE@x.example one@x.example",                  FINE        },
	    {0, "three", "three@x.example",                              FINE        },
 /* what was given up can be taken */
	    {1, "one",   "one@x.example two@x.example",                  FINE        },
	    {0, "two",   "@y.example",                                   FINE        },
	    {0, "",      "a@x.example",                                  ERR_INVALID },
	    {0, "a",     "",					     ERR_INVALID },
	    {0, "a",     "x.example",				    ERR_INVALID },
	    {0, "a",     "@",					    ERR_INVALID },
	    {0, "a",     "a@",					   ERR_INVALID },
	    {0, "a",     "a@@x.example",                                 ERR_INVALID },
	    {0, "a",     "a@x.example\r",                                ERR_INVALID },
	    {0, "a",     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@x.example",  FINE        },
	    {0, "a",     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@x.example",
             ERR_INVALID							     },
	};
	AUTO(desk_close) struct desk desk = desk_open();
	uint64_t ids[3] = {0, 0, desk.support};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct wtxn *w = desk_begin(&desk);

		CHECK_EQ(i,
		    mailbox_try(w, &ids[row[i].box], row[i].name,
			row[i].addresses),
		    row[i].want);
		desk_commit(&w);
		(void)desk_clean(&desk);
	}
}

TEST(a_mailbox_needs_a_category_that_is_there)
{
	AUTO(desk_close) struct desk desk = desk_open();
	AUTO(wtxn_abort) struct wtxn *w = desk_begin(&desk);
	Rec__Mailbox mailbox = REC__MAILBOX__INIT;
	char name[] = "a", address[] = "a@x.example", *list[] = {address};
	struct mailbox_id id = {0};
	g_autoptr(GError) error = NULL;

	mailbox.name = name;
	mailbox.n_addresses = 1;
	mailbox.addresses = list;
	mailbox.has_category = true;
	mailbox.category = 999;
	CHECK(!mailbox_save(w, &id, &mailbox, &error));
	CHECK_EQ(0, err_kind(error), ERR_NOT_FOUND);
}

TEST(a_removed_mailbox_leaves_nothing)
{
	AUTO(desk_close) struct desk desk = desk_open();
	struct wtxn *w = desk_begin(&desk);
	uint64_t id = 0;
	g_autoptr(GError) error = NULL;

	CHECK_OK(mailbox_remove(w, (struct mailbox_id){desk.sales}, &error),
	    error);
	CHECK_EQ(0, mailbox_try(w, &id, "Sales", "sales@desk.example"), FINE);
	CHECK(!mailbox_remove(w, (struct mailbox_id){desk.sales}, &error));
	CHECK_EQ(0, err_kind(error), ERR_NOT_FOUND);
	desk_commit(&w);
	(void)desk_clean(&desk);
}

/* ---- categories ---------------------------------------------------------- */

static enum err_kind
category_try(struct wtxn *w, uint64_t *id, const char *name, uint64_t parent)
{
	g_autofree char *copy = g_strdup(name);
	Rec__Category category = REC__CATEGORY__INIT;
	struct category_id category_id = {*id};
	g_autoptr(GError) error = NULL;

	category.name = copy;
	category.has_parent = parent != 0;
	category.parent = parent;
	if (!category_save(w, &category_id, &category, &error))
		return err_kind(error);
	*id = category_id.n;
	return FINE;
}

static enum err_kind
category_drop(struct wtxn *w, uint64_t id)
{
	g_autoptr(GError) error = NULL;

	return category_remove(w, (struct category_id){id}, &error)
	    ? FINE
	    : err_kind(error);
}

TEST(categories_make_a_tree_without_rings)
{
	AUTO(desk_close) struct desk desk = desk_open();
	AUTO(wtxn_abort) struct wtxn *w = desk_begin(&desk);
	uint64_t a = 0, b = 0, c = 0, none = 0;

	CHECK_EQ(0, category_try(w, &a, "a", 0), FINE);
	CHECK_EQ(1, category_try(w, &b, "b", a), FINE);
	CHECK_EQ(2, category_try(w, &c, "c", b), FINE);
	CHECK_EQ(3, category_try(w, &a, "a", a), ERR_INVALID);
	CHECK_EQ(4, category_try(w, &a, "a", c), ERR_INVALID);
	CHECK_EQ(5, category_try(w, &b, "b", c), ERR_INVALID);
	CHECK_EQ(6, category_try(w, &none, "d", 999), ERR_NOT_FOUND);
	CHECK_EQ(7, category_try(w, &none, "A", 0), ERR_CONFLICT);
	CHECK_EQ(8, category_try(w, &none, "", 0), ERR_INVALID);
	CHECK_EQ(9, category_try(w, &c, "c", 0), FINE);
	CHECK_EQ(10, category_try(w, &a, "a", c), FINE);
	CHECK_EQ(11, category_try(w, &c, "C", 0), FINE);
	CHECK_EQ(12, none, 0);
}

TEST(a_category_in_use_stays)
{
	AUTO(desk_close) struct desk desk = desk_open();
	struct letter l = {"ann@a.example", "support@desk.example",
	    .id = "1@a"};
	uint64_t parent = 0, child = 0;
	struct wtxn *w = desk_begin(&desk);

	CHECK_EQ(0, category_try(w, &parent, "parent", 0), FINE);
	CHECK_EQ(1, category_try(w, &child, "child", parent), FINE);
	CHECK_EQ(2, category_drop(w, parent), ERR_CONFLICT);
	CHECK_EQ(3, category_drop(w, child), FINE);
	CHECK_EQ(4, category_drop(w, parent), FINE);
	CHECK_EQ(5, category_drop(w, parent), ERR_NOT_FOUND);
	/* a mailbox gives it to its mails */
	CHECK_EQ(6, category_drop(w, desk.category), ERR_CONFLICT);
	desk_commit(&w);
	CHECK_EQ(7, desk_receive(&desk, &l).ticket, 1000);
	w = desk_begin(&desk);
	CHECK(mailbox_remove(w, (struct mailbox_id){desk.support}, NULL));
	CHECK_EQ(8, category_drop(w, desk.category), ERR_CONFLICT);
	desk_commit(&w);
	(void)desk_clean(&desk);
}

/* ---- customers ----------------------------------------------------------- */

static enum err_kind
customer_try(struct wtxn *w, uint64_t *id, const char *number, const char *list)
{
	g_auto(GStrv) words = g_strsplit(list, " ", -1);
	Rec__CustomerAddress addresses[8];
	Rec__CustomerAddress *pointers[8];
	g_autofree char *number_copy = g_strdup(number);
	Rec__Customer customer = REC__CUSTOMER__INIT;
	struct customer_id customer_id = {*id};
	g_autoptr(GError) error = NULL;

	customer.number = number_copy;
	customer.addresses = pointers;
	for (size_t i = 0; words[i] != NULL; i++) {
		rec__customer_address__init(&addresses[i]);
		addresses[i].address = words[i];
		pointers[i] = &addresses[i];
		customer.n_addresses++;
	}
	if (!customer_save(w, &customer_id, &customer, &error))
		return err_kind(error);
	*id = customer_id.n;
	return FINE;
}

static char *
owners_text(const struct desk *desk, const char *address)
{
	AUTO(view_end) struct view *view = desk_view(desk);
	struct customer_id ids[CUSTOMERS_OF_ADDRESS_MAX];
	GString *text = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	size_t count = 0;

	CHECK_OK(customer_list_by_address(view, address, ids, &count, &error),
	    error);
	for (size_t i = 0; i < count; i++)
		g_string_append_printf(text, "%" PRIu64 " ", ids[i].n);
	return g_string_free(text, FALSE);
}

TEST(customers_are_found_by_their_addresses)
{
	static const struct {
		unsigned customer;
		const char *number;
		const char *addresses;
		enum err_kind want;
		const char *owners_of_a;
	} row[] = {
	    {0, "K1", "a@x.example",             FINE,         "1 "  },
	    {1, "K2", "A@X.example b@x.example", FINE,         "1 2 "},
	    {1, "k1", "b@x.example",             ERR_CONFLICT, "1 2 "},
	    {0, "K1", "c@x.example",             FINE,         "2 "  },
	    {0, "K1", "c@x.example C@x.example", ERR_INVALID,  "2 "  },
	    {0, "K1", "nonsense",                ERR_INVALID,  "2 "  },
	    {0, NULL, "a@x.example",             FINE,         "1 2 "},
	    {1, "K1", "a@x.example",             FINE,         "1 2 "},
	    {1, "K1", "a@x.example.org",         FINE,         "1 "  },
	};
	AUTO(desk_close) struct desk desk = desk_open();
	uint64_t ids[2] = {0, 0};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct wtxn *w = desk_begin(&desk);
		g_autofree char *owners = NULL;

		CHECK_EQ(i,
		    customer_try(w, &ids[row[i].customer], row[i].number,
			row[i].addresses),
		    row[i].want);
		desk_commit(&w);
		owners = owners_text(&desk, "a@x.EXAMPLE");
		CHECK_STR(i, owners, row[i].owners_of_a);
		(void)desk_clean(&desk);
	}
}

TEST(the_next_number_comes_after_those_given_by_hand)
{
	static const struct {
		const char *number; /* given by hand */
		const char *want;   /* then the next */
	} row[] = {
	    {"K1",               "10000"           },
	    {"9000",             "10001"           },
	    {"10002",            "10003"           },
	    {"20000",            "20001"           },
	    {"0020002",          "20003"           },
	    {"999999999999999",  "1000000000000000"},
	    {"9999999999999999", "1000000000000001"},
	};
	AUTO(desk_close) struct desk desk = desk_open();

	for (size_t i = 0; i < COUNT(row); i++) {
		struct wtxn *w = desk_begin(&desk);
		g_autofree char *number = NULL;
		g_autoptr(GError) error = NULL;
		uint64_t id = 0;

		CHECK_EQ(i, customer_try(w, &id, row[i].number, "a@x.example"),
		    FINE);
		CHECK_OK(customer_next_number(w, &number, &error), error);
		CHECK_STR(i, number, row[i].want);
		desk_commit(&w);
	}
}

/* Its sequence was never raised: an older program gave these numbers. */
TEST(the_next_number_is_free)
{
	AUTO(desk_close) struct desk desk = desk_open();
	struct wtxn *w = desk_begin(&desk);
	g_autofree char *number = NULL;
	g_autoptr(GError) error = NULL;

	CHECK_OK(name_change(w, NAME_CUSTOMER_NUMBER, 1, NULL, "10000", &error),
	    error);
	CHECK_OK(customer_next_number(w, &number, &error), error);
	CHECK_STR(0, number, "10001");
	wtxn_abort(&w);
}

/* ---- recipients ---------------------------------------------------------- */

static void
add_route_mailboxes(struct desk *desk)
{
	struct wtxn *w = desk_begin(desk);
	uint64_t id = desk_add_mailbox(w, "off", "off@any.example", 0);
	AUTO_RECORD(Rec__Mailbox) off = NULL;
	struct mailbox_id off_id = {id};

	(void)desk_add_mailbox(w, "any", "@any.example", 0);
	(void)desk_add_mailbox(w, "tagged", "support+de@desk.example", 0);
	CHECK(mailbox_load(wtxn_view(w), off_id, &off, NULL));
	off->active = false;
	CHECK(mailbox_save(w, &off_id, off, NULL));
	desk_commit(&w);
	desk_refresh(desk);
}

TEST(recipients_are_routed_by_the_snapshot)
{
	static const struct {
		const char *address;
		const char *mailbox; /* NULL: nobody's */
	} row[] = {
	    {"support@desk.example",     "support"},
	    {"SUPPORT@Desk.Example",     "support"},
	    {"support+x@desk.example",   "support"},
	    {"support+x+y@desk.example", "support"},
	    {"support+@desk.example",    "support"},
	    {"support+de@desk.example",  "tagged" },
	    {"x@any.example",            "any"    },
	    {"x+y@any.example",          "any"    },
	    {"off@any.example",          NULL     },
	    {"off+x@any.example",        NULL     },
	    {"@any.example",             NULL     },
	    {"@desk.example",            NULL     },
	    {"x@sub.any.example",        NULL     },
	    {"nobody@desk.example",      NULL     },
	    {"support@desk.example.org", NULL     },
	    {"support",                  NULL     },
	    {"",			 NULL     },
	    {"+@desk.example",           NULL     },
	    {"support@desk.example@x",   NULL     },
	};
	AUTO(desk_close) struct desk desk = desk_open();

	add_route_mailboxes(&desk);
	for (size_t i = 0; i < COUNT(row); i++) {
		struct delivery_recipient to = {0};
		g_autoptr(GError) error = NULL;
		const bool ours = recipient_route(desk.snapshot, row[i].address,
		    &to, &error);

		CHECK_EQ(i, ours, row[i].mailbox != NULL);
		CHECK_EQ(i, err_is(error, ERR_NOT_FOUND), !ours);
		for (guint m = 0; ours && m < desk.snapshot->mailboxes->len;
		     m++) {
			const struct snapshot_mailbox *box =
			    g_ptr_array_index(desk.snapshot->mailboxes, m);

			if (box->id.n == to.mailbox.n)
				CHECK_STR(i, box->name, row[i].mailbox);
		}
		delivery_recipient_clear(&to);
	}
}

enum token_how { AS_IS, UPPER, WRONG, OTHER_TICKET };

static void
damage(char *token, enum token_how how)
{
	char *last = token + strlen(token) - 1;

	if (how == WRONG)
		*last = *last == 'a' ? 'b' : 'a';
	if (how == OTHER_TICKET)
		token[1] = '2';
	for (size_t i = 0; how == UPPER && token[i] != '\0'; i++)
		token[i] = g_ascii_toupper(token[i]);
}

TEST(reply_tokens_are_read_from_recipients)
{
	static const struct {
		char purpose;
		enum token_how how;
		bool rotated; /* a new key came behind the token's */
		uint64_t ticket, user;
		bool wrong;
	} row[] = {
	    {'t', AS_IS,        false, 1000, 0,    false},
	    {'t', UPPER,        false, 1000, 0,    false},
	    {'t', AS_IS,        true,  1000, 0,    false},
	    {'t', WRONG,        false, 0,    0,    true },
	    {'t', OTHER_TICKET, false, 0,    0,    true },
	    {'a', AS_IS,        false, 0,    1000, false},
	    {'a', WRONG,        false, 0,    0,    true },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		AUTO(desk_close) struct desk desk = desk_open();
		g_autofree char *token = token_reply_format(&desk.keys,
		    row[i].purpose, 1000);
		g_autofree char *address = NULL;
		struct delivery_recipient to = {0};
		g_autoptr(GError) error = NULL;

		damage(token, row[i].how);
		address = g_strdup_printf("support+%s@desk.example", token);
		if (row[i].rotated)
			CHECK_OK(token_keyring_rotate(&desk.snapshot->keys,
				     &error),
			    error);
		CHECK_OK(recipient_route(desk.snapshot, address, &to, &error),
		    error);
		CHECK_EQ(i, to.token_ticket.n, row[i].ticket);
		CHECK_EQ(i, to.token_user.n, row[i].user);
		CHECK_EQ(i, to.token_wrong, row[i].wrong);
		CHECK_EQ(i, to.mailbox.n, desk.support);
		CHECK_STR(i, to.address, address);
		delivery_recipient_clear(&to);
	}
}

TEST(a_key_that_was_dropped_makes_its_tokens_wrong)
{
	AUTO(desk_close) struct desk desk = desk_open();
	g_autofree char *token = token_reply_format(&desk.keys, 't', 1000);
	g_autofree char *address = g_strdup_printf("sales+%s@desk.example",
	    token);
	struct delivery_recipient to = {0};
	g_autoptr(GError) error = NULL;

	token_keyring_wipe(&desk.snapshot->keys);
	CHECK_OK(recipient_route(desk.snapshot, address, &to, &error), error);
	CHECK_EQ(0, to.token_ticket.n, 0);
	CHECK_EQ(0, to.token_wrong, true);
	delivery_recipient_clear(&to);
}
