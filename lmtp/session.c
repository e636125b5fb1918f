/* SPDX-License-Identifier: MIT */
/*
 * The frame of a session: states, lines, time. What a command does is in
 * verbs.c, what happens to a mail in deliver.c. Commands of one piece are run
 * one after the other without recursion, and a mail whose sink answers at
 * once is over before the next of them. Owner: loop.
 */
#include "lmtp/session.h"

#include <string.h>

#include "base/clk.h"
#include "base/log.h"
#include "lmtp/deliver.h"
#include "lmtp/reply.h"
#include "lmtp/verbs.h"

#define SESSION_MAGIC 0x1a3e5510u

static const struct {
	const char *name;
	unsigned from;
} states[] = {
#define S(name, from) {#name, from},
    SESSION_STATES(S)
#undef S
};
_Static_assert(COUNT(states) == SESSION_STATE_COUNT, "one row a state");

const char *
session_state_name(enum session_state state)
{
	return states[state].name;
}

void
session_enter(struct session *s, enum session_state state)
{
	assert(states[state].from & 1u << s->state);
	log_debug("lmtp session=%" PRIx64 " %s -> %s", s->number,
	    states[s->state].name, states[state].name);
	s->state = state;
}

struct session *
session_new(struct door *door, const char *peer, void (*answered)(void *arg),
    void *arg)
{
	struct session *s = g_new0(struct session, 1);

	ON_THREAD(LOOP);
	s->magic = SESSION_MAGIC;
	s->state = SESSION_FRESH;
	s->door = door_ref(door);
	s->number = ++door->last_session;
	s->trusted = door_trusts(door, peer);
	s->out = g_string_new(NULL);
	s->line = g_string_new(NULL);
	s->body.fd = -1;
	s->heard_us = clk_monotonic_us();
	s->answered = answered;
	s->arg = arg;
	reply_greeting(s);
	return s;
}

/* Forgets the mail, whatever the state. */
static void
forget_mail(struct session *s)
{
	delivery_free(&s->delivery);
	body_drop(&s->body);
	xforward_clear(&s->xforward);
	session_account(s, 0);
	s->announced = 0;
}

void
session_free(struct session *s)
{
	forget_mail(s);
	g_string_free(s->out, TRUE);
	g_string_free(s->line, TRUE);
	g_free(s->helo);
	door_unref(&s->door);
	s->magic = 0;
	g_free(s);
}

void
session_end(struct session **session)
{
	struct session *s = g_steal_pointer(session);

	if (s == NULL)
		return;
	assert(s->magic == SESSION_MAGIC && !s->feeding);
	if (s->state == SESSION_COMMIT)
		session_enter(s, SESSION_GONE);
	else
		session_free(s);
}

void
session_account(struct session *s, size_t held)
{
	door_account(s->door, s->held, held);
	s->held = held;
}

void
session_close(struct session *s, const char *code, const char *words)
{
	reply(s, code, "%s", words);
	forget_mail(s);
	session_enter(s, SESSION_CLOSING);
}

void
session_reset(struct session *s)
{
	forget_mail(s);
	session_enter(s, SESSION_GREETED);
	if (s->draining)
		session_close(s, "421 4.3.2", "shutting down");
}

void
session_drain(struct session *s)
{
	s->draining = true;
	if ((IN(FRESH) | IN(GREETED)) & 1u << s->state)
		session_close(s, "421 4.3.2", "shutting down");
}

void
session_tick(struct session *s, int64_t now_us)
{
	const struct lmtp_options *limits = &s->door->options;

	if ((IN(COMMIT) | IN(CLOSING) | IN(GONE)) & 1u << s->state)
		return;
	if (now_us - s->heard_us > (int64_t)limits->idle_ms * 1000)
		session_close(s, "421 4.4.2", "idle for too long");
	else if (s->state == SESSION_DATA &&
	    data_is_slow(s->body.len, now_us - s->started_us,
		limits->data_rate_min))
		session_close(s, "421 4.4.2", "data comes too slowly");
}

/* One command, or what there is of it. */
static size_t
feed_line(struct session *s, const uint8_t *bytes, size_t len)
{
	const size_t max = s->door->options.line_max;
	const size_t window = s->skipping ? len : MIN(len, max);
	const uint8_t *lf = memchr(bytes, '\n', window);

	if (lf == NULL && !s->skipping && len < max)
		return 0;
	if (lf == NULL) {
		s->skipping = true;
		return window;
	}
	if (s->skipping)
		reply_bad(s, "500 5.5.2", "line is too long");
	else
		verbs_run(s, (const char *)bytes, (size_t)(lf - bytes) + 1);
	s->skipping = false;
	return (size_t)(lf - bytes) + 1;
}

size_t
session_feed(struct session *s, const uint8_t *bytes, size_t len)
{
	size_t at = 0, used = 1;

	ON_THREAD(LOOP);
	assert(s->magic == SESSION_MAGIC && !s->feeding);
	s->heard_us = clk_monotonic_us();
	s->feeding = true;
	while (used > 0 && at < len && s->state != SESSION_COMMIT &&
	    s->state != SESSION_CLOSING) {
		used = s->state == SESSION_DATA
		    ? deliver_feed(s, bytes + at, len - at)
		    : feed_line(s, bytes + at, len - at);
		at += used;
	}
	s->feeding = false;
	return s->state == SESSION_CLOSING ? len : at;
}

GString *
session_out(struct session *s)
{
	return s->out;
}
