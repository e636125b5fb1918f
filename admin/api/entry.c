/* SPDX-License-Identifier: MIT */
/*
 * Entries as JSON: what the record says and, of a mail, what stands in it.
 * Raw mails leave in pieces, so that no answer is large and no view long.
 */
#include "admin/api/api.h"

#include "desk/entry.h"
#include "intake/decide.h"

#define ENTRIES_PER_PAGE 100
#define RAW_PIECE        ((size_t)192 * 1024) /* bytes; a multiple of 3 */

static json_t *
addr_json(const Rec__Addr *addr)
{
	json_t *object;

	if (addr == NULL)
		return json_null();
	object = json_object();
	json_put(object, "name", json_text(addr->name));
	json_put(object, "address", json_text(addr->address));
	return object;
}

static json_t *
addrs_json(Rec__Addr *const *addrs, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(list, addr_json(addrs[i]));
	return list;
}

json_t *
reasons_json(const Rec__Entry *rec)
{
	json_t *list = json_array();

	for (size_t i = 0; i < rec->n_reasons; i++) {
		const Rec__Reason *r = rec->reasons[i];
		g_autofree char *text = reason_text(reason_find(r->code), r->id,
		    r->detail);
		json_t *object = json_object();

		json_put(object, "code", json_text(r->code));
		json_put(object, "text",
		    json_text(text[0] != '\0' ? text : r->code));
		(void)json_array_append_new(list, object);
	}
	return list;
}

json_t *
passed_json(const uint32_t *passed, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		g_autofree char *text = passed_text(passed[i]);
		json_t *object = json_object();

		json_put(object, "rule", json_text(passed_rule(passed[i])));
		json_put(object, "text", json_text(text));
		(void)json_array_append_new(list, object);
	}
	return list;
}

const char *
authentication_word(Rec__Facts__Authentication verdict)
{
	static const char *const words[] = {"unknown", "verified", "unverified",
	    "failed"};

	return (size_t)verdict < COUNT(words) ? words[verdict] : "unknown";
}

/* ---- what stands in a mail ----------------------------------------------- */

static json_t *
attachments_json(const Rec__Mail *mail)
{
	json_t *list = json_array();

	for (size_t i = 0; i < mail->n_parts; i++) {
		const Rec__Part *part = mail->parts[i];
		json_t *object;

		if (!part->attachment)
			continue;
		object = json_object();
		json_put(object, "part", json_integer((json_int_t)i));
		json_put(object, "name", json_text(part->name));
		json_put(object, "type", json_text(part->type));
		json_put(object, "size", json_integer((json_int_t)part->size));
		json_put(object, "inline", json_boolean(part->inline_part));
		json_put(object, "cid", json_text(part->cid));
		(void)json_array_append_new(list, object);
	}
	return list;
}

static const char *
auto_word(Rec__Mail__Auto kind)
{
	static const char *const words[] = {"none", "reply", "generated",
	    "bulk", "list", "bounce"};

	return (size_t)kind < COUNT(words) ? words[kind] : "unknown";
}

static void
put_mail(json_t *object, const Rec__Mail *mail)
{
	const char *text = mail->text != NULL ? mail->text : "";

	json_put(object, "from", addr_json(mail->from));
	json_put(object, "to", addrs_json(mail->to, mail->n_to));
	json_put(object, "cc", addrs_json(mail->cc, mail->n_cc));
	json_put(object, "subject", json_text(mail->subject));
	json_put(object, "date",
	    mail->has_date_at ? json_time(mail->date_at) : json_null());
	json_put(object, "message_id", json_text(mail->message_id));
	json_put(object, "text", json_text(text));
	json_put(object, "reply",
	    json_text(mail->reply != NULL ? mail->reply : text));
	json_put(object, "attachments", attachments_json(mail));
	json_put(object, "auto", json_text(auto_word(mail->auto_kind)));
	json_put(object, "unreadable", json_text(mail->unreadable));
}

