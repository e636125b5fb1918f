/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as the header of a mail: addresses, names, ids, dates, and what a
 * robot says of itself. All are clean single lines within their ceilings.
 */
#include "mail/auto.h"
#include "mail/header.h"
#include "mail/parse.h"
#include "mail/prescan.h"
#include "model/alloc.h"
#include "tests/fuzz/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_addr(const Rec__Addr *addr)
{
	if (addr == NULL)
		return;
	check_line(addr->name);
	check_line(addr->address);
	CHECK_OR_ABORT(
	    addr->name == NULL || strlen(addr->name) <= MAIL_LINE_MAX);
}

static void
check_addrs(Rec__Addr *const *addrs, size_t count)
{
	CHECK_OR_ABORT(count <= MAIL_ADDRS_MAX);
	for (size_t i = 0; i < count; i++) {
		CHECK_OR_ABORT(addrs[i] != NULL);
		check_addr(addrs[i]);
	}
}

/* Stored without angle brackets around them. */
static void
check_id(const char *id)
{
	check_line(id);
	CHECK_OR_ABORT(id == NULL || (*id != '\0' && *id != '<'));
}

static void
check_ids(char *const *ids, size_t count)
{
	CHECK_OR_ABORT(count <= MAIL_REFERENCES_MAX);
	for (size_t i = 0; i < count; i++)
		check_id(ids[i]);
}

static void
check_mail(const Rec__Mail *mail)
{
	check_strings(&mail->base);
	check_addr(mail->from);
	check_addr(mail->sender);
	check_addrs(mail->to, mail->n_to);
	check_addrs(mail->cc, mail->n_cc);
	check_addrs(mail->reply_to, mail->n_reply_to);
	check_id(mail->message_id);
	check_ids(mail->in_reply_to, mail->n_in_reply_to);
	check_ids(mail->references, mail->n_references);
	check_line(mail->subject);
	check_line(mail->list_id);
	check_line(mail->language);
	check_line(mail->auto_because);
	CHECK_OR_ABORT((mail->auto_because == NULL) ==
	    (mail->auto_kind == REC__MAIL__AUTO__NONE));
	CHECK_OR_ABORT(
	    mail->subject == NULL || strlen(mail->subject) <= MAIL_LINE_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(fields_drop) struct fields f = {0};
	AUTO(mail_free) Rec__Mail *mail = g_new(Rec__Mail, 1);

	mail_setup();
	rec__mail__init(mail);
	fields_init(&f, data, size, PRESCAN_HEADERS_MAX);
	header_read(mail, &f);
	auto_read(mail, &f, data);
	check_mail(mail);
	return 0;
}
