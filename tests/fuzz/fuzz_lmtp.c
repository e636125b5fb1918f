/* SPDX-License-Identifier: MIT */
/*
 * Bytes of a peer into a session with a sink in memory. The first byte says
 * how the sink behaves, the second how the bytes are cut; the same bytes are
 * also given one at a time, and both runs must say and keep the same (R20).
 * The run by single bytes sees where each mail begins and ends: it is checked
 * against a reference, and each recipient must get one reply (R16, R17).
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "lmtp/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

struct run {
	unsigned how; /* bits of the first byte */
	struct door *door;
	struct session *session;
	struct delivery *waiting;
	unsigned recipients; /* of the newest mail */
	GByteArray *mail;    /* bytes of the newest mail */
	GString *mails;      /* of all, for comparison */
	GString *said;       /* all replies */
};

enum how { HOW_LATER = 1, HOW_FAILS = 2, HOW_FILE = 4, HOW_GOES = 8 };

static bool
sink_recipient(void *arg, const char *address, struct delivery_recipient *out,
    GError **error)
{
	(void)arg;
	(void)out;
	g_assert_cmpuint(strlen(address), <=, 320);
	if (*address == 'u')
		return fail(error, ERR_NOT_FOUND, "nobody");
	return true;
}

static bool
sink_room(void *arg, size_t size, GError **error)
{
	(void)arg;
	return size == 7 ? fail(error, ERR_FULL, "full") : true;
}

static void
read_spool(GByteArray *mail, const struct delivery *d)
{
	g_byte_array_set_size(mail, (guint)d->len);
	if (pread(d->spool_fd, mail->data, d->len, 0) != (ssize_t)d->len)
		g_error("the spool file is short");
}

static void
take_bytes(struct run *run, const struct delivery *d)
{
	g_byte_array_set_size(run->mail, 0);
	if (d->raw != NULL)
		g_byte_array_append(run->mail, d->raw->data, (guint)d->len);
	else
		read_spool(run->mail, d);
	g_string_append_len(run->mails, (const char *)run->mail->data,
	    (gssize)run->mail->len);
	g_string_append(run->mails, "|end|");
}

static void
sink_deliver(void *arg, struct delivery *d)
{
	struct run *run = arg;

	run->recipients = d->recipients->len;
	take_bytes(run, d);
	if (run->how & HOW_FAILS)
		err_set(&d->error, ERR_BUSY, "busy");
	if (run->how & (HOW_LATER | HOW_GOES))
		run->waiting = d;
	else
		d->done(d);
}

static void
on_answered(void *arg)
{
	(void)arg;
}

static void
answer(struct run *run)
{
	struct delivery *d = g_steal_pointer(&run->waiting);

	if (d == NULL)
		return;
	if (run->how & HOW_GOES)
		session_end(&run->session);
	d->done(d);
}

static void
listen_to(struct run *run)
{
	GString *out = session_out(run->session);

	g_string_append_len(run->said, out->str, (gssize)out->len);
	g_string_truncate(out, 0);
}

static void
begin(struct run *run, unsigned how)
{
	const struct lmtp_options limits = {
	    .hostname = "h",
	    .spool_dir = "/tmp",
	    .xforward_peers = "unix:",
	    .recipients_max = 4,
	    .message_max = 400,
	    .line_max = 80,
	    .memory_max = how & HOW_FILE ? 16 : 300,
	    .in_flight_max = 1000,
	    .errors_max = 12,
	    .idle_ms = 60000,
	};
	const struct lmtp_sink sink = {sink_recipient, sink_room, sink_deliver,
	    run};

	*run = (struct run){.how = how};
	run->mail = g_byte_array_new();
	run->mails = g_string_new(NULL);
	run->said = g_string_new(NULL);
	run->door = door_new(&limits, &sink);
	run->session = session_new(run->door, "unix:", on_answered, run);
}

