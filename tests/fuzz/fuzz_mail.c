/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a mail: parsed, printed, and checked for what the rest of the
 * desk relies on: clean text without marks everywhere, parts inside the mail
 * or inside an earlier part, forwards that name their part, a reply that says
 * something when the mail does, JSON that loads, a record that packs and
 * unpacks.
 */
#include <jansson.h>

#include "mail/forward.h"
#include "mail/parse.h"
#include "tests/fuzz/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CONTENT_MAX 4096 /* bytes of each part that are decoded */

static bool
is_range(uint64_t offset, uint64_t length, uint64_t size)
{
	return offset <= size && length <= size - offset;
}

/* Of the raw mail, or of the decoded content of a part before it. */
static void
check_place(const Rec__Mail *mail, size_t number, size_t size)
{
	const Rec__Part *part = mail->parts[number];

	if (part->inside == 0) {
		CHECK_OR_ABORT(is_range(part->offset, part->length, size));
		return;
	}
	CHECK_OR_ABORT(part->inside <= number);
	CHECK_OR_ABORT(is_range(part->offset, part->length,
	    mail->parts[part->inside - 1]->size));
}

static void
check_parts(const Rec__Mail *mail, const uint8_t *data, size_t size)
{
	CHECK_OR_ABORT(mail->n_parts <= MAIL_PARTS_MAX);
	for (size_t i = 0; i < mail->n_parts; i++) {
		const Rec__Part *part = mail->parts[i];
		g_autoptr(GBytes) content = NULL;

		check_place(mail, i, size);
		check_line(part->name);
		CHECK_OR_ABORT(part->name == NULL || strlen(part->name) <= 200);
		content = mail_part_content(mail, part, data, CONTENT_MAX);
		CHECK_OR_ABORT(content != NULL);
	}
}

static void
check_forwards(const Rec__Mail *mail)
{
	CHECK_OR_ABORT(mail->n_forwards <= FORWARDS_MAX);
	for (size_t i = 0; i < mail->n_forwards; i++) {
		const Rec__Forward *forward = mail->forwards[i];

		check_line(forward->subject);
		check_no_marks(forward->text);
		CHECK_OR_ABORT(forward->part <= mail->n_parts);
	}
}

static void
check_texts(const Rec__Mail *mail)
{
	check_no_marks(mail->text);
	check_no_marks(mail->reply);
	check_line(mail->subject);
	check_line(mail->auto_because);
	CHECK_OR_ABORT(
	    mail->text == NULL || strlen(mail->text) <= MAIL_TEXT_MAX);
	CHECK_OR_ABORT(mail->reply == NULL ||
	    says_something(mail->reply) == says_something(mail->text));
}

/* What is said of the whole mail agrees. */
static void
check_meaning(const Rec__Mail *mail)
{
	CHECK_OR_ABORT((mail->auto_because == NULL) ==
	    (mail->auto_kind == REC__MAIL__AUTO__NONE));
	CHECK_OR_ABORT(
	    !mail->thanks || mail->auto_kind == REC__MAIL__AUTO__NONE);
	CHECK_OR_ABORT((mail->n_bounces == 0 && mail->complaint == NULL) ||
	    mail->auto_kind == REC__MAIL__AUTO__BOUNCE ||
	    mail->unreadable != NULL);
}

static void
check_json(const char *text)
{
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	CHECK_OR_ABORT(json_is_object(json));
	json_decref(json);
}

static void
check_packing(const Rec__Mail *mail)
{
	const size_t size = rec__mail__get_packed_size(mail);
	g_autofree uint8_t *packed = g_malloc(size + 1);
	Rec__Mail *again;

	if (rec__mail__pack(mail, packed) != size)
		abort();
	again = rec__mail__unpack(NULL, size, packed);
	if (again == NULL)
		abort();
	rec__mail__free_unpacked(again, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(mail_free) Rec__Mail *mail = mail_parse(data, size);
	g_autofree char *json = mail_to_json(mail);

	check_json(json);
	check_strings(&mail->base);
	check_parts(mail, data, size);
	check_forwards(mail);
	check_texts(mail);
	check_meaning(mail);
	check_packing(mail);
	return 0;
}