static void
put_envelope(json_t *object, const Rec__Entry *rec)
{
	const Rec__Envelope *e = rec->envelope;
	json_t *recipients = json_array();

	json_put(object, "recipients", recipients);
	json_put(object, "sender", json_text(e != NULL ? e->sender : NULL));
	json_put(object, "queue_id", json_text(e != NULL ? e->queue_id : NULL));
	for (size_t i = 0; e != NULL && i < e->n_recipients; i++)
		(void)json_array_append_new(recipients,
		    json_text(e->recipients[i]->address));
}

/* ---- an entry ------------------------------------------------------------ */

static json_t *
changes_json(const Rec__Entry *rec)
{
	json_t *list = json_array();

	for (size_t i = 0; i < rec->n_changes; i++) {
		json_t *object = json_object();

		json_put(object, "field", json_text(rec->changes[i]->field));
		json_put(object, "from", json_text(rec->changes[i]->from));
		json_put(object, "to", json_text(rec->changes[i]->to));
		(void)json_array_append_new(list, object);
	}
	return list;
}

static json_t *
id_or_null(uint64_t id)
{
	return id != 0 ? json_integer((json_int_t)id) : json_null();
}

static const char *
delivery_word_of(Rec__Delivery__State state)
{
	static const char *const words[] = {"queued", "taken", "delayed",
	    "failed"};

	return (size_t)state < COUNT(words) ? words[state] : "unknown";
}

static json_t *
deliveries_json(const Rec__Entry *rec)
{
	json_t *list = json_array();

	for (size_t i = 0; i < rec->n_deliveries; i++) {
		const Rec__Delivery *d = rec->deliveries[i];
		json_t *object = json_object();

		json_put(object, "recipient", json_text(d->recipient));
		json_put(object, "state",
		    json_text(delivery_word_of(d->state)));
		json_put(object, "words", json_text(d->words));
		json_put(object, "at", json_time(d->at));
		(void)json_array_append_new(list, object);
	}
	return list;
}

static json_t *
entry_base(const struct view *view, uint64_t id, const Rec__Entry *rec)
{
	json_t *object = json_object();

	json_put(object, "id", json_integer((json_int_t)id));
	json_put(object, "kind", json_text(entry_kind_name(rec->kind)));
	json_put(object, "ticket", id_or_null(rec->ticket));
	json_put(object, "at", json_time(rec->at));
	json_put(object, "user", id_or_null(rec->user));
	json_put(object, "user_name",
	    api_name(view, JSON_FORMAT_USER, rec->user));
	json_put(object, "from", addr_json(rec->from));
	json_put(object, "message_id", json_text(rec->message_id));
	json_put(object, "subject", json_text(rec->title));
	json_put(object, "text", json_text(rec->text));
	json_put(object, "internal", json_boolean(rec->internal));
	json_put(object, "because", reasons_json(rec));
	json_put(object, "passed", passed_json(rec->passed, rec->n_passed));
	json_put(object, "of_entry", id_or_null(rec->of_entry));
	json_put(object, "candidate", id_or_null(rec->candidate));
	if (rec->n_deliveries > 0)
		json_put(object, "deliveries", deliveries_json(rec));
	if (rec->n_changes > 0)
		json_put(object, "changes", changes_json(rec));
	return object;
}

json_t *
entry_json(const struct view *view, uint64_t id, const Rec__Entry *rec,
    GError **error)
{
	AUTO_RECORD(Rec__Mail) mail = NULL;
	json_t *object;

	if (rec->blob != NULL &&
	    !entry_mail(view, (struct entry_id){id}, rec, &mail, error))
		return NULL;
	object = entry_base(view, id, rec);
	if (mail == NULL)
		return object;
	put_mail(object, mail);
	put_envelope(object, rec);
	json_put(object, "held", json_text(rec->held_code));
	json_put(object, "discarded_at",
	    rec->has_discarded_at ? json_time(rec->discarded_at) : json_null());
	json_put(object, "new_sender", json_boolean(rec->new_sender));
	json_put(object, "authentication",
	    json_text(authentication_word(rec->authentication)));
	json_put(object, "reply_to",
	    addrs_json(mail->reply_to, mail->n_reply_to));
	json_put(object, "came_again", json_integer(rec->came_again));
	json_put(object, "size", json_integer((json_int_t)rec->blob->raw_len));
	return object;
}

