/* SPDX-License-Identifier: MIT */
/*
 * Who takes part in a ticket, said by hand (IN-19, IN-32): a new sender is
 * confirmed, somebody is taken in or out. Who was taken out does not come in
 * by the next Cc.
 */
#include "admin/api/api.h"
#include "base/pattern.h"
#include "base/text.h"
#include "desk/event.h"
#include "desk/snapshot.h"
#include "desk/ticket.h"
#include "intake/participants.h"

static bool
read_address(const struct api_call *call, char **folded_out, GError **error)
{
	static const char *const allowed[] = {"address", NULL};
	const char *address = json_string_value(
	    json_object_get(call->fields, "address"));

	if (!api_only(call, allowed, error))
		return false;
	if (address == NULL || !text_is_address(address))
		return fail(error, ERR_INVALID,
		    "who? give address=somebody@example.org");
	*folded_out = text_fold_address(address);
	return true;
}

static bool
load(const struct api_call *call, struct ticket *out, GError **error)
{
	struct ticket_id id;
	enum found found;

	if (!api_id(call, JSON_FORMAT_TICKET, &id.n, error))
		return false;
	found = ticket_find_merged(call->view, id, out, error);
	if (found == FOUND_NO)
		return fail(error, ERR_NOT_FOUND, "there is no ticket %" PRIu64,
		    id.n);
	return found == FOUND_YES;
}

static json_t *
save(const struct api_call *call, struct ticket *ticket, GError **error)
{
	json_t *object = NULL;

	if (ticket_save(call->w, ticket, error)) {
		event_ticket(call->w, REC__EVENT__KIND__TICKET_CHANGED,
		    ticket->id.n, 0);
		object = ticket_json(call->view, ticket->id.n, ticket->rec);
	}
	ticket_drop(ticket);
	return object;
}

/* Who is one of us would answer himself. */
static bool
check(const struct api_call *call, const char *folded, GError **error)
{
	const struct snapshot *s = call->snapshot;

	if (snapshot_mailbox(s, folded, NULL) != NULL)
		return fail(error, ERR_INVALID, "%s is a mailbox of this desk",
		    folded);
	if (snapshot_agent(s, folded).n != 0)
		return fail(error, ERR_INVALID,
		    "%s is an agent, who sees the ticket anyway", folded);
	return pattern_list_match(s->blocks, folded) == NULL ||
	    fail(error, ERR_INVALID, "%s is blocked", folded);
}

json_t *
ticket_include(const struct api_call *call, GError **error)
{
	g_autofree char *folded = NULL;
	struct ticket ticket;

	if (!read_address(call, &folded, error) ||
	    !check(call, folded, error) || !load(call, &ticket, error))
		return NULL;
	if (participants_include(ticket.rec, folded))
		return save(call, &ticket, error);
	ticket_drop(&ticket);
	return fail_null(error, ERR_CONFLICT,
	    "%d take part already; exclude somebody first", PARTICIPANTS_MAX);
}

json_t *
ticket_exclude(const struct api_call *call, GError **error)
{
	g_autofree char *folded = NULL;
	struct ticket ticket;

	if (!read_address(call, &folded, error) || !load(call, &ticket, error))
		return NULL;
	if (participants_exclude(ticket.rec, folded))
		return save(call, &ticket, error);
	ticket_drop(&ticket);
	return fail_null(error, ERR_NOT_FOUND, "%s takes no part in it",
	    folded);
}
