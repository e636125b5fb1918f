/* SPDX-License-Identifier: MIT */
/*
 * What each command does. The table is the only dispatcher and its mask says
 * when a verb is legal, so the handlers hold no state checks. HELO and EHLO
 * must not succeed here (RFC 2033, 4.1); BDAT is known only to be refused.
 * A line ends in CR LF; one that ends in a bare LF, or holds a control
 * character, is an error and nothing else. Owner: loop.
 */
#include "lmtp/verbs.h"

#include <string.h>

#include "base/clk.h"
#include "base/log.h"
#include "base/metric.h"
#include "lmtp/path.h"
#include "lmtp/reply.h"
#include "lmtp/session.h"

#define HELO_MAX 255
#define ANY      (IN(FRESH) | IN(GREETED) | IN(MAIL) | IN(RCPT))

static void
on_lhlo(struct session *s, const char *args)
{
	const size_t len = strlen(args);

	if (len == 0 || len > HELO_MAX || strchr(args, ' ') != NULL) {
		reply_bad(s, "501 5.5.4", "LHLO needs a host name");
		return;
	}
	g_free(s->helo);
	s->helo = g_strdup(args);
	reply_lhlo(s);
	session_reset(s);
}

/* "FROM:<…> KEY=…": the address, and where its parameters begin. */
static bool
take_path(const char *args, const char *word, char **address_out,
    const char **params_out)
{
	const size_t len = strlen(word);

	if (g_ascii_strncasecmp(args, word, len) != 0)
		return false;
	*params_out = args + len;
	return path_parse(params_out, address_out, NULL);
}

static bool
take_params(struct session *s, enum args_of of, const char *text,
    struct args *out)
{
	const enum args_verdict verdict = args_parse(of, text, out);

	if (verdict == ARGS_UNKNOWN)
		reply_bad(s, "555 5.5.4", "parameter is not known");
	else if (verdict == ARGS_BAD)
		reply_bad(s, "501 5.5.4", "parameter is malformed");
	return verdict == ARGS_OK;
}

static void
mail_begin(struct session *s, char *sender, size_t announced)
{
	struct delivery *d = delivery_new();

	d->sender = sender;
	d->source = "lmtp";
	d->queue_id = g_strdup(s->xforward.ident);
	d->client = xforward_client(&s->xforward);
	d->helo = g_strdup(
	    s->xforward.helo != NULL ? s->xforward.helo : s->helo);
	s->delivery = d;
	s->announced = announced;
	session_enter(s, SESSION_MAIL);
	reply(s, "250 2.1.0", "sender ok");
}

/* ERR_FULL is what the peer is told, whatever is full or busy. */
static bool
has_room(struct session *s, size_t size)
{
	g_autoptr(GError) error = NULL;

	if (door_has_room(s->door, size, &error))
		return true;
	log_warn("lmtp session=%" PRIx64 " refused=mail error=%s", s->number,
	    log_str(error->message));
	reply_error(s, ERR_FULL);
	return false;
}

static void
on_mail(struct session *s, const char *args)
{
	g_autofree char *sender = NULL;
	AUTO(args_clear) struct args params = {0};
	const char *rest;

	if (!take_path(args, "FROM:", &sender, &rest)) {
		reply_bad(s, "501 5.1.7", "sender is malformed");
		return;
	}
	if (!take_params(s, ARGS_MAIL, rest, &params))
		return;
	if (params.size > s->door->options.message_max)
		reply_error(s, ERR_TOO_BIG);
	else if (has_room(s, params.size))
		mail_begin(s, g_steal_pointer(&sender), params.size);
}

static void
recipient_add(struct session *s, struct delivery_recipient *r)
{
	g_array_append_vals(s->delivery->recipients, r, 1);
	if (s->state == SESSION_MAIL)
		session_enter(s, SESSION_RCPT);
	reply(s, "250 2.1.5", "recipient ok");
}

/* Asks the sink; it may have filled the address in its own way. */
static void
recipient_try(struct session *s, char **address, char **orcpt)
{
	const struct lmtp_sink *sink = &s->door->sink;
	struct delivery_recipient r = {0};
	g_autoptr(GError) error = NULL;

	if (!sink->recipient(sink->arg, *address, &r, &error)) {
		const enum err_kind kind = err_kind(error);

		log_info("lmtp session=%" PRIx64 " refused=rcpt to=%s error=%s",
		    s->number, log_str(*address), log_str(error->message));
		delivery_recipient_clear(&r);
		if (!err_row(kind)->try_again)
			metric_add(METRIC_LMTP_REJECTED, 1);
		reply_error(s, kind);
		return;
	}
	if (r.address == NULL)
		r.address = g_steal_pointer(address);
	if (r.orcpt == NULL)
		r.orcpt = g_steal_pointer(orcpt);
	recipient_add(s, &r);
}

