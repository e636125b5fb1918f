/* SPDX-License-Identifier: MIT */
/*
 * maildesk doctor: looks for what is set up wrongly, and says what to do. A
 * finding is good, a hint, or wrong; exit 1 if one is wrong. Changes nothing.
 */
#include "main/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "main/cli.h"
#include "main/client.h"
#include "main/config.h"
#include "main/connect.h"
#include "main/postconf.h"
#include "main/term.h"
#include "model/json.h"

enum grade { GRADE_GOOD, GRADE_HINT, GRADE_WRONG };

struct round {
	const struct cli *cli;
	struct client *client; /* NULL if the desk cannot be reached */
	json_t *findings;
	bool is_wrong;
};

static void found(struct round *r, enum grade grade, const char *format, ...)
    PRINTF_LIKE(3, 4);

static void
found(struct round *r, enum grade grade, const char *format, ...)
{
	static const char *const words[] = {"good", "hint", "wrong"};
	g_autofree char *text = NULL;
	json_t *finding = json_object();
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	json_put(finding, "grade", json_text(words[grade]));
	json_put(finding, "text", json_text(text));
	(void)json_array_append_new(r->findings, finding);
	r->is_wrong = r->is_wrong || grade == GRADE_WRONG;
	if (!r->cli->is_json)
		printf("%-6s %s\n", words[grade], text);
}

/* ---- the data directory -------------------------------------------------- */

static void
look_at_directory(struct round *r)
{
	const char *dir = cli_data(r->cli);
	struct stat file;

	if (stat(dir, &file) != 0) {
		found(r, GRADE_WRONG,
		    "%s: %s; make a desk with: maildesk "
		    "init --data %s",
		    dir, g_strerror(errno), dir);
		return;
	}
	if ((file.st_mode & S_IRWXO) != 0)
		found(r, GRADE_WRONG,
		    "others may look into %s; say: chmod "
		    "o= %s",
		    dir, dir);
	else
		found(r, GRADE_GOOD, "nobody else may look into %s", dir);
}

static void
look_at_room(struct round *r)
{
	const char *dir = cli_data(r->cli);
	uint64_t reserve = config_number(r->cli->config, OPTION_STORE_RESERVE);
	struct statvfs fs;
	g_autofree char *room = NULL;
	uint64_t bytes;

	if (statvfs(dir, &fs) != 0)
		return; /* look_at_directory said so */
	bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
	room = term_size(bytes);
	if (bytes < reserve)
		found(r, GRADE_WRONG,
		    "only %s are free on the disk of %s: "
		    "mails are deferred",
		    room, dir);
	else if (fs.f_bavail < fs.f_blocks / 5)
		found(r, GRADE_HINT,
		    "the disk of %s is over 80 %% full, %s "
		    "are free",
		    dir, room);
	else
		found(r, GRADE_GOOD, "%s are free on the disk of %s", room,
		    dir);
}

/* ---- the desk ------------------------------------------------------------ */

static void
look_at_door(struct round *r, const char *lmtp)
{
	g_autoptr(GError) error = NULL;
	int fd = lmtp != NULL ? connect_any(lmtp, cli_data(r->cli), &error)
			      : -1;

	if (fd < 0) {
		found(r, GRADE_WRONG, "LMTP cannot be reached: %s",
		    error != NULL ? error->message : "it is off");
		return;
	}
	(void)close(fd); /* a look was enough */
	found(r, GRADE_GOOD, "LMTP answers on %s", lmtp);
}

static void
look_at_status(struct round *r)
{
	g_autoptr(GError) error = NULL;
	json_t *status;

	if (!client_call(r->client, client_request("show", "status", NULL),
		&status, &error)) {
		found(r, GRADE_WRONG, "%s", error->message);
		return;
	}
	if (!client_is_daemon(r->client))
		found(r, GRADE_HINT,
		    "the desk does not run; start it with: "
		    "maildesk serve --data %s",
		    cli_data(r->cli));
	else
		look_at_door(r,
		    json_string_value(json_object_get(status, "lmtp")));
	if (json_is_false(json_object_get(status, "room")))
		found(r, GRADE_WRONG,
		    "the desk defers mails: its disk or "
		    "map is full");
	json_decref(status);
}

static void
look_at_mailboxes(struct round *r)
{
	g_autoptr(GError) error = NULL;
	json_t *page;
	size_t count, active = 0;
	const json_t *items;

	if (!client_call(r->client, client_request("list", "mailbox", NULL),
		&page, &error)) {
		found(r, GRADE_WRONG, "%s", error->message);
		return;
	}
	items = json_object_get(page, "items");
	count = json_array_size(items);
	for (size_t i = 0; i < count; i++)
		active += json_is_true(
		    json_object_get(json_array_get(items, i), "active"));
	json_decref(page);
	if (active > 0)
		found(r, GRADE_GOOD, "%zu of %zu mailboxes are active", active,
		    count);
	else
		found(r, GRADE_WRONG,
		    "there is no active mailbox, so every "
		    "mail is refused; maildesk add mailbox name=Support "
		    "addresses=support@example.org");
}

