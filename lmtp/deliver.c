/* SPDX-License-Identifier: MIT */
/*
 * The hand-off; see deliver.h. From session_enter(COMMIT) until `done` the
 * delivery is the sink's. Each accepted recipient gets a reply of its own
 * (RFC 2033, 4.2), in order, and 250 only after the sink said that the mail
 * is kept. Owner: loop.
 */
#include "lmtp/deliver.h"

#include "base/clk.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/metric.h"
#include "lmtp/reply.h"
#include "lmtp/session.h"

static void
log_mail(const struct session *s, const struct delivery *d, const GError *error)
{
	const int64_t us = clk_monotonic_us() - s->started_us;
	const char *kept = d->place != NULL ? d->place : d->detail;

	log_info("lmtp session=%" PRIx64 " queue=%s rcpt=%u size=%zu result=%s"
		 " text=%s ms=%" PRId64,
	    s->number, log_str(d->queue_id), d->recipients->len, s->body.len,
	    error != NULL ? err_row(err_kind(error))->name : "ok",
	    log_str(error != NULL ? error->message : kept), us / 1000);
}

static enum metric
metric_of(const GError *error)
{
	if (error == NULL)
		return METRIC_LMTP_ACKNOWLEDGED;
	return err_row(err_kind(error))->try_again ? METRIC_LMTP_DEFERRED
						   : METRIC_LMTP_REJECTED;
}

/* One reply a recipient. */
static void
answer(struct session *s, const struct delivery *d, const GError *error)
{
	const unsigned count = d->recipients->len;

	log_mail(s, d, error);
	if (s->state == SESSION_GONE)
		return;
	for (unsigned i = 0; i < count; i++)
		if (error == NULL)
			reply(s, "250 2.0.0", "%s",
			    d->detail != NULL ? d->detail : "kept");
		else
			reply_error(s, err_kind(error));
	metric_add(metric_of(error), count);
}

/* The sink is through with the mail; on the loop. */
static void
on_done(struct delivery *delivery)
{
	AUTO(delivery_free) struct delivery *d = delivery;
	struct session *s = d->arg;

	ON_THREAD(LOOP);
	CRASH_POINT(lmtp_before_reply);
	answer(s, d, d->error);
	if (s->state == SESSION_GONE) {
		session_free(s);
		return;
	}
	s->heard_us = clk_monotonic_us();
	session_reset(s);
	if (!s->feeding)
		s->answered(s->arg);
}

/* The last byte is there. */
static void
finish(struct session *s)
{
	AUTO(delivery_free) struct delivery *d = g_steal_pointer(&s->delivery);
	const struct lmtp_sink *sink = &s->door->sink;
	g_autoptr(GError) error = NULL;

	if (!body_finish(&s->body, d, &error)) {
		answer(s, d, error);
		session_reset(s);
		return;
	}
	d->done = on_done;
	d->arg = s;
	session_enter(s, SESSION_COMMIT);
	sink->deliver(sink->arg, g_steal_pointer(&d));
}

static void
put(void *arg, const uint8_t *bytes, size_t len)
{
	body_append(arg, bytes, len);
}

size_t
deliver_feed(struct session *s, const uint8_t *bytes, size_t len)
{
	const size_t used = data_feed(&s->data, bytes, len, put, &s->body);

	session_account(s, body_held(&s->body));
	/* Mails let in together may grow beyond what all may hold. */
	if (door_is_over(s->door, s->held)) {
		body_refuse(&s->body);
		session_account(s, 0);
	}
	if (s->data.state == DATA_END)
		finish(s);
	return used;
}
