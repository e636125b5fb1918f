/* SPDX-License-Identifier: MIT */
/* How the desk stands: tickets by status, held mails, what came in. */
#include "admin/api/api.h"

#include "base/metric.h"
#include "desk/ticket.h"
#include "intake/decide.h"

#define HELD_COUNTED 10000

static bool
put_counter(json_t *object, const struct view *view, enum counter counter,
    uint64_t id, const char *name, GError **error)
{
	int64_t n;

	if (!counter_get(view, counter, id, &n, error))
		return false;
	json_put(object, name, json_integer(n));
	return true;
}

static bool
put_tickets(json_t *object, const struct view *view, GError **error)
{
	for (int i = 0; i <= REC__TICKET_STATUS__CLOSED; i++)
		if (!put_counter(object, view, COUNTER_TICKET_STATUS,
			(uint64_t)i, ticket_status_name((Rec__TicketStatus)i),
			error))
			return false;
	return true;
}

static bool
put_mails(json_t *object, const struct view *view, GError **error)
{
	for (int i = 0; i <= REC__ACTION__COMMAND; i++)
		if (!put_counter(object, view, COUNTER_MAIL, (uint64_t)i,
			action_name((Rec__Action)i), error))
			return false;
	return true;
}

static bool
put_held(json_t *object, const struct view *view, GError **error)
{
	struct key prefix = key_of(TABLE_HELD);
	AUTO(cursor_free)
	struct cursor *c = cursor_new(view, &prefix, ASCENDING, error);
	struct key key;
	struct slice value;
	enum found found = FOUND_NO;
	json_int_t held = 0;

	if (c == NULL)
		return false;
	while (held < HELD_COUNTED &&
	    (found = cursor_next(c, &key, &value, error)) == FOUND_YES)
		held++;
	json_put(object, "held", json_integer(held));
	return found != FOUND_ERROR;
}

/* Since the start of this process. */
static json_t *
metrics_json(void)
{
	json_t *metrics = json_object();

	for (int i = 0; i < METRIC_COUNT; i++)
		json_put(metrics, metric_name((enum metric)i),
		    json_integer(metric_get((enum metric)i)));
	return metrics;
}

json_t *
status_show(const struct api_call *call, GError **error)
{
	json_t *object = json_object();
	json_t *tickets = json_object();
	json_t *mails = json_object();

	json_put(object, "version", json_text(MAILDESK_VERSION));
	json_put(object, "tickets", tickets);
	json_put(object, "mails", mails);
	json_put(object, "metrics", metrics_json());
	if (put_tickets(tickets, call->view, error) &&
	    put_mails(mails, call->view, error) &&
	    put_held(object, call->view, error))
		return object;
	json_decref(object);
	return NULL;
}
