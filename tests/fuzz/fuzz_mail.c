/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a mail: parsed, printed, and checked for what the rest of the
 * desk relies on: valid UTF-8 everywhere, parts inside the mail, a record
 * that packs and unpacks.
 */
#include <stdlib.h>
#include <string.h>

#include "mail/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_text(const char *text)
{
	if (text != NULL && !g_utf8_validate(text, -1, NULL))
		abort();
}

/* Every string field of a record, whatever its message. */
static void
check_strings(const ProtobufCMessage *message)
{
	const ProtobufCMessageDescriptor *d = message->descriptor;

	for (unsigned i = 0; i < d->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &d->fields[i];
		const char *at = (const char *)message + f->offset;
		size_t count = 1;

		if (f->label == PROTOBUF_C_LABEL_REPEATED) {
			count = *(const size_t *)(const void *)((const char *)
								    message +
			    f->quantifier_offset);
			at = *(const char *const *)(const void *)at;
		}
		for (size_t k = 0; k < count; k++) {
			const void *const *value =
			    (const void *const *)(const void *)at + k;

			if (f->type == PROTOBUF_C_TYPE_STRING)
				check_text(*value);
			else if (f->type == PROTOBUF_C_TYPE_MESSAGE &&
			    *value != NULL)
				check_strings(*value);
		}
	}
}

static void
check_parts(const Rec__Mail *mail, size_t size)
{
	for (size_t i = 0; i < mail->n_parts; i++) {
		const Rec__Part *part = mail->parts[i];

		if (part->offset > size || part->length > size - part->offset)
			abort();
		if (part->name != NULL && strlen(part->name) > 200)
			abort();
	}
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

	check_text(json);
	check_strings(&mail->base);
	check_parts(mail, size);
	check_packing(mail);
	if (strlen(mail->text != NULL ? mail->text : "") > MAIL_TEXT_MAX)
		abort();
	return 0;
}
