/* SPDX-License-Identifier: MIT */
/* A small LMTP client; see lmtp_client.h. Not pipelined: it has one mail. */
#include "main/lmtp_client.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define REPLY_MAX 4096
#define ANSWER_S  120

struct talk {
	FILE *in, *out;
};

static void
talk_close(struct talk *t)
{
	if (t->in != NULL)
		(void)fclose(t->in); /* read side */
	if (t->out != NULL)
		(void)fclose(t->out); /* all that counts was answered */
}

static bool
talk_open(struct talk *t, int fd, GError **error)
{
	static const struct timeval limit = {.tv_sec = ANSWER_S};
	int copy = dup(fd);

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	t->in = fdopen(fd, "rb");
	t->out = copy >= 0 ? fdopen(copy, "wb") : NULL;
	if (t->in != NULL && t->out != NULL)
		return true;
	return fail(error, ERR_TEMP, "%s", g_strerror(errno));
}

/* The last line of a reply, such as "250 2.0.0 ok". */
static bool
reply_read(struct talk *t, char **reply_out, GError **error)
{
	char line[REPLY_MAX];

	do {
		if (fgets(line, sizeof(line), t->in) == NULL)
			return fail(error, ERR_TEMP,
			    "the desk broke the conversation off");
		if (strlen(line) < 4 || !g_ascii_isdigit(line[0]))
			return fail(error, ERR_TEMP, "that is no LMTP: %s",
			    line);
	} while (line[3] == '-');
	*reply_out = g_strdup(g_strchomp(line));
	return true;
}

static bool
expect(struct talk *t, char wanted, GError **error)
{
	g_autofree char *reply = NULL;

	if (fflush(t->out) != 0)
		return fail(error, ERR_TEMP, "sending: %s", g_strerror(errno));
	if (!reply_read(t, &reply, error))
		return false;
	if (reply[0] == wanted)
		return true;
	return fail(error, reply[0] == '5' ? ERR_DENIED : ERR_TEMP, "%s",
	    reply);
}

static bool
is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if (!g_ascii_isprint(*text))
			return false;
	return true;
}

static bool
needs_utf8(const struct lmtp_mail *mail)
{
	bool ascii = is_ascii(mail->sender);

	for (size_t i = 0; mail->recipients[i] != NULL; i++)
		ascii = ascii && is_ascii(mail->recipients[i]);
	return !ascii;
}

/* How many were accepted; refusals are replies already. */
static bool
recipients_send(struct talk *t, const struct lmtp_mail *mail,
    GPtrArray *replies, size_t *accepted_out, GError **error)
{
	for (size_t i = 0; mail->recipients[i] != NULL; i++) {
		char *reply;

		(void)fprintf(t->out, "RCPT TO:<%s>\r\n", mail->recipients[i]);
		(void)fflush(t->out); /* reading shows what went wrong */
		if (!reply_read(t, &reply, error))
			return false;
		*accepted_out += reply[0] == '2';
		g_ptr_array_add(replies, reply);
	}
	return true;
}

static void
body_send(struct talk *t, const GByteArray *bytes)
{
	bool at_start = true;

	for (guint i = 0; i < bytes->len; i++) {
		if (at_start && bytes->data[i] == '.')
			(void)putc('.', t->out);
		(void)putc(bytes->data[i], t->out);
		at_start = bytes->data[i] == '\n' && i > 0 &&
		    bytes->data[i - 1] == '\r';
	}
	(void)fputs(".\r\n", t->out);
	(void)fflush(t->out); /* reading shows what went wrong */
}

static bool
outcomes_read(struct talk *t, GPtrArray *replies, GError **error)
{
	for (guint i = 0; i < replies->len; i++) {
		char *rcpt = g_ptr_array_index(replies, i);
		char *reply;

		if (rcpt[0] != '2')
			continue;
		if (!reply_read(t, &reply, error))
			return false;
		replies->pdata[i] = reply;
		g_free(rcpt);
	}
	return true;
}

static bool
talk_all(struct talk *t, const struct lmtp_mail *mail, GPtrArray *replies,
    GError **error)
{
	size_t accepted = 0;

	if (!expect(t, '2', error))
		return false;
	(void)fprintf(t->out, "LHLO %s\r\n", g_get_host_name());
	if (!expect(t, '2', error))
		return false;
	(void)fprintf(t->out, "MAIL FROM:<%s> SIZE=%u BODY=8BITMIME%s\r\n",
	    mail->sender, mail->bytes->len,
	    needs_utf8(mail) ? " SMTPUTF8" : "");
	if (!expect(t, '2', error) ||
	    !recipients_send(t, mail, replies, &accepted, error))
		return false;
	if (accepted > 0) {
		(void)fputs("DATA\r\n", t->out);
		if (!expect(t, '3', error))
			return false;
		body_send(t, mail->bytes);
		if (!outcomes_read(t, replies, error))
			return false;
	}
	(void)fputs("QUIT\r\n", t->out);
	(void)fflush(t->out); /* a courtesy */
	return true;
}

bool
lmtp_send(int fd, const struct lmtp_mail *mail, GPtrArray *replies,
    GError **error)
{
	AUTO(talk_close) struct talk t = {.in = NULL};

	if (!talk_open(&t, fd, error)) {
		if (t.in == NULL)
			(void)close(fd); /* nothing was said */
		return false;
	}
	return talk_all(&t, mail, replies, error);
}
