/* SPDX-License-Identifier: MIT */
/*
 * What the resource functions share: the call they answer, references, pages.
 * A function gives a new JSON value, or NULL and an error. Reads run on a
 * view, writes see their own transaction through the same view. Reader and
 * writer threads, the in-process CLI.
 */
#ifndef ADMIN_API_API_H
#define ADMIN_API_API_H

#include <jansson.h>

#include "base/base.h"
#include "base/err.h"
#include "desk/name.h"
#include "model/ids.h"
#include "model/json.h"
#include "store/record.h"

#define API_LIMIT_DEFAULT 50
#define API_LIMIT_MAX     500
#define API_SCAN_MAX      2000              /* rows looked at for one page */
#define API_TEXT_MAX      (4 * 1024 * 1024) /* bytes of text in one page */
#define API_NUMBER_ROOM   24

struct noun;
struct snapshot;

struct api_call {
	const struct view *view;
	struct wtxn *w; /* NULL when it reads */
	const struct snapshot *snapshot;
	const json_t *request;
	const json_t *fields; /* an object, perhaps empty */
	const struct noun *noun;
	const char *id; /* as given, or NULL */
	char room[API_NUMBER_ROOM];
};

/* The noun of a reference, by id or unique name; it exists. "none" is 0. */
bool api_find(const struct view *view, enum json_format kind, const char *name,
    uint64_t *id_out, GError **error) MUST_CHECK;
/* The same for json_into_record; `arg` is a view. */
struct json_lookup api_lookup(const struct view *view);
/* The call's own id, of that kind. */
bool api_id(const struct api_call *call, enum json_format kind,
    uint64_t *id_out, GError **error) MUST_CHECK;
/* The one argument of an action, such as "into" of a merge: what it names. */
bool api_argument(const struct api_call *call, enum json_format kind,
    const char *name, uint64_t *id_out, GError **error) MUST_CHECK;
/* A number such as an entry's, which has no name. */
bool api_number(const char *text, const char *what, uint64_t *id_out,
    GError **error) MUST_CHECK;
/* The name of what a reference names, or null. */
json_t *api_name(const struct view *view, enum json_format format, uint64_t id);

/* Fails if the call has other fields than these (NULL ends them). */
bool api_only(const struct api_call *call, const char *const *allowed,
    GError **error) MUST_CHECK;
/* A field that is on or off; off if it is not given. */
bool api_switch(const struct api_call *call, const char *name, bool *on_out,
    GError **error) MUST_CHECK;

/* "limit" of the request, within bounds. */
size_t api_limit(const struct api_call *call);
/* "cursor" of the request: the id it goes on behind; 0 at the start. */
uint64_t api_cursor(const struct api_call *call);
/* Takes `items`; `next` 0: that was all. */
json_t *api_page(json_t *items, uint64_t next);

/* ---- plain nouns: noun.c ---- */

struct noun {
	const char *name;
	enum json_format kind;
	enum table table;
	const ProtobufCMessageDescriptor *record;
	/* Fields of a new one; the record is zero else. */
	void (*start)(ProtobufCMessage *message, int64_t now);
	bool (*save)(struct wtxn *w, uint64_t *id, ProtobufCMessage *message,
	    GError **error);
	bool (*remove)(struct wtxn *w, uint64_t id, GError **error);
};

extern const struct noun noun_mailbox, noun_category, noun_customer, noun_user,
    noun_job, noun_block;

json_t *noun_list(const struct api_call *call, GError **error);
json_t *noun_show(const struct api_call *call, GError **error);
json_t *noun_add(const struct api_call *call, GError **error);
json_t *noun_set(const struct api_call *call, GError **error);
json_t *noun_remove(const struct api_call *call, GError **error);
/* One record with its id and the names of what it refers to. */
json_t *noun_json(const struct view *view, uint64_t id,
    const ProtobufCMessage *message);

/* ---- the others ---- */