/* The desk's own server is in front of every mail; others are in some. */
static const json_t *
most_mails(const json_t *items)
{
	const json_t *most = NULL;

	for (size_t i = 0; i < json_array_size(items); i++) {
		const json_t *item = json_array_get(items, i);

		if (most == NULL ||
		    json_integer_value(json_object_get(item, "mails")) >
			json_integer_value(json_object_get(most, "mails")))
			most = item;
	}
	return most;
}

/* Whose word about a sender counts (IN-21): proposed from what mails carry. */
static void
propose_authserv(struct round *r)
{
	g_autoptr(GError) error = NULL;
	const json_t *most;
	json_t *page;

	if (!client_call(r->client, client_request("list", "authserv", NULL),
		&page, &error)) {
		found(r, GRADE_WRONG, "%s", error->message);
		return;
	}
	most = most_mails(json_object_get(page, "items"));
	if (most != NULL) {
		const char *name = json_string_value(
		    json_object_get(most, "authserv"));

		found(r, GRADE_HINT,
		    "%" JSON_INTEGER_FORMAT
		    " of the last mails carry Authentication-Results of %s; "
		    "if that is your own mail server, believe it: maildesk "
		    "settings set intake.trusted_authserv %s",
		    json_integer_value(json_object_get(most, "mails")), name,
		    name);
	}
	json_decref(page);
}

static void
look_at_trust(struct round *r)
{
	g_autoptr(GError) error = NULL;
	const char *value;
	json_t *setting;

	if (!client_call(r->client,
		client_request("show", "setting", "intake.trusted_authserv"),
		&setting, &error)) {
		found(r, GRADE_WRONG, "%s", error->message);
		return;
	}
	value = json_string_value(json_object_get(setting, "value"));
	if (value != NULL && value[0] != '\0')
		found(r, GRADE_GOOD,
		    "Authentication-Results of %s are believed", value);
	else
		propose_authserv(r);
	json_decref(setting);
}

static void
look_at_desk(struct round *r)
{
	g_autoptr(GError) error = NULL;

	r->client = client_open(r->cli, &error);
	if (r->client == NULL) {
		found(r, GRADE_WRONG, "%s", error->message);
		return;
	}
	look_at_status(r);
	look_at_mailboxes(r);
	look_at_trust(r);
	client_close(&r->client);
}

/* ---- Postfix ------------------------------------------------------------- */

/* What keeps one session from becoming two mails. */
static void
look_at_postfix(struct round *r)
{
	static const struct {
		const char *name;
		const char *wanted; /* any of these words */
	} settings[] = {
	    {"smtpd_forbid_bare_newline",            "normalize reject yes"},
	    {"smtpd_forbid_bare_newline_exclusions", ""                    },
	    {"smtpd_forbid_unauth_pipelining",       "yes"                 },
	};

	for (size_t i = 0; i < COUNT(settings); i++) {
		g_autofree char *value = postconf_get(settings[i].name);
		g_auto(GStrv) wanted = g_strsplit(settings[i].wanted, " ", -1);
		bool is_fine;

		if (value == NULL)
			continue; /* no Postfix, or one that knows it not */
		is_fine = settings[i].wanted[0] == '\0'
		    ? value[0] == '\0'
		    : g_strv_contains((const char *const *)wanted, value);
		if (is_fine)
			found(r, GRADE_GOOD, "Postfix: %s = %s",
			    settings[i].name, value);
		else
			found(r, GRADE_WRONG,
			    "Postfix: %s is \"%s\"; one "
			    "session can become two mails. Set: %s = %s",
			    settings[i].name, value, settings[i].name,
			    wanted[0] != NULL ? wanted[0] : "");
	}
}

int
cmd_doctor(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	AUTO(cli_free) struct cli *cli = cli_parse(argc, argv, &error);
	struct round r = {.cli = cli};

	if (cli == NULL)
		return cli_failed(error);
	r.findings = json_array();
	look_at_directory(&r);
	look_at_room(&r);
	look_at_desk(&r);
	look_at_postfix(&r);
	if (cli->is_json) {
		g_autofree char *line = json_line(r.findings);

		printf("%s\n", line);
	}
	json_decref(r.findings);
	return r.is_wrong ? 1 : cli_done();
}