static bool
call_entry(const struct api_call *call, const char *what, uint64_t *id_out,
    Rec__Entry **out, GError **error)
{
	return api_number(call->id, what, id_out, error) &&
	    entry_load(call->view, (struct entry_id){*id_out}, out, error);
}

json_t *
entry_show(const struct api_call *call, GError **error)
{
	AUTO_RECORD(Rec__Entry) rec = NULL;
	uint64_t id;

	if (!call_entry(call, "entry", &id, &rec, error))
		return NULL;
	return entry_json(call->view, id, rec, error);
}

static json_t *
piece_json(uint64_t offset, uint64_t size, const GByteArray *bytes)
{
	g_autofree char *base64 = g_base64_encode(bytes->data, bytes->len);
	json_t *object = json_object();
	uint64_t next = offset + bytes->len;

	json_put(object, "size", json_integer((json_int_t)size));
	json_put(object, "offset", json_integer((json_int_t)offset));
	json_put(object, "bytes", json_text(base64));
	json_put(object, "next",
	    next < size && bytes->len > 0 ? json_integer((json_int_t)next)
					  : json_null());
	return object;
}

/* A piece of the raw mail from "offset" on. */
json_t *
entry_bytes(const struct api_call *call, GError **error)
{
	AUTO_RECORD(Rec__Entry) rec = NULL;
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	const json_t *given = json_object_get(call->request, "offset");
	json_int_t offset = json_integer_value(given);
	uint64_t id, size;

	if (!call_entry(call, "entry", &id, &rec, error))
		return NULL;
	if (offset < 0)
		return fail_null(error, ERR_USAGE, "offset is not negative");
	size = rec->blob != NULL ? rec->blob->raw_len : 0;
	if ((uint64_t)offset > size)
		offset = (json_int_t)size;
	if (!entry_raw(call->view, (struct entry_id){id}, rec,
		(struct range){(uint64_t)offset, RAW_PIECE}, bytes, error))
		return NULL;
	return piece_json((uint64_t)offset, size, bytes);
}

/* ---- the entries of a ticket --------------------------------------------- */

size_t
entry_text_len(const json_t *entry)
{
	return json_string_length(json_object_get(entry, "text")) +
	    json_string_length(json_object_get(entry, "reply"));
}

static bool
page_add(const struct view *view, struct entry_page *page, uint64_t id,
    size_t *texts, GError **error)
{
	AUTO_RECORD(Rec__Entry) rec = NULL;
	json_t *object;

	if (!entry_load(view, (struct entry_id){id}, &rec, error))
		return false;
	object = entry_json(view, id, rec, error);
	if (object == NULL)
		return false;
	*texts += entry_text_len(object);
	(void)json_array_append_new(page->items, object);
	page->next = id;
	return true;
}

static bool
page_fill(const struct view *view, struct cursor *cursor,
    struct entry_page *page, GError **error)
{
	size_t texts = 0;
	struct key key;
	struct slice value;
	enum found found;

	while (
	    (found = cursor_next(cursor, &key, &value, error)) == FOUND_YES) {
		size_t at = key_start(TABLE_TICKET);
		uint64_t id;

		if (json_array_size(page->items) == ENTRIES_PER_PAGE ||
		    texts > API_TEXT_MAX)
			return true;
		(void)key_get_u64(&key, &at);
		id = key_get_u64(&key, &at);
		if (id != 0 && !page_add(view, page, id, &texts, error))
			return false;
	}
	page->next = 0;
	return found == FOUND_NO;
}

bool
entry_page_read(const struct view *view, uint64_t ticket, uint64_t after,
    struct entry_page *out, GError **error)
{
	struct key prefix = key_1(TABLE_TICKET, ticket);
	struct key from = key_2(TABLE_TICKET, ticket, after);
	AUTO(cursor_free)
	struct cursor *cursor = cursor_new(view, &prefix, ASCENDING, error);

	if (cursor == NULL)
		return false;
	cursor_after(cursor, &from);
	*out = (struct entry_page){.items = json_array()};
	if (page_fill(view, cursor, out, error))
		return true;
	g_clear_pointer(&out->items, json_decref);
	return false;
}
