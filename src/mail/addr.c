/* SPDX-License-Identifier: MIT */
/*
 * Address fields. GMime reads the grammar (leniently, as mailers write it);
 * what comes out is cleaned, clipped and counted here. Of duplicate From
 * fields the first is shown; parse marks the mail as untrusted.
 */
#include "mail/addr.h"

#include <string.h>

#include "base/text.h"
#include "mail/gm.h"
#include "mail/parse.h"

#define FIELD_MAX   (128 * 1024) /* bytes read of one address field */
#define GROUP_DEPTH 3
#define COLONS_MAX  200 /* GMime recurses at each group in a group */

struct addr_list {
	Rec__Addr **at;
	size_t count;
	size_t max;
	bool cut;
};

static char *
clean(const char *text)
{
	char *line;

	if (text == NULL || *text == '\0')
		return NULL;
	line = text_cut(text_clean_line(text, strlen(text)), MAIL_LINE_MAX);
	if (*line == '\0')
		g_clear_pointer(&line, g_free);
	return line;
}

static void
add_mailbox(struct addr_list *list, const char *name, const char *address)
{
	Rec__Addr *addr;

	if (list->count == list->max) {
		list->cut = true;
		return;
	}
	addr = g_new(Rec__Addr, 1);
	rec__addr__init(addr);
	addr->name = clean(name);
	addr->address = clean(address);
	if (list->at == NULL)
		list->at = g_new(Rec__Addr *, list->max);
	list->at[list->count++] = addr;
}

static void
add_all(struct addr_list *list, InternetAddressList *from, unsigned depth)
{
	const int count = from == NULL ? 0 : internet_address_list_length(from);

	for (int i = 0; i < count && !list->cut; i++) {
		InternetAddress *a = internet_address_list_get_address(from, i);

		if (INTERNET_ADDRESS_IS_MAILBOX(a))
			add_mailbox(list, internet_address_get_name(a),
			    internet_address_mailbox_get_addr(
				INTERNET_ADDRESS_MAILBOX(a)));
		else if (INTERNET_ADDRESS_IS_GROUP(a) && depth < GROUP_DEPTH)
			add_all(list,
			    internet_address_group_get_members(
				INTERNET_ADDRESS_GROUP(a)),
			    depth + 1);
	}
}

/* Ends a field at its 200th colon, whether that begins a group or not. */
static void
cut_groups(char *text)
{
	unsigned colons = 0;

	for (char *p = strchr(text, ':'); p != NULL; p = strchr(p + 1, ':'))
		if (++colons == COLONS_MAX) {
			*p = '\0';
			return;
		}
}

static void
read_list(struct addr_list *list, const struct fields *f, const char *name)
{
	for (size_t i = 0; i < f->count && !list->cut; i++) {
		g_autofree char *text = NULL;
		AUTO(gm_unref) InternetAddressList *parsed = NULL;

		if (!field_is(&f->at[i], name))
			continue;
		text = field_text(&f->at[i], FIELD_MAX);
		cut_groups(text);
		parsed = internet_address_list_parse(NULL, text);
		add_all(list, parsed, 0);
	}
}

/* The first address of a field; a field that holds none gives its text as a
 * name, so that a reader sees what stood there. */
static Rec__Addr *
read_one(const struct fields *f, const char *name)
{
	struct addr_list list = {.max = 1};
	const struct field *field = fields_find(f, name);
	Rec__Addr *addr;

	if (field == NULL)
		return NULL;
	read_list(&list, f, name);
	if (list.count == 0) {
		g_autofree char *text = field_text(field, MAIL_LINE_MAX);

		if (*text != '\0')
			add_mailbox(&list, text, NULL);
	}
	addr = list.count > 0 ? list.at[0] : NULL;
	g_free(list.at);
	return addr;
}

static void
read_many(Rec__Mail *mail, const struct fields *f, const char *name,
    Rec__Addr ***out, size_t *count_out)
{
	struct addr_list list = {.max = MAIL_ADDRS_MAX};

	read_list(&list, f, name);
	*out = list.at;
	*count_out = list.count;
	if (list.cut)
		mail->marks |= MARK_CUT;
}

void
addr_read(Rec__Mail *mail, const struct fields *f)
{
	mail->from = read_one(f, "From");
	mail->sender = read_one(f, "Sender");
	read_many(mail, f, "To", &mail->to, &mail->n_to);
	read_many(mail, f, "Cc", &mail->cc, &mail->n_cc);
	read_many(mail, f, "Reply-To", &mail->reply_to, &mail->n_reply_to);
}
