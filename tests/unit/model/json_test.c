/* SPDX-License-Identifier: MIT */
/* Records to JSON and back: the rows fit the records, nothing else is taken. */
#include "model/json.h"

#include <string.h>

#include "store/record.h"
#include "tests/lib/test.h"

static bool
fits(enum json_format format, const ProtobufCFieldDescriptor *field)
{
	const bool is_list = field->label == PROTOBUF_C_LABEL_REPEATED;

	if (format == JSON_FORMAT_LINES)
		return is_list && field->type == PROTOBUF_C_TYPE_STRING;
	if (format == JSON_FORMAT_ADDRESSES)
		return is_list && field->type == PROTOBUF_C_TYPE_MESSAGE;
	if (is_list)
		return false;
	if (format == JSON_FORMAT_LINE || format == JSON_FORMAT_TEXT)
		return field->type == PROTOBUF_C_TYPE_STRING;
	if (format == JSON_FORMAT_WORD)
		return field->type == PROTOBUF_C_TYPE_ENUM;
	if (format == JSON_FORMAT_BOOL)
		return field->type == PROTOBUF_C_TYPE_BOOL;
	if (format == JSON_FORMAT_TIME)
		return field->type == PROTOBUF_C_TYPE_INT64;
	if (format == JSON_FORMAT_NUMBER)
		return field->type == PROTOBUF_C_TYPE_INT32 ||
		    field->type == PROTOBUF_C_TYPE_UINT32 ||
		    field->type == PROTOBUF_C_TYPE_UINT64;
	return field->type == PROTOBUF_C_TYPE_UINT64;
}

TEST(every_row_names_a_field_of_its_format)
{
	size_t count;
	const struct json_field *row = json_fields(&count);

	CHECK(count > 0);
	for (size_t i = 0; i < count; i++) {
		const ProtobufCFieldDescriptor *field =
		    protobuf_c_message_descriptor_get_field_by_name(row[i]
									.record,
			row[i].name);

		if (field == NULL || !fits(row[i].format, field))
			test_failed(__FILE__, __LINE__, "%s.%s",
			    row[i].record->short_name, row[i].name);
	}
}

TEST(secrets_have_no_rows)
{
	size_t count;
	const struct json_field *row = json_fields(&count);

	for (size_t i = 0; i < count; i++)
		CHECK(row[i].record != &rec__credential__descriptor &&
		    row[i].record != &rec__key__descriptor &&
		    row[i].record != &rec__keyring__descriptor &&
		    row[i].record != &rec__imap_secret__descriptor);
}

static bool
find_seven(void *arg, enum json_format kind, const char *name, uint64_t *id_out,
    GError **error)
{
	(void)arg;
	(void)kind;
	if (strcmp(name, "seven") != 0)
		return fail(error, ERR_NOT_FOUND, "there is no %s", name);
	*id_out = 7;
	return true;
}

static const struct json_lookup lookup = {.find = find_seven};

static Rec__Mailbox *
new_mailbox(void)
{
	Rec__Mailbox *mailbox = g_new0(Rec__Mailbox, 1);

	rec__mailbox__init(mailbox);
	return mailbox;
}

static bool
take(Rec__Mailbox *mailbox, const char *text)
{
	json_t *fields = json_loads(text, 0, NULL);
	g_autoptr(GError) error = NULL;
	bool taken = json_into_record(fields, &mailbox->base, &lookup, &error);

	json_decref(fields);
	return taken;
}

TEST(fields_are_taken_as_json_or_as_the_text_of_a_command_line)
{
	static const struct {
		const char *fields;
		bool is_fine;
	} row[] = {
	    {"{\"name\": \"Support\"}",                    true },
	    {"{\"addresses\": \"a@b, c@d\"}",              true },
	    {"{\"addresses\": [\"a@b\", \"c@d\"]}",        true },
	    {"{\"active\": true}",                         true },
	    {"{\"active\": \"on\"}",                       true },
	    {"{\"category\": \"seven\"}",                  true },
	    {"{\"category\": null}",                       true },
	    {"{\"name\": 3}",			      false},
	    {"{\"active\": \"perhaps\"}",                  false},
	    {"{\"addresses\": [3]}",                       false},
	    {"{\"category\": \"eight\"}",                  false},
	    {"{\"created_at\": \"2026-02-03T10:00:00Z\"}", false},
	    {"{\"id\": 4}",				false},
	    {"{\"nothing\": \"x\"}",                       false},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		AUTO_RECORD(Rec__Mailbox) mailbox = new_mailbox();

		CHECK_EQ(i, take(mailbox, row[i].fields), row[i].is_fine);
	}
}

TEST(what_was_taken_is_shown_again)
{
	AUTO_RECORD(Rec__Mailbox) mailbox = new_mailbox();
	json_t *shown;

	CHECK(take(mailbox,
	    "{\"name\": \" Sup\\nport\", \"active\": \"on\","
	    "\"addresses\": \"a@b,,c@d\", \"category\": \"seven\"}"));
	shown = json_of_record(&mailbox->base);
	CHECK_STR(0, json_string_value(json_object_get(shown, "name")),
	    "Sup port");
	CHECK(json_is_true(json_object_get(shown, "active")));
	CHECK_EQ(0, json_array_size(json_object_get(shown, "addresses")), 2);
	CHECK_EQ(0, json_integer_value(json_object_get(shown, "category")), 7);
	CHECK(json_is_null(json_object_get(shown, "created_at")));
	CHECK(json_object_get(shown, "further_senders") == NULL);
	json_decref(shown);
}

TEST(an_empty_value_takes_a_field_away)
{
	AUTO_RECORD(Rec__Mailbox) mailbox = new_mailbox();

	CHECK(take(mailbox,
	    "{\"name\": \"x\", \"active\": true,"
	    "\"addresses\": \"a@b\", \"category\": \"seven\"}"));
	CHECK(take(mailbox,
	    "{\"name\": \"\", \"active\": \"\","
	    "\"addresses\": \"\", \"category\": \"\"}"));
	CHECK(mailbox->name == NULL);
	CHECK_EQ(0, mailbox->active, false);
	CHECK_EQ(0, mailbox->n_addresses, 0);
	CHECK_EQ(0, mailbox->category, 0);
}

TEST(text_that_is_not_utf8_is_shown_all_the_same)
{
	json_t *value = json_text("a\xff"
				  "b");

	CHECK(json_is_string(value));
	json_decref(value);
}
