/* SPDX-License-Identifier: MIT */
/*
 * maildesk explain: where a mail would go and why, or which of the last mails
 * would go elsewhere with another setting. Changes nothing. The mail is
 * parsed here, without sandbox: it is for a person at a shell.
 */
#include "main/cmd.h"

#include <stdio.h>
#include <string.h>

#include "intake/facts.h"
#include "mail/parse.h"
#include "main/cli.h"
#include "main/client.h"
#include "main/input.h"
#include "model/json.h"
#include "store/record.h"

#define LAST_MAX  1000000
#define LAST_PAGE 500

struct wishes {
	char **to;
	char *from;
	int last;
};

/* ---- one mail ------------------------------------------------------------ */

/* Texts and parts play no role in a decision and may be large. */
static void
forget_texts(Rec__Mail *mail)
{
	g_clear_pointer(&mail->text, g_free);
	g_clear_pointer(&mail->reply, g_free);
	for (size_t i = 0; i < mail->n_parts; i++)
		rec__part__free_unpacked(mail->parts[i], &record_allocator);
	g_clear_pointer(&mail->parts, g_free);
	mail->n_parts = 0;
}

static void
put_base64(json_t *request, const char *name, const void *bytes, size_t len)
{
	g_autofree char *base64 = g_base64_encode(bytes, len);

	json_put(request, name, json_string(base64));
}

static void
put_mail(json_t *request, const GByteArray *raw)
{
	AUTO(mail_free) Rec__Mail *mail = mail_parse(raw->data, raw->len);
	struct intake_mail in;
	g_autofree uint8_t *packed = NULL;
	size_t len;

	in.hashes = mail_hashes_of(mail, raw->data, raw->len);
	forget_texts(mail);
	len = rec__mail__get_packed_size(mail);
	packed = g_malloc(len);
	(void)rec__mail__pack(mail, packed);
	put_base64(request, "mail", packed, len);
	put_base64(request, "body_hash", in.hashes.body.bytes,
	    sizeof(in.hashes.body.bytes));
	put_base64(request, "id_hash", in.hashes.id.bytes,
	    sizeof(in.hashes.id.bytes));
}

static json_t *
mail_request(const GByteArray *input, const struct wishes *wishes)
{
	g_autoptr(GByteArray) raw = input_crlf(input);
	json_t *request = client_request("explain", NULL, NULL);
	json_t *to = json_array();

	mail_setup();
	put_mail(request, raw);
	for (size_t i = 0; wishes->to != NULL && wishes->to[i] != NULL; i++)
		(void)json_array_append_new(to, json_text(wishes->to[i]));
	json_put(request, "to", to);
	if (wishes->from != NULL)
		json_put(request, "from", json_text(wishes->from));
	return request;
}

static bool
explain_one(const struct cli *cli, const struct wishes *wishes, GError **error)
{
	g_autoptr(GByteArray) input = input_read(error);
	AUTO(client_close)
	struct client *client = input != NULL ? client_open(cli, error) : NULL;
	g_autofree char *line = NULL;
	json_t *answer;

	if (client == NULL ||
	    !client_call(client, mail_request(input, wishes), &answer, error))
		return false;
	line = json_line(answer);
	printf("%s\n", line);
	json_decref(answer);
	return true;
}

/* ---- the last mails ------------------------------------------------------ */

struct replay {
	json_t *request; /* borrowed: the next page takes what is left */
	json_int_t left;
	json_int_t looked_at;
	size_t elsewhere;
};

static void
limit_put(const struct replay *r)
{
	json_put(r->request, "limit", json_integer(MIN(r->left, LAST_PAGE)));
}

static bool
on_page(void *arg, const json_t *page, GError **error)
{
	struct replay *r = arg;
	const json_t *items = json_object_get(page, "items");

	(void)error;
	r->looked_at += json_integer_value(json_object_get(page, "looked_at"));
	r->left -= json_integer_value(json_object_get(page, "looked_at"));
	r->elsewhere += json_array_size(items);
	for (size_t i = 0; i < json_array_size(items); i++) {
		g_autofree char *line = json_line(json_array_get(items, i));

		printf("%s\n", line);
	}
	limit_put(r);
	return r->left > 0;
}

static bool
explain_last(const struct cli *cli, const struct wishes *wishes, GError **error)
{
	struct replay replay = {.left = wishes->last};
	AUTO(client_close) struct client *client = NULL;
	json_t *request;

	if (wishes->last > LAST_MAX || cli->sets == NULL ||
	    g_strv_length(cli->sets) != 1)
		return fail(error, ERR_USAGE,
		    "usage: maildesk explain --last N --set KEY=VALUE");
	client = client_open(cli, error);
	if (client == NULL)
		return false;
	request = client_request("explain_last", NULL, NULL);
	replay.request = request;
	limit_put(&replay);
	if (!client_fields(request, cli->sets, error)) {
		json_decref(request);
		return false;
	}
	if (!client_pages(client, request, on_page, &replay, error))
		return false;
	(void)fprintf(stderr,
	    "%zu of %" JSON_INTEGER_FORMAT " mails would go elsewhere\n",
	    replay.elsewhere, replay.looked_at);
	return true;
}

int
cmd_explain(int argc, char **argv)
{
	struct wishes wishes = {.last = 0};
	const GOptionEntry entries[] = {
	    {"to",        0, 0, G_OPTION_ARG_FILENAME_ARRAY, &wishes.to,
             "A recipient; several are possible", "ADDR"},
	    {"from",          0, 0, G_OPTION_ARG_FILENAME, &wishes.from,
             "The envelope's sender", "ADDR"},
	    {"last", 0, 0, G_OPTION_ARG_INT, &wishes.last,
             "Replay the last N mails with --set KEY=VALUE", "N"},
	    {0    },
	};
	const struct cli_form form = {.entries = entries,
	    .set = CLI_SET_KEPT,
	    .usage = "< MAIL"};
	g_autoptr(GError) error = NULL;
	AUTO(cli_free)
	struct cli *cli = cli_parse_form(argc, argv, &form, &error);
	bool done = cli != NULL &&
	    (wishes.last > 0 ? explain_last(cli, &wishes, &error)
			     : explain_one(cli, &wishes, &error));

	g_strfreev(wishes.to);
	g_free(wishes.from);
	return done ? cli_done() : cli_failed(error);
}