json_t *ticket_list(const struct api_call *call, GError **error);
json_t *ticket_show(const struct api_call *call, GError **error);
json_t *ticket_set(const struct api_call *call, GError **error);
json_t *ticket_include(const struct api_call *call, GError **error);
json_t *ticket_exclude(const struct api_call *call, GError **error);
json_t *ticket_spam(const struct api_call *call, GError **error);
json_t *ticket_unspam(const struct api_call *call, GError **error);
json_t *ticket_merge(const struct api_call *call, GError **error);

json_t *entry_show(const struct api_call *call, GError **error);
json_t *entry_bytes(const struct api_call *call, GError **error);
json_t *mail_list(const struct api_call *call, GError **error);
json_t *mail_show(const struct api_call *call, GError **error);
json_t *mail_attach(const struct api_call *call, GError **error);
json_t *mail_open(const struct api_call *call, GError **error);
json_t *mail_decide(const struct api_call *call, GError **error);
json_t *mail_release(const struct api_call *call, GError **error);
json_t *mail_spam(const struct api_call *call, GError **error);
json_t *mail_discard(const struct api_call *call, GError **error);

json_t *setting_list(const struct api_call *call, GError **error);
json_t *setting_show(const struct api_call *call, GError **error);
json_t *setting_set(const struct api_call *call, GError **error);
json_t *setting_reset(const struct api_call *call, GError **error);

json_t *authserv_list(const struct api_call *call, GError **error);
json_t *trace_list(const struct api_call *call, GError **error);
json_t *status_show(const struct api_call *call, GError **error);
json_t *explain_call(const struct api_call *call, GError **error);
json_t *explain_last_call(const struct api_call *call, GError **error);
json_t *export_page(const struct api_call *call, GError **error);
json_t *keys_rotate(const struct api_call *call, GError **error);
json_t *user_password(const struct api_call *call, GError **error);
json_t *customer_merge(const struct api_call *call, GError **error);
json_t *customer_unmerge(const struct api_call *call, GError **error);
json_t *customer_import_check(const struct api_call *call, GError **error);
json_t *customer_import_begin(const struct api_call *call, GError **error);
json_t *customer_import_rows(const struct api_call *call, GError **error);
json_t *customer_import_start(const struct api_call *call, GError **error);
json_t *job_cancel_call(const struct api_call *call, GError **error);

/* ---- pieces: entry.c, job.c, ticket.c ---- */

/* "running, 400 of 1,000" */
char *job_progress(const Rec__Job *job);
/* Adds the job that a command has begun to its answer, as "job" and "about". */
json_t *job_put(json_t *answer, struct job_id job, const char *about);

struct entry_page {
	json_t *items; /* new */
	uint64_t next; /* 0: that was all */
};
/* Entries of a ticket behind `after`, oldest first. */
bool entry_page_read(const struct view *view, uint64_t ticket, uint64_t after,
    struct entry_page *out, GError **error) MUST_CHECK;
/* An entry with what stands in its mail; NULL on error. */
json_t *entry_json(const struct view *view, uint64_t id, const Rec__Entry *rec,
    GError **error) MUST_CHECK;
/* Bytes of the texts in what entry_json gave. */
size_t entry_text_len(const json_t *entry);
/* Held mails with their texts, newest first. */
json_t *mail_page(const struct api_call *call, GError **error);
json_t *reasons_json(const Rec__Entry *rec);
json_t *passed_json(const uint32_t *passed, size_t count);
const char *authentication_word(Rec__Facts__Authentication verdict);
/* Whom block=on blocks: who acts in a stored mail; g_free. */
bool api_sender(const struct api_call *call, struct entry_id entry,
    char **address_out, GError **error) MUST_CHECK;
#define BLOCKED_BY "by \"spam\""
/* A ticket without its entries. */
json_t *ticket_json(const struct view *view, uint64_t id,
    const Rec__Ticket *rec);

#endif