static void
end(struct run *run)
{
	session_end(&run->session);
	g_assert_cmpuint(run->door->in_flight, ==, 0);
	door_unref(&run->door);
	g_byte_array_unref(run->mail);
	g_string_free(run->mails, TRUE);
	g_string_free(run->said, TRUE);
}

/* Feeds until nothing more is taken, as the connection does. */
static size_t
feed(struct run *run, const uint8_t *bytes, size_t len)
{
	size_t at = 0;

	while (run->session != NULL) {
		const size_t used = session_feed(run->session, bytes + at,
		    len - at);

		g_assert_cmpuint(used, <=, len - at);
		at += used;
		listen_to(run);
		if (run->waiting == NULL)
			break;
		answer(run);
		if (run->session != NULL)
			listen_to(run);
	}
	return run->session != NULL ? at : len;
}

static void
run_cut(struct run *run, const uint8_t *bytes, size_t len, uint32_t seed)
{
	size_t from = 0, to = 0;

	while (to < len) {
		seed = seed * 1664525u + 1013904223u;
		to = MIN(len, to + 1 + (seed >> 16) % 40);
		from += feed(run, bytes + from, to - from);
	}
}

static unsigned
count_lines(const char *text)
{
	unsigned count = 0;

	while ((text = strchr(text, '\n')) != NULL) {
		text++;
		count++;
	}
	return count;
}

/* Removes the end and the dots, byte by byte. */
static GByteArray *
unstuff(const GByteArray *raw)
{
	GByteArray *out = g_byte_array_new();

	g_assert_cmpuint(raw->len, >=, 3);
	g_assert_cmpmem(raw->data + raw->len - 3, 3, ".\r\n", 3);
	for (guint i = 0; i < raw->len - 3; i++) {
		const bool begins = i == 0 ||
		    (i >= 2 && memcmp(raw->data + i - 2, "\r\n", 2) == 0);

		g_assert_false(
		    begins && memcmp(raw->data + i, ".\r\n", 3) == 0);
		if (!begins || raw->data[i] != '.')
			g_byte_array_append(out, raw->data + i, 1);
	}
	return out;
}

/* A mail is over: `heard` is what its last byte was answered with. */
static void
check_mail(const struct run *run, const GByteArray *raw, const char *heard,
    unsigned recipients)
{
	g_autoptr(GByteArray) want = unstuff(raw);

	g_assert_cmpuint(count_lines(heard), ==, recipients);
	if (want->len > run->door->options.message_max)
		g_assert_true(g_str_has_prefix(heard, "552 5.3.4 "));
	else
		g_assert_cmpmem(run->mail->data, run->mail->len, want->data,
		    want->len);
}

static void
run_single(struct run *run, const uint8_t *bytes, size_t len)
{
	g_autoptr(GByteArray) raw = g_byte_array_new();
	size_t from = 0;

	for (size_t to = 1; to <= len && run->session != NULL; to++) {
		const struct session *s = run->session;
		const bool in_data = s->state == SESSION_DATA;
		const unsigned count = in_data ? s->delivery->recipients->len
					       : 0;
		const size_t said = run->said->len;

		from += feed(run, bytes + from, to - from);
		if (!in_data)
			continue;
		g_byte_array_append(raw, bytes + to - 1, 1);
		if (run->session == NULL || s->state == SESSION_DATA)
			continue;
		check_mail(run, raw, run->said->str + said, count);
		g_byte_array_set_size(raw, 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct run cut, single;

	if (len < 2)
		return 0;
	log_set_level(LOG_ERROR);
	begin(&cut, bytes[0] & 15);
	begin(&single, bytes[0] & 15);
	run_cut(&cut, bytes + 2, len - 2, bytes[1]);
	run_single(&single, bytes + 2, len - 2);
	g_assert_cmpstr(cut.said->str, ==, single.said->str);
	g_assert_cmpmem(cut.mails->str, cut.mails->len, single.mails->str,
	    single.mails->len);
	end(&cut);
	end(&single);
	return 0;
}