static void
on_rcpt(struct session *s, const char *args)
{
	g_autofree char *address = NULL;
	AUTO(args_clear) struct args params = {0};
	const char *rest;

	if (!take_path(args, "TO:", &address, &rest) || *address == '\0') {
		reply_bad(s, "501 5.1.3", "recipient is malformed");
		return;
	}
	if (!take_params(s, ARGS_RCPT, rest, &params))
		return;
	if (s->delivery->recipients->len >= s->door->options.recipients_max)
		reply(s, "452 4.5.3", "too many recipients");
	else
		recipient_try(s, &address, &params.orcpt);
}

static void
on_data(struct session *s, const char *args)
{
	const struct lmtp_options *limits = &s->door->options;

	(void)args;
	body_init(&s->body, limits->spool_dir, limits->memory_max,
	    limits->message_max, s->announced);
	s->data = (struct data){DATA_LINE};
	s->started_us = clk_monotonic_us();
	session_enter(s, SESSION_DATA);
	g_string_append(s->out, "354 end with <CR><LF>.<CR><LF>\r\n");
}

static void
on_rset(struct session *s, const char *args)
{
	(void)args;
	reply(s, "250 2.0.0", "ok");
	if (s->state == SESSION_FRESH)
		return;
	session_reset(s);
}

static void
on_noop(struct session *s, const char *args)
{
	(void)args;
	reply(s, "250 2.0.0", "ok");
}

static void
on_vrfy(struct session *s, const char *args)
{
	(void)args;
	reply(s, "252 2.0.0", "send a mail and see");
}

static void
on_quit(struct session *s, const char *args)
{
	(void)args;
	session_close(s, "221 2.0.0", "bye");
}

static void
on_xforward(struct session *s, const char *args)
{
	if (!s->trusted)
		reply_bad(s, "550 5.7.0", "XFORWARD is not for you");
	else if (!xforward_parse(args, &s->xforward))
		reply_bad(s, "501 5.5.4", "attribute is malformed");
	else
		reply(s, "250 2.0.0", "ok");
}

static void
on_helo(struct session *s, const char *args)
{
	(void)args;
	reply_bad(s, "500 5.5.1", "this is LMTP: say LHLO");
}

static void
on_bdat(struct session *s, const char *args)
{
	(void)args;
	reply_bad(s, "502 5.5.1", "CHUNKING is not offered");
}

enum has_args { BARE, ARGS };

static const struct verb {
	const char *name;
	unsigned legal;
	enum has_args has_args;
	void (*run)(struct session *session, const char *args);
} verbs[] = {
    {"MAIL",     IN(GREETED),         ARGS, on_mail    },
    {"RCPT",     IN(MAIL) | IN(RCPT), ARGS, on_rcpt    },
    {"DATA",     IN(RCPT),            BARE, on_data    },
    {"LHLO",     ANY,                 ARGS, on_lhlo    },
    {"RSET",     ANY,                 BARE, on_rset    },
    {"QUIT",     ANY,                 BARE, on_quit    },
    {"XFORWARD", IN(GREETED),         ARGS, on_xforward},
    {"NOOP",     ANY,                 ARGS, on_noop    },
    {"VRFY",     ANY,                 ARGS, on_vrfy    },
    {"HELO",     ANY,                 ARGS, on_helo    },
    {"EHLO",     ANY,                 ARGS, on_helo    },
    {"BDAT",     ANY,                 ARGS, on_bdat    },
};

static const struct verb *
verb_find(const char *line, size_t len)
{
	for (size_t i = 0; i < COUNT(verbs); i++)
		if (strlen(verbs[i].name) == len &&
		    g_ascii_strncasecmp(verbs[i].name, line, len) == 0)
			return &verbs[i];
	return NULL;
}

/* Runs a clean line without its end. */
static void
run(struct session *s, const char *line)
{
	const size_t len = strcspn(line, " ");
	const struct verb *verb = verb_find(line, len);
	const char *args = line + len + strspn(line + len, " ");

	if (verb == NULL)
		reply_bad(s, "500 5.5.1", "command is not known");
	else if (!(verb->legal & 1u << s->state))
		/* Pipelined behind a refused MAIL this is nobody's mistake. */
		reply(s, "503 5.5.1", "%s", "not now");
	else if (verb->has_args == BARE && *args != '\0')
		reply_bad(s, "501 5.5.4", "no argument is wanted");
	else
		verb->run(s, args);
}

static bool
has_control(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return true;
	return false;
}

void
verbs_run(struct session *s, const char *line, size_t len)
{
	if (len < 2 || line[len - 2] != '\r') {
		reply_bad(s, "500 5.5.2", "line without CR LF");
		return;
	}
	for (len -= 2; len > 0 && line[len - 1] == ' ';)
		len--;
	if (has_control(line, len)) {
		reply_bad(s, "500 5.5.2", "control character");
		return;
	}
	g_string_truncate(s->line, 0);
	g_string_append_len(s->line, line, (gssize)len);
	run(s, s->line->str);
}
